import { formatBase64, sha256 } from '@anchorlog/core';
import {
  formatDefinition,
  lintProfile,
  parseDefinition,
  parseProfileFile,
  profileDigest,
  profileFileFaults,
  PROFILES,
  profileSchema,
} from '@anchorlog/profiles';
import { describe, expect, test } from 'vitest';
import { profileVectors } from './profile-vectors.ts';

describe.each(PROFILES)('$name as data', (profile) => {
  const { digest, schema, file } = profileVectors(profile.name);

  test('is sound', () => {
    expect(lintProfile(profile)).toEqual([]);
  });

  test('has the definition and digests that it had before: within a version nothing changes', () => {
    const { examples: _, refused: __, ...definition } = file;
    expect(formatDefinition(profile)).toEqual(definition);
    expect(formatDefinition(parseDefinition(definition))).toEqual(definition);
    expect(formatBase64(profileDigest(profile, sha256))).toBe(digest.sha256);
  });

  test('has the schema that it had before', () => {
    expect(profileSchema(profile)).toEqual(schema);
  });

  test('has an example of each event, and refuses what is said to be refused, with code and place', () => {
    const parsed = parseProfileFile(JSON.stringify(file));
    expect(parsed.examples.map(({ event }) => event)).toEqual(
      profile.events.map(({ name }) => name),
    );
    expect(parsed.refused.length).toBeGreaterThan(50);
    expect(profileFileFaults(parsed).map(({ message }) => message)).toEqual([]);
  });
});
