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

/** Find a profile by name and version, `license.lifecycle/1`. @throws PROFILES_UNKNOWN */
export function profileByName(name: string): RuledProfile {
  const profile = BY_NAME.get(name);
  if (!profile) {
    const shown = name.slice(0, MOST_SHOWN);
    const [base = ''] = shown.split('/');
    const near = base === '' ? undefined : PROFILES.find((each) => each.name.startsWith(base));
    const expected = `a known profile${near ? `, such as ${near.name}` : ''}`;
    throw profilesError('PROFILES_UNKNOWN', `/profile: expected ${expected}, got ${shown}`);
  }
  return profile;
}
