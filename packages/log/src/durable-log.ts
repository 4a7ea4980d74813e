import type { SuiteName } from '@anchorlog/core';
import { formatAddress, type StatementAddress } from '@anchorlog/statement';
import { parseCheckpoint, parseNote, type TreeHead } from '@anchorlog/tlog';
import { checkIndex, checkRange, checkSizeOf } from './bounds.ts';
import { logError } from './error.ts';
import type { LogIndexRoom } from './log-index.ts';
import type { Log, LogCheckpoint, LogIndex, LogReceipt } from './log.ts';
import type { Publisher } from './publisher.ts';
import type { Receipts } from './receipts.ts';
import type { Released, Sequencer } from './sequencer.ts';
import type { LogStore, StoredNote } from './store.ts';
import type { TreeReader } from './tree-reader.ts';
import { unlessWithheld } from './withheld.ts';

/** The parts of a log that has passed its start-up checks. */
export interface LogParts {
  readonly origin: string;
  readonly suite: SuiteName;
  readonly store: LogStore;
  readonly reader: TreeReader;
  readonly receipts: Receipts;
  readonly sequencer: Sequencer;
  readonly publisher: Publisher;
  /** Undefined in a log without index. */
  readonly index: LogIndexRoom | undefined;
}

/** The log over a store. */
export class DurableLog implements Log {
  readonly origin: string;
  readonly suite: SuiteName;
  readonly #parts: LogParts;
  #publishing: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(parts: LogParts) {
    this.origin = parts.origin;
    this.suite = parts.suite;
    this.#parts = parts;
  }

  get size(): number {
    return this.#parts.sequencer.released.head.size;
  }

  get index(): LogIndex | undefined {
    return this.#parts.index;
  }

  append(entry: Uint8Array, openings?: readonly Uint8Array[]): Promise<LogReceipt> {
    return this.#parts.sequencer.append(entry, openings);
  }

  appendBatch(
    entries: readonly Uint8Array[],
    openings?: readonly (readonly Uint8Array[])[],
  ): Promise<LogReceipt[]> {
    return this.#parts.sequencer.appendAll(entries, openings);
  }

  async receipt(index: number): Promise<LogReceipt> {
    const { edge } = this.#released(index);
    return this.#parts.receipts.again(index, edge);
  }

  async find(address: StatementAddress): Promise<number | undefined> {
    const { head } = this.#open();
    const [index] = await this.#parts.store.find([formatAddress(address)]);
    // The store may know entries already that are not acknowledged.
    return index !== undefined && index < head.size ? index : undefined;
  }

  async entry(index: number): Promise<Uint8Array> {
    this.#released(index);
    const entry = await this.#parts.store.entry(index);
    if (!entry)
      throw logError('LOG_STORE_DAMAGED', `store: expected entry ${index}, got none`, { index });
    return unlessWithheld(index, entry);
  }

  entries(
    range: { readonly from?: number | undefined; readonly to?: number | undefined } = {},
  ): AsyncIterable<Uint8Array> {
    const { head } = this.#open();
    const { from = 0, to = head.size } = range;
    checkRange({ from, to }, head.size);
    return this.#parts.store.entries({ from, to });
  }

  async head(size?: number): Promise<TreeHead> {
    const { edge, head } = this.#open();
    if (size === undefined || size === head.size) return head;
    checkSizeOf(size, { least: 0, most: head.size });
    return this.#parts.reader.head(size, edge);
  }

  async proveInclusion(of: {
    readonly index: number;
    readonly size?: number | undefined;
  }): Promise<Uint8Array[]> {
    const { edge, head } = this.#open();
    const { index, size = head.size } = of;
    checkSizeOf(size, { least: 1, most: head.size });
    checkIndex(index, size);
    return this.#parts.reader.proveInclusion({ index, size }, edge);
  }

  async proveConsistency(of: {
    readonly olderSize: number;
    readonly newerSize?: number | undefined;
  }): Promise<Uint8Array[]> {
    const { edge, head } = this.#open();
    const { olderSize, newerSize = head.size } = of;
    checkSizeOf(newerSize, { least: 1, most: head.size });
    checkSizeOf(olderSize, { least: 1, most: newerSize });
    return this.#parts.reader.proveConsistency({ olderSize, newerSize }, edge);
  }

  async publish(): Promise<LogCheckpoint> {
    this.#open();
    // One after the other; the failure of one is its own caller's.
    const publishing = this.#publishing.then(() =>
      this.#parts.publisher.publish(this.#parts.sequencer.released),
    );
    this.#publishing = publishing.catch(() => undefined);
    return publishing;
  }

  async checkpoint(size?: number): Promise<LogCheckpoint | undefined> {
    this.#open();
    const stored = await this.#parts.store.checkpoint(size);
    return stored && (size === undefined || stored.size === size) ? opened(stored) : undefined;
  }

  async checkpointCovering(index: number): Promise<LogCheckpoint | undefined> {
    this.#released(index);
    const stored = await this.#parts.store.checkpoint(index + 1);
    return stored && opened(stored);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { sequencer, store, index } = this.#parts;
    try {
      await sequencer.close();
      await this.#publishing;
    } finally {
      try {
        await index?.close();
      } finally {
        await store.close();
      }
    }
  }

  #open(): Released {
    if (this.#closing) throw logError('LOG_CLOSED', 'the log is closed');
    return this.#parts.sequencer.released;
  }

  #released(index: number): Released {
    const released = this.#open();
    checkIndex(index, released.head.size);
    return released;
  }
}

function opened({ size, note }: StoredNote): LogCheckpoint {
  const { rootHash, indexRoot } = parseCheckpoint(parseNote(note).text);
  return { size, rootHash, note, ...(indexRoot && { indexRoot }) };
}
