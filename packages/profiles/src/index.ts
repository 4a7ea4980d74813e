export { checkRecord, recordFaults, PUBLIC_CLAIM_BYTES, type CheckedRecord } from './check.ts';
export { EMITTER_ONLY, ISSUER_SET, loggedClaims, type EmitterField } from './common.ts';
export {
  PROFILES_CODES,
  PROFILES_WARNING_CODES,
  type ProfilesCode,
  type ProfilesWarningCode,
} from './error.ts';
export type { KeyKind, RuledProfile, StatusKeyKind, TrailKeyKind } from './field.ts';
export {
  checkIdentifier,
  isResidentNumber,
  isUscc,
  licenseCheckCharacter,
  organizationCheckCharacter,
  parseLicenseIdentifier,
  residentCheckCharacter,
  usccCheckCharacter,
  type IdentifierScheme,
  type LicenseIdentifier,
  type RecordWarning,
} from './identifiers.ts';
export { profileByName, PROFILES } from './profiles.ts';
export type { Rule, RuleCondition } from './rule.ts';
export {
  LICENSE_STATES,
  SEAL_STATES,
  STATUS_STATES,
  type LicenseState,
  type SealState,
  type StatusState,
} from './states.ts';
export { checkValue, DIGEST_ALGORITHMS } from './value.ts';
