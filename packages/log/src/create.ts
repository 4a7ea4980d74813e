import type { Signer, SuiteName } from '@anchorlog/core';
import type { TreeHead } from '@anchorlog/tlog';
import type { Guard } from './guard.ts';
import type { Log } from './log.ts';
import type { LogStore } from './store.ts';
import type { TileSink } from './tiles.ts';

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
  readonly create?: (() => Uint8Array | Promise<Uint8Array>) | undefined;
  /** Milliseconds since 1970, for the times in receipts. */
  readonly clock?: (() => number) | undefined;
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
 * is taken (spec/log §11). @throws LOG_LOCKED, LOG_CREATE_…, LOG_GUARD_…, LOG_BEHIND_…, LOG_INCONSISTENT, LOG_STORE_DAMAGED, LOG_CHECKPOINT_MALFORMED
 */
export async function createLog(_options: LogOptions): Promise<Log> {
  throw new Error('not built yet');
}
