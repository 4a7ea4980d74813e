import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { sha256, type JsonObject } from '@anchorlog/core';
import {
  checkRecord,
  EMITTER_ONLY,
  ISSUER_SET,
  isUscc,
  loggedClaims,
  profileByName,
} from '@anchorlog/profiles';
import { issue, openKeys, parseRecord, parseStatement } from '@anchorlog/statement';
import { describe, expect, test } from 'vitest';
import { sample, SAMPLE_NAMES, type SampleRecord } from './samples.ts';

const HOLDER = '91999999000000115N';
const records = SAMPLE_NAMES.map(sample);

const SHARED = new URL('../../../../shared/profiles/records/', import.meta.url);
describe.skipIf(!existsSync(SHARED))('checkRecord on the records beside this checkout', () => {
  const files = existsSync(SHARED) ? readdirSync(SHARED) : [];

  test.each(files)('accepts %s without a warning', (file) => {
    const record = parseRecord(readFileSync(new URL(file, SHARED)));
    expect(checkRecord(record, profileByName(record.profile))).toEqual([]);
  });
});

describe('the synthetic records', () => {
  test('are all listed', () => {
    const folder = new URL('../records/', import.meta.url);
    const files = readdirSync(folder).filter((file) => file !== 'index.json');
    expect([...SAMPLE_NAMES].toSorted()).toEqual(files.toSorted());
  });

  test.each(SAMPLE_NAMES)('%s passes its check', (name) => {
    const record = parseRecord(sample(name));
    const warnings = checkRecord(record, profileByName(record.profile));
    const expected = name === 'access-deny.json' ? ['PROFILES_WARN_CASE'] : [];
    expect(warnings.map(({ code }) => code)).toEqual(expected);
  });

  test('link only to earlier ones, and are in the order of their times', () => {
    const keys = new Set<string>();
    let last = 0;
    for (const { key, links = [], eventTime } of records) {
      for (const link of links) expect(keys).toContain(link.key);
      expect(keys).not.toContain(key);
      keys.add(key);
      expect(Date.parse(eventTime)).toBeGreaterThanOrEqual(last);
      last = Date.parse(eventTime);
    }
  });

  test('name organizations of the unassigned region only', () => {
    const text = JSON.stringify(records);
    const codes = text.match(/(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])/g)?.filter(isUscc) ?? [];
    expect(codes.length).toBeGreaterThan(50);
    for (const code of codes) expect(code.slice(2, 8)).toBe('999999');
  });

  test('hold one delivery, seen by both sides, one reading and one denial about the holder of the license', () => {
    const about = records.filter(({ claims }) => {
      const subject = claims['subjectPseudonym'] as { readonly id: string } | undefined; // our own files
      return subject?.id === HOLDER;
    });
    expect(about.map(({ profile, event }) => `${profile} ${event}`)).toEqual([
      'share.delivery/1 share.deliver',
      'share.delivery/1 share.deliver',
      'access/1 access.read',
      'access/1 access.deny',
    ]);
    const [provider, consumer] = about as [SampleRecord, SampleRecord];
    expect(provider.issuer.org).toBe(provider.claims['providerOrgCode']);
    expect(consumer.issuer.org).toBe(consumer.claims['consumerOrgCode']);
    expect(consumer.claims).toEqual(provider.claims);
  });

  test('give the license file that lies in examples', () => {
    const file = new URL('../../../examples/permit.ofd', import.meta.url);
    const { fileDigest, fileSize } = sample('license-issue.json').claims as JsonObject & {
      readonly fileDigest: { readonly value: string };
    }; // our own file
    const bytes = readFileSync(file);
    expect(fileSize).toBe(bytes.length);
    expect(fileDigest.value).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test.each(SAMPLE_NAMES)('%s becomes a statement that shows no committed value', (name) => {
    const record = parseRecord(sample(name));
    const profile = profileByName(record.profile);
    const traced = {
      ...record,
      claims: { ...record.claims, traceId: 'ab'.repeat(16), retention: 'P10Y' },
    };
    const issued = issue(
      { ...traced, claims: loggedClaims(traced.claims), links: [] },
      {
        log: 'example.gov/test',
        profile,
        suite: sha256,
        issuer: { org: record.issuer!.org, system: record.issuer!.system },
        idSecret: new Uint8Array(32),
        keyspaces: () => ({ keyspace: 'gov/test', secret: new Uint8Array(32).fill(1) }),
        recordedTime: record.eventTime,
        random: (bytes) => new Uint8Array(bytes).fill(7),
      },
    );
    const statement = parseStatement(issued.entry);
    expect(Object.keys(statement.commitments)).toEqual(
      profile.fields
        .filter(({ disclosure }) => disclosure === 'committed')
        .map((f) => `/${f.name}`)
        .toSorted(),
    );
    const keyed = profile.fields.flatMap(({ key }) => (key ? [key] : []));
    expect(statement.keys.map(({ kind, role }) => ({ kind, role }))).toEqual(keyed);
    expect(openKeys(statement, issued.openings, sha256)).toHaveLength(keyed.length);
    const text = new TextDecoder().decode(issued.entry);
    for (const secret of ['测试人', 'u0411', 'JY1999900000123', 'traceId', 'retention', 'P10Y']) {
      expect(text).not.toContain(secret);
    }
  });

  test('make an entry 0 without commitments and keys', () => {
    const claims = { origin: 'example.gov/test', suite: 'sha256', index: 'none', anchorBy: 24 };
    const profile = profileByName('log/1');
    expect(checkRecord({ event: 'log.create', claims }, profile)).toEqual([]);
    const { statement } = issue(
      {
        profile: 'log/1',
        event: 'log.create',
        key: 'create',
        eventTime: '2026-01-01T00:00:00Z',
        claims,
      },
      {
        log: 'example.gov/test',
        profile,
        suite: sha256,
        issuer: { org: '11999999000002014L', system: 'log' },
        idSecret: new Uint8Array(32),
        keyspaces: () => {
          throw new Error('no key is filed');
        },
        recordedTime: '2026-01-01T00:00:00Z',
        random: (bytes) => new Uint8Array(bytes),
      },
    );
    expect(statement).toMatchObject({ claims, commitments: {}, keys: [] });
  });
});

describe('EMITTER_ONLY', () => {
  test('is what loggedClaims leaves out, and the issuer sets only files', () => {
    expect(EMITTER_ONLY.map(({ name }) => name)).toEqual(['traceId', 'retention']);
    expect(loggedClaims({ traceId: 'x', a: 1, retention: 'P1Y' })).toEqual({ a: 1 });
    expect(ISSUER_SET).toEqual(['files']);
  });
});
