import { formatUtf8, hmac, type HashSuite, type JsonObject, type JsonValue } from '@anchorlog/core';
import { statementError } from './error.ts';
import { checkKeyName } from './form.ts';

const IDENTIFIER_LIMIT = 512;

// Two emitters that normalise differently lose completeness silently: these rules never change, new kinds get new names.
const VERBATIM_KINDS: ReadonlySet<string> = /* @__PURE__ */ new Set(['license']);

/**
 * Bring an identifier into the form in which it becomes an index key of `kind`: for `license` verbatim, for every other kind full-width
 * ASCII (U+FF01 to U+FF5E) becomes ASCII and a to z become A to Z. Nothing else changes (spec/statement §6.1).
 */
export function normalizeIdentifier(kind: string, identifier: string): string {
  if (VERBATIM_KINDS.has(kind)) return identifier;
  return identifier
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[a-z]+/g, (lower) => lower.toUpperCase());
}

/**
 * Read the identifier in the value of a key field: a string, or the `id` of `{ kind, id }`. Null means that there is none.
 * @throws STATEMENT_KEY_VALUE
 */
export function keyIdentifier(value: JsonValue, at: string): string | null {
  if (value === null) return null;
  const text = isReference(value) ? value['id'] : value;
  if (typeof text !== 'string' || text.length === 0 || text.length > IDENTIFIER_LIMIT) {
    throw statementError(
      'STATEMENT_KEY_VALUE',
      `${at}: expected an identifier of 1 to ${IDENTIFIER_LIMIT} characters, or { kind, id }`,
      { at },
    );
  }
  return text;
}

function isReference(value: JsonValue): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  const { kind } = value as JsonObject; // narrowed: neither null nor an array
  return names.length === 2 && typeof kind === 'string' && names.includes('id');
}

/**
 * Compute the index key of an identifier: 32 bytes, `HMAC-H(secret, "anchorlog/key/1" 00 keyspace 00 kind 00 identifier)` with the
 * identifier normalised (spec/statement §6). Who lacks the secret can neither make the key nor test a guess against it.
 * @throws STATEMENT_KEY_NAME, STATEMENT_KEY_VALUE, and RangeError for a secret under 32 bytes
 */
export function indexKey(input: {
  readonly suite: HashSuite;
  readonly secret: Uint8Array;
  readonly keyspace: string;
  readonly kind: string;
  readonly identifier: string;
}): Uint8Array {
  const { suite, secret, keyspace, kind } = input;
  checkSecret(secret, 'keyspace secret');
  checkKeyName(keyspace, 'keyspace');
  checkKeyName(kind, 'kind');
  const identifier = normalizeIdentifier(kind, keyIdentifier(input.identifier, 'identifier') ?? '');
  return hmac(suite, secret, formatUtf8(`anchorlog/key/1\0${keyspace}\0${kind}\0${identifier}`));
}

/**
 * Derive the id of a record from the business system's own number for it, so that a retry is the same statement and the number does not
 * leak: a UUID of version 8 from the first 16 bytes of `HMAC-H(secret, "anchorlog/id/1" 00 org 00 system 00 key)` (spec/statement §2.2).
 * @throws RangeError for a secret under 32 bytes or an empty key
 */
export function recordId(input: {
  readonly suite: HashSuite;
  readonly secret: Uint8Array;
  readonly org: string;
  readonly system: string;
  readonly key: string;
}): string {
  const { suite, secret, org, system, key } = input;
  checkSecret(secret, 'id secret');
  if (key === '' || org.includes('\0') || system.includes('\0')) {
    throw new RangeError('record id: expected org and system without NUL, and a key');
  }
  const mac = hmac(suite, secret, formatUtf8(`anchorlog/id/1\0${org}\0${system}\0${key}`));
  return formatUuid8(mac);
}

function checkSecret(secret: Uint8Array, what: string): void {
  if (secret.length < 32) {
    throw new RangeError(`${what}: expected at least 32 bytes, got ${secret.length}`);
  }
}

const HEX = /* @__PURE__ */ Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** RFC 9562 §5.8: version in the high bits of octet 6, variant in those of octet 8; all other bits are ours. */
function formatUuid8(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    const byte = bytes[i]!;
    text += HEX[i === 6 ? (byte & 0x0f) | 0x80 : i === 8 ? (byte & 0x3f) | 0x80 : byte];
    if (i === 3 || i === 5 || i === 7 || i === 9) text += '-';
  }
  return text;
}
