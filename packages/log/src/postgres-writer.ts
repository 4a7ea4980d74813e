import { setInterval as ticks } from 'node:timers/promises';
import { equalBytes, formatUtf8 } from '@anchorlog/core';
import { isOutage, type Database, type SqlStatement, type SqlValue } from './postgres-database.ts';
import { bytesArray, digestsArray } from './postgres-array.ts';
import { PostgresReader, numberAt, parseGroup } from './postgres-reader.ts';
import type { Statements } from './postgres-sql.ts';
import {
  behindError,
  fencedError,
  type GroupWrite,
  type LogStore,
  type StoredEntry,
  type StoredNote,
} from './store.ts';

/** What a writer holds when it has become one. */
export interface Tenure {
  readonly epoch: number;
  readonly size: number;
}

/** A step that the database takes only from the newest writer. */
interface Step extends SqlStatement {
  /** Tell whether it took effect when its answer was lost. */
  readonly tookEffect?: ((state: Tenure) => Promise<boolean>) | undefined;
  /** What it means if the writer is the newest and the step was refused nevertheless. */
  readonly refusal: (state: Tenure) => Error;
}

/** Writes a store in PostgreSQL as long as nobody else has become its writer (spec/log §12.4). */
export class PostgresWriter extends PostgresReader implements LogStore {
  readonly #database: Database;
  readonly #sql: Statements;
  readonly #epoch: number;
  readonly #leaseMs: number;
  readonly #renewing = new AbortController();
  #size: number;
  #isFenced = false;
  #closing: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(world: {
    /** For the writes, of which there is one at a time. */
    readonly database: Database;
    readonly readers: Database;
    readonly sql: Statements;
    readonly tenure: Tenure;
    readonly leaseMs: number;
  }) {
    super({ database: world.readers, sql: world.sql });
    this.#database = world.database;
    this.#sql = world.sql;
    this.#epoch = world.tenure.epoch;
    this.#size = world.tenure.size;
    this.#leaseMs = world.leaseMs;
    void this.#renewForEver();
  }

  override async find(addresses: readonly string[]): Promise<(number | undefined)[]> {
    const indexes = await super.find(addresses);
    // Entries that another writer added are not this one's to answer for.
    return indexes.map((index) => (index !== undefined && index < this.#size ? index : undefined));
  }

  async commit(group: GroupWrite): Promise<void> {
    await this.#inTurn(async () => {
      const { from, size } = group;
      if (from !== this.#size) {
        this.#checkEpoch(await this.#state()); // another writer may be why
        throw behindError({ size: this.#size, from });
      }
      await this.#take({
        text: this.#sql.commit,
        name: 'commit',
        values: [this.#epoch, from, size, this.#leaseMs, ...valuesOf(group)],
        tookEffect: async (state) => state.size === size && this.#holds(group),
        refusal: (state) => behindError({ size: state.size, from }),
      });
      this.#size = size;
    });
  }

  async putReceiptNotes(notes: readonly StoredNote[]): Promise<void> {
    await this.#inTurn(async () => {
      await this.#take({
        text: this.#sql.putReceiptNotes,
        values: [this.#epoch, this.#leaseMs, ...noteValues(notes)],
        refusal: fencedError,
      });
    });
  }

  async putCheckpoint({ size, note }: StoredNote): Promise<void> {
    await this.#inTurn(async () => {
      await this.#take({
        text: this.#sql.putCheckpoint,
        values: [this.#epoch, this.#leaseMs, size, Buffer.from(formatUtf8(note))],
        refusal: (state) => behindError({ size: state.size, checkpoint: size }),
      });
    });
  }

  async withhold(entries: readonly StoredEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const index = Math.max(...entries.map((each) => each.index));
    await this.#inTurn(async () => {
      await this.#take({
        text: this.#sql.withhold,
        values: [
          this.#epoch,
          this.#leaseMs,
          index,
          entries.map((each) => each.index),
          bytesArray(entries.map(({ bytes }) => bytes)),
        ],
        refusal: (state) => behindError({ size: state.size, index }),
      });
    });
  }

  async checkWriter(): Promise<void> {
    await this.#inTurn(async () => this.#checkEpoch(await this.#state()));
  }

  override close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#renewing.abort();
    await super.close(); // from here on nothing begins
    await this.#turn;
    try {
      // So that nobody has to wait for the lease to run out; if this does not come through, they wait.
      await this.#database.query({ text: this.#sql.release, values: [this.#epoch] });
    } catch (error) {
      if (!isOutage(error)) throw error;
    } finally {
      await this.#database.close();
    }
  }

  /** One write after the other: each must know how the one before ended. */
  async #inTurn<T>(write: () => Promise<T>): Promise<T> {
    this.checkOpen();
    const writing = this.#turn.then(() => {
      if (this.#isFenced) throw fencedError();
      return write();
    });
    this.#turn = writing.catch(() => undefined); // its own caller is told
    return writing;
  }

  /**
   * Take a step. If a connection is lost the step is sent again: the database takes it once at most, since it compares epoch and size in
   * the statement that writes. When it is refused the state tells why, and whether an earlier sending took effect, of which the answer was
   * lost, or of which the server went on after the connection had gone.
   */
  async #take(step: Step): Promise<void> {
    let sent = 0;
    const rows = await this.#database.through(async () => {
      sent++;
      return this.#database.query(step);
    });
    if (rows.length > 0) return;
    const state = await this.#state();
    this.#checkEpoch(state);
    if (sent > 1 && (await step.tookEffect?.(state)) === true) return;
    throw step.refusal(state);
  }

  async #state(): Promise<Tenure> {
    const [row = []] = await this.#database.insist(this.#sql.state);
    return { epoch: numberAt(row, 0), size: numberAt(row, 1) };
  }

  #checkEpoch({ epoch }: Tenure): void {
    if (epoch === this.#epoch) return;
    this.#isFenced = true;
    throw fencedError();
  }

  async #holds({ from, size, rootHash }: GroupWrite): Promise<boolean> {
    const [row] = await this.#database.insist(this.#sql.last);
    const stored = row && parseGroup(row);
    return (
      stored !== undefined &&
      stored.from === from &&
      stored.size === size &&
      equalBytes(stored.rootHash, rootHash)
    );
  }

  /** Renew the lease, which every write does too. Should it run out nothing is lost but, if others wait, the place of the writer. */
  async #renewForEver(): Promise<void> {
    const { signal } = this.#renewing;
    const statement = { text: this.#sql.renew, values: [this.#epoch, this.#leaseMs] };
    try {
      for await (const _ of ticks(this.#leaseMs / 3, undefined, { signal, ref: false })) {
        await this.#inTurn(async () => {
          const rows = await this.#database.query(statement);
          if (rows.length === 0) this.#checkEpoch(await this.#state());
        }).catch(() => undefined); // the next write meets the same and says so
        if (this.#isFenced) return;
      }
    } catch {
      return; // the store is being closed
    }
  }
}

/** The parameters of a commit from the addresses on. */
function valuesOf(group: GroupWrite): SqlValue[] {
  const { addresses, entries, rootHash, time, anchorBy, tiles, notes } = group;
  return [
    digestsArray(addresses),
    bytesArray(entries),
    Buffer.from(rootHash),
    time,
    anchorBy,
    tiles.map(({ level }) => level),
    tiles.map(({ index }) => index),
    bytesArray(tiles.map(({ hashes }) => hashes)),
    ...noteValues(notes),
  ];
}

function noteValues(notes: readonly StoredNote[]): SqlValue[] {
  return [notes.map(({ size }) => size), bytesArray(notes.map(({ note }) => formatUtf8(note)))];
}
