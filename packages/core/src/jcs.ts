import { formatUtf8, parseUtf8 } from './bytes.ts';
import { coreError } from './error.ts';
import {
  STATEMENT_LIMITS,
  parseJson,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
} from './json.ts';

const MAX_DEPTH = 64;
// Characters that force the platform's own escaping, and surrogates, which may be alone.
const NOT_PLAIN = /["\\\u0000-\u001f\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Write a JSON value in its canonical form (RFC 8785): members ordered by UTF-16 code units, no white space, shortest escapes, numbers as
 * ECMAScript writes them. @throws CORE_JCS_VALUE, CORE_UTF8_MALFORMED, CORE_JSON_LIMIT deeper than 64
 */
export function canonicalize(value: JsonValue): string {
  return write(value, 0);
}

/** Write a JSON value in its canonical form as UTF-8 bytes. @throws as `canonicalize` */
export function canonicalBytes(value: JsonValue): Uint8Array {
  return formatUtf8(canonicalize(value));
}

/**
 * Parse JSON that must be in its canonical form already: accepted iff `JCS(parse(bytes)) == bytes` (spec/encoding §3).
 * @throws CORE_JCS_NOT_CANONICAL, and as `parseJson`
 */
export function parseCanonical(
  bytes: Uint8Array,
  limits: JsonLimits = STATEMENT_LIMITS,
): JsonValue {
  const value = parseJson(bytes, limits);
  if (canonicalize(value) !== parseUtf8(bytes)) {
    throw coreError('CORE_JCS_NOT_CANONICAL', 'JSON is not in the canonical form of RFC 8785');
  }
  return value;
}

function write(value: JsonValue | undefined, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isFinite(value)) throw coreError('CORE_JCS_VALUE', 'a number is not finite');
      return String(value); // -0 gives 0, as RFC 8785 §3.2.2.3 asks
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_DEPTH) {
        throw coreError('CORE_JSON_LIMIT', `expected at most ${MAX_DEPTH} levels of nesting`);
      }
      return isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1);
    default:
      throw coreError('CORE_JCS_VALUE', `expected a JSON value, got ${typeof value}`);
  }
}

function writeArray(array: readonly JsonValue[], depth: number): string {
  let text = '[';
  for (let i = 0; i < array.length; i++) text += (i === 0 ? '' : ',') + write(array[i], depth);
  return `${text}]`;
}

function writeObject(object: JsonObject, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw coreError('CORE_JCS_VALUE', 'expected a plain object');
  }
  let text = '{';
  for (const name of Object.keys(object).sort()) {
    text += `${text.length === 1 ? '' : ','}${writeString(name)}:${write(object[name], depth)}`;
  }
  return `${text}}`;
}

function writeString(text: string): string {
  if (!NOT_PLAIN.test(text)) return `"${text}"`;
  if (LONE_SURROGATE.test(text)) {
    throw coreError('CORE_UTF8_MALFORMED', 'a string holds a lone surrogate');
  }
  return JSON.stringify(text);
}

function isArray(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}
