import { DIGEST_BYTES, compareBytes, parseUint64, setUint64 } from '@anchorlog/core';
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
const LEAF_AT = DIGEST_BYTES;
const COUNT_AT = 2 * DIGEST_BYTES;
const ROOTS_AT = COUNT_AT + 8;

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
  return parseUint64(bucket, at + COUNT_AT);
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
  return parseUint64(bucket, at + ROOTS_AT + ones(countAt(bucket, at)) * DIGEST_BYTES + place * 8);
}

/** Give the state and hash of the subtree that is this bucket, whose paths share `depth` bits. */
export function bucketNode(
  bucket: Uint8Array,
  depth: number,
  hasher: IndexHasher,
): { readonly state: NodeState; readonly hash: Uint8Array } {
  const records = recordsOf(bucket);
  const state = records.length === 0 ? NO_LEAF : records.length === 1 ? ONE_LEAF : MORE_LEAVES;
  return { state, hash: subtreeHash({ bucket, records, depth }, hasher) };
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

/** Split a bucket whose paths share `depth` bits into the two of one bit more. */
export function splitBucket(bucket: Uint8Array, depth: number): readonly [Uint8Array, Uint8Array] {
  const [, { records }] = halvesOf({ bucket, records: recordsOf(bucket), depth });
  const middle = records[0] ?? bucket.length;
  return [bucket.slice(0, middle), bucket.slice(middle)];
}

/** A tile of a list that became full: its positions, 8 bytes each, and the root over them. */
export interface FullTile {
  readonly path: Uint8Array;
  readonly number: number;
  readonly positions: Uint8Array;
  readonly root: Uint8Array;
}

/**
 * Make the bucket that `bucket` becomes by postings, which are sorted by path and then index. Gives it with the number of keys that are new in
 * it, and calls `onTile` for each tile that becomes full.
 */
export function growBucket(
  bucket: Uint8Array,
  postings: readonly Posting[],
  by: {
    readonly hasher: IndexHasher;
    readonly leafHash: (index: number) => Uint8Array;
    readonly onTile: (tile: FullTile) => void;
  },
): { readonly bucket: Uint8Array; readonly added: number } {
  const parts: Uint8Array[] = [];
  let added = 0;
  let at = 0;
  let kept = 0; // from here on, records are copied as they are
  for (let next = 0; next < postings.length;) {
    const { path } = postings[next]!;
    let end = next + 1;
    while (end < postings.length && compareBytes(postings[end]!.path, path) === 0) end++;
    let order = 1;
    for (; at < bucket.length; at += recordLength(countAt(bucket, at))) {
      order = compareBytes(pathAt(bucket, at), path);
      if (order >= 0) break;
    }
    if (at > kept) parts.push(bucket.subarray(kept, at));
    const isOld = at < bucket.length && order === 0;
    const list = isOld ? listAt(bucket, at) : { count: 0, waiting: [], tail: [] };
    for (let last = -1; next < end; next++) {
      const { index } = postings[next]!;
      if (index === last) continue; // an entry that opens a key twice is in its list once
      last = index;
      appendPosition(list, index, by.hasher.element(index, by.leafHash(index)), path, by);
    }
    parts.push(formatRecord(path, list, by.hasher));
    if (isOld) at += recordLength(countAt(bucket, at));
    else added++;
    kept = at;
  }
  if (kept < bucket.length) parts.push(bucket.subarray(kept));
  return { bucket: joined(parts), added };
}

// Not concatBytes: a bucket may have more records than a call may have arguments.
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

interface OpenList {
  count: number;
  /** By level: the root of the complete subtree that waits for its sibling. */
  readonly waiting: (Uint8Array | undefined)[];
  /** Positions of the unfinished tile. */
  readonly tail: number[];
}

function listAt(bucket: Uint8Array, at: number): OpenList {
  const count = countAt(bucket, at);
  const waiting: (Uint8Array | undefined)[] = [];
  const roots = rootsAt(bucket, at);
  for (let rest = count, level = 0; rest > 0; rest = Math.floor(rest / 2), level++) {
    waiting[level] = rest % 2 === 1 ? roots.pop() : undefined;
  }
  const tail = Array.from({ length: count % LIST_TILE }, (_, i) => positionAt(bucket, at, i));
  return { count, waiting, tail };
}

function appendPosition(
  list: OpenList,
  index: number,
  element: Uint8Array,
  path: Uint8Array,
  { hasher, onTile }: { readonly hasher: IndexHasher; readonly onTile: (tile: FullTile) => void },
): void {
  const { waiting, tail } = list;
  list.count++;
  tail.push(index);
  let root = element;
  let width = 1;
  for (let level = 0; ; level++, width *= 2) {
    if (width === LIST_TILE) {
      const positions = new Uint8Array(LIST_TILE * 8);
      for (const [i, position] of tail.entries()) setUint64(positions, i * 8, position);
      onTile({ path, number: list.count / LIST_TILE - 1, positions, root });
      tail.length = 0;
    }
    const left = waiting[level];
    if (!left) {
      waiting[level] = root;
      return;
    }
    waiting[level] = undefined;
    root = hasher.node(left, root);
  }
}

function formatRecord(path: Uint8Array, list: OpenList, hasher: IndexHasher): Uint8Array {
  const { count, waiting, tail } = list;
  const record = new Uint8Array(recordLength(count));
  let listRoot: Uint8Array | undefined;
  let at = ROOTS_AT + ones(count) * DIGEST_BYTES;
  for (const [i, position] of tail.entries()) setUint64(record, at + i * 8, position);
  for (const root of waiting) {
    if (!root) continue;
    at -= DIGEST_BYTES;
    record.set(root, at);
    listRoot = listRoot ? hasher.node(root, listRoot) : root;
  }
  record.set(path);
  record.set(hasher.leaf({ path, count, listRoot: listRoot! }), LEAF_AT); // a record has one position or more
  setUint64(record, COUNT_AT, count);
  return record;
}

function recordLength(count: number): number {
  return ROOTS_AT + ones(count) * DIGEST_BYTES + (count % LIST_TILE) * 8;
}

/** Count the ones in the binary form of a number: as many complete subtrees has a list of that length. */
function ones(count: number): number {
  let sum = 0;
  for (let rest = count; rest > 0; rest = Math.floor(rest / 2)) sum += rest % 2;
  return sum;
}
