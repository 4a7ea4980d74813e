import { setImmediate as turn } from 'node:timers/promises';
import { isCodedError } from '@anchorlog/core';
import type { FileDigest } from '@anchorlog/statement';
import { sdkError } from './error.ts';
import { FileDigester } from './file-digest.ts';
import { prepare, type Issuing, type PreparedRecord, type ReadRecord } from './issuing.ts';
import type { IssuedItem, StoredItem } from './vault-item.ts';
import type { Vault } from './vault.ts';

/** How much may wait for an answer. */
export interface IntakeLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Of one file of a record. */
  readonly maxFileBytes: number;
}

/** A record that has come where it was to come. */
export interface TakenRecord<T> extends ReadRecord {
  readonly answer: T;
}

/** Where what was issued goes from the vault, and the answer that it gives for each item. */
export interface Onward<T> {
  /** Refuse a record for lack of room: so many bytes of records would be on their way with it. */
  admit?(bytes: number): void;
  /** Look whether a record that was issued before is where it must be. What it throws ends the taking of records. */
  check?(item: StoredItem): Promise<void>;
  /** Take on items that the vault is writing, in order: `flushed` resolves when they are durable, with the number behind them. */
  take(items: readonly StoredItem[], flushed: Promise<number>): Promise<readonly (T | Error)[]>;
}

/** Records that are issued and written to the vault together: few, since those of a group answer together. */
const GROUP_RECORDS = 256;
/** Groups that may be on their way to vault and log while the next is issued. */
const GROUPS_IN_FLIGHT = 4;
/** Bytes of entries that may be on their way, so that the log is never too busy for them: their order would be lost. */
const BYTES_IN_FLIGHT = 2 ** 24;
const RETRY_MS = 50;

/** Somebody waits for the answer to a record. */
interface Waiting<T> {
  readonly read: ReadRecord;
  /** Present once the files are hashed. */
  prepared: PreparedRecord | Error | undefined;
  /** Resolves then. */
  readonly preparing: Promise<void> | undefined;
  readonly bytes: number;
  readonly resolve: (answer: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Takes records in the order of the calls, in groups: while one group is on its way to the vault and onward, the next is
 * issued. A record whose files are still being read holds up those that came after it, which may link to it.
 */
export class Intake<T> {
  readonly #issuing: Issuing;
  readonly #vault: Vault;
  readonly #onward: Onward<T>;
  readonly #limits: IntakeLimits;
  readonly #files: FileDigester;
  #waiting: Waiting<T>[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #bytesInFlight = 0;
  #unanswered = 0;
  #unansweredBytes = 0;
  #pumping: Promise<void> | undefined;
  #failure: Error | undefined;
  #closed = false;

  constructor(world: {
    readonly issuing: Issuing;
    readonly vault: Vault;
    readonly onward: Onward<T>;
    readonly limits: IntakeLimits;
  }) {
    this.#issuing = world.issuing;
    this.#vault = world.vault;
    this.#onward = world.onward;
    this.#limits = world.limits;
    this.#files = new FileDigester({
      maxBytes: world.limits.maxFileBytes,
      suite: world.issuing.suite.name,
    });
  }

  /**
   * Take a record; resolves when it has come where it was to come, on disk.
   * @throws SDK_BUSY, SDK_CLOSED, SDK_VAULT_FAILED, and what issuing and the way onward throw
   */
  async take(input: unknown): Promise<TakenRecord<T>> {
    if (this.#closed) throw sdkError('SDK_CLOSED', 'notary or emitter is closed');
    if (this.#failure) throw this.#failure;
    const { maxRecords, maxBytes } = this.#limits;
    if (this.#unanswered >= maxRecords) throw this.#busy();
    const read = this.#issuing.read(input);
    const files = read.record.files ?? [];
    const byDigest = files.filter((file): file is FileDigest => 'sha256' in file);
    // Canonical JSON also tells how much memory the record takes; with paths in place of digests about the same.
    const early = prepare(read, byDigest);
    const bytes = early.canonical.length;
    if (this.#unansweredBytes + bytes > maxBytes && this.#unanswered > 0) throw this.#busy();
    this.#onward.admit?.(this.#unansweredBytes + bytes);
    this.#unanswered++;
    this.#unansweredBytes += bytes;
    try {
      // No await before this: places are given in the order of the calls.
      const isReady = byDigest.length === files.length;
      const answer = await this.#enqueue({ read, bytes, prepared: isReady ? early : undefined });
      return { ...read, answer };
    } finally {
      this.#unanswered--;
      this.#unansweredBytes -= bytes;
    }
  }

  /** Take nothing more and finish what waits, but for records whose files are still being read: those are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#files.close();
    await this.#pumping;
    await Promise.all(this.#inFlight);
  }

  #enqueue(of: Pick<Waiting<T>, 'read' | 'bytes' | 'prepared'>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting<T> = {
        ...of,
        preparing: of.prepared
          ? undefined
          : this.#hashFiles(of.read).then((prepared) => {
              waiting.prepared = prepared;
            }),
        resolve,
        reject,
      };
      this.#waiting.push(waiting);
      this.#pumping ??= this.#pump();
    });
  }

  /** Never rejects: nobody may be waiting for it yet. */
  async #hashFiles(read: ReadRecord): Promise<PreparedRecord | Error> {
    try {
      return prepare(read, await this.#files.digest(read.record.files ?? []));
    } catch (error) {
      return asError(error);
    }
  }

  async #pump(): Promise<void> {
    // Let the calls of this turn of the event loop come into one group.
    await turn();
    while (this.#waiting.length > 0) {
      const group = await this.#nextGroup();
      const results = await this.#issue(group);
      const bytes = results.reduce(
        (sum, each) => sum + ('entry' in each ? each.entry.length : 0),
        0,
      );
      while (this.#isFull(bytes)) await Promise.race(this.#inFlight);
      this.#bytesInFlight += bytes;
      const storing = this.#store(group, results).then(() => {
        this.#bytesInFlight -= bytes;
        this.#inFlight.delete(storing);
      });
      this.#inFlight.add(storing);
    }
    this.#pumping = undefined;
  }

  /** Take the first of those that wait, up to one whose files are still being read. */
  async #nextGroup(): Promise<Waiting<T>[]> {
    await this.#waiting[0]?.preparing;
    let count = 0;
    while (count < Math.min(GROUP_RECORDS, this.#waiting.length)) {
      if (!this.#waiting[count]!.prepared) break;
      count++;
    }
    const group = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return group;
  }

  /** Issue the records of a group. Gives the item or the error of each; never rejects. */
  async #issue(group: readonly Waiting<T>[]): Promise<(IssuedItem | Error)[]> {
    if (this.#failure) return group.map(() => this.#failure!);
    const sound: PreparedRecord[] = [];
    for (const { prepared } of group) {
      if (prepared && !(prepared instanceof Error)) sound.push(prepared);
    }
    try {
      const items = await this.#issuing.issueGroup(sound);
      for (const [i, item] of items.entries()) {
        if (!(item instanceof Error || item.isNew)) items[i] = await this.#found(item);
      }
      const issued = items.values();
      return group.map(({ prepared }) =>
        prepared instanceof Error ? prepared : issued.next().value!,
      );
    } catch (error) {
      return group.map(() => this.#fail(error));
    }
  }

  /** Let a record that was issued before pass if it is where it must be. Never rejects. */
  async #found(item: IssuedItem): Promise<IssuedItem | Error> {
    try {
      await this.#onward.check?.(item);
      return item;
    } catch (error) {
      return this.#fail(error); // in its own place: the new ones of its group go on
    }
  }

  /** Bring the issued records of a group to disk and onward, and answer. Never rejects. */
  async #store(
    group: readonly Waiting<T>[],
    results: readonly (IssuedItem | Error)[],
  ): Promise<void> {
    const items = results.flatMap((each) => (each instanceof Error ? [] : [each]));
    let answers: Iterator<T | Error>;
    try {
      // Flushes end in the order in which they began, and so the groups go onward.
      answers = (await this.#onward.take(items, this.#vault.flush())).values();
    } catch (error) {
      const failure = this.#fail(error);
      for (const { reject } of group) reject(failure);
      return;
    }
    for (const [i, { resolve, reject }] of group.entries()) {
      const issued = results[i]!;
      const answer = issued instanceof Error ? issued : answers.next().value!;
      if (!(answer instanceof Error)) resolve(answer);
      else reject(isVaultDamage(answer) ? this.#fail(answer) : answer);
    }
  }

  /** Take nothing more: what was issued next would stand on what may not be on disk. */
  #fail(error: unknown): Error {
    this.#failure ??= asError(error);
    return this.#failure;
  }

  #isFull(bytes: number): boolean {
    if (this.#inFlight.size === 0) return false;
    return this.#inFlight.size >= GROUPS_IN_FLIGHT || this.#bytesInFlight + bytes > BYTES_IN_FLIGHT;
  }

  #busy(): Error {
    return sdkError('SDK_BUSY', `${this.#unanswered} records wait already`, {
      retryAfterMs: RETRY_MS,
      records: this.#unanswered,
      bytes: this.#unansweredBytes,
    });
  }
}

function isVaultDamage(error: Error): boolean {
  return isCodedError(error) && error.code === 'SDK_VAULT_DAMAGED';
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
