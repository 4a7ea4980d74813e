import { DIGEST_BYTES, concatBytes, formatUtf8 } from '@anchorlog/core';
import { vindexError } from './error.ts';
import { sha256Index, type IndexHasher } from './hasher.ts';

/** Bits of a path, and so the most levels that a trie can have. */
export const PATH_BITS = 256;

// No NUL in it, so that the input of the hash can be read in one way only.
const KEY_NAME = /^[a-z0-9./-]{1,64}$/;

/** An index key as an opening gives it: the key of 32 bytes, and the keyspace and kind that it was made for. */
export interface IndexKeyName {
  readonly keyspace: string;
  readonly kind: string;
  readonly key: Uint8Array;
}

/**
 * Compute the place of a key in the trie, 32 bytes: `H(0x04 ‖ keyspace ‖ 0x00 ‖ kind ‖ 0x00 ‖ key)` (spec/index §1.1).
 * @throws VINDEX_KEY_NAME, VINDEX_HASH_LENGTH
 */
export function indexPath(name: IndexKeyName, hasher: IndexHasher = sha256Index): Uint8Array {
  const { keyspace, kind, key } = name;
  for (const text of [keyspace, kind]) {
    if (!KEY_NAME.test(text)) {
      throw vindexError('VINDEX_KEY_NAME', 'keyspace and kind: expected [a-z0-9./-]{1,64}');
    }
  }
  checkHash(key, 'key');
  return hasher.hash(concatBytes(Uint8Array.of(0x04), formatUtf8(`${keyspace}\0${kind}\0`), key));
}

/** Give a bit of a path, the most significant first. */
export function bitOf(path: Uint8Array, depth: number): 0 | 1 {
  return ((path[depth >>> 3]! >>> (7 - (depth & 7))) & 1) as 0 | 1; // one bit
}

/** Check that `hash`, of which `what` tells the role, is 32 bytes. @throws VINDEX_HASH_LENGTH */
export function checkHash(hash: Uint8Array, what: string): void {
  if (hash.length === DIGEST_BYTES) return;
  throw vindexError(
    'VINDEX_HASH_LENGTH',
    `${what}: expected ${DIGEST_BYTES} bytes, got ${hash.length}`,
    { what, length: hash.length },
  );
}
