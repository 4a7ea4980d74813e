import { isCodedError } from '@anchorlog/core';
import { levelFaultOf, levelMessageOf } from '@anchorlog/core/level-fault';
import { logError } from './error.ts';
import type { LogStore } from './store.ts';

/**
 * Give the store with codes of the log in place of those of its database. What a commit throws the log itself tells (LOG_FAILED). `onDamage`
 * is called when damage is found. @throws LOG_STORE_DAMAGED, LOG_STORE_FAILED in place of what the database throws
 */
export function withLevelFaults(store: LogStore, onDamage: () => void): LogStore {
  const told = (error: unknown): unknown => {
    const fault = levelError(error) ?? error;
    if (isCodedError(fault) && fault.code === 'LOG_STORE_DAMAGED') onDamage();
    return fault;
  };
  const reading = async <T>(result: Promise<T>): Promise<T> => {
    try {
      return await result;
    } catch (error) {
      throw told(error);
    }
  };
  async function* readingAll<T>(results: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    try {
      yield* results;
    } catch (error) {
      throw told(error);
    }
  }
  return {
    last: () => reading(store.last()),
    entry: (index) => reading(store.entry(index)),
    entries: (range) => readingAll(store.entries(range)),
    find: (addresses) => reading(store.find(addresses)),
    group: (index) => reading(store.group(index)),
    tile: (at) => reading(store.tile(at)),
    ...(store.postings && { postings: (range) => readingAll(store.postings!(range)) }),
    ...(store.openings && { openings: (range) => readingAll(store.openings!(range)) }),
    receiptNote: (size) => reading(store.receiptNote(size)),
    checkpoint: (size) => reading(store.checkpoint(size)),
    sources: async () => reading(store.sources?.() ?? Promise.resolve(undefined)),
    commit: (group) => store.commit(group),
    putReceiptNotes: (notes) => writing(store.putReceiptNotes(notes)),
    putCheckpoint: (checkpoint) => writing(store.putCheckpoint(checkpoint)),
    // It reads the rows that it changes.
    withhold: (entries) => reading(store.withhold(entries)),
    checkWriter: () => store.checkWriter(),
    compact: async () => writing(store.compact?.() ?? Promise.resolve()),
    close: () => writing(store.close()),
  };
}

/** Say of what database and parsers throw when a store is opened or read whether it is damaged; undefined if it is of something else. */
export function levelError(cause: unknown): Error | undefined {
  if (isCodedError(cause) && cause.code.startsWith('LOG_')) return undefined;
  // Rows that cannot be read are not as they were written.
  const fault = levelFaultOf(cause) ?? (isCodedError(cause) ? 'damaged' : undefined);
  if (fault === undefined) return undefined;
  if (fault === 'locked') {
    return logError(
      'LOG_LOCKED',
      'the store is open already: one log has one writer',
      {},
      { cause },
    );
  }
  return fault === 'damaged'
    ? logError(
        'LOG_STORE_DAMAGED',
        `store: ${levelMessageOf(cause)}: move it away, and restore it from a backup or fill it up from published files`,
        {},
        { cause },
      )
    : failedError(cause);
}

/** A file that is not there when it is written says nothing of what was. */
async function writing<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw levelFaultOf(error) === undefined ? error : failedError(error);
  }
}

function failedError(cause: unknown): Error {
  return logError('LOG_STORE_FAILED', `store: ${levelMessageOf(cause)}`, {}, { cause });
}
