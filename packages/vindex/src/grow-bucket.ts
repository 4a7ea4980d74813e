import { DIGEST_BYTES, compareBytes, setUint64 } from '@anchorlog/core';
import {
  COUNT_AT,
  LEAF_AT,
  LIST_TILE,
  ROOTS_AT,
  countAt,
  ones,
  recordLength,
  type Posting,
} from './bucket.ts';
import type { IndexHasher } from './hasher.ts';

/** A tile of a list that became full: its positions, 8 bytes each, and the root over them. */
export interface FullTile {
  readonly path: Uint8Array;
  readonly number: number;
  readonly positions: Uint8Array;
  readonly root: Uint8Array;
}

/** What growing needs besides the bucket and its postings. */
export interface GrowBy {
  readonly hasher: IndexHasher;
  readonly leafHash: (index: number) => Uint8Array;
  readonly onTile: (tile: FullTile) => void;
}

/** Positions of the unfinished tile of the list that is being written: filled in again for every record. */
const tail = /* @__PURE__ */ new Uint8Array(LIST_TILE * 8);

/** A key that postings change: its postings are those from `begin` to before `end`. */
interface Change {
  /** Its record in the bucket, and the bytes of that; a new key stands before the record at `at`, and has none. */
  readonly at: number;
  readonly length: number;
  readonly count: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * Make the bucket that `bucket` becomes by the postings from `from` to before `to`, which are sorted by path and then index. Gives it with the
 * number of keys that are new in it, and calls `onTile` for each tile that becomes full.
 */
export function growBucket(
  bucket: Uint8Array,
  { postings, from, to }: { readonly postings: readonly Posting[]; from: number; to: number },
  by: GrowBy,
): { readonly bucket: Uint8Array; readonly added: number } {
  const { changes, length, added } = changesOf(bucket, { postings, from, to });
  const grown = new Uint8Array(length);
  let written = 0;
  let kept = 0; // from here on, records are copied as they are
  for (const change of changes) {
    written = copyTo(grown, written, bucket, kept, change.at);
    written = writeRecord({ grown, to: written, bucket, change, postings }, by);
    kept = change.at + change.length;
  }
  copyTo(grown, written, bucket, kept, bucket.length);
  return { bucket: grown, added };
}

/** Find which records change, and how long the bucket becomes. */
function changesOf(
  bucket: Uint8Array,
  { postings, from, to }: { readonly postings: readonly Posting[]; from: number; to: number },
): { readonly changes: readonly Change[]; readonly length: number; readonly added: number } {
  const changes: Change[] = [];
  let { length } = bucket;
  let added = 0;
  let at = 0;
  for (let begin = from; begin < to;) {
    const { path, index } = postings[begin]!;
    let distinct = 1;
    let end = begin + 1;
    // An entry that opens a key twice is in its list once.
    for (let last = index; end < to; end++) {
      const next = postings[end]!;
      if (next.path !== path && compareBytes(next.path, path) !== 0) break;
      if (next.index !== last) distinct++;
      last = next.index;
    }
    let count = 0;
    let order = 1;
    for (; at < bucket.length; at += recordLength(count)) {
      count = countAt(bucket, at);
      order = comparePath(bucket, at, path);
      if (order >= 0) break;
    }
    if (at >= bucket.length || order > 0) {
      changes.push({ at, length: 0, count: 0, begin, end });
      length += recordLength(distinct);
      added++;
    } else {
      const old = recordLength(count);
      changes.push({ at, length: old, count, begin, end });
      length += recordLength(count + distinct) - old;
      at += old;
    }
    begin = end;
  }
  return { changes, length, added };
}

/** Write the record that a change makes, and give where it ends. */
function writeRecord(
  of: {
    readonly grown: Uint8Array;
    readonly to: number;
    readonly bucket: Uint8Array;
    readonly change: Change;
    readonly postings: readonly Posting[];
  },
  { hasher, leafHash, onTile }: GrowBy,
): number {
  const { grown, to, bucket, change, postings } = of;
  const { at, begin, end } = change;
  const { path } = postings[begin]!;
  let { count } = change;
  const waiting = waitingOf(bucket, change);
  let tailEnd = copyTo(
    tail,
    0,
    bucket,
    at + change.length - (count % LIST_TILE) * 8,
    at + change.length,
  );
  for (let next = begin, last = -1; next < end; next++) {
    const { index } = postings[next]!;
    if (index === last) continue;
    last = index;
    count++;
    setUint64(tail, tailEnd, index);
    tailEnd += 8;
    let root = hasher.element(index, leafHash(index));
    for (let level = 0, width = 1; ; level++, width *= 2) {
      if (width === LIST_TILE) {
        onTile({ path, number: count / LIST_TILE - 1, positions: tail.slice(), root });
        tailEnd = 0;
      }
      const left = waiting[level];
      waiting[level] = left ? undefined : root;
      if (!left) break;
      root = hasher.node(left, root);
    }
  }
  const rootsEnd = to + ROOTS_AT + ones(count) * DIGEST_BYTES;
  let listRoot: Uint8Array | undefined;
  let rootAt = rootsEnd;
  for (const root of waiting) {
    if (!root) continue;
    rootAt -= DIGEST_BYTES;
    grown.set(root, rootAt);
    listRoot = listRoot ? hasher.node(root, listRoot) : root;
  }
  grown.set(path, to);
  grown.set(hasher.leaf({ path, count, listRoot: listRoot! }), to + LEAF_AT); // a record has one position or more
  setUint64(grown, to + COUNT_AT, count);
  return copyTo(grown, rootsEnd, tail, 0, tailEnd);
}

/** By level: the root of the complete subtree of a list that waits for its sibling. */
function waitingOf(bucket: Uint8Array, { at, count }: Change): (Uint8Array | undefined)[] {
  const waiting: (Uint8Array | undefined)[] = [];
  let rootAt = at + ROOTS_AT + ones(count) * DIGEST_BYTES;
  for (let rest = count; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) rootAt -= DIGEST_BYTES;
    waiting.push(rest % 2 === 1 ? bucket.subarray(rootAt, rootAt + DIGEST_BYTES) : undefined);
  }
  return waiting;
}

function comparePath(bucket: Uint8Array, at: number, path: Uint8Array): number {
  for (let i = 0; i < DIGEST_BYTES; i++) {
    const difference = bucket[at + i]! - path[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Copy `bytes` from `begin` to before `end`, and give where the copy ends. */
function copyTo(
  target: Uint8Array,
  to: number,
  bytes: Uint8Array,
  begin: number,
  end: number,
): number {
  if (end > begin) target.set(bytes.subarray(begin, end), to);
  return to + end - begin;
}
