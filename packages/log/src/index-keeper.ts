import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { equalBytes, isCodedError } from '@anchorlog/core';
import type { IndexHasher } from '@anchorlog/vindex';
import {
  IndexBuilder,
  type IndexPage,
  type IndexView,
  type Posting,
} from '@anchorlog/vindex/builder';
import { levelFaultOf } from '@anchorlog/core/level-fault';
import { syncFolder } from './durable-file.ts';
import { logError } from './error.ts';
import { SegmentBuckets } from './index-buckets.ts';
import { IndexRows, type IndexHeadRow } from './index-rows.ts';
import { SEGMENTS, type SegmentFile } from './index-segment.ts';

/** The postings of some entries, in the order of the log. */
export interface FeedPiece {
  /** All postings of entries before `to`, from the end of the piece before on. */
  readonly to: number;
  readonly postings: readonly Posting[];
}

/** What an index is built of: what the log has, durable when it can be read. */
export interface IndexFeed {
  /** Entries whose postings can be read. */
  readonly size: number;
  /** Give the postings of entries `from` to before `to`, a bounded number of them at a time; a piece ends at `to`, the last one there. */
  postings(range: { readonly from: number; readonly to: number }): AsyncIterable<FeedPiece>;
  /** Give leaf hashes of entries, in their order. */
  leafHashes(indexes: readonly number[]): Promise<readonly Uint8Array[]>;
  /** Give the root of the log at a size. */
  rootHash(size: number): Promise<Uint8Array>;
}

/** How an index is kept. */
export interface IndexKeeperOptions {
  /** Its folder, which is made if absent. */
  readonly dir: string;
  readonly feed: IndexFeed;
  readonly hasher: IndexHasher;
  readonly limits?: Partial<IndexLimits> | undefined;
}

export interface IndexLimits {
  /** Keys a bucket holds on average at most. */
  readonly keysABucket: number;
  /** Postings that are committed at once, at most: more are cut. */
  readonly commitPostings: number;
  /** Postings after which every segment has been written once: what a crash leaves to replay. Of the keys' number, from the least to the most. */
  readonly replayShare: number;
  readonly replayLeast: number;
  readonly replayMost: number;
  /** Heads that are kept for proofs, beside those that `keep` names. */
  readonly heads: number;
}

const LIMITS: IndexLimits = {
  keysABucket: 8,
  commitPostings: 400_000,
  replayShare: 0.15,
  replayLeast: 100_000,
  replayMost: 1_500_000,
  heads: 64,
};
/** How long steps of the index may take of a turn of the event loop. */
const TURN_MS = 1;
const NOT_YET = new Uint8Array(32);

/**
 * Keeps the verifiable index of a log beside it, up to date and provable (spec/index §8). It is derived: what a crash or a broken disk takes of it
 * is made again from the log, with the same roots. Works in small turns of the event loop.
 */
export class IndexKeeper {
  readonly #feed: IndexFeed;
  readonly #limits: IndexLimits;
  readonly #dir: string;
  readonly #hasher: IndexHasher;
  readonly #rows: IndexRows;
  #buckets!: SegmentBuckets; // set by `#load`, before a keeper is given to anybody
  #builder!: IndexBuilder;
  /** Leaf hashes of the entries that are being committed. */
  readonly #leafHashes = new Map<number, Uint8Array>();
  /** While a proof is made: leaf hashes at hand, and those that were asked for and are not. */
  #asked:
    { readonly known: ReadonlyMap<number, Uint8Array>; readonly missing: Set<number> } | undefined;
  /** Heads that proofs are made at, oldest first; the last is the newest. */
  #heads: IndexHeadRow[] = [];
  /** Those that `keep` was told of. */
  #named: ReadonlySet<number> = new Set();
  /** Postings by the size at which they were committed, from the oldest head on. */
  #committed: { readonly size: number; readonly postings: number }[] = [];
  #nextSegment = 0;
  #credit = 0;
  /** One thing after the other. */
  #running: Promise<unknown> = Promise.resolve();
  #failure: Error | undefined;
  #isClosed = false;

  private constructor({ dir, feed, hasher, limits }: IndexKeeperOptions) {
    this.#dir = dir;
    this.#feed = feed;
    this.#hasher = hasher;
    this.#limits = { ...LIMITS, ...limits };
    this.#rows = new IndexRows(join(dir, 'rows'));
  }

  /**
   * Open the index of a log, or make one, and bring it to the newest head that it had. One process at a time.
   * @throws LOG_LOCKED, LOG_INDEX_FAILED, and what the feed throws
   */
  static async open(options: IndexKeeperOptions): Promise<IndexKeeper> {
    await mkdir(options.dir, { recursive: true });
    const keeper = new IndexKeeper(options);
    try {
      await keeper.#openRows();
      await keeper.#load();
      return keeper;
    } catch (error) {
      await keeper.close();
      throw failedError(error);
    }
  }

  /** Entries that are covered. */
  get size(): number {
    return this.#builder.size;
  }

  /** Keys that have an entry. */
  get keys(): number {
    return this.#builder.keys;
  }

  /** Sizes of the heads at which proofs are made, oldest first. */
  get heads(): readonly number[] {
    return this.#heads.map(({ size }) => size);
  }

  /**
   * Bring the index to a size of the log and give its root there, which is the same whenever it is asked for. A size that is kept is answered from
   * what is there. @throws LOG_INDEX_FAILED, LOG_CLOSED, VINDEX_HEAD_UNKNOWN for an older size that is not kept
   */
  commit(size: number): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      if (size <= this.#builder.size) return this.#builder.at(size).root();
      const postings = await this.#advance(size, undefined);
      const indexRoot = this.#builder.at().root();
      await this.#rows.put({ size, indexRoot }, []);
      this.#heads.push({ size, indexRoot });
      this.#builder.forget(this.#heads[0]!.size); // just pushed, if no other
      this.#committed.push({ size, postings });
      this.#maintain(postings);
      return indexRoot;
    });
  }

  /** Keep these heads, of which there are few, and those after the newest of them; forget others. @throws LOG_INDEX_FAILED, LOG_CLOSED */
  keep(sizes: readonly number[]): Promise<void> {
    return this.#inTurn(async () => {
      this.#named = new Set(sizes);
      const newest = Math.max(0, ...sizes);
      await this.#forget(({ size }) => size < newest && !this.#named.has(size));
    });
  }

  /**
   * Prove what the index said of a key at a head that is kept. The page is that which `of` gives for a view of the head, all entries unless given.
   * @throws VINDEX_HEAD_UNKNOWN, VINDEX_HASH_LENGTH, VINDEX_PAGE_RANGE, VINDEX_PROOF_LIMIT, LOG_CLOSED
   */
  async prove(of: {
    readonly path: Uint8Array;
    readonly size: number;
    readonly page?: IndexPage | ((view: IndexView) => IndexPage) | undefined;
  }): Promise<Uint8Array> {
    const known = new Map<number, Uint8Array>();
    for (;;) {
      this.#checkOpen();
      // Leaf hashes are read elsewhere: what lacks some is made again once they are here.
      const { proof, missing } = this.#proveWith(known, of);
      if (missing.length === 0) return proof;
      const hashes = await this.#feed.leafHashes(missing);
      for (const [i, index] of missing.entries()) known.set(index, hashes[i]!);
    }
  }

  /** Count the entries of a key at a head that is kept. @throws VINDEX_HEAD_UNKNOWN, VINDEX_HASH_LENGTH, LOG_CLOSED */
  count(path: Uint8Array, size: number): number {
    this.#checkOpen();
    return this.#builder.at(size).count(path);
  }

  /** End what is under way. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#running.catch(() => undefined);
    try {
      await this.#rows.close();
    } finally {
      this.#buckets?.close();
    }
  }

  #proveWith(
    known: ReadonlyMap<number, Uint8Array>,
    { path, size, page }: Parameters<IndexKeeper['prove']>[0],
  ): { readonly proof: Uint8Array; readonly missing: readonly number[] } {
    const missing = new Set<number>();
    this.#asked = { known, missing };
    try {
      const view = this.#builder.at(size);
      const proof = view.prove(path, typeof page === 'function' ? page(view) : page);
      return { proof, missing: [...missing] };
    } finally {
      this.#asked = undefined;
    }
  }

  #leafHash(index: number): Uint8Array {
    const found = (this.#asked?.known ?? this.#leafHashes).get(index);
    if (found) return found;
    if (!this.#asked) throw new Error(`index: expected the leaf hash of entry ${index}, got none`);
    this.#asked.missing.add(index);
    return NOT_YET;
  }

  async #openRows(): Promise<void> {
    try {
      await this.#rows.open();
    } catch (error) {
      if (levelFaultOf(error) !== 'damaged') throw error;
      await this.#startAnew();
    }
  }

  /** Read what there is, and replay the rest from the log. What does not fit together is made again from nothing. */
  async #load(): Promise<void> {
    const all = await this.#rows.heads();
    const heads = all.filter(({ size }) => size <= this.#feed.size);
    // Of entries that the log has not: they would be taken for those that come instead.
    const beyond = all.slice(heads.length);
    if (beyond.length > 0)
      await this.#rows.put(
        undefined,
        beyond.map(({ size }) => size),
      );
    if (await this.#replay(heads)) return;
    this.#buckets.close();
    await this.#startAnew();
    if (await this.#replay([])) return;
    throw new Error('index: an empty one does not lead to its own root');
  }

  /** @returns whether the index has the roots that it had */
  async #replay(heads: readonly IndexHeadRow[]): Promise<boolean> {
    const newest = heads.at(-1)?.size ?? 0;
    const isOf = async ({ size, rootHash }: SegmentFile): Promise<boolean> =>
      size <= newest && equalBytes(rootHash, await this.#feed.rootHash(size));
    const { keysABucket } = this.#limits;
    this.#buckets = await SegmentBuckets.open(this.#dir, { keysABucket, isOf });
    const covered = Array.from({ length: SEGMENTS }, (_, i) => this.#buckets.covered(i));
    const { keys, bits } = this.#buckets;
    this.#builder = new IndexBuilder({
      leafHash: (index) => this.#leafHash(index),
      hasher: this.#hasher,
      keysABucket,
      buckets: this.#buckets,
      lists: this.#rows,
      stored: { size: Math.min(...covered), keys, bits },
    });
    await this.#buckets.scan(() => inTurns(this.#builder.load()));
    // Until the size that the newest segment covers, no root is that of a head.
    const floor = Math.max(...covered);
    this.#heads = heads.filter(({ size }) => size >= floor);
    this.#committed = [];
    await this.#advance(floor, covered);
    this.#builder.forget(floor);
    for (const { size, indexRoot } of this.#heads) {
      const postings = await this.#advance(size, undefined);
      if (!equalBytes(this.#builder.at().root(), indexRoot)) return false;
      this.#committed.push({ size, postings });
    }
    this.#builder.forget(this.#heads[0]?.size ?? floor);
    // What was replayed is due to be written.
    this.#nextSegment = covered.indexOf(Math.min(...covered));
    return true;
  }

  async #startAnew(): Promise<void> {
    await this.#rows.close();
    await rm(this.#dir, { recursive: true, force: true });
    await mkdir(this.#dir, { recursive: true });
    await this.#rows.open();
  }

  /**
   * Commit the postings up to a size, and none of the sizes between. Of postings that their segment covers already, as `covered` tells, none is
   * taken twice. Gives their number.
   */
  async #advance(to: number, covered: readonly number[] | undefined): Promise<number> {
    const from = this.#builder.size;
    if (to <= from) return 0;
    const isHead = this.#heads.some(({ size }) => size === from);
    let postings: Posting[] = [];
    let count = 0;
    const commit = async (size: number): Promise<void> => {
      const before = this.#builder.size;
      await this.#commit(size, postings);
      if (!isHead) this.#builder.forget(size);
      else if (before > from) this.#builder.forgetOne(before);
      count += postings.length;
      postings = [];
    };
    for await (const piece of this.#feed.postings({ from, to })) {
      for (const posting of piece.postings) {
        if (posting.index >= (covered?.[posting.path[0]!] ?? 0)) postings.push(posting);
      }
      const isFull = postings.length >= this.#limits.commitPostings && piece.to < to;
      if (isFull) await commit(piece.to);
    }
    await commit(to);
    return count;
  }

  async #commit(size: number, postings: readonly Posting[]): Promise<void> {
    const indexes: number[] = [];
    for (const { index } of postings) if (index !== indexes.at(-1)) indexes.push(index);
    const hashes = await this.#feed.leafHashes(indexes);
    for (const [i, index] of indexes.entries()) this.#leafHashes.set(index, hashes[i]!);
    try {
      await inTurns(this.#builder.commitInSteps({ size, postings }));
    } finally {
      this.#leafHashes.clear();
    }
  }

  /** Write segments, so many that each has its turn in time, and forget heads that are too many. Whoever waits for the root does not wait for this. */
  #maintain(postings: number): void {
    const { replayShare, replayLeast, replayMost } = this.#limits;
    const budget = Math.min(replayMost, Math.max(replayLeast, this.#builder.keys * replayShare));
    this.#credit = Math.min(SEGMENTS, this.#credit + (postings * SEGMENTS) / budget);
    const working = this.#running.then(async () => {
      await this.#forgetMany(2 * budget);
      while (this.#credit >= 1 && !this.#isClosed) {
        this.#credit--;
        await this.#flushNext();
      }
    });
    this.#running = working.catch((error: unknown) => this.#fail(error));
  }

  async #flushNext(): Promise<void> {
    const [floor] = this.#heads;
    const segment = this.#nextSegment;
    this.#nextSegment = (segment + 1) % SEGMENTS;
    if (!floor || this.#buckets.covered(segment) >= floor.size) return;
    const rootHash = await this.#feed.rootHash(floor.size);
    // Tiles of lists that the segment stands on went into the rows with the head.
    await this.#buckets.flush(segment, {
      head: { size: floor.size, rootHash },
      index: this.#builder,
      pause: turnsOf(),
    });
    await syncFolder(this.#dir);
  }

  /** Forget heads that nobody named, and in the end also those, when too much would be to be replayed from the oldest on. */
  async #forgetMany(mostPostings: number): Promise<void> {
    const unnamed = this.#heads.slice(0, -1).filter(({ size }) => !this.#named.has(size));
    const many = new Set(unnamed.slice(0, Math.max(0, unnamed.length - this.#limits.heads)));
    let waiting = this.#committed.slice(1).reduce((sum, { postings }) => sum + postings, 0);
    for (const [i, head] of this.#heads.slice(0, -1).entries()) {
      if (waiting <= mostPostings) break;
      many.add(head);
      waiting -= this.#committed[i + 1]!.postings;
    }
    if (many.size > 0) await this.#forget((head) => many.has(head));
  }

  async #forget(isForgotten: (head: IndexHeadRow) => boolean): Promise<void> {
    const forgotten = this.#heads.slice(0, -1).filter(isForgotten);
    if (forgotten.length === 0) return;
    await this.#rows.put(
      undefined,
      forgotten.map(({ size }) => size),
    );
    const sizes = new Set(forgotten.map(({ size }) => size));
    this.#heads = this.#heads.filter(({ size }) => !sizes.has(size));
    const oldest = this.#heads[0]!.size; // the newest stays
    for (const size of sizes) if (size > oldest) this.#builder.forgetOne(size);
    this.#builder.forget(oldest);
    this.#committed = this.#joined(sizes);
  }

  /** The postings of forgotten heads count for the head after them. */
  #joined(forgotten: ReadonlySet<number>): { size: number; postings: number }[] {
    const joined: { size: number; postings: number }[] = [];
    let sum = 0;
    for (const { size, postings } of this.#committed) {
      sum += postings;
      if (forgotten.has(size)) continue;
      joined.push({ size, postings: sum });
      sum = 0;
    }
    return joined;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    const result = this.#running.then(async () => {
      if (this.#failure) throw this.#failure;
      try {
        return await work();
      } catch (error) {
        throw this.#fail(error);
      }
    });
    this.#running = result.catch(() => undefined); // its own caller is told
    return result;
  }

  /** After a failure in the middle nothing is built upon what is there. */
  #fail(error: unknown): Error {
    if (isCodedError(error) && error.code === 'VINDEX_HEAD_UNKNOWN') return error;
    this.#failure ??= failedError(error);
    return this.#failure;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw logError('LOG_CLOSED', 'the index is closed');
  }
}

/** Take steps, so many in a turn of the event loop that others do not wait for long. */
async function inTurns<T>(steps: Generator<void, T, void>): Promise<T> {
  const pause = turnsOf();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause();
  }
}

/** Make what gives others a turn, if one has lasted long enough. */
function turnsOf(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < TURN_MS) return;
    await turn();
    began = performance.now();
  };
}

function failedError(cause: unknown): Error {
  if (isCodedError(cause) && cause.code.startsWith('LOG_')) return cause;
  if (levelFaultOf(cause) === 'locked') {
    return logError(
      'LOG_LOCKED',
      'the index is open already: one log has one writer',
      {},
      { cause },
    );
  }
  return logError(
    'LOG_INDEX_FAILED',
    'the index could not be read or written: it is taken up again when the log is opened',
    {},
    { cause },
  );
}
