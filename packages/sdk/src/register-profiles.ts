import { formatBase64, formatInstant } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import type { Log } from '@anchorlog/log';
import {
  formatDefinition,
  profileDigest,
  PROFILES,
  type ProfileSet,
  type RuledProfile,
} from '@anchorlog/profiles';
import { parseStatement } from '@anchorlog/statement';
import type { IssuerConfig } from './config.ts';
import type { Issuing } from './issuing.ts';
import { changedError } from './own-profiles.ts';

/** Name the profiles of the package with their digests, as `log.create` puts them on record (spec/profiles §8.3). */
export function namedDigests(): string[] {
  return PROFILES.map((profile) => `${profile.name}:${digestOf(profile)}`);
}

/**
 * Issue a registration for each profile that the log has none of: into the vault, from which they come to the log before any record of
 * theirs. Gives how many there are. A name that is on record with another digest stops the notary: nobody could tell which definition its
 * records follow. @throws SDK_PROFILE_CHANGED
 */
export async function registerProfiles(world: {
  readonly profiles: ProfileSet;
  readonly issuers: readonly IssuerConfig[];
  readonly issuing: Issuing;
  readonly log: Log;
  readonly clock: () => number;
}): Promise<number> {
  const { profiles, issuers, issuing, log, clock } = world;
  const created = await digestsAtCreation(log);
  const [operator] = issuers;
  let registered = 0;
  for (const profile of profiles.all) {
    const { name } = profile;
    const digest = digestOf(profile);
    const onRecord = created.get(name) ?? (await registeredDigest(name, world));
    if (onRecord === digest) continue;
    if (onRecord !== undefined) throw changedError(name);
    await issuing.own({
      profile: 'log/1',
      event: 'profile.register',
      key: keyOf(name),
      eventTime: formatInstant(clock()),
      issuer: { org: operator?.org, system: operator?.system },
      claims: { profileName: name, profileDigest: digest, definition: formatDefinition(profile) },
    });
    registered++;
  }
  return registered;
}

function digestOf(profile: RuledProfile): string {
  return formatBase64(profileDigest(profile, nodeSha256));
}

function keyOf(name: string): string {
  return `profile.register/${name}`;
}

async function digestsAtCreation(log: Log): Promise<ReadonlyMap<string, string>> {
  const { profiles } = parseStatement(await log.entry(0)).claims;
  const named = Array.isArray(profiles) ? (profiles as readonly unknown[]) : [];
  return new Map(named.map((each) => String(each).split(':', 2) as [string, string])); // of the form that log/1 has
}

/** Find the registration of a profile by whichever issuer operated the log then. */
async function registeredDigest(
  name: string,
  {
    issuers,
    issuing,
    log,
  }: Pick<Parameters<typeof registerProfiles>[0], 'issuers' | 'issuing' | 'log'>,
): Promise<string | undefined> {
  for (const issuer of issuers) {
    const index = await log.find(issuing.addressOf(issuer, keyOf(name)));
    if (index === undefined) continue;
    const { profileDigest: digest } = parseStatement(await log.entry(index)).claims;
    if (typeof digest === 'string') return digest;
  }
  return undefined;
}
