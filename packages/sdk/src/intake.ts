import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { isCodedError } from '@anchorlog/core';
import { idsDamagedError, type Log, type LogReceipt } from '@anchorlog/log';
import type { FileDigest } from '@anchorlog/statement';
import { sdkError } from './error.ts';
import { FileDigester } from './file-digest.ts';
import { prepare, type Issuing, type PreparedRecord, type ReadRecord } from './issuing.ts';
import type { StoredItem, VaultItem } from './vault-item.ts';
import type { Vault } from './vault.ts';

/** How much may wait for an answer. */
export interface IntakeLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Of one file of a record. */
  readonly maxFileBytes: number;
}

/** A record that is in the log. */
export interface TakenRecord extends ReadRecord {
  readonly receipt: LogReceipt;
}

/** Records that are issued and written to the vault together: few, since those of a group answer together. */
const GROUP_RECORDS = 256;
/** Groups that may be on their way to vault and log while the next is issued. */
const GROUPS_IN_FLIGHT = 4;
/** Bytes of entries that may be on their way, so that the log is never too busy for them: their order would be lost. */
const BYTES_IN_FLIGHT = 2 ** 24;
const RETRY_MS = 50;
/** After these the log takes nothing more until it is opened again. */
const ENDS = new Set([
  'LOG_FAILED',
  'LOG_FENCED',
  'LOG_IDS_DAMAGED',
  'LOG_STORE_DAMAGED',
  'LOG_STORE_FAILED',
  'LOG_STORE_REPLACED',
  'LOG_CLOSED',
]);

/** Somebody waits for the receipt of a record. */
interface Waiting {
  readonly read: ReadRecord;
  /** Present once the files are hashed. */
  prepared: PreparedRecord | Error | undefined;
  /** Resolves then. */
  readonly preparing: Promise<void> | undefined;
  readonly bytes: number;
  readonly resolve: (receipt: LogReceipt) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Takes records in the order of the calls, in groups: while one group is on its way to vault and log, each with one fsync, the next is
 * issued. A record whose files are still being read holds up those that came after it, which may link to it.
 */
export class Intake {
  readonly #issuing: Issuing;
  readonly #vault: Vault;
  readonly #log: Log;
  readonly #limits: IntakeLimits;
  readonly #files: FileDigester;
  #waiting: Waiting[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #bytesInFlight = 0;
  #unanswered = 0;
  #unansweredBytes = 0;
  #pumping: Promise<void> | undefined;
  /** Whether all groups so far are in the log. */
  #noting: Promise<boolean> = Promise.resolve(true);
  #failure: Error | undefined;
  #closed = false;

  constructor(world: {
    readonly issuing: Issuing;
    readonly vault: Vault;
    readonly log: Log;
    readonly limits: IntakeLimits;
  }) {
    this.#issuing = world.issuing;
    this.#vault = world.vault;
    this.#log = world.log;
    this.#limits = world.limits;
    this.#files = new FileDigester({ maxBytes: world.limits.maxFileBytes });
  }

  /**
   * Take a record; resolves when it is in the log, on disk.
   * @throws SDK_BUSY, SDK_CLOSED, SDK_VAULT_FAILED, and what issuing and the log throw
   */
  async take(input: unknown): Promise<TakenRecord> {
    if (this.#closed) throw sdkError('SDK_CLOSED', 'the notary is closed');
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
    this.#unanswered++;
    this.#unansweredBytes += bytes;
    try {
      // No await before this: places are given in the order of the calls.
      const isReady = byDigest.length === files.length;
      const receipt = await this.#enqueue({ read, bytes, prepared: isReady ? early : undefined });
      return { ...read, receipt };
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
    await this.#noting;
  }

  #enqueue(of: Pick<Waiting, 'read' | 'bytes' | 'prepared'>): Promise<LogReceipt> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
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
  async #nextGroup(): Promise<Waiting[]> {
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
  async #issue(group: readonly Waiting[]): Promise<(VaultItem | Error)[]> {
    if (this.#failure) return group.map(() => this.#failure!);
    const sound: PreparedRecord[] = [];
    for (const { prepared } of group) {
      if (prepared && !(prepared instanceof Error)) sound.push(prepared);
    }
    try {
      const items = await this.#issuing.issueGroup(sound);
      for (const [i, item] of items.entries()) {
        if ('number' in item) items[i] = await this.#found(item);
      }
      const issued = items.values();
      return group.map(({ prepared }) =>
        prepared instanceof Error ? prepared : issued.next().value!,
      );
    } catch (error) {
      return group.map(() => this.#fail(error));
    }
  }

  /** Let a record that was issued before pass if the log finds it, should it be there: what it misses it would take for new. Never rejects. */
  async #found(item: StoredItem): Promise<StoredItem | Error> {
    if (!this.#vault.isAppended(item)) return item;
    try {
      if ((await this.#log.find(item.address)) !== undefined) return item;
      throw idsDamagedError();
    } catch (error) {
      return this.#fail(error); // in its own place: the new ones of its group go on
    }
  }

  /** Bring the issued records of a group to disk and into the log, and answer. Never rejects. */
  async #store(group: readonly Waiting[], results: readonly (VaultItem | Error)[]): Promise<void> {
    const entries = results.flatMap((each) => ('entry' in each ? [each.entry] : []));
    // Flushes end in the order in which they began, and so the groups come to the log.
    const flushed = this.#vault.flush();
    const appended = flushed.then(() => this.#append(entries));
    this.#noting = this.#note(this.#noting, flushed, appended);
    let receipts: Iterator<LogReceipt | Error>;
    try {
      receipts = (await appended).values();
    } catch (error) {
      const failure = this.#fail(error);
      for (const { reject } of group) reject(failure);
      return;
    }
    for (const [i, { resolve, reject }] of group.entries()) {
      const issued = results[i]!;
      const answer = issued instanceof Error ? issued : receipts.next().value!;
      if (!(answer instanceof Error)) resolve(answer);
      else reject(isVaultDamage(answer) ? this.#fail(answer) : answer);
    }
  }

  /** Note in the vault that all groups so far are in the log. A crash before leaves it to the next start to look. Never rejects. */
  async #note(
    before: Promise<boolean>,
    flushed: Promise<number>,
    appended: Promise<readonly (LogReceipt | Error)[]>,
  ): Promise<boolean> {
    try {
      const [next, receipts] = await Promise.all([flushed, appended]);
      const isAll = (await before) && receipts.every((each) => 'index' in each);
      if (isAll) this.#vault.appended(next);
      return isAll;
    } catch {
      return false; // those who wait for receipts are told
    }
  }

  /** Append entries as one group of the log, each on its own if the log refuses one of them. */
  async #append(entries: readonly Uint8Array[]): Promise<(LogReceipt | Error)[]> {
    for (;;) {
      try {
        return entries.length > 0 ? await this.#log.appendBatch(entries) : [];
      } catch (error) {
        const code = isCodedError(error) ? error.code : undefined;
        if (code === 'LOG_BUSY') {
          await delay(RETRY_MS);
        } else if (code === undefined || ENDS.has(code)) {
          throw error;
        } else {
          return Promise.all(entries.map((entry) => this.#log.append(entry).catch(toldOf)));
        }
      }
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

/**
 * Say of what the log refuses whose fault it is. Every entry comes from the vault: where the log has another one under its id, the vault has
 * lost that, and took the record for a new one. The submitter has handed in the same.
 */
function toldOf(error: unknown): Error {
  if (!isCodedError(error) || error.code !== 'LOG_ID_CONFLICT') return asError(error);
  return sdkError(
    'SDK_VAULT_DAMAGED',
    'vault: it has lost a record that the log has. Put its newest copy back; if there is none, adoptVault (anchorlog log adopt-vault) goes on without what it lacks',
    {},
    { cause: error },
  );
}

function isVaultDamage(error: Error): boolean {
  return isCodedError(error) && error.code === 'SDK_VAULT_DAMAGED';
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
