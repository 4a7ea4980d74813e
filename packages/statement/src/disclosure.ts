import {
  formatBase64,
  isBase64,
  parseBase64,
  parseCanonical,
  type HashSuite,
  type JsonLimits,
  type JsonValue,
} from '@anchorlog/core';
import { checkDisclosureLength, COMMITMENT_TAG } from './commitment.ts';
import { statementError } from './error.ts';
import {
  BASE64URL_16,
  checkId,
  checkKeyName,
  CLAIM_PATH,
  DISCLOSURE_BYTES,
  formatAddress,
  KEY_PATH,
  ORG,
  SYSTEM,
} from './form.ts';
import type { Statement } from './statement.ts';

/** The limits of a disclosure (spec/encoding §3). */
export const DISCLOSURE_LIMITS: JsonLimits = {
  bytes: DISCLOSURE_BYTES,
  depth: 17,
  items: 65_541,
  string: 1_000_000,
};

/** What the bytes of a disclosure say; whether they open a commitment is `openDisclosures`' to tell. */
export interface Disclosure {
  /** 16 bytes in base64url. */
  readonly salt: string;
  /** The statement that it belongs to, by `org/system/id`. */
  readonly address: string;
  /** `/holderName`, or `/keys/0` for the opening of an index key. */
  readonly path: string;
  readonly value: JsonValue;
}

/** An index key, opened: 32 bytes. */
export interface OpenedKey {
  readonly kind: string;
  readonly role: string;
  readonly keyspace: string;
  readonly key: Uint8Array;
}

/** What disclosures have opened of a statement. */
export interface OpenedClaims {
  /** Path → value; null where the record had none. */
  readonly claims: ReadonlyMap<string, JsonValue>;
  /** Position in `keys` → the key; null where the record had none. */
  readonly keys: ReadonlyMap<number, OpenedKey | null>;
}

/**
 * Read the bytes of a disclosure: the canonical JSON array of tag, salt, address, path and value (spec/statement §5).
 * @throws STATEMENT_DISCLOSURE_LENGTH, STATEMENT_DISCLOSURE_SHAPE, STATEMENT_ID_FORM, STATEMENT_PATH_FORM, CORE_JSON_…, CORE_JCS_NOT_CANONICAL, CORE_UTF8_MALFORMED
 */
export function parseDisclosure(bytes: Uint8Array): Disclosure {
  checkDisclosureLength(bytes.length);
  const array = parseCanonical(bytes, DISCLOSURE_LIMITS);
  if (!Array.isArray(array) || array.length !== 5 || array[0] !== COMMITMENT_TAG) {
    throw shapeError('an array of tag, salt, address, path and value');
  }
  const [, salt, address, path, value] = array as readonly JsonValue[]; // narrowed by Array.isArray, which loses the element type
  if (typeof salt !== 'string' || !BASE64URL_16.test(salt)) {
    throw shapeError('a salt of 16 bytes in base64url');
  }
  if (typeof address !== 'string' || typeof path !== 'string') {
    throw shapeError('address and path as strings');
  }
  checkAddress(address);
  const isKey = KEY_PATH.test(path);
  if (!isKey && !CLAIM_PATH.test(path)) {
    throw statementError('STATEMENT_PATH_FORM', 'disclosure: expected the path of a claim or key');
  }
  if (isKey) readKey(value!);
  return { salt, address, path, value: value! };
}

/**
 * Open commitments of `statement`: each disclosure must belong to it and hash, as received, to exactly the commitment at its path.
 * @throws STATEMENT_DISCLOSURE_ID, STATEMENT_DISCLOSURE_UNREFERENCED, STATEMENT_DISCLOSURE_REPEATED, STATEMENT_DISCLOSURE_MISMATCH, and as `parseDisclosure`
 */
export function openDisclosures(
  statement: Statement,
  disclosures: readonly Uint8Array[],
  suite: HashSuite,
): OpenedClaims {
  const own = formatAddress({ ...statement.issuer, id: statement.id });
  const claims = new Map<string, JsonValue>();
  const keys = new Map<number, OpenedKey | null>();
  for (const bytes of disclosures) {
    const { address, path, value } = parseDisclosure(bytes);
    const index = KEY_PATH.test(path) ? Number(path.slice('/keys/'.length)) : undefined;
    if (address !== own) {
      throw statementError('STATEMENT_DISCLOSURE_ID', 'disclosure of another statement', { path });
    }
    const commitment =
      index !== undefined
        ? statement.keys[index]?.commitment
        : Object.hasOwn(statement.commitments, path)
          ? statement.commitments[path]
          : undefined;
    if (commitment === undefined) {
      throw statementError('STATEMENT_DISCLOSURE_UNREFERENCED', `no commitment at ${path}`, {
        path,
      });
    }
    if (index === undefined ? claims.has(path) : keys.has(index)) {
      throw statementError('STATEMENT_DISCLOSURE_REPEATED', `${path} is disclosed twice`, { path });
    }
    if (formatBase64(suite.hash(bytes)) !== commitment) {
      throw statementError('STATEMENT_DISCLOSURE_MISMATCH', `${path} does not match`, { path });
    }
    if (index === undefined) {
      claims.set(path, value);
    } else {
      const { kind, role } = statement.keys[index]!;
      const key = readKey(value);
      keys.set(index, key && { kind, role, ...key });
    }
  }
  return { claims, keys };
}

/**
 * Open all index keys of `statement`, as a log does before it admits the entry: exactly one opening for each, in order. Null where the
 * record had no such key.
 * @throws STATEMENT_OPENING_COUNT, and as `openDisclosures`
 */
export function openKeys(
  statement: Statement,
  openings: readonly Uint8Array[],
  suite: HashSuite,
): (OpenedKey | null)[] {
  const expected = statement.keys.length;
  const { claims, keys } = openDisclosures(statement, openings, suite);
  const inOrder = [...keys.keys()].every((index, i) => index === i);
  if (openings.length !== expected || claims.size > 0 || !inOrder) {
    throw statementError(
      'STATEMENT_OPENING_COUNT',
      `expected one opening for each of ${expected} keys, in order, got ${openings.length}`,
      { expected, got: openings.length },
    );
  }
  return [...keys.values()];
}

/**
 * Take the disclosures at `paths` out of all that the emitter keeps, in that order: what goes into a bundle, and nothing besides.
 * @throws STATEMENT_DISCLOSURE_ABSENT for a path that has none, STATEMENT_DISCLOSURE_REPEATED for one asked for twice
 */
export function selectDisclosures(
  disclosures: ReadonlyMap<string, Uint8Array>,
  paths: readonly string[],
): Uint8Array[] {
  if (new Set(paths).size !== paths.length) {
    throw statementError('STATEMENT_DISCLOSURE_REPEATED', 'a path is asked for twice');
  }
  return paths.map((path) => {
    const bytes = disclosures.get(path);
    if (!bytes) {
      throw statementError('STATEMENT_DISCLOSURE_ABSENT', 'no disclosure at a path asked for');
    }
    return bytes;
  });
}

/** @throws STATEMENT_DISCLOSURE_SHAPE, STATEMENT_ID_FORM */
function checkAddress(address: string): void {
  const parts = address.split('/');
  const [org = '', system = '', id = ''] = parts;
  if (parts.length !== 3 || !ORG.test(org) || !SYSTEM.test(system)) {
    throw shapeError('an address of organisation, system and id');
  }
  checkId(id, 'disclosure');
}

/** The value of a key's opening: `{ keyspace, key }` or null. */
function readKey(value: JsonValue): { keyspace: string; key: Uint8Array } | null {
  if (value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) throw shapeError('keyspace and key');
  const { keyspace, key } = value as { readonly [name: string]: JsonValue }; // narrowed: not an array
  const members = Object.keys(value).length;
  if (typeof keyspace !== 'string' || typeof key !== 'string' || members !== 2) {
    throw shapeError('keyspace and key');
  }
  if (!isBase64(key, 32)) throw shapeError('a key of 32 bytes in standard base64');
  return { keyspace: checkKeyName(keyspace, 'keyspace'), key: parseBase64(key, 32) };
}

function shapeError(expected: string): Error {
  return statementError('STATEMENT_DISCLOSURE_SHAPE', `disclosure: expected ${expected}`);
}
