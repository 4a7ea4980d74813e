import { DIGEST_BYTES } from '@anchorlog/core';
import { EMPTY, type IndexHasher } from './hasher.ts';
import { bitOf } from './path.ts';

/** Positions in a tile of a list: whole tiles lie apart from the record, so that a hot key does not make its record large. */
export const LIST_TILE = 256;

/** Where a key occurs: the entry `index` of the log. `path` is 32 bytes. */
export interface Posting {
  readonly path: Uint8Array;
  readonly index: number;
}

/** What lies beneath a node of the trie. */
export type NodeState = 0 | 1 | 2;
export const NO_LEAF = 0;
export const ONE_LEAF = 1;
export const MORE_LEAVES = 2;

// A bucket is all keys whose paths share a prefix: their records, sorted by path and joined without gaps (spec/index §6.1). Buckets are never
// changed, only replaced, so that whoever keeps one keeps the index as it was.
//   record = path 32 ‖ leafHash 32 ‖ count 8 ‖ roots of the complete subtrees of the list, largest first ‖ positions of the last, unfinished tile
export const LEAF_AT: number = DIGEST_BYTES;
export const COUNT_AT: number = 2 * DIGEST_BYTES;
export const ROOTS_AT: number = COUNT_AT + 8;

/** List where the records of a bucket begin. */
export function recordsOf(bucket: Uint8Array): number[] {
  const records: number[] = [];
  for (let at = 0; at < bucket.length; at += recordLength(countAt(bucket, at))) records.push(at);
  return records;
}

/** Give the path of the record at `at`, a view. */
export function pathAt(bucket: Uint8Array, at: number): Uint8Array {
  return bucket.subarray(at, at + DIGEST_BYTES);
}

/** Give the leaf hash of the record at `at`, a view. */
export function leafHashAt(bucket: Uint8Array, at: number): Uint8Array {
  return bucket.subarray(at + LEAF_AT, at + COUNT_AT);
}

/** Give the number of positions of the record at `at`. */
export function countAt(bucket: Uint8Array, at: number): number {
  return uint64At(bucket, at + COUNT_AT);
}

/** Give the roots of the complete subtrees of the list of the record at `at`, largest first; views. */
export function rootsAt(bucket: Uint8Array, at: number): Uint8Array[] {
  const begin = at + ROOTS_AT;
  return Array.from({ length: ones(countAt(bucket, at)) }, (_, i) =>
    bucket.subarray(begin + i * DIGEST_BYTES, begin + (i + 1) * DIGEST_BYTES),
  );
}

/** Give the position at `place` of the unfinished tile of the record at `at`. Requires 0 <= place < count % 256. */
export function positionAt(bucket: Uint8Array, at: number, place: number): number {
  return uint64At(bucket, at + ROOTS_AT + ones(countAt(bucket, at)) * DIGEST_BYTES + place * 8);
}

/** Some records of a bucket that lie next to each other, whose paths share `depth` bits. */
export interface Subtree {
  readonly bucket: Uint8Array;
  readonly records: readonly number[];
  readonly depth: number;
}

/** Hash a subtree: nothing is empty, one record is its leaf, more are the parent of both halves (spec/index §1.3). */
export function subtreeHash(subtree: Subtree, hasher: IndexHasher): Uint8Array {
  const { bucket, records } = subtree;
  if (records.length === 0) return EMPTY;
  if (records.length === 1) return leafHashAt(bucket, records[0]!);
  const [left, right] = halvesOf(subtree);
  return hasher.inner(subtreeHash(left, hasher), subtreeHash(right, hasher));
}

/** Split a subtree at the next bit. */
export function halvesOf({ bucket, records, depth }: Subtree): readonly [Subtree, Subtree] {
  const first = records.findIndex((at) => bitOf(pathAt(bucket, at), depth) === 1);
  const middle = first < 0 ? records.length : first;
  return [
    { bucket, records: records.slice(0, middle), depth: depth + 1 },
    { bucket, records: records.slice(middle), depth: depth + 1 },
  ];
}

/** Split a bucket whose paths share `depth` bits into the two of one bit more; views, since a bucket never changes. */
export function splitBucket(bucket: Uint8Array, depth: number): readonly [Uint8Array, Uint8Array] {
  const [byte, mask] = [depth >>> 3, 0x80 >>> (depth & 7)];
  let middle = 0;
  while (middle < bucket.length && (bucket[middle + byte]! & mask) === 0) {
    middle += recordLengthAt(bucket, middle);
  }
  return [bucket.subarray(0, middle), bucket.subarray(middle)];
}

/** Give the length of the record at `at`. */
export function recordLengthAt(bucket: Uint8Array, at: number): number {
  return recordLength(countAt(bucket, at));
}

/** Give the length of a record of `count` positions. */
export function recordLength(count: number): number {
  return ROOTS_AT + ones(count) * DIGEST_BYTES + (count % LIST_TILE) * 8;
}

/** Count the ones in the binary form of a number: as many complete subtrees has a list of that length. */
export function ones(count: number): number {
  let sum = 0;
  for (let rest = count; rest > 0; rest = Math.floor(rest / 2)) sum += rest % 2;
  return sum;
}

/** Read 8 bytes of our own; a view of them for each of millions takes a twentieth of a commit. */
function uint64At(bytes: Uint8Array, at: number): number {
  return uint32At(bytes, at) * 2 ** 32 + uint32At(bytes, at + 4);
}

function uint32At(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  );
}
