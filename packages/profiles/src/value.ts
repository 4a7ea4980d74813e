import {
  canonicalBytes,
  isCodedError,
  parseDate,
  parseInstant,
  type JsonObject,
  type JsonValue,
} from '@anchorlog/core';
import { normalizeIdentifier, type ValueType } from '@anchorlog/statement';
import { parseDefinition } from './definition.ts';
import { profilesError, type ProfilesCode } from './error.ts';
import { checkIdentifier, type RecordWarning } from './identifiers.ts';
import { lintProfile } from './lint.ts';

/** Hexadecimal digits of a digest by its algorithm. */
export const DIGEST_ALGORITHMS: Readonly<Record<string, number>> = {
  SM3: 64,
  'SHA-256': 64,
  'SHA-384': 96,
  'SHA-512': 128,
};

const LOWER_HEX = /^[0-9a-f]+$/;
/** Of somebody's identifier, and the form of the word that says of what kind it is. */
export const PSEUDONYM_CHARACTERS = 200;
export const PSEUDONYM_KIND: RegExp = /^[a-z][a-z0-9-]{0,31}$/;
/** Kinds of pseudonymous subjects whose identifiers have check characters. */
const PSEUDONYM_SCHEMES: Readonly<Record<string, string>> = { uscc: 'uscc', idcard: 'resident' };

/**
 * Check a value against the type of its field. `at` is its JSON Pointer; messages never hold the value. Gives warnings.
 * @throws PROFILES_VALUE_…, PROFILES_ARRAY_LENGTH, PROFILES_DIGEST_…, PROFILES_IDENTIFIER_…
 */
export function checkValue(input: {
  readonly value: JsonValue;
  readonly type: ValueType;
  readonly at: string;
}): RecordWarning[] {
  const { value, type, at } = input;
  switch (type.kind) {
    case 'string':
      checkText(asString(value, at), type, at);
      return [];
    case 'enum':
      if (!type.values.includes(asString(value, at))) {
        const expected = `one of ${type.values.join(', ')}`;
        throw refusal('PROFILES_VALUE_ENUM', at, expected);
      }
      return [];
    case 'integer':
      checkInteger(value, type, at);
      return [];
    case 'boolean':
      if (typeof value !== 'boolean') throw refusal('PROFILES_VALUE_TYPE', at, 'a boolean');
      return [];
    case 'instant':
      checkTime(asString(value, at), parseInstant, {
        at,
        expected: 'an RFC 3339 time with offset, like 2026-03-12T10:15:02+08:00',
      });
      return [];
    case 'date':
      checkTime(asString(value, at), parseDate, {
        at,
        expected: 'a calendar date, like 2026-03-12',
      });
      return [];
    case 'identifier':
      return checkIdentifier({ scheme: type.scheme, value: asString(value, at), at });
    case 'digest':
      checkDigest(value, type.salted, at);
      return [];
    case 'pseudonym':
      return checkPseudonym(value, at);
    case 'array':
      return checkArray(value, type, at);
    case 'object':
      checkObject(value, type.bytes, at);
      return [];
    case 'profile':
      checkObject(value, type.bytes, at);
      checkDefinition(value, at);
      return [];
    default:
      return type satisfies never;
  }
}

/** Make a refusal that says where and what was expected. */
export function refusal(code: ProfilesCode, at: string, expected: string): Error {
  return profilesError(code, `${at}: expected ${expected}`, { at });
}

function asString(value: JsonValue, at: string): string {
  if (typeof value !== 'string') throw refusal('PROFILES_VALUE_TYPE', at, 'a string');
  return value;
}

function checkText(
  text: string,
  { min = 1, max, pattern }: Extract<ValueType, { kind: 'string' }>,
  at: string,
): void {
  // A character is a code point; a code point is at most two units, so far too long a text is not walked through.
  const length = text.length > 2 * max ? text.length : Array.from(text).length;
  if (length < min || length > max) {
    const expected = `${min === max ? min : `${min} to ${max}`} characters, got ${length}`;
    throw refusal('PROFILES_VALUE_LENGTH', at, expected);
  }
  if (pattern !== undefined && !compiled(pattern).test(text)) {
    throw refusal('PROFILES_VALUE_PATTERN', at, 'the form of its field');
  }
}

const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  let expression = patterns.get(pattern);
  if (!expression) patterns.set(pattern, (expression = new RegExp(pattern, 'u')));
  return expression;
}

function checkInteger(
  value: JsonValue,
  {
    min = Number.MIN_SAFE_INTEGER,
    max = Number.MAX_SAFE_INTEGER,
  }: {
    readonly min?: number;
    readonly max?: number;
  },
  at: string,
): void {
  if (!Number.isSafeInteger(value)) throw refusal('PROFILES_VALUE_TYPE', at, 'an integer');
  if (Number(value) < min || Number(value) > max) {
    throw refusal('PROFILES_VALUE_RANGE', at, `an integer from ${min} to ${max}`);
  }
}

function checkTime(
  text: string,
  parse: (text: string) => number,
  { at, expected }: { readonly at: string; readonly expected: string },
): void {
  try {
    parse(text);
  } catch (cause) {
    throw profilesError('PROFILES_VALUE_TIME', `${at}: expected ${expected}`, { at }, { cause });
  }
}

function checkDigest(value: JsonValue, salted: boolean, at: string): void {
  const { alg, salted: isSalted, value: hex, ...rest } = asObject(value, at);
  const digits =
    typeof alg === 'string' && Object.hasOwn(DIGEST_ALGORITHMS, alg) && DIGEST_ALGORITHMS[alg];
  if (
    Object.keys(rest).length > 0 ||
    typeof digits !== 'number' ||
    typeof isSalted !== 'boolean' ||
    typeof hex !== 'string' ||
    hex.length !== digits ||
    !LOWER_HEX.test(hex)
  ) {
    const known = Object.keys(DIGEST_ALGORITHMS).join(', ');
    throw refusal('PROFILES_DIGEST_FORM', at, `{ alg, salted, value } with alg of ${known}`);
  }
  if (isSalted !== salted) {
    throw refusal('PROFILES_DIGEST_SALT', at, salted ? 'a salted digest' : 'a digest without salt');
  }
}

function checkPseudonym(value: JsonValue, at: string): RecordWarning[] {
  if (typeof value === 'string') {
    checkText(value, { kind: 'string', max: PSEUDONYM_CHARACTERS }, at);
    return [];
  }
  const { kind, id, ...rest } = asObject(value, at);
  if (Object.keys(rest).length > 0) {
    throw refusal('PROFILES_VALUE_TYPE', at, 'a string, or { kind, id }');
  }
  const named = asString(kind ?? null, `${at}/kind`);
  if (!PSEUDONYM_KIND.test(named)) {
    throw refusal('PROFILES_VALUE_PATTERN', `${at}/kind`, 'a short word');
  }
  const text = asString(id ?? null, `${at}/id`);
  checkText(text, { kind: 'string', max: PSEUDONYM_CHARACTERS }, `${at}/id`);
  const scheme = Object.hasOwn(PSEUDONYM_SCHEMES, named) ? PSEUDONYM_SCHEMES[named] : undefined;
  // It is checked in the form in which it becomes an index key.
  return scheme === undefined
    ? []
    : checkIdentifier({ scheme, value: normalizeIdentifier('holder', text), at: `${at}/id` });
}

function checkArray(
  value: JsonValue,
  { items, max }: Extract<ValueType, { kind: 'array' }>,
  at: string,
): RecordWarning[] {
  if (!Array.isArray(value)) throw refusal('PROFILES_VALUE_TYPE', at, 'an array');
  const array = value as readonly JsonValue[]; // narrowed by Array.isArray, which loses the element type
  if (array.length > max) {
    const expected = `at most ${max} items, got ${array.length}`;
    throw refusal('PROFILES_ARRAY_LENGTH', at, expected);
  }
  return array.flatMap((item, i) => checkValue({ value: item, type: items, at: `${at}/${i}` }));
}

function checkObject(value: JsonValue, limit: number, at: string): void {
  const { length } = canonicalBytes(asObject(value, at));
  if (length > limit) {
    throw refusal('PROFILES_VALUE_SIZE', at, `at most ${limit} bytes, got ${length}`);
  }
}

/** What is said in clear of a profile is what makes one, and nothing else. */
function checkDefinition(value: JsonValue, at: string): void {
  try {
    const [fault] = lintProfile(parseDefinition(value));
    if (fault) throw fault;
  } catch (cause) {
    if (!isCodedError(cause)) throw cause;
    const message = `${at}: expected the definition of a sound profile: ${cause.message}`;
    throw profilesError('PROFILES_VALUE_PROFILE', message, { at }, { cause });
  }
}

function asObject(value: JsonValue, at: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusal('PROFILES_VALUE_TYPE', at, 'an object');
  }
  return value as JsonObject; // narrowed: neither null nor an array
}
