import { DIGEST_BYTES } from '@anchorlog/core';
import { tlogError } from './error.ts';

/** A tree at one size: all that a proof refers to. `rootHash` is 32 bytes. */
export interface TreeHead {
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** Sizes of trees are at most this. */
export const MAX_TREE_SIZE: number = Number.MAX_SAFE_INTEGER;

/** Check that `size` is a tree size of at least `least`. @throws TLOG_SIZE_RANGE */
export function checkTreeSize(size: number, least: 0 | 1): void {
  if (!Number.isSafeInteger(size) || size < least) {
    throw tlogError(
      'TLOG_SIZE_RANGE',
      `tree size: expected an integer from ${least} to 2^53 - 1, got ${size}`,
      { size, least },
    );
  }
}

/** Check that a tree of `size` leaves has a leaf `index`. @throws TLOG_INDEX_RANGE */
export function checkLeafIndex(index: number, size: number): void {
  if (!Number.isSafeInteger(index) || index < 0 || !(index < size)) {
    throw tlogError('TLOG_INDEX_RANGE', `leaf index: expected 0 to ${size} - 1, got ${index}`, {
      index,
      size,
    });
  }
}

/** Check that `hash`, of which `what` tells the role and `place` the position, is 32 bytes. @throws TLOG_HASH_LENGTH */
export function checkHash(hash: Uint8Array, what: string, place?: number | string): void {
  if (hash.length === DIGEST_BYTES) return;
  const name = place === undefined ? what : `${what} ${place}`;
  throw tlogError(
    'TLOG_HASH_LENGTH',
    `${name}: expected ${DIGEST_BYTES} bytes, got ${hash.length}`,
    { what: name, length: hash.length },
  );
}

/** Copy bytes. Not `slice()`: a Buffer's gives a view, through which a caller could change a tree later. */
export function copyBytes(bytes: Uint8Array, begin?: number, end?: number): Uint8Array {
  return new Uint8Array(bytes.subarray(begin, end));
}

/** Count the hashes in a row of them. @throws TLOG_HASH_LENGTH unless its length is a multiple of 32 */
export function countHashes(row: Uint8Array): number {
  if (row.length % DIGEST_BYTES !== 0) {
    throw tlogError(
      'TLOG_HASH_LENGTH',
      `hashes: expected a multiple of ${DIGEST_BYTES} bytes, got ${row.length}`,
      { length: row.length },
    );
  }
  return row.length / DIGEST_BYTES;
}
