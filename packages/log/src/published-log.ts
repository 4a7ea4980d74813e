import { equalBytes, parseUtf8, type SuiteName } from '@anchorlog/core';
import { nodeEd25519 } from '@anchorlog/core/node';
import {
  TILE_WIDTH,
  openCheckpoint,
  parseNote,
  type NoteKey,
  type OpenedCheckpoint,
  type TreeHead,
  type Verified,
} from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { ahead, bundlesOf } from './ahead.ts';
import { AuthenticTiles } from './authentic-tiles.ts';
import { checkIndex, checkRange, checkSizeOf } from './bounds.ts';
import type { TreeEdge } from './edge.ts';
import { logError } from './error.ts';
import { CHECKPOINT_PATH, type TileSource } from './tiles.ts';
import { TreeReader } from './tree-reader.ts';
import { unlessWithheld } from './withheld.ts';

/** How a published log is opened. */
export interface PublishedLogOptions {
  /** `httpTiles`, `directoryTiles`, `bucketTiles`, or another place. */
  readonly source: TileSource;
  readonly origin: string;
  /** The log's key, which the reader has from elsewhere. */
  readonly key: NoteKey;
  readonly witnesses?: readonly NoteKey[] | undefined;
  /** `sha256` unless given. */
  readonly suite?: SuiteName | undefined;
  /** A checkpoint that is at hand, to read the log as it was then; the published one unless given. */
  readonly checkpoint?: string | undefined;
  /** Bytes of verified tiles kept in memory: 32 MiB, which is 4,096 of them. */
  readonly cacheBytes?: number | undefined;
  /** Files asked for at a time: 8. */
  readonly concurrency?: number | undefined;
  /** Ends all that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** The log at one checkpoint. Never changed, so that a proof is of one tree though the log is refreshed meanwhile. */
interface Snapshot {
  readonly note: string;
  readonly checkpoint: Verified<OpenedCheckpoint>;
  readonly edge: TreeEdge;
  readonly reader: TreeReader;
}

/**
 * Open a published log at its checkpoint. @throws LOG_FILE_MISSING, LOG_TILE_MISMATCH, as `openCheckpoint`, and what the source throws
 * when it cannot tell (LOG_REMOTE_…, LOG_FILE_LIMIT)
 */
export async function openPublishedLog(options: PublishedLogOptions): Promise<PublishedLog> {
  const { suite = 'sha256', source, cacheBytes = 2 ** 25, concurrency = 8, signal } = options;
  const hasher = nodeTreeHasher(suite);
  const tiles = new AuthenticTiles({ source, hasher, cacheBytes, concurrency, signal });
  const take = async (note: string): Promise<Snapshot> => {
    const checkpoint = openCheckpoint(note, options, nodeEd25519);
    const edge = await tiles.edge(checkpoint);
    const full = {
      tile: (level: number, index: number): Promise<Uint8Array> =>
        tiles.tile({ level, index }, edge),
    };
    return { note, checkpoint, edge, reader: new TreeReader(full, hasher) };
  };
  const first = await take(options.checkpoint ?? (await readCheckpoint(options)));
  return new PublishedLog(options, { tiles, take, first });
}

/**
 * A log as it is published, read and never believed: every head, proof and entry that it gives was found to lead to the root of a checkpoint
 * that the log's key has signed (spec/log §14.1).
 */
export class PublishedLog {
  readonly origin: string;
  readonly #options: PublishedLogOptions;
  readonly #tiles: AuthenticTiles;
  readonly #take: (note: string) => Promise<Snapshot>;
  #now: Snapshot;

  /** Made by `openPublishedLog`. */
  constructor(
    options: PublishedLogOptions,
    parts: {
      readonly tiles: AuthenticTiles;
      readonly take: (note: string) => Promise<Snapshot>;
      readonly first: Snapshot;
    },
  ) {
    this.origin = options.origin;
    this.#options = options;
    this.#tiles = parts.tiles;
    this.#take = parts.take;
    this.#now = parts.first;
  }

  get checkpoint(): Verified<OpenedCheckpoint> {
    return this.#now.checkpoint;
  }

  /** The note that `checkpoint` was opened from. */
  get note(): string {
    return this.#now.note;
  }

  /**
   * Read the checkpoint again and go on with it if it is of a larger tree, which must begin with this one. An older one, as a cache may
   * give, changes nothing, but must be a prefix. @throws LOG_CHECKPOINT_FORKED with both notes in its context, and as `openPublishedLog`
   */
  async refresh(): Promise<Verified<OpenedCheckpoint>> {
    const before = this.#now;
    const note = await readCheckpoint(this.#options);
    if (note === before.note) return before.checkpoint;
    const checkpoint = openCheckpoint(note, this.#options, nodeEd25519);
    if (checkpoint.size <= before.checkpoint.size) {
      await checkPrefix({ checkpoint, note }, before);
    } else {
      const found = await this.#take(note);
      await checkPrefix(before, found);
      // Another call may have come further meanwhile.
      if (checkpoint.size > this.#now.checkpoint.size) this.#now = found;
    }
    return this.#now.checkpoint;
  }

  /** Give the head of any size up to that of the checkpoint, which is the default. @throws LOG_SIZE_RANGE, LOG_TILE_MISMATCH, LOG_FILE_MISSING, and what the source throws */
  async head(size?: number): Promise<TreeHead> {
    const { checkpoint, edge, reader } = this.#now;
    if (size === undefined) return { size: checkpoint.size, rootHash: checkpoint.rootHash };
    checkSizeOf(size, { least: 0, most: checkpoint.size });
    return reader.head(size, edge);
  }

  /** Prove that the log at `size` holds entry `index` (RFC 9162 §2.1.3.1). @throws LOG_INDEX_RANGE, and as `head` */
  async proveInclusion(of: {
    readonly index: number;
    readonly size?: number | undefined;
  }): Promise<Uint8Array[]> {
    const { checkpoint, edge, reader } = this.#now;
    const { index, size = checkpoint.size } = of;
    checkSizeOf(size, { least: 1, most: checkpoint.size });
    checkIndex(index, size);
    return reader.proveInclusion({ index, size }, edge);
  }

  /** Prove that the log at `newerSize` begins with the log at `olderSize`, which is at least 1 (RFC 9162 §2.1.4.1). @throws as `head` */
  async proveConsistency(of: {
    readonly olderSize: number;
    readonly newerSize?: number | undefined;
  }): Promise<Uint8Array[]> {
    const { checkpoint, edge, reader } = this.#now;
    const { olderSize, newerSize = checkpoint.size } = of;
    checkSizeOf(newerSize, { least: 1, most: checkpoint.size });
    checkSizeOf(olderSize, { least: 1, most: newerSize });
    return reader.proveConsistency({ olderSize, newerSize }, edge);
  }

  /** Give the leaf hash of an entry. @throws LOG_INDEX_RANGE, and as `head` */
  async leafHash(index: number): Promise<Uint8Array> {
    const { checkpoint, edge, reader } = this.#now;
    checkIndex(index, checkpoint.size);
    return reader.leafHash(index, edge);
  }

  /** Give the bytes of an entry; its whole bundle is read. @throws LOG_INDEX_RANGE, LOG_ENTRY_WITHHELD, LOG_BUNDLE_MISMATCH, and as `head` */
  async entry(index: number): Promise<Uint8Array> {
    const { checkpoint, edge } = this.#now;
    checkIndex(index, checkpoint.size);
    const entries = await this.#tiles.entries(Math.floor(index / TILE_WIDTH), edge);
    return unlessWithheld(index, entries[index % TILE_WIDTH]!).slice();
  }

  /**
   * Iterate over entries `from` (0) to before `to` (the size at the time of the call), some bundles ahead; each bundle is verified before
   * the first of its entries is given. What stands for one that is withheld is given as it is (`parseWithheld`). @throws LOG_INDEX_RANGE, LOG_BUNDLE_MISMATCH, the reason of the signal, and as `head`
   */
  async *entries(
    range: {
      readonly from?: number | undefined;
      readonly to?: number | undefined;
      readonly signal?: AbortSignal | undefined;
    } = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { checkpoint, edge } = this.#now;
    const { from = 0, to = checkpoint.size, signal } = range;
    checkRange({ from, to }, checkpoint.size);
    const { concurrency = 8 } = this.#options;
    const bundles = ahead(bundlesOf(from, to), concurrency, (index, stopped) =>
      this.#tiles.entries(index, edge, signal ? AbortSignal.any([signal, stopped]) : stopped),
    );
    let begin = Math.floor(from / TILE_WIDTH) * TILE_WIDTH;
    for await (const entries of bundles) {
      yield* entries.slice(Math.max(0, from - begin), to - begin);
      signal?.throwIfAborted();
      begin += TILE_WIDTH;
    }
  }
}

async function readCheckpoint({ source, signal }: PublishedLogOptions): Promise<string> {
  const bytes = await source.read(CHECKPOINT_PATH, { signal });
  if (!bytes) {
    const context = { path: CHECKPOINT_PATH };
    throw logError('LOG_FILE_MISSING', 'published: expected a checkpoint, got none', context);
  }
  parseNote(bytes); // which is UTF-8, or refused as a note
  return parseUtf8(bytes);
}

/** Check that the older of two signed trees is a prefix of the newer. @throws LOG_CHECKPOINT_FORKED */
async function checkPrefix(
  older: Pick<Snapshot, 'checkpoint' | 'note'>,
  newer: Snapshot,
): Promise<void> {
  const { size, rootHash, indexRoot } = older.checkpoint;
  const { rootHash: expected } = await newer.reader.head(size, newer.edge);
  const isPrefix = equalBytes(rootHash, expected);
  const isSame =
    size !== newer.checkpoint.size || equalRoots(indexRoot, newer.checkpoint.indexRoot);
  if (isPrefix && isSame) return;
  throw logError(
    'LOG_CHECKPOINT_FORKED',
    `published: the signed checkpoints of sizes ${size} and ${newer.checkpoint.size} contradict each other: keep both`,
    {
      olderSize: size,
      newerSize: newer.checkpoint.size,
      older: older.note,
      newer: newer.note,
    },
  );
}

function equalRoots(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a && b ? equalBytes(a, b) : a === b;
}
