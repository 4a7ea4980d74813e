import { mkdir } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import {
  concatBytes,
  formatUint64,
  formatUtf8,
  isCodedError,
  parseUint64,
  parseUtf8,
} from '@anchorlog/core';
import { LevelCheck } from '@anchorlog/core/level-check';
import { levelFaultOf, levelMessageOf } from '@anchorlog/core/level-fault';
import { nodeLevelFolder } from '@anchorlog/core/node';
import { FolderWatch } from '@anchorlog/log/folder-watch';
import { formatAddress, type StatementAddress } from '@anchorlog/statement';
import { Level } from 'level';
import { sdkError } from './error.ts';
import { formatItem, parseItem, type StoredItem, type VaultItem } from './vault-item.ts';

/** Where a record stands in the vault. */
export interface VaultPlace {
  /** Counts items from 0 in the order in which they were added. */
  readonly number: number;
  /** Leaf hash of its entry, 32 bytes. */
  readonly leaf: Uint8Array;
  /** Checksum of its item; undefined if it is not written yet, or was before items had one. */
  readonly sum?: number | undefined;
}

/** Something to add. `key` is the record's own number, by which other records link to it. */
export interface VaultAddition {
  readonly item: VaultItem;
  readonly leaf: Uint8Array;
  readonly key: string | undefined;
}

interface Added extends VaultAddition {
  readonly number: number;
}

type Database = Level<string, Uint8Array>;

// Items are large and grow at their own end; what finds them is small and in random order (spec/notary §5).
const OWNER = 'owner';
const APPENDED = 'appended';
const ITEM = 'item/';
const COVERED = 'covered';
const VOID = 'void/';
const WRITE_BUFFER_BYTES = 2 ** 24;
/** LevelDB has two journals at most that are not in tables yet. */
const JOURNAL_BYTES = 2 * WRITE_BUFFER_BYTES;
const NOTHING = new Uint8Array();
const PLACE_BYTES = 40;
const SUM_BYTES = 4;

/**
 * The emitter's own store of statements, disclosures and key openings: a level database apart from the log's. What is added can be found
 * at once and is durable after `flush`, which comes before its entry goes to the log, so that a retry after a crash sends the same bytes
 * (spec/notary §5).
 */
export class Vault {
  readonly #db: Database;
  readonly #watch: FolderWatch;
  /** Undefined once damage was found. */
  #check: LevelCheck | undefined;
  #next: number;
  /** All items with smaller numbers are known to be in the log. */
  #appended: number;
  #appendedStored: number;
  /** Added and maybe not written yet, by address. */
  readonly #unwritten = new Map<string, Added>();
  #fresh: Added[] = [];
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(
    {
      db,
      watch,
      check,
    }: {
      readonly db: Database;
      readonly watch: FolderWatch;
      readonly check: LevelCheck;
    },
    { next, appended }: { readonly next: number; readonly appended: number },
  ) {
    this.#db = db;
    this.#watch = watch;
    this.#check = check;
    this.#next = next;
    this.#appended = appended;
    this.#appendedStored = appended;
  }

  /**
   * Open the vault in a folder, or make it. `owner` says whose it is: the same text each time. All its tables are compared with their
   * checksums, unless they were a short while ago (spec/log §12.3). @throws SDK_LOCKED, SDK_VAULT_MISMATCH, SDK_VAULT_DAMAGED, SDK_VAULT_FAILED
   */
  static async open(folder: string, owner: string): Promise<Vault> {
    // Statements with their secrets: nobody else on the machine has to look in here.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { db, check } = await openChecked(folder);
    try {
      await claim(db, owner);
      const next = await nextNumber(db);
      const appended = await db.get(APPENDED);
      const counts = { next, appended: appended ? parseUint64(appended) : 0 };
      return new Vault({ db, watch: await FolderWatch.open(folder), check }, counts);
    } catch (error) {
      await db.close();
      throw vaultFault(error);
    }
  }

  /** Find where records stand: one trip to the database, however many. @throws SDK_VAULT_DAMAGED, SDK_VAULT_FAILED, as all that reads */
  async places(addresses: readonly StatementAddress[]): Promise<(VaultPlace | undefined)[]> {
    // Before the database is asked: what has left this map by the time of the answer was in the database when it was asked.
    const added = addresses.map((address) => this.added(address));
    const found = await this.#read(async () => {
      const rows = addresses.length > 0 ? await this.#db.getMany(addresses.map(idKey)) : [];
      return rows.map((row) => row && parsePlace(row));
    });
    return found.map((place, i) => added[i] ?? place);
  }

  /** Find where a record stands that was added a moment ago; `places` finds the others. */
  added(address: StatementAddress): VaultPlace | undefined {
    return this.#unwritten.get(formatAddress(address));
  }

  /** Read what is kept of a record. @throws SDK_VAULT_DAMAGED */
  async item(address: StatementAddress): Promise<StoredItem | undefined> {
    const unwritten = this.#unwritten.get(formatAddress(address));
    if (unwritten) return { ...unwritten.item, number: unwritten.number };
    const [place] = await this.places([address]);
    if (!place) return undefined;
    const { number, sum } = place;
    return this.#read(async () => {
      const row = await this.#db.get(itemKey(number));
      // Another record under the same id would be said of what is not as it was written.
      if (row && sum !== undefined && crc32(row) !== sum) {
        throw sdkError('SDK_VAULT_DAMAGED', `vault: item ${number} is not as it was written`);
      }
      const item = row && parseItem(row);
      if (item && formatAddress(item.address) === formatAddress(address))
        return { ...item, number };
      throw sdkError('SDK_VAULT_DAMAGED', `vault: item ${number} is of another record`);
    });
  }

  /** Find the records, of whatever issuer, that were handed in under a business number. */
  async withKey(key: string): Promise<StatementAddress[]> {
    const added = [...this.#unwritten.values()].filter((each) => each.key === key);
    return this.#addresses(`key/${JSON.stringify(key)}/`, added);
  }

  /** Find the records, of whatever issuer, that have an id: one, unless issuers chose the same. */
  async withId(id: string): Promise<StatementAddress[]> {
    const added = [...this.#unwritten.values()].filter(({ item }) => item.address.id === id);
    return this.#addresses(`id/${id}/`, added);
  }

  /** Add a record, and give its number. A crash before `flush` has ended loses it, and nothing of it was shown. */
  add(addition: VaultAddition): number {
    const added = { ...addition, number: this.#next++ };
    this.#unwritten.set(formatAddress(addition.item.address), added);
    this.#fresh.push(added);
    return added.number;
  }

  /** Write all that was added, and give the number up to which all is durable. Once it has failed it always fails. @throws SDK_VAULT_FAILED */
  async flush(): Promise<number> {
    const [fresh, next] = [this.#fresh, this.#next];
    this.#fresh = [];
    const written = this.#writing.then(() => this.#write(fresh));
    this.#writing = written;
    await written;
    return next;
  }

  /** Note that all items with numbers below `next` are in the log. Written with the next flush: it only spares work after a crash. */
  appended(next: number): void {
    this.#appended = Math.max(this.#appended, next);
  }

  /** Write down what `appended` has noted, without waiting for the disk. @throws SDK_VAULT_FAILED */
  async saveAppended(): Promise<void> {
    const appended = this.#appended;
    if (appended <= this.#appendedStored) return;
    await this.#save(APPENDED, appended);
    this.#appendedStored = Math.max(this.#appendedStored, appended);
  }

  /** Give the size up to which every entry of the log is known to be in this vault, or in the outbox of an emitter. */
  async covered(): Promise<number> {
    const covered = await this.#read(() => this.#db.get(COVERED));
    return covered ? parseUint64(covered) : 0;
  }

  /** Note it, without waiting for the disk: it only spares work at the next start. @throws SDK_VAULT_FAILED */
  async cover(size: number): Promise<void> {
    await this.#save(COVERED, size);
  }

  /** Keep what fills the number of an item that can never be accepted; durable when it resolves. @throws SDK_VAULT_FAILED */
  async putVoid(number: number, item: VaultItem): Promise<void> {
    try {
      await this.#db.put(keyOf(VOID, number), formatItem(item), { sync: true });
    } catch (cause) {
      throw failure(cause);
    }
  }

  /** Give what fills the number of an item in its place. */
  async void(number: number): Promise<VaultItem | undefined> {
    const row = await this.#read(() => this.#db.get(keyOf(VOID, number)));
    return row && parseItem(row);
  }

  /** Give the numbers of all items that something else stands in place of. */
  async voids(): Promise<number[]> {
    const keys = await this.#read(() => this.#db.keys({ gt: VOID, lt: after(VOID) }).all());
    return keys.map((key) => Number(key.slice(VOID.length)));
  }

  /** Whether nothing was ever kept here. */
  get isEmpty(): boolean {
    return this.#next === 0;
  }

  /** The number that the next item gets. */
  get next(): number {
    return this.#next;
  }

  /** All items with smaller numbers are known to be in the log. */
  get appendedCount(): number {
    return this.#appended;
  }

  /** Whether it is known that anything of this vault was in the log. */
  get hasAppended(): boolean {
    return this.#appended > 0;
  }

  /** Whether an item is known to be in the log. */
  isAppended({ number }: Pick<StoredItem, 'number'>): boolean {
    return number < this.#appended;
  }

  /** Give the newest item that is known to be in the log. */
  async newestAppended(): Promise<VaultItem | undefined> {
    if (!this.hasAppended) return undefined;
    const row = await this.#read(() => this.#db.get(itemKey(this.#appended - 1)));
    return row && parseItem(row);
  }

  /** Give the items of which it is not known whether they are in the log, in the order in which they were added. */
  unappended(): AsyncGenerator<StoredItem> {
    return this.items(this.#appended);
  }

  /** Give the items from a number on that are written, in their order. */
  async *items(from: number): AsyncGenerator<StoredItem> {
    const range = { gte: itemKey(from), lt: after(ITEM) };
    for await (const [name, row] of readingAll(this.#db.iterator(range))) {
      yield { ...parseItem(row), number: Number(name.slice(ITEM.length)) };
    }
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined); // those who waited for it were told
    try {
      if (this.#appended > this.#appendedStored) {
        await this.#db.put(APPENDED, formatUint64(this.#appended));
      }
    } catch (cause) {
      throw failure(cause);
    } finally {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    try {
      await this.#db.close();
      await this.#check?.closed();
    } finally {
      await this.#watch.close();
    }
  }

  async #save(key: string, number: number): Promise<void> {
    try {
      await this.#db.put(key, formatUint64(number));
    } catch (cause) {
      throw failure(cause);
    }
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      const fault = vaultFault(cause);
      if (isCodedError(fault) && fault.code === 'SDK_VAULT_DAMAGED') this.#check = undefined;
      throw fault;
    }
  }

  async #write(fresh: readonly Added[]): Promise<void> {
    if (fresh.length === 0) return;
    const appended = this.#appended;
    try {
      const batch = this.#db.batch();
      for (const { item, leaf, key, number } of fresh) {
        const row = formatItem(item);
        batch.put(itemKey(number), row);
        batch.put(idKey(item.address), concatBytes(formatUint64(number), leaf, formatSum(row)));
        if (key !== undefined) {
          batch.put(`key/${JSON.stringify(key)}/${formatAddress(item.address)}`, NOTHING);
        }
      }
      if (appended > this.#appendedStored) batch.put(APPENDED, formatUint64(appended));
      await batch.write({ sync: true });
      // What was written into a folder that is gone nobody would find.
      if (!(await this.#watch.isSame())) throw new Error('its folder was removed or replaced');
    } catch (cause) {
      // It may have taken effect or not: what was written next would stand on a guess.
      throw failure(cause);
    }
    this.#appendedStored = Math.max(this.#appendedStored, appended);
    for (const { item } of fresh) this.#unwritten.delete(formatAddress(item.address));
  }

  async #addresses(prefix: string, added: readonly Added[]): Promise<StatementAddress[]> {
    const found = new Map<string, StatementAddress>();
    for (const { address } of added.map(({ item }) => item)) {
      found.set(formatAddress(address), address);
    }
    for await (const name of readingAll(this.#db.keys({ gt: prefix, lt: after(prefix) }))) {
      const parts = name.split('/');
      const [org = '', system = '', id = ''] = name.startsWith('id/')
        ? [parts[2], parts[3], parts[1]]
        : parts.slice(-3);
      found.set(formatAddress({ org, system, id }), { org, system, id });
    }
    return [...found.values()];
  }
}

/** Open what was checked; a database opens itself soon after it is made. */
async function openChecked(folder: string): Promise<{ db: Database; check: LevelCheck }> {
  try {
    const check = await LevelCheck.of(nodeLevelFolder(folder), Date.now());
    const db: Database = new Level(folder, {
      keyEncoding: 'utf8',
      valueEncoding: 'view',
      writeBufferSize: WRITE_BUFFER_BYTES,
    });
    await db.open();
    return { db, check };
  } catch (cause) {
    throw vaultFault(cause);
  }
}

async function claim(db: Database, owner: string): Promise<void> {
  const found = await db.get(OWNER);
  if (found) {
    if (parseUtf8(found) === owner) return;
  } else {
    const [any] = await db.keys({ limit: 1 }).all();
    if (any === undefined) return db.put(OWNER, formatUtf8(owner), { sync: true });
  }
  throw sdkError(
    'SDK_VAULT_MISMATCH',
    'the vault is of another log or secret of ids: put back secrets.json and vault that belong together',
  );
}

/**
 * Count the items. LevelDB leaves out of its journal, in silence, what is not as it was written: of what may have been in there no number
 * must be missing. @throws SDK_VAULT_DAMAGED
 */
async function nextNumber(db: Database): Promise<number> {
  let next = 0;
  let expected: number | undefined;
  let bytes = 0;
  const range = { gt: ITEM, lt: after(ITEM), reverse: true };
  for await (const [name, row] of db.iterator(range)) {
    const number = Number(name.slice(ITEM.length));
    if (expected === undefined) next = number + 1;
    else if (number !== expected) throw itemGone(expected);
    expected = number - 1;
    bytes += row.length;
    if (bytes > JOURNAL_BYTES) return next;
  }
  if (expected !== undefined && expected >= 0) throw itemGone(expected);
  return next;
}

function itemGone(number: number): Error {
  return sdkError('SDK_VAULT_DAMAGED', `vault: item ${number} is gone: put back its newest copy`);
}

function idKey({ org, system, id }: StatementAddress): string {
  return `id/${id}/${org}/${system}`;
}

function itemKey(number: number): string {
  return keyOf(ITEM, number);
}

/** Numbers that sort as text. */
function keyOf(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(16, '0')}`;
}

/** The first key after all that begin with `prefix`, which ends with a slash. */
function after(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}

function formatSum(row: Uint8Array): Uint8Array {
  const sum = new Uint8Array(SUM_BYTES);
  new DataView(sum.buffer).setUint32(0, crc32(row));
  return sum;
}

function parsePlace(row: Uint8Array): VaultPlace {
  const hasSum = row.length === PLACE_BYTES + SUM_BYTES;
  if (row.length !== PLACE_BYTES && !hasSum) {
    throw sdkError('SDK_VAULT_DAMAGED', 'vault: a place is cut');
  }
  const bytes = new Uint8Array(row);
  const sum = hasSum ? new DataView(bytes.buffer).getUint32(PLACE_BYTES) : undefined;
  return { number: parseUint64(bytes), leaf: bytes.slice(8, PLACE_BYTES), sum };
}

/** Read rows to their end. */
async function* readingAll<T>(rows: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* rows;
  } catch (error) {
    throw vaultFault(error);
  }
}

/** A vault that could not be written: what there is of it the next opening finds out. */
function failure(cause: unknown): Error {
  return sdkError(
    'SDK_VAULT_FAILED',
    'the vault could not be read or written, or its folder was removed or replaced: open the notary again, and hand in again what was not acknowledged',
    {},
    { cause },
  );
}

/** Say what is wrong with a vault that cannot be opened, read or copied: a full disk, a missing permission or descriptor is no damage. */
export function vaultFault(cause: unknown): Error {
  if (isCodedError(cause) && cause.code.startsWith('SDK_')) return cause;
  // Rows that cannot be read are not as they were written.
  switch (levelFaultOf(cause) ?? (isCodedError(cause) ? 'damaged' : undefined)) {
    case 'locked':
      return sdkError(
        'SDK_LOCKED',
        'the folder is open already: it has one notary, or one emitter',
        {},
        { cause },
      );
    case 'damaged':
      return sdkError(
        'SDK_VAULT_DAMAGED',
        `vault: ${levelMessageOf(cause)}: put back its newest copy`,
        {},
        { cause },
      );
    default:
      return failure(cause);
  }
}
