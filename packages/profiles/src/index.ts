export { PUBLIC_CLAIM_BYTES } from './bound.ts';
export { checkRecord, recordFaults, type CheckedRecord } from './check.ts';
export { EMITTER_ONLY, ISSUER_SET, loggedClaims, type EmitterField } from './common.ts';
export { formatDefinition, parseDefinition, profileDigest, PROFILE_FORMAT } from './definition.ts';
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
  parseResourceCode,
  residentCheckCharacter,
  usccCheckCharacter,
  type IdentifierScheme,
  type LicenseIdentifier,
  type RecordWarning,
  type ResourceCode,
} from './identifiers.ts';
export { STATUS_KEY_KINDS, TRAIL_KEY_KINDS } from './key-lint.ts';
export { lintProfile } from './lint.ts';
export {
  parseProfileFile,
  profileFileFaults,
  refusedRecord,
  type ProfileFile,
  type Refusal,
} from './profile-file.ts';
export { profileByName, PROFILES, profileSet, type ProfileSet } from './profiles.ts';
export type { Rule, RuleCondition } from './rule.ts';
export { profileSchema } from './schema.ts';
export {
  LICENSE_STATES,
  SEAL_STATES,
  STATUS_STATES,
  type LicenseState,
  type SealState,
  type StatusState,
} from './states.ts';
export { checkValue, DIGEST_ALGORITHMS } from './value.ts';
