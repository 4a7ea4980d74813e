import { equalBytes, type Signer, type SuiteName } from '@anchorlog/core';
import type { TreeHead } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import {
  addressOfEntry,
  checkCreation,
  checkSuite,
  type Creation,
  type IndexName,
} from './admission.ts';
import { DurableLog } from './durable-log.ts';
import { EMPTY_EDGE, type TreeEdge } from './edge.ts';
import { logError } from './error.ts';
import { withGuard, type Guard } from './guard.ts';
import { openLevelStore } from './level-store.ts';
import { LogClock } from './log-clock.ts';
import { LogIndexRoom } from './log-index.ts';
import type { Log } from './log.ts';
import { PartialCollector, type PartialsOptions } from './partials.ts';
import { readPublished } from './published-checkpoint.ts';
import { Publisher } from './publisher.ts';
import { Receipts } from './receipts.ts';
import { compareHead } from './seen-head.ts';
import { Sequencer, type SequencerLimits } from './sequencer.ts';
import { unlessFenced, type LogStore, type StoredGroup } from './store.ts';
import { TileCache } from './tile-cache.ts';
import type { TileSink } from './tiles.ts';
import { TreeReader, readEdge } from './tree-reader.ts';

/** How a log is opened. */
export interface LogOptions {
  /** The log's unique name line, for ever. */
  readonly origin: string;
  /** Folder of the embedded store, or a store of another kind; the log closes it. */
  readonly store: string | LogStore;
  /** For ever; `sha256` unless given. */
  readonly suite?: SuiteName | undefined;
  /** Two different keys: one signs checkpoints as `<origin>`, one receipts as `<origin>/receipt`. */
  readonly signers: { readonly checkpoint: Signer; readonly receipt: Signer };
  readonly guard: Guard;
  readonly tiles: TileSink;
  /** Heads of this log that the chain holds: the store must contain them. */
  readonly knownHeads?: readonly TreeHead[] | undefined;
  /** Gives entry 0, a `log.create` statement; asked only when the log is new. */
  /**
   * Folder of the verifiable index, on a local disk: the log has `index/1`, for ever, and else none. One process at a time has it open.
   */
  readonly index?: string | undefined;
  readonly create?: (() => Uint8Array | Promise<Uint8Array>) | undefined;
  /** When published partial tiles are removed that full ones have replaced. */
  readonly partials?: PartialsOptions | undefined;
  /** Milliseconds since 1970, for the times in receipts. */
  readonly clock?: (() => number) | undefined;
  /** Milliseconds of a clock that nobody sets, by which the other one is checked. */
  readonly monotonic?: (() => number) | undefined;
  /** A group is closed at so many entries (1,000), or when its first has waited so many milliseconds (2). */
  readonly group?:
    | { readonly maxEntries?: number | undefined; readonly maxDelayMs?: number | undefined }
    | undefined;
  /** Unanswered entries at most: 16,384, and 64 MiB of them. Beyond that `append` throws LOG_BUSY. */
  readonly queue?:
    | { readonly maxEntries?: number | undefined; readonly maxBytes?: number | undefined }
    | undefined;
}

/**
 * Open a log, or make a new one: takes the store's lock, and compares store, guard, published checkpoint and known heads before anything
 * is taken (spec/log §11.2). @throws LOG_LOCKED, LOG_CREATE_…, LOG_GUARD_…, LOG_BEHIND_…, LOG_INCONSISTENT, LOG_STORE_DAMAGED, LOG_CHECKPOINT_MALFORMED, LOG_CLOCK_…
 */
export async function createLog(options: LogOptions): Promise<Log> {
  const { signers } = options;
  if (equalBytes(signers.checkpoint.publicKey, signers.receipt.publicKey)) {
    throw new TypeError('signers: expected two keys, since a key has one purpose');
  }
  const store =
    typeof options.store === 'string'
      ? await openLevelStore(options.store, addressOfEntry)
      : options.store;
  try {
    return await open(store, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function open(store: LogStore, options: LogOptions): Promise<Log> {
  const { origin, suite = 'sha256', signers, guard, tiles, clock = Date.now } = options;
  const hasher = nodeTreeHasher(suite);
  const reader = new TreeReader(new TileCache(store), hasher);
  const newest = await store.last();
  // First, since hashed in another suite than its own a sound store would look damaged.
  if (newest) checkSuite(await store.entry(0), suite);
  const edge = newest ? await readEdge(store, newest, hasher) : EMPTY_EDGE;
  await unlessFenced(store, () => compareAll({ edge, reader, options }));
  const creation = await creationOf(store, newest, {
    origin,
    suite,
    index: options.index === undefined ? 'none' : 'index/1',
    create: options.create,
  });
  const { anchorByMs, issuer: registrar } = creation;
  const { monotonic = () => performance.now() } = options;
  const time = new LogClock({ clock, monotonic, newest: newest?.time, anchorByMs });
  // Whatever the store has is durable. Entries that were not acknowledged before a crash are shown from now on, so the guard goes first.
  // From here on whoever else writes this log, in this store or in a copy of it, acknowledges nothing more.
  const { size, rootHash } = newest ?? { size: 0, rootHash: hasher.empty() };
  const check = (found: TreeHead | undefined): Promise<void> =>
    unlessFenced(store, async () => {
      await compareGuard(found, { edge, reader });
      await store.checkWriter();
    });
  await withGuard(() => guard.claim({ origin, head: { size, rootHash }, check }));

  const dir = options.index;
  const index =
    dir === undefined
      ? undefined
      : await LogIndexRoom.open({ dir, store, reader, suite, edge, registrar });
  try {
    const receipts = new Receipts({ origin, signer: signers.receipt, store, reader });
    const publisher = new Publisher({
      origin,
      signer: signers.checkpoint,
      store,
      reader,
      tiles,
      hasher,
      collector: new PartialCollector({ tiles, clock, ...options.partials }),
      index,
    });
    const sequencer = new Sequencer({
      rules: { origin, keys: index?.admission },
      store,
      guard: typeof options.store === 'string' ? whileInPlace(store, guard) : guard,
      receipts,
      hasher,
      clock: time,
      anchorByMs,
      edge,
      limits: limitsOf(options),
      ...(index && { onReleased: (group) => index.released(group) }),
    });
    index?.follow(() => sequencer.released.edge);
    if (!newest) await sequencer.submit(creation);
    return new DurableLog({ origin, suite, store, reader, receipts, sequencer, publisher, index });
  } catch (error) {
    await index?.close();
    throw error;
  }
}

/** Entry 0, which is there or to be made. */
async function creationOf(
  store: LogStore,
  newest: StoredGroup | undefined,
  config: Pick<LogOptions, 'origin' | 'create'> & {
    readonly suite: SuiteName;
    readonly index: IndexName;
  },
): Promise<Creation> {
  const first = newest ? await store.entry(0) : await config.create?.();
  if (first) return checkCreation(first, config);
  if (newest) throw logError('LOG_STORE_DAMAGED', 'store: expected entry 0, got none');
  throw logError(
    'LOG_CREATE_MISSING',
    'the store is empty: to make a new log give `create`; if there was one, put its store back',
  );
}

/** Compare the store with all who have seen its log. A store that is ahead of them is in order: they come after it. */
async function compareAll(of: {
  readonly edge: TreeEdge;
  readonly reader: TreeReader;
  readonly options: LogOptions;
}): Promise<void> {
  const { edge, reader } = of;
  const { guard, tiles, origin, knownHeads = [] } = of.options;
  const guarded = await guard.read();
  if (guarded) await compareGuard(guarded, { edge, reader });
  const published = await readPublished(tiles, origin);
  if (published) await compareHead(published, { code: 'LOG_BEHIND_CHECKPOINT', edge, reader });
  for (const head of knownHeads) {
    await compareHead(head, { code: 'LOG_BEHIND_CHAIN', edge, reader });
  }
  if (!guarded) await compareGuard(guarded, { edge, reader });
}

/** @throws LOG_GUARD_MISSING, LOG_BEHIND_GUARD, LOG_INCONSISTENT */
async function compareGuard(
  guarded: TreeHead | undefined,
  store: { readonly edge: TreeEdge; readonly reader: TreeReader },
): Promise<void> {
  const { size } = store.edge;
  if (guarded) return compareHead(guarded, { code: 'LOG_BEHIND_GUARD', ...store });
  if (size === 0) return;
  throw logError(
    'LOG_GUARD_MISSING',
    `the store has ${size} entries and the guard has nothing: put the guard back, or mount its volume. If it is lost, ` +
      'find the newest head that somebody else holds, and give it to `adoptGuard`',
    { size },
  );
}

/** A guard that is raised only while the store is where it was: a group that was written into a folder that is gone is not acknowledged. */
function whileInPlace(store: LogStore, guard: Guard): Pick<Guard, 'write'> {
  return {
    write: async (head) => {
      await store.checkWriter();
      await guard.write(head);
    },
  };
}

function limitsOf({ group, queue }: LogOptions): SequencerLimits {
  const limits: SequencerLimits = {
    groupEntries: group?.maxEntries ?? 1000,
    groupDelayMs: group?.maxDelayMs ?? 2,
    unansweredEntries: queue?.maxEntries ?? 16_384,
    unansweredBytes: queue?.maxBytes ?? 64 * 2 ** 20,
  };
  for (const [name, value] of Object.entries(limits)) {
    const least = name === 'groupDelayMs' ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`${name}: expected an integer from ${least} on`);
    }
  }
  return limits;
}
