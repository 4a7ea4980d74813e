import { ACCESS } from './access.ts';
import { DATAASSET_REGISTRATION } from './asset.ts';
import { CASE_STEP } from './case.ts';
import { DOCUMENT } from './document.ts';
import { profilesError } from './error.ts';
import type { RuledProfile } from './field.ts';
import { LICENSE_LIFECYCLE, LICENSE_USE } from './license.ts';
import { LOG } from './log.ts';
import { PAYMENT_RECEIPT } from './payment.ts';
import { SEAL_LIFECYCLE, SEAL_USE } from './seal.ts';
import { SHARE_DECISION, SHARE_DELIVERY, SHARE_REQUEST } from './share.ts';

/** Every profile of this package. A profile never changes within its version: a change is a new version (spec/profiles §2.4). */
export const PROFILES: readonly RuledProfile[] = [
  LICENSE_LIFECYCLE,
  LICENSE_USE,
  SEAL_LIFECYCLE,
  SEAL_USE,
  SHARE_REQUEST,
  SHARE_DECISION,
  SHARE_DELIVERY,
  ACCESS,
  CASE_STEP,
  DATAASSET_REGISTRATION,
  PAYMENT_RECEIPT,
  DOCUMENT,
  LOG,
];

const BY_NAME: ReadonlyMap<string, RuledProfile> = /* @__PURE__ */ new Map(
  PROFILES.map((profile) => [profile.name, profile]),
);

/** Characters of a name that nobody knows. */
const MOST_SHOWN = 64;

/** Find a profile of this package by name and version, `license.lifecycle/1`. @throws PROFILES_UNKNOWN */
export function profileByName(name: string): RuledProfile {
  return BY_NAME.get(name) ?? unknown(name, PROFILES);
}

/** The profiles of this package, and those of one's own. */
export interface ProfileSet {
  readonly all: readonly RuledProfile[];
  /** Those of one's own alone. */
  readonly own: readonly RuledProfile[];
  /** @throws PROFILES_UNKNOWN */
  byName(name: string): RuledProfile;
}

/**
 * Make a set of the profiles of this package and others, which have names of their own: a version of one of this package's profiles is
 * nobody else's to make. @throws PROFILES_DEFINITION_TAKEN
 */
export function profileSet(own: readonly RuledProfile[]): ProfileSet {
  const known = new Map(BY_NAME);
  const taken = new Set(PROFILES.map(({ name }) => baseOf(name)));
  for (const profile of own) {
    const { name } = profile;
    if (taken.has(baseOf(name)) || known.has(name)) {
      const message = `profile /name: expected a name of its own, got ${name.slice(0, MOST_SHOWN)}`;
      throw profilesError('PROFILES_DEFINITION_TAKEN', message, { at: '/name' });
    }
    known.set(name, profile);
  }
  const all = [...PROFILES, ...own];
  return { all, own, byName: (name) => known.get(name) ?? unknown(name, all) };
}

/** The name without its version. */
function baseOf(name: string): string {
  return name.split('/')[0] ?? '';
}

function unknown(name: string, profiles: readonly RuledProfile[]): never {
  const shown = name.slice(0, MOST_SHOWN);
  const base = baseOf(shown);
  const near = base === '' ? undefined : profiles.find((each) => each.name.startsWith(base));
  const expected = `a known profile${near ? `, such as ${near.name}` : ''}`;
  throw profilesError('PROFILES_UNKNOWN', `/profile: expected ${expected}, got ${shown}`);
}
