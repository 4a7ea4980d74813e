import { errorMaker, isCodedError, type CodedError, type ErrorMaker } from '@anchorlog/core';

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
  PROFILES_VALUE_PROFILE: 'a value is no definition of a sound profile',
  PROFILES_ARRAY_LENGTH: 'an array has more items than its field allows',
  PROFILES_DIGEST_FORM: 'a digest is not { alg, salted, value } of a known algorithm and length',
  PROFILES_DIGEST_SALT: 'a digest is salted where it must not be, or the other way round',
  PROFILES_IDENTIFIER_FORM: 'an identifier is not of the form of its scheme',
  PROFILES_IDENTIFIER_CHECK: 'a check character of an identifier is wrong',
  PROFILES_ORDER_BROKEN: 'an end is before its begin',
  PROFILES_RECORD_SIZE: 'the public claims are larger than an entry has room for',
  PROFILES_STATUS_DATE: 'a status is asked for neither a calendar date nor an RFC 3339 time',
  PROFILES_DEFINITION_SHAPE:
    'a profile is not written as one: something is missing, unknown, or of another kind',
  PROFILES_DEFINITION_NAME: 'a name in a profile is not of its form, or occurs twice',
  PROFILES_DEFINITION_TITLE: 'a title in a profile lacks its Chinese or its English',
  PROFILES_DEFINITION_TEXT: 'a public field of a profile takes free text',
  PROFILES_DEFINITION_BOUND:
    'a text, list or object of a profile has no limit, or all that a record may hold is more than an entry has room for',
  PROFILES_DEFINITION_PATTERN:
    'a pattern of a profile is no regular expression, or does not hold from beginning to end',
  PROFILES_DEFINITION_PLACE:
    'a field of a profile stands where a value of its kind must not, or is not as its name demands',
  PROFILES_DEFINITION_KEY:
    'an index key of a profile is of a kind that it may not file, or repeated',
  PROFILES_DEFINITION_RULE:
    'a requirement or rule of a profile names an event, field or word that is not there',
  PROFILES_DEFINITION_TAKEN:
    "a profile of one's own has a name that belongs to this package, or to another of one's own",
  PROFILES_EXAMPLE_REFUSED: 'an example of a profile does not pass its check',
  PROFILES_EXAMPLE_ACCEPTED:
    'what a profile gives as an example of a refusal passes, or is refused for another reason',
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
  PROFILES_WARN_SPACE:
    'an identifier that becomes an index key holds white space or an invisible character, which sets it apart from the same one without',
} as const;

export type ProfilesWarningCode = keyof typeof PROFILES_WARNING_CODES;

export const profilesError: ErrorMaker<ProfilesCode> = /* @__PURE__ */ errorMaker();

/** Give what checks refuse, in their order. */
export function faultsOf(checks: readonly (() => unknown)[]): CodedError[] {
  return checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      if (!isCodedError(error)) throw error;
      return [error];
    }
  });
}
