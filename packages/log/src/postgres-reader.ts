import { hash } from 'node:crypto';
import { parseUtf8 } from '@anchorlog/core';
import { logError } from './error.ts';
import { digestsArray } from './postgres-array.ts';
import type { Database, SqlRow, SqlStatement, SqlValue } from './postgres-database.ts';
import type { Statements } from './postgres-sql.ts';
import { closedError, type StoreReader, type StoredGroup, type StoredNote } from './store.ts';

/** Entries that are fetched at a time: 16 MiB of them at most. */
const PAGE = 256;

/** Reads a store in PostgreSQL, through outages of it. */
export class PostgresReader implements StoreReader {
  readonly #database: Database;
  readonly #sql: Statements;
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(world: { readonly database: Database; readonly sql: Statements }) {
    this.#database = world.database;
    this.#sql = world.sql;
  }

  async last(): Promise<StoredGroup | undefined> {
    const [row] = await this.#read(this.#sql.last);
    return row && parseGroup(row);
  }

  async entry(index: number): Promise<Uint8Array | undefined> {
    const [row] = await this.#rows(this.#sql.entries, index, index + 1);
    return row && bytesAt(row, 0);
  }

  async *entries(range: {
    readonly from: number;
    readonly to: number;
  }): AsyncGenerator<Uint8Array, void, undefined> {
    for (let from = range.from; from < range.to; from += PAGE) {
      const to = Math.min(from + PAGE, range.to);
      const rows = await this.#rows(this.#sql.entries, from, to);
      // Indexes are distinct, so that as many as were asked for are those that were asked for; of fewer none can be told.
      if (rows.length < to - from) throw missingEntry(from, to);
      for (const row of rows) yield bytesAt(row, 0);
    }
  }

  async find(addresses: readonly string[]): Promise<(number | undefined)[]> {
    this.checkOpen();
    if (addresses.length === 0) return [];
    const rows = await this.#rows(this.#sql.find, digestsArray(addresses));
    if (rows.length === 0) return addresses.map(() => undefined); // as of nearly every group
    const indexes = new Map(rows.map((row) => [textAt(row, 0), numberAt(row, 1)]));
    return addresses.map((address) => indexes.get(hash('sha256', address, 'hex')));
  }

  async group(index: number): Promise<StoredGroup | undefined> {
    const [row] = await this.#rows(this.#sql.group, index);
    return row && parseGroup(row);
  }

  async tile(at: {
    readonly level: number;
    readonly index: number;
  }): Promise<Uint8Array | undefined> {
    const [row] = await this.#rows(this.#sql.tile, at.level, at.index);
    return row && bytesAt(row, 0);
  }

  async receiptNote(size: number): Promise<string | undefined> {
    const [row] = await this.#rows(this.#sql.receiptNote, size);
    return row && parseUtf8(bytesAt(row, 0));
  }

  async checkpoint(size?: number): Promise<StoredNote | undefined> {
    const [row] =
      size === undefined
        ? await this.#read(this.#sql.newestCheckpoint)
        : await this.#rows(this.#sql.checkpoint, size);
    return row && { size: numberAt(row, 0), note: parseUtf8(bytesAt(row, 1)) };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#underWay); // their own callers are told
    await this.#database.close();
  }

  /** @throws LOG_CLOSED */
  protected checkOpen(): void {
    if (this.#closing) throw closedError();
  }

  async #rows(text: string, ...values: readonly SqlValue[]): Promise<SqlRow[]> {
    return this.#read({ text, values });
  }

  async #read(statement: SqlStatement): Promise<SqlRow[]> {
    this.checkOpen();
    const reading = this.#database.insist(statement);
    this.#underWay.add(reading);
    try {
      return await reading;
    } finally {
      this.#underWay.delete(reading);
    }
  }
}

/** Read a size or index of a row. @throws LOG_STORE_DAMAGED */
export function numberAt(row: SqlRow, column: number): number {
  const value = Number(textAt(row, column));
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw damaged('a number within 2^53 - 1');
}

function textAt(row: SqlRow, column: number): string {
  const text = row[column];
  if (typeof text === 'string') return text;
  throw damaged('a value');
}

function bytesAt(row: SqlRow, column: number): Uint8Array {
  const { buffer, byteOffset, length } = Buffer.from(textAt(row, column), 'hex');
  return new Uint8Array(buffer, byteOffset, length); // no `Buffer`, whose `slice` is no copy
}

/** Read a group. @throws LOG_STORE_DAMAGED */
export function parseGroup(row: SqlRow): StoredGroup {
  return {
    from: numberAt(row, 0),
    size: numberAt(row, 1),
    rootHash: bytesAt(row, 2),
    time: numberAt(row, 3),
    anchorBy: numberAt(row, 4),
  };
}

function missingEntry(from: number, to: number): Error {
  return logError('LOG_STORE_DAMAGED', `store: expected all entries from ${from} to ${to}`, {
    from,
    to,
  });
}

function damaged(expected: string): Error {
  return logError('LOG_STORE_DAMAGED', `store: expected ${expected} in every row`);
}
