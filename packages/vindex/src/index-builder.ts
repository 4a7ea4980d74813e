import { compareBytes } from '@anchorlog/core';
import { bucketNode, growBucket, splitBucket, type FullTile, type Posting } from './bucket.ts';
import { vindexError } from './error.ts';
import { sha256Index, type IndexHasher } from './hasher.ts';
import { checkHash } from './path.ts';
import { memoryBuckets, memoryLists, type BucketStore, type ListStore } from './store.ts';
import { TopNodes, oldNode, oldNodesOf, type OldNodes, type TopNode } from './top.ts';
import { IndexView, prefixOf } from './view.ts';

/** Keys a bucket holds on average before there are twice as many buckets. */
const KEYS_A_BUCKET = 8;
/** Places in the top are kept in 32 bits. */
const MOST_BITS = 30;
/** Bits of a path that are compared as a number, before the rest: exact in a double. */
const PREFIX_BITS = 48;

/** What a builder starts with. */
export interface IndexBuilderOptions {
  /** Gives the leaf hash of an entry that a posting names, 32 bytes, at any time. */
  readonly leafHash: (index: number) => Uint8Array;
  readonly hasher?: IndexHasher | undefined;
  /** Where it keeps what grows with the number of keys: in memory unless given, and empty. */
  readonly buckets?: BucketStore | undefined;
  readonly lists?: ListStore | undefined;
  /** Keys that a bucket may hold on average, 8 unless given: a matter of speed and memory alone. */
  readonly keysABucket?: number | undefined;
}

/** The postings of the entries from the index's size to before `size`, in any order. */
export interface IndexBatch {
  readonly size: number;
  readonly postings: readonly Posting[];
}

/** What a commit changed, as it was before: enough to prove at the head before. */
interface Undo {
  readonly size: number;
  nodes: readonly OldNodes[];
  buckets: ReadonlyMap<number, Uint8Array>;
}

/**
 * Builds the index of a log, one commit a batch, and proves at the newest head and at all before it that it was not told to forget. The root is a
 * function of the postings alone: neither batches nor the stores have an influence on it (spec/index §6).
 */
export class IndexBuilder {
  readonly #hasher: IndexHasher;
  readonly #leafHash: (index: number) => Uint8Array;
  readonly #buckets: BucketStore;
  readonly #lists: ListStore;
  readonly #keysABucket: number;
  #top = new TopNodes(0);
  #size = 0;
  #keys = 0;
  /** Oldest first. */
  #undos: Undo[] = [];

  constructor(options: IndexBuilderOptions) {
    const { leafHash, hasher = sha256Index } = options;
    this.#hasher = hasher;
    this.#leafHash = leafHash;
    this.#keysABucket = options.keysABucket ?? KEYS_A_BUCKET;
    this.#buckets = options.buckets ?? memoryBuckets();
    this.#lists = options.lists ?? memoryLists();
  }

  /** Entries of the log that are covered. */
  get size(): number {
    return this.#size;
  }

  /** Keys that have an entry. */
  get keys(): number {
    return this.#keys;
  }

  /**
   * Take up the postings of a batch, all or none, and give the new root, 32 bytes. An entry that is posted twice under one path is in its list
   * once. @throws VINDEX_BATCH_RANGE, VINDEX_HASH_LENGTH, and what `leafHash` throws
   */
  commit({ size, postings }: IndexBatch): Uint8Array {
    this.#check(size, postings);
    const sorted = sortPostings(postings);
    this.#fit(this.#keys + countPaths(sorted));
    const changed = new Map<number, Uint8Array>();
    const tiles: FullTile[] = [];
    let added = 0;
    for (const { bucket, run } of this.#runs(sorted)) {
      const grown = growBucket(this.#buckets.read(bucket), run, {
        hasher: this.#hasher,
        leafHash: this.#leafHash,
        onTile: (tile) => void tiles.push(tile),
      });
      changed.set(bucket, grown.bucket);
      added += grown.added;
    }
    // Nothing can be refused from here on.
    for (const tile of tiles) this.#lists.write(tile);
    if (size > this.#size) this.#write(size, changed);
    this.#keys += added;
    return this.at().root();
  }

  /** Give the index as it is, or as it was at an older head that is kept. @throws VINDEX_HEAD_UNKNOWN */
  at(size: number = this.#size): IndexView {
    this.#undosFrom(size);
    // Looked up at each reading: what a later commit changes is found in its undo.
    return new IndexView({
      size,
      bits: () => this.#top.bits,
      hasher: this.#hasher,
      lists: this.#lists,
      leafHash: this.#leafHash,
      node: (place) => this.#nodeAt(size, place),
      bucket: (bucket) => this.#bucketAt(size, bucket),
    });
  }

  /** Forget the heads before `size`: no more proofs at them. */
  forget(size: number): void {
    this.#undos = this.#undos.filter((undo) => undo.size >= size);
  }

  #check(size: number, postings: readonly Posting[]): void {
    if (!Number.isSafeInteger(size) || size < this.#size) {
      throw vindexError('VINDEX_BATCH_RANGE', `index of size ${this.#size}: no batch to ${size}`, {
        from: this.#size,
        size,
      });
    }
    for (const { path, index } of postings) {
      checkHash(path, 'path');
      if (!Number.isSafeInteger(index) || index < this.#size || index >= size) {
        throw vindexError(
          'VINDEX_BATCH_RANGE',
          `posting: expected an index from ${this.#size} to before ${size}, got ${index}`,
          { index, from: this.#size, size },
        );
      }
    }
  }

  /** The postings of each bucket that has any. */
  *#runs(
    sorted: readonly SortedPosting[],
  ): Generator<{ readonly bucket: number; readonly run: readonly Posting[] }> {
    const divisor = 2 ** (PREFIX_BITS - this.#top.bits);
    for (let begin = 0; begin < sorted.length;) {
      const bucket = Math.floor(sorted[begin]!.prefix / divisor);
      let end = begin + 1;
      while (end < sorted.length && Math.floor(sorted[end]!.prefix / divisor) === bucket) end++;
      yield { bucket, run: sorted.slice(begin, end).map(({ posting }) => posting) };
      begin = end;
    }
  }

  #write(size: number, changed: ReadonlyMap<number, Uint8Array>): void {
    const { bits } = this.#top;
    const before = new Map<number, Uint8Array>();
    const nodes = [];
    for (const [bucket, bytes] of changed) {
      before.set(bucket, this.#buckets.read(bucket));
      this.#buckets.write(bucket, bytes);
      nodes.push({ place: 2 ** bits + bucket, ...bucketNode(bytes, bits, this.#hasher) });
    }
    const old = this.#top.update(nodes, this.#hasher);
    this.#undos.push({ size: this.#size, nodes: [old], buckets: before });
    this.#size = size;
  }

  /** Have as many buckets as a number of keys demands. */
  #fit(keys: number): void {
    while (keys > this.#keysABucket * 2 ** this.#top.bits && this.#top.bits < MOST_BITS) {
      this.#grow();
    }
  }

  /** Split every bucket in two, those that undos keep as well. */
  #grow(): void {
    const { bits } = this.#top;
    const count = 2 ** bits;
    const split = (bytes: Uint8Array): readonly [Uint8Array, Uint8Array] =>
      splitBucket(bytes, bits);
    this.#buckets.grow(count, split);
    const node = (bytes: Uint8Array): TopNode => bucketNode(bytes, bits + 1, this.#hasher);
    const buckets = this.#buckets;
    this.#top = this.#top.grow(
      (function* () {
        for (let bucket = 0; bucket < 2 * count; bucket++) yield node(buckets.read(bucket));
      })(),
    );
    for (const undo of this.#undos) {
      const halves = [...undo.buckets].flatMap(([bucket, bytes]) =>
        split(bytes).map((half, i) => [2 * bucket + i, half] as const),
      );
      const nodes = halves.map(([bucket, half]) => ({ place: 2 * count + bucket, ...node(half) }));
      undo.nodes = [...undo.nodes, oldNodesOf(nodes)];
      undo.buckets = new Map(halves);
    }
  }

  #nodeAt(size: number, place: number): TopNode {
    for (const { nodes } of this.#undosFrom(size)) {
      for (const each of nodes) {
        const found = oldNode(each, place);
        if (found) return found;
      }
    }
    return this.#top.node(place);
  }

  #bucketAt(size: number, bucket: number): Uint8Array {
    for (const { buckets } of this.#undosFrom(size)) {
      const found = buckets.get(bucket);
      if (found) return found;
    }
    return this.#buckets.read(bucket);
  }

  /** What was changed since the head of a size, oldest first. */
  #undosFrom(size: number): readonly Undo[] {
    if (size === this.#size) return [];
    const first = this.#undos.findIndex((undo) => undo.size === size);
    if (first < 0) {
      throw vindexError('VINDEX_HEAD_UNKNOWN', `index of size ${this.#size}: no head at ${size}`, {
        size,
      });
    }
    return this.#undos.slice(first);
  }
}

interface SortedPosting {
  readonly posting: Posting;
  readonly prefix: number;
}

function sortPostings(postings: readonly Posting[]): SortedPosting[] {
  const sorted = postings.map((posting) => ({
    posting,
    prefix: prefixOf(posting.path, PREFIX_BITS),
  }));
  return sorted.toSorted(
    (a, b) =>
      a.prefix - b.prefix ||
      compareBytes(a.posting.path, b.posting.path) ||
      a.posting.index - b.posting.index,
  );
}

function countPaths(sorted: readonly SortedPosting[]): number {
  let count = 0;
  for (const [i, { posting }] of sorted.entries()) {
    const before = sorted[i - 1];
    if (!before || compareBytes(before.posting.path, posting.path) !== 0) count++;
  }
  return count;
}
