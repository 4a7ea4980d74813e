import { isWellFormed, parseUtf8 } from './bytes.ts';
import { coreError } from './error.ts';
import {
  STATEMENT_LIMITS,
  parseJson,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
} from './json.ts';

/** How deep a value may nest. */
export const MAX_DEPTH = 64;
// Characters that force the platform's own escaping, and surrogates, which may be alone.
// oxlint-disable-next-line no-control-regex
const NOT_PLAIN = /["\\\u0000-\u001f\ud800-\udfff]/;

/** How the platform's escape of a lone surrogate begins. An escaped backslash before "ud" looks the same, so that a hit decides nothing. */
const ESCAPED_SURROGATE = '\\ud';

/**
 * Write a JSON value in its canonical form (RFC 8785): members ordered by UTF-16 code units, no white space, shortest escapes, numbers as
 * ECMAScript writes them. This is the small writer, which verifiers carry; `canonicalBytes` is the fast one.
 * @throws CORE_JCS_VALUE, CORE_UTF8_MALFORMED, CORE_JSON_LIMIT deeper than 64
 */
export function canonicalize(value: JsonValue): string {
  return write(value, 0);
}

/**
 * Parse JSON that must be in its canonical form already: accepted iff `JCS(parse(bytes)) == bytes` (spec/encoding §4).
 * @throws CORE_JCS_NOT_CANONICAL, and as `parseJson`
 */
export function parseCanonical(
  bytes: Uint8Array,
  limits: JsonLimits = STATEMENT_LIMITS,
): JsonValue {
  const value = readCanonical(bytes, limits);
  return value === undefined ? refuseCanonical(bytes, limits) : value;
}

/**
 * Accept on the platform's own parser, twice as fast as the strict one. What that parser lets pass (white space, a repeated name, another form
 * of a number) makes a text longer than the canonical one, or another; what remains to check is what canonical JSON may hold here.
 */
function readCanonical(bytes: Uint8Array, limits: JsonLimits): JsonValue | undefined {
  if (bytes.length > limits.bytes) return undefined;
  try {
    const text = parseUtf8(bytes);
    const value = JSON.parse(text) as JsonValue; // JSON.parse gives nothing else
    const seen = { items: 0, length: 0, sorted: true, plain: true };
    if (!fits(value, limits, 0, seen)) return undefined;
    // Without escapes every string stands in the text as it is, and all that is in the value is in the text: of the same length, it is the same.
    const isCounted = seen.sorted && seen.plain && !text.includes('\\');
    if (isCounted) return text.length === seen.length ? value : undefined;
    // Members that stand in order are written in order by the platform too; only what it escapes is to be looked at more closely.
    const isOrdered = seen.sorted && !text.includes(ESCAPED_SURROGATE);
    return (isOrdered ? JSON.stringify(value) : canonicalize(value)) === text ? value : undefined;
  } catch {
    return undefined; // the strict parser tells why
  }
}

function refuseCanonical(bytes: Uint8Array, limits: JsonLimits): never {
  parseJson(bytes, limits);
  throw coreError('CORE_JCS_NOT_CANONICAL', 'JSON is not in the canonical form of RFC 8785');
}

/** What was seen of a value. */
interface Seen {
  items: number;
  /** Characters of its canonical form, if no string is escaped. */
  length: number;
  /** Members stand in the order of their names. */
  sorted: boolean;
  /** No member has the name of an index, which comes first whatever the text says, and no number has another form that is no longer. */
  plain: boolean;
}

function fits(value: JsonValue, limits: JsonLimits, depth: number, seen: Seen): boolean {
  if (typeof value === 'string') {
    seen.length += value.length + 2;
    return value.length <= limits.string;
  }
  if (typeof value === 'number') {
    seen.length += String(value).length;
    seen.plain &&= value % 100 !== 0 || value === 0; // 100 is 1e2 as well
    return Number.isSafeInteger(value);
  }
  if (typeof value !== 'object' || value === null) {
    seen.length += value === false ? 5 : 4;
    return true;
  }
  if (depth >= limits.depth) return false;
  if (isArray(value)) {
    seen.length += Math.max(2, value.length + 1);
    for (const item of value) {
      if (++seen.items > limits.items || !fits(item, limits, depth + 1, seen)) return false;
    }
    return true;
  }
  const names = Object.keys(value);
  seen.length += Math.max(2, names.length + 1);
  let before = '';
  for (const name of names) {
    if (++seen.items > limits.items || name.length > limits.string) return false;
    if (!fits(value[name]!, limits, depth + 1, seen)) return false;
    seen.length += name.length + 3;
    seen.sorted &&= before <= name;
    seen.plain &&= !(name >= '0' && name < ':');
    before = name;
  }
  return true;
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
  for (const name of Object.keys(object).toSorted()) {
    text += `${text.length === 1 ? '' : ','}${writeString(name)}:${write(object[name], depth)}`;
  }
  return `${text}}`;
}

function writeString(text: string): string {
  if (!NOT_PLAIN.test(text)) return `"${text}"`;
  if (!isWellFormed(text)) {
    throw coreError('CORE_UTF8_MALFORMED', 'a string holds a lone surrogate');
  }
  return JSON.stringify(text);
}

/** Tell an array from an object. */
export function isArray(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}
