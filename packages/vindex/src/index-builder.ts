import { DIGEST_BYTES } from '@anchorlog/core';
import { bucketOf, checkBatch, sortBatch, type IndexBatch, type SortedBatch } from './batch.ts';
import { bucketNodes } from './bucket-nodes.ts';
import { splitBucket } from './bucket.ts';
import { vindexError } from './error.ts';
import { growBucket, type FullTile } from './grow-bucket.ts';
import { sha256Index, type IndexHasher } from './hasher.ts';
import {
  memoryBuckets,
  memoryLists,
  type BucketStore,
  type Halves,
  type ListStore,
} from './store.ts';
import { TopNodes, placesAbove, type TopNode } from './top.ts';
import { joinUndos, splitUndo, undoneNode, type Undo } from './undo.ts';
import { IndexView } from './view.ts';

/** Keys a bucket holds on average before there are twice as many buckets. */
const KEYS_A_BUCKET = 8;
/** Places in the top are kept in 32 bits, and prefixes in 30. */
const MOST_BITS = 30;
const BUCKETS_A_STEP = 32;
/** Buckets whose subtrees are hashed together. */
const BUCKETS_A_ROW = 256;

/** What a builder starts with. */
export interface IndexBuilderOptions {
  /** Gives the leaf hash of an entry that a posting names, 32 bytes, at any time. */
  readonly leafHash: (index: number) => Uint8Array;
  readonly hasher?: IndexHasher | undefined;
  /** Where it keeps what grows with the number of keys: in memory unless given. */
  readonly buckets?: BucketStore | undefined;
  readonly lists?: ListStore | undefined;
  /** Keys that a bucket may hold on average, 8 unless given: a matter of speed and memory alone. */
  readonly keysABucket?: number | undefined;
  /** What the stores hold already: an index of `size` and `keys` in 2^bits buckets, which `load` reads. Nothing unless given. */
  readonly stored?:
    { readonly size: number; readonly keys: number; readonly bits: number } | undefined;
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
  #top: TopNodes;
  #size: number;
  #keys: number;
  /** Oldest first. While a commit is written, the last is of the newest head. */
  #undos: Undo[] = [];
  #isBusy = false;

  constructor(options: IndexBuilderOptions) {
    const { leafHash, hasher = sha256Index, stored } = options;
    this.#hasher = hasher;
    this.#leafHash = leafHash;
    this.#keysABucket = options.keysABucket ?? KEYS_A_BUCKET;
    this.#buckets = options.buckets ?? memoryBuckets();
    this.#lists = options.lists ?? memoryLists();
    this.#top = new TopNodes(stored?.bits ?? 0);
    this.#size = stored?.size ?? 0;
    this.#keys = stored?.keys ?? 0;
  }

  /** Entries of the log that are covered. */
  get size(): number {
    return this.#size;
  }

  /** Keys that have an entry. */
  get keys(): number {
    return this.#keys;
  }

  /** Levels above the buckets. */
  get bits(): number {
    return this.#top.bits;
  }

  /** Hash what the stores held when the builder was made, before all else. Pauses between its steps. */
  *load(): Generator<void, void, void> {
    const top = this.#top;
    const count = 2 ** top.bits;
    for (let begin = 0; begin < count; begin += BUCKETS_A_ROW) {
      const length = Math.min(BUCKETS_A_ROW, count - begin);
      const row = Array.from({ length }, (_, i) => this.#buckets.read(begin + i));
      top.setRow(count + begin, bucketNodes(row, top.bits, this.#hasher));
      yield;
    }
    yield* top.hashAll(this.#hasher);
  }

  /**
   * Take up the postings of a batch, all or none, and give the new root, 32 bytes. An entry that is posted twice under one path is in its list
   * once. @throws VINDEX_BATCH_RANGE, VINDEX_HASH_LENGTH, and what `leafHash` throws
   */
  commit(batch: IndexBatch): Uint8Array {
    const steps = this.commitInSteps(batch);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /**
   * As `commit`, but in steps of a fraction of a millisecond, between which views may be read: they show the index before it. Who begins takes
   * all steps; one commit at a time.
   */
  *commitInSteps(batch: IndexBatch): Generator<void, Uint8Array, void> {
    if (this.#isBusy) throw new TypeError('index: a commit has not ended');
    this.#isBusy = true;
    try {
      yield* checkBatch(batch, this.#size);
      const sorted = yield* sortBatch(batch.postings);
      yield* this.#fit(this.#keys + sorted.paths);
      const changes = yield* this.#change(sorted);
      // Nothing can be refused from here on.
      for (const tile of changes.tiles) this.#lists.write(tile);
      if (batch.size > this.#size) yield* this.#write(batch.size, changes);
      this.#keys += changes.added;
    } finally {
      this.#isBusy = false;
    }
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
      bucket: (bucket) => this.bucket(bucket, size),
    });
  }

  /** Give the bytes of a bucket, as they are or as they were at an older head. @throws VINDEX_HEAD_UNKNOWN */
  bucket(bucket: number, size: number = this.#size): Uint8Array {
    for (const { buckets } of this.#undosFrom(size)) {
      const found = buckets.get(bucket);
      if (found) return found;
    }
    return this.#buckets.read(bucket);
  }

  /** Tell whether a bucket has changed since the head of a size. @throws VINDEX_HEAD_UNKNOWN */
  hasChanged(bucket: number, size: number): boolean {
    return this.#undosFrom(size).some(({ buckets }) => buckets.has(bucket));
  }

  /** Forget the heads before `size`: no more proofs at them. */
  forget(size: number): void {
    this.#undos = this.#undos.filter((undo) => undo.size >= size);
  }

  /** Forget one older head, and none before it. */
  forgetOne(size: number): void {
    const at = this.#undos.findIndex((undo) => undo.size === size);
    const [before, undo] = [this.#undos[at - 1], this.#undos[at]];
    if (undo && before) this.#undos.splice(at - 1, 2, joinUndos(before, undo));
    else if (undo) this.#undos.splice(at, 1);
  }

  /** Have as many buckets as a number of keys demands. */
  *#fit(keys: number): Generator<void, void, void> {
    while (keys > this.#keysABucket * 2 ** this.#top.bits && this.#top.bits < MOST_BITS) {
      yield* this.#grow();
    }
  }

  /** Split every bucket in two, those that undos keep as well. */
  *#grow(): Generator<void, void, void> {
    const { bits } = this.#top;
    const count = 2 ** bits;
    const top = this.#top.deeper();
    const undos: Undo[] = [];
    for (const undo of this.#undos) undos.push(yield* splitUndo(undo, bits, this.#hasher));
    let row: Uint8Array[] = [];
    let begin = 2 * count;
    const setRow = (): void => {
      top.setRow(begin, bucketNodes(row, bits + 1, this.#hasher));
      begin += row.length;
      row = [];
    };
    const split = (bytes: Uint8Array): Halves => splitBucket(bytes, bits);
    for (const halves of this.#buckets.grow(count, split)) {
      row.push(...halves);
      if (row.length >= BUCKETS_A_ROW) setRow();
      if (row.length % BUCKETS_A_STEP === 0) yield;
    }
    // The buckets are split from here on: no pause until all that speaks of them is.
    setRow();
    this.#top = top;
    this.#undos = undos;
  }

  /** Grow the buckets that postings fall into, and hash them; nothing is changed yet. */
  *#change({ postings, prefixes }: SortedBatch): Generator<void, Changes, void> {
    const { bits } = this.#top;
    const tiles: FullTile[] = [];
    const by = {
      hasher: this.#hasher,
      leafHash: this.#leafHash,
      onTile: (tile: FullTile) => void tiles.push(tile),
    };
    const numbers: number[] = [];
    const before: Uint8Array[] = [];
    const after: Uint8Array[] = [];
    let added = 0;
    for (let from = 0; from < postings.length;) {
      const number = bucketOf(prefixes[from]!, bits);
      let to = from + 1;
      while (to < postings.length && bucketOf(prefixes[to]!, bits) === number) to++;
      const bucket = this.#buckets.read(number);
      const grown = growBucket(bucket, { postings, from, to }, by);
      numbers.push(number);
      before.push(bucket);
      after.push(grown.bucket);
      added += grown.added;
      from = to;
      if (numbers.length % BUCKETS_A_STEP === 0) yield;
    }
    const states = new Uint8Array(numbers.length);
    const hashes = new Uint8Array(numbers.length * DIGEST_BYTES);
    for (let begin = 0; begin < numbers.length; begin += BUCKETS_A_ROW) {
      const row = bucketNodes(after.slice(begin, begin + BUCKETS_A_ROW), bits, this.#hasher);
      states.set(row.states, begin);
      hashes.set(row.hashes, begin * DIGEST_BYTES);
      yield;
    }
    return { numbers, before, after, states, hashes, tiles, added };
  }

  *#write(size: number, changes: Changes): Generator<void, void, void> {
    const { numbers, before, after, states, hashes } = changes;
    const first = 2 ** this.#top.bits;
    const places = Uint32Array.from(numbers, (number) => first + number);
    const nodes = yield* this.#top.copy(placesAbove(places));
    const buckets = new Map(numbers.map((number, i) => [number, before[i]!]));
    // From here on views of the newest head read what was; those of the new one begin when all is written.
    this.#undos.push({ size: this.#size, nodes: [nodes], buckets });
    for (const [i, number] of numbers.entries()) this.#buckets.write(number, after[i]!);
    yield* this.#top.update({ places, states, hashes }, this.#hasher);
    this.#size = size;
  }

  #nodeAt(size: number, place: number): TopNode {
    for (const undo of this.#undosFrom(size)) {
      const found = undoneNode(undo, place);
      if (found) return found;
    }
    return this.#top.node(place);
  }

  /** What was changed since the head of a size, oldest first. */
  #undosFrom(size: number): readonly Undo[] {
    const first = this.#undos.findIndex((undo) => undo.size === size);
    if (first >= 0) return first === 0 ? this.#undos : this.#undos.slice(first);
    if (size === this.#size) return [];
    throw vindexError('VINDEX_HEAD_UNKNOWN', `index of size ${this.#size}: no head at ${size}`, {
      size,
    });
  }
}

/** What a batch makes of the buckets, by bucket, ascending. */
interface Changes {
  readonly numbers: readonly number[];
  readonly before: readonly Uint8Array[];
  readonly after: readonly Uint8Array[];
  readonly states: Uint8Array;
  readonly hashes: Uint8Array;
  readonly tiles: readonly FullTile[];
  readonly added: number;
}
