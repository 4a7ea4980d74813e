import { isCodedError, type CodedError } from '@anchorlog/core';
import { logError, type LogCode } from './error.ts';
import type { EntryOpenings, GroupFeed } from './feed.ts';

/** A group as it was committed. */
export interface StoredGroup {
  /** Index of its first entry. */
  readonly from: number;
  /** Size of the tree at its end. */
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly anchorBy: number;
}

/** A signed note of the head at `size`. */
export interface StoredNote {
  readonly size: number;
  readonly note: string;
}

/** A full tile: 256 hashes of tree level `level * 8`. */
export interface StoredTile {
  readonly level: number;
  readonly index: number;
  readonly hashes: Uint8Array;
}

/** All that one group writes. */
export interface GroupWrite extends StoredGroup {
  readonly entries: readonly Uint8Array[];
  /** By entry: under what `find` finds it. */
  readonly addresses: readonly string[];
  /** Tiles that the group made full. */
  readonly tiles: readonly StoredTile[];
  /** Receipt notes of earlier groups that are not in the store yet. */
  readonly notes: readonly StoredNote[];
  /** The sources of the log at the end of the group, now and then: what reads them again begins there. */
  readonly sources?: string | undefined;
  /** What the group adds to the index, in a log that has one. */
  readonly feed?: GroupFeed | undefined;
}

/** The postings of the group that ends at `size`. */
export interface StoredPostings {
  /** Index of the first entry of the group. */
  readonly from: number;
  readonly size: number;
  readonly postings: Uint8Array;
}

/** Bytes that stand at the place of an entry. */
export interface StoredEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** What can be read of a store at any time, also while its writer is at work (spec/log §12.2). */
export interface StoreReader {
  /** Give the group committed last, undefined for an empty store. */
  last(): Promise<StoredGroup | undefined>;
  entry(index: number): Promise<Uint8Array | undefined>;
  /**
   * Give entries `from` to before `to` in order, a bounded number of them at a time.
   * @throws LOG_STORE_DAMAGED at the first that is not there
   */
  entries(range: { readonly from: number; readonly to: number }): AsyncIterable<Uint8Array>;
  /** Find the indexes of addresses, in their order; sees every group committed before the call. */
  find(addresses: readonly string[]): Promise<(number | undefined)[]>;
  /** Give the group that holds entry `index`. */
  group(index: number): Promise<StoredGroup | undefined>;
  /** Give a full tile. */
  tile(at: { readonly level: number; readonly index: number }): Promise<Uint8Array | undefined>;
  /**
   * Give the postings of the groups that hold entries `from` to before `to`, in order; left out by stores that keep none. Groups that came without
   * a feed are passed over.
   */
  postings?(range: { readonly from: number; readonly to: number }): AsyncIterable<StoredPostings>;
  /** As `postings`, the openings of the keys of their entries. */
  openings?(range: { readonly from: number; readonly to: number }): AsyncIterable<EntryOpenings>;
  /** Give the receipt note of the group that ends at `size`; may be undefined for the last groups. */
  receiptNote(size: number): Promise<string | undefined>;
  /** Give the signed checkpoint with the least size from `size` on; that with the greatest without `size`. */
  checkpoint(size?: number): Promise<StoredNote | undefined>;
  /** Give the newest sources that a group came with; left out where they are not kept, and are read from the entries. */
  sources?(): Promise<string | undefined>;
  /** End what is under way and let go of the store; may be called again. Afterwards every call is refused with LOG_CLOSED. */
  close(): Promise<void>;
}

/**
 * What a log needs of a store: a handle of its one writer (spec/log §12.2). Where another process can become the writer, every step that
 * writes holds only while nobody has, and is refused with LOG_FENCED afterwards; this handle then reads on, and finds nothing that others
 * have added.
 */
export interface LogStore extends StoreReader {
  /**
   * Write a group, all or nothing, durable when it resolves; one call at a time. When it rejects it may have taken effect, unless it was
   * refused. @throws LOG_STORE_BEHIND unless `from` is the size of the store, LOG_FENCED
   */
  commit(group: GroupWrite): Promise<void>;
  /** Keep receipt notes; need not be durable. The same ones may come again. @throws LOG_FENCED */
  putReceiptNotes(notes: readonly StoredNote[]): Promise<void>;
  /**
   * Keep a signed checkpoint, durable when it resolves. One that is there already for its size stays.
   * @throws LOG_STORE_BEHIND for a size that the store has not reached, LOG_FENCED
   */
  putCheckpoint(checkpoint: StoredNote): Promise<void>;
  /**
   * Put what stands for withheld entries in their places, all or nothing, durable when it resolves; nothing else changes. The same may come
   * again. @throws LOG_STORE_BEHIND for an entry that the store has not, LOG_FENCED
   */
  withhold(entries: readonly StoredEntry[]): Promise<void>;
  /** Resolve while nobody else has become the writer, and the store is still where it was. @throws LOG_FENCED, LOG_STORE_REPLACED */
  checkWriter(): Promise<void>;
  /** Give back to the system what the store does not need; left out where it does so by itself. */
  compact?(): Promise<void>;
}

/** Refuse a group, checkpoint or entry that does not fit the size of the store. */
export function behindError(of: {
  readonly size: number;
  readonly from?: number;
  readonly checkpoint?: number;
  readonly index?: number;
}): Error {
  const { size, from, checkpoint, index } = of;
  const message =
    index !== undefined
      ? `entry: expected one below ${size}, got ${index}`
      : from === undefined
        ? `checkpoint: expected one up to ${size}, got ${checkpoint}`
        : `group: expected one that begins at ${size}, got ${from}`;
  return logError('LOG_STORE_BEHIND', message, { ...of });
}

/** Refuse a step of a handle that is the writer's no more. */
export function fencedError(): CodedError<LogCode> {
  return logError(
    'LOG_FENCED',
    'another process writes this log now: append there what was not acknowledged, the same bytes, or open the log again',
  );
}

/** Refuse a step of a store that is not where it was any more: what it wrote nobody would find. */
export function replacedError(): CodedError<LogCode> {
  return logError(
    'LOG_STORE_REPLACED',
    'the folder of the store was removed or replaced while it was open: put the one that was there back, and open the log again',
  );
}

/** Refuse to go on with addresses that lead astray: an entry that they hide would be appended once more. */
export function idsDamagedError(cause?: unknown): CodedError<LogCode> {
  const what =
    cause === undefined
      ? 'the store does not find by its address an entry that it has, or finds another one'
      : 'what finds the entries of the store by their addresses is damaged';
  return logError(
    'LOG_IDS_DAMAGED',
    `${what}: close the log, remove the folder ids of its store, and open it again`,
    {},
    { cause },
  );
}

/** Tell whether a step was refused because there is another writer. */
export function isFenced(error: unknown): boolean {
  return isCodedError(error) && error.code === 'LOG_FENCED';
}

/**
 * Do what fails when another writer has added to the log or its published files meanwhile, which then look as if this store were an old copy:
 * if there is one, that is the reason. @throws LOG_FENCED, and as `work`
 */
export async function unlessFenced(store: LogStore, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const held = await store.checkWriter().catch((refusal: unknown) => refusal);
    throw isFenced(held) ? held : error;
  }
}

/** Refuse a call after `close`. */
export function closedError(): Error {
  return logError('LOG_CLOSED', 'the store is closed');
}
