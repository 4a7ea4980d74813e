import type { SuiteName } from '@anchorlog/core';
import type { StatementAddress } from '@anchorlog/statement';
import type { TreeHead } from '@anchorlog/tlog';
import type { IndexPage, IndexView } from '@anchorlog/vindex/builder';
import type { EntryOpenings } from './feed.ts';

/** The log's answer to a submitter: the entry is on disk at `index` for ever (spec/log §10). */
export interface LogReceipt {
  readonly index: number;
  /** 32 bytes. */
  readonly leafHash: Uint8Array;
  /** The tree at the end of the group that the entry came with. */
  readonly head: TreeHead;
  /** Inclusion proof of `index` in `head`. Hashes are shared between receipts: do not write to them. */
  readonly hashes: readonly Uint8Array[];
  /** The note that `openReceipt` opens: signed by the key `<origin>/receipt`, one for all receipts of a group. */
  readonly note: string;
  /** When the log took the entry, RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  /** Until when a head that holds the entry will be anchored, RFC 3339 in UTC with milliseconds. */
  readonly anchorBy: string;
}

/** A head that was signed with the log's own key. */
export interface LogCheckpoint extends TreeHead {
  /** The note that `openCheckpoint` opens. */
  readonly note: string;
  /** Root of the verifiable index at this size, in a log that has one. */
  readonly indexRoot?: Uint8Array | undefined;
}

/**
 * The verifiable index of a log: what its newest signed head, and some before, say of a key (spec/index). What it proves `verifyIndexProof` takes.
 */
export interface LogIndex {
  /** Sizes of the heads at which it proves, oldest first. */
  readonly heads: readonly number[];
  /**
   * Prove all entries of a key at a head, or a page of them; that there are none; or the count alone, by a page of none.
   * @throws VINDEX_HEAD_UNKNOWN, VINDEX_HASH_LENGTH, VINDEX_PAGE_RANGE, VINDEX_PROOF_LIMIT, LOG_CLOSED
   */
  prove(of: {
    /** By `indexPath`, 32 bytes. */
    readonly path: Uint8Array;
    readonly size: number;
    readonly page?: IndexPage | ((view: IndexView) => IndexPage) | undefined;
  }): Promise<Uint8Array>;
  /** Count the entries of a key at a head. @throws VINDEX_HEAD_UNKNOWN, VINDEX_HASH_LENGTH, LOG_CLOSED */
  count(path: Uint8Array, size: number): number;
  /** Prove from now on at these heads, the newest two that are anchored, and at those after them. @throws LOG_INDEX_FAILED, LOG_CLOSED */
  keep(sizes: readonly number[]): Promise<void>;
  /** Give the openings of entries `from` to before `to`, of those that have any: for auditors, not for everybody. @throws LOG_INDEX_RANGE */
  openings(range: { readonly from: number; readonly to: number }): AsyncIterable<EntryOpenings>;
}

/**
 * A durable append-only log with one writer. Nothing is acknowledged before it is on disk and the guard knows of it; `size`, heads,
 * entries and proofs speak of acknowledged entries only.
 */
export interface Log {
  readonly origin: string;
  readonly suite: SuiteName;
  /** Entries acknowledged so far; at least 1, since entry 0 is `log.create`. */
  readonly size: number;
  /** Undefined in a log without index. */
  readonly index: LogIndex | undefined;

  /**
   * Append the bytes of a statement. Resolves once they are fsynced and the guard knows. The same bytes again give the first receipt,
   * byte for byte; after a rejection it is safe to append the same bytes again.
   * @throws LOG_ORIGIN_MISMATCH, LOG_SOURCE_…, LOG_SEQUENCE_…, LOG_CREATE_REPEATED, LOG_ID_CONFLICT, LOG_BUSY (`context.retryAfterMs`),
   * LOG_FAILED, LOG_FENCED, LOG_STORE_REPLACED, LOG_CLOCK_DOUBTFUL, LOG_SIGNER_FAILED, LOG_CLOSED, and as `parseStatement`; in a log with an
   * index, which takes an opening for each key, also LOG_KEYSPACE_…, LOG_WRITER_REFUSED, LOG_KIND_REFUSED, LOG_KEY_MISSING, and as `openKeys`; in one
   * without, LOG_OPENINGS_UNWANTED
   */
  append(entry: Uint8Array, openings?: readonly Uint8Array[]): Promise<LogReceipt>;
  /**
   * Append several statements in one group, at neighbouring places in their order, all or none. Those which the log has already keep
   * their place and receipt. @throws LOG_BATCH_LENGTH, and as `append`
   */
  appendBatch(
    entries: readonly Uint8Array[],
    openings?: readonly (readonly Uint8Array[])[],
  ): Promise<LogReceipt[]>;

  /** Give the receipt of an entry again, byte for byte. @throws LOG_INDEX_RANGE, LOG_SIGNER_FAILED */
  receipt(index: number): Promise<LogReceipt>;
  /** Find the index of a statement. */
  find(address: StatementAddress): Promise<number | undefined>;
  /** Give the bytes of an entry. @throws LOG_INDEX_RANGE, LOG_ENTRY_WITHHELD */
  entry(index: number): Promise<Uint8Array>;
  /**
   * Iterate over entries `from` (0) to before `to` (`size` at the time of the call), in bounded memory. What stands for one that is withheld is
   * given as it is (`parseWithheld`). @throws LOG_INDEX_RANGE
   */
  entries(range?: {
    readonly from?: number | undefined;
    readonly to?: number | undefined;
  }): AsyncIterable<Uint8Array>;

  /** Give the head of any size up to `size`, which is the default. @throws LOG_SIZE_RANGE */
  head(size?: number): Promise<TreeHead>;
  /** Prove that the log at `size` holds entry `index` (RFC 9162 §2.1.3.1). @throws LOG_INDEX_RANGE, LOG_SIZE_RANGE */
  proveInclusion(of: {
    readonly index: number;
    readonly size?: number | undefined;
  }): Promise<Uint8Array[]>;
  /** Prove that the log at `newerSize` begins with the log at `olderSize`, which is at least 1 (RFC 9162 §2.1.4.1). @throws LOG_SIZE_RANGE */
  proveConsistency(of: {
    readonly olderSize: number;
    readonly newerSize?: number | undefined;
  }): Promise<Uint8Array[]>;

  /**
   * Publish all that is acknowledged: entry bundles, tiles, then the signed checkpoint. Gives the checkpoint that stands there already if
   * nothing was appended since. @throws LOG_SIGNER_FAILED, LOG_FENCED, LOG_CLOSED, LOG_BEHIND_CHECKPOINT, LOG_INCONSISTENT, LOG_STORE_DAMAGED, LOG_INDEX_FAILED, LOG_INDEX_MISMATCH, and what the tiles throw
   */
  publish(): Promise<LogCheckpoint>;
  /**
   * Give the published checkpoint of exactly `size`, the newest without `size`; undefined if there is none.
   */
  checkpoint(size?: number): Promise<LogCheckpoint | undefined>;
  /** Give the oldest published checkpoint that covers entry `index`; undefined if none does yet. */
  checkpointCovering(index: number): Promise<LogCheckpoint | undefined>;

  /** Take nothing more, finish what waits, and close the store. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
