import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown (spec/profiles §5). */
export const PROFILES_CODES = {
  PROFILES_UNKNOWN: 'no profile has this name and version',
  PROFILES_EVENT_UNKNOWN: 'the profile has no such event',
  PROFILES_EVENT_MISMATCH: 'a claim says something else than the event does',
  PROFILES_FIELD_UNKNOWN: 'the profile has no field for a claim',
  PROFILES_FIELD_RESERVED: 'a claim has the name of a field that the issuer sets itself',
  PROFILES_FIELD_MISSING: 'a field that this event or another claim requires has no value',
  PROFILES_VALUE_TYPE: 'a value is of another JSON type than its field',
  PROFILES_VALUE_ENUM: 'a value is none of the words of its field',
  PROFILES_VALUE_LENGTH: 'a text is shorter or longer than its field allows',
  PROFILES_VALUE_PATTERN: 'a text is not of the form of its field',
  PROFILES_VALUE_RANGE: 'an integer is outside the range of its field',
  PROFILES_VALUE_TIME: 'a text is no RFC 3339 time with offset, or no calendar date',
  PROFILES_VALUE_SIZE: 'an object is larger in canonical form than its field allows',
  PROFILES_VALUE_REPEATED: 'two fields hold the same value that must differ',
  PROFILES_ARRAY_LENGTH: 'an array has more items than its field allows',
  PROFILES_DIGEST_FORM: 'a digest is not { alg, salted, value } of a known algorithm and length',
  PROFILES_DIGEST_SALT: 'a digest is salted where it must not be, or the other way round',
  PROFILES_IDENTIFIER_FORM: 'an identifier is not of the form of its scheme',
  PROFILES_IDENTIFIER_CHECK: 'a check character of an identifier is wrong',
  PROFILES_ORDER_BROKEN: 'an end is before its begin',
  PROFILES_RECORD_SIZE: 'the public claims are larger than an entry has room for',
  PROFILES_STATUS_DATE: 'a status is asked for neither a calendar date nor an RFC 3339 time',
} as const;

export type ProfilesCode = keyof typeof PROFILES_CODES;

/** What is reported but not refused: code → when (spec/profiles §5.4). */
export const PROFILES_WARNING_CODES = {
  PROFILES_WARN_CHECK: 'the check character of a license identifier is not the computed one',
  PROFILES_WARN_LEGACY: 'a license identifier holds a type or issuer code of another length',
  PROFILES_WARN_ORGANIZATION: 'an organization code inside a longer code fails its own check',
  PROFILES_WARN_PART: 'a field differs from the part of the license identifier that it repeats',
  PROFILES_WARN_CASE: 'an event that is bound to a purpose names no case',
  PROFILES_WARN_RESIDENT: 'a public claim seems to hold a resident number',
} as const;

export type ProfilesWarningCode = keyof typeof PROFILES_WARNING_CODES;

export const profilesError: ErrorMaker<ProfilesCode> = /* @__PURE__ */ errorMaker();
