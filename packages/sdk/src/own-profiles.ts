import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { canonicalBytes, isCodedError } from '@anchorlog/core';
import { writeDurably } from '@anchorlog/log/durable-file';
import {
  formatDefinition,
  parseProfileFile,
  profileFileFaults,
  profileSet,
  type ProfileSet,
  type RuledProfile,
} from '@anchorlog/profiles';
import { readConfig, writeConfig, type NotaryConfig } from './config.ts';
import { sdkError } from './error.ts';

/** Read the profiles that a notary's settings name, and check each like those of the package (spec/notary §2.1). @throws SDK_PROFILE_MALFORMED */
export async function readProfiles(
  dir: string,
  { profiles = [] }: Pick<NotaryConfig, 'profiles'>,
): Promise<ProfileSet> {
  const own: RuledProfile[] = [];
  for (const path of profiles) {
    try {
      own.push(soundProfile(await readFile(join(dir, path))));
      profileSet(own);
    } catch (error) {
      throw malformed(path, error);
    }
  }
  return profileSet(own);
}

/**
 * Add a profile to the notary in `dir` by the bytes of its file: checks it, puts a copy into the folder and its path into the settings. It
 * counts from the next opening on, and for ever. The same file again changes nothing. @throws SDK_PROFILE_MALFORMED, SDK_PROFILE_CHANGED, SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED
 */
export async function addProfile(dir: string, file: Uint8Array): Promise<RuledProfile> {
  const config = await readConfig(dir);
  const { own } = await readProfiles(dir, config);
  let profile: RuledProfile;
  try {
    profile = soundProfile(file);
    const known = own.find(({ name }) => name === profile.name);
    if (known) {
      if (isSame(known, profile)) return known;
      throw changedError(profile.name);
    }
    profileSet([...own, profile]);
  } catch (error) {
    if (isCodedError(error) && error.code === 'SDK_PROFILE_CHANGED') throw error;
    throw malformed('profile', error);
  }
  const path = `profiles/${profile.name.replace('/', '-')}.json`;
  await mkdir(join(dir, 'profiles'), { recursive: true });
  // The file is there before the settings name it: a crash between them leaves one that nobody reads.
  await writeDurably(join(dir, path), file);
  await writeConfig(dir, { ...config, profiles: [...(config.profiles ?? []), path] });
  return profile;
}

/** Say that a name stands for another definition already. */
export function changedError(name: string): Error {
  const message = `profile ${name}: another definition of this name is in use or on record; a change is a new version`;
  return sdkError('SDK_PROFILE_CHANGED', message, { profile: name });
}

/** @throws PROFILES_…, CORE_JSON_… */
function soundProfile(bytes: Uint8Array): RuledProfile {
  const file = parseProfileFile(bytes);
  const [fault] = profileFileFaults(file);
  if (fault) throw fault;
  return file.profile;
}

function isSame(a: RuledProfile, b: RuledProfile): boolean {
  return (
    Buffer.compare(canonicalBytes(formatDefinition(a)), canonicalBytes(formatDefinition(b))) === 0
  );
}

function malformed(path: string, cause: unknown): Error {
  const { message } = cause instanceof Error ? cause : new Error(String(cause));
  const reason = isCodedError(cause) ? { reason: cause.code, at: cause.context['at'] } : {};
  return sdkError('SDK_PROFILE_MALFORMED', `${basename(path)}: ${message}`, reason, { cause });
}
