import { hash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  concatBytes,
  equalBytes,
  formatUint64,
  formatUtf8,
  parseUint64,
  parseUtf8,
} from '@anchorlog/core';
import { LevelCheck } from '@anchorlog/core/level-check';
import { levelFaultOf } from '@anchorlog/core/level-fault';
import { nodeLevelFolder } from '@anchorlog/core/node';
import { MAX_TREE_SIZE, TILE_WIDTH, formatEntryBundle } from '@anchorlog/tlog';
import { Level } from 'level';
import { syncFolder } from './durable-file.ts';
import { logError } from './error.ts';
import { parseOpenings, type EntryOpenings } from './feed.ts';
import { FolderWatch } from './folder-watch.ts';
import { levelError, withLevelFaults } from './level-fault.ts';
import {
  behindError,
  closedError,
  idsDamagedError,
  replacedError,
  type GroupWrite,
  type LogStore,
  type StoredEntry,
  type StoredGroup,
  type StoredNote,
  type StoredPostings,
} from './store.ts';

// Keys of the database `entries` are one letter and big-endian numbers, so that each kind grows at its own end: measured 4.5 times as
// fast as keys in random order. Addresses are in random order and stand apart, in `ids`, where they cost the entries nothing.
const ENTRIES = 'e';
const GROUP = 'g';
const TILE = 't';
const RECEIPT_NOTE = 'r';
const CHECKPOINT = 'c';
/** One row, of the newest group that came with them. */
const SOURCES = formatUtf8('s');
const POSTINGS = 'p';
const OPENINGS = 'o';
/** In `ids`: how far the addresses go. No address begins like this. */
const COVERED = '!';

const MEGABYTE = 2 ** 20;
const READ_AHEAD_BYTES = MEGABYTE;
const REBUILD_ENTRIES = 1000;
/**
 * Entries of one group share rows of about so many bytes: each row costs two crossings into native code. Larger ones would make reading one
 * entry slower.
 */
const ROW_BYTES = 16 * 1024;
const ROW_ENTRIES = TILE_WIDTH;

type Bytes = Uint8Array;
interface Put<K> {
  readonly type: 'put';
  readonly key: K;
  readonly value: Bytes;
}

/**
 * Open the embedded store in a folder of a local disk, which is made if absent. One process at a time: the lock is held as long as the
 * process lives, so that no writer can come after one that is paused.
 * `addressOf` gives the address of an entry: addresses that a crash lost are read from the entries again. Without it they are left alone, for
 * who asks for none. What is damaged is found here, not later: all tables are compared with their checksums, unless they were a short while
 * ago (spec/log §12.3). @throws LOG_LOCKED, LOG_STORE_DAMAGED, LOG_IDS_DAMAGED, LOG_STORE_FAILED
 */
export async function openLevelStore(
  dir: string,
  addressOf?: (entry: Uint8Array) => string,
): Promise<LogStore> {
  const root = resolve(dir);
  await mkdir(root, { recursive: true });
  const store = new LevelStore(root, await openDatabases(root));
  await store.open(addressOf);
  // LevelDB takes care of what is in its folders; their own names are ours.
  await syncFolder(root);
  await syncFolder(dirname(root));
  return withLevelFaults(store, () => store.doubt());
}

interface Databases {
  readonly entries: Level<Bytes, Bytes>;
  readonly ids: Level<string, Bytes>;
  readonly checks: readonly LevelCheck[];
}

class LevelStore implements LogStore {
  readonly #root: string;
  #watch: FolderWatch | undefined;
  readonly #entries: Level<Bytes, Bytes>;
  readonly #ids: Level<string, Bytes>;
  #checks: readonly LevelCheck[];
  #size = 0;
  #isClosed = false;
  #committing: Promise<unknown> = Promise.resolve();

  constructor(root: string, { entries, ids, checks }: Databases) {
    this.#root = root;
    this.#entries = entries;
    this.#ids = ids;
    this.#checks = checks;
  }

  async open(addressOf: ((entry: Uint8Array) => string) | undefined): Promise<void> {
    try {
      this.#watch = await FolderWatch.open(join(this.#root, 'entries'));
      this.#size = (await this.last())?.size ?? 0;
      if (addressOf) await this.#completeIds(addressOf);
    } catch (cause) {
      this.doubt();
      await this.close();
      throw levelError(cause) ?? cause;
    }
  }

  /** Believe nothing of what was checked when the store is opened again. */
  doubt(): void {
    this.#checks = [];
  }

  async last(): Promise<StoredGroup | undefined> {
    this.#checkOpen();
    const range = { ...rangeOf(GROUP), reverse: true, limit: 1 };
    for await (const [key, value] of this.#entries.iterator(range)) return parseGroup(key, value);
    return undefined;
  }

  async commit(group: GroupWrite): Promise<void> {
    this.#checkOpen();
    const { from } = group;
    if (from !== this.#size) throw behindError({ size: this.#size, from });
    const committing = this.#commit(group);
    this.#committing = committing.catch(() => undefined); // its own caller is told
    await committing;
  }

  async #commit(group: GroupWrite): Promise<void> {
    const puts = rowsOf(group).map(({ first, row }) => put(keyOf(ENTRIES, first), row));
    for (const { level, index, hashes } of group.tiles)
      puts.push(put(tileKey(level, index), hashes));
    puts.push(...group.notes.map(noteOf(RECEIPT_NOTE)));
    if (group.sources !== undefined) puts.push(put(SOURCES, formatUtf8(group.sources)));
    puts.push(put(keyOf(GROUP, group.size), formatGroup(group)));
    if (group.feed) {
      const postings = concatBytes(formatUint64(group.from), group.feed.postings);
      puts.push(put(keyOf(POSTINGS, group.size), postings));
      puts.push(put(keyOf(OPENINGS, group.size), group.feed.openings));
    }
    // One batch is one record of LevelDB's journal: after a crash all of the group is there, or nothing.
    await this.#entries.batch(puts, { sync: true });
    this.#size = group.size;
    // Not fsynced: what a crash loses of the addresses is a tail, which `#completeIds` reads from the entries again.
    await this.#putIds(group.from, group.entries, group.addresses);
  }

  async entry(index: number): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    for await (const [key, row] of this.#entries.iterator(lastUpTo(ENTRIES, index))) {
      return parseRow(row)[index - parseUint64(key, 1)];
    }
    return undefined;
  }

  async *entries(range: {
    readonly from: number;
    readonly to: number;
  }): AsyncGenerator<Uint8Array, void, undefined> {
    this.#checkOpen();
    let index = range.from;
    const options = {
      gte: keyOf(ENTRIES, Math.max(0, index - ROW_ENTRIES + 1)),
      lt: keyOf(ENTRIES, range.to),
      highWaterMarkBytes: READ_AHEAD_BYTES,
    };
    for await (const [key, row] of this.#entries.iterator(options)) {
      const first = parseUint64(key, 1);
      const entries = parseRow(row);
      if (first > index) break;
      for (; index < Math.min(range.to, first + entries.length); index++) {
        yield entries[index - first]!; // first <= index, which is below the end of the row
      }
    }
    if (index < range.to) throw damaged(`expected entry ${index}, got none`);
  }

  async find(addresses: readonly string[]): Promise<(number | undefined)[]> {
    this.#checkOpen();
    const values = await this.#ids.getMany([...addresses]);
    return values.map((value) => value && parseUint64(value));
  }

  async group(index: number): Promise<StoredGroup | undefined> {
    this.#checkOpen();
    const range = { gte: keyOf(GROUP, index + 1), lte: keyOf(GROUP, MAX_TREE_SIZE), limit: 1 };
    for await (const [key, value] of this.#entries.iterator(range)) {
      const group = parseGroup(key, value);
      // An iterator passes over a table that it cannot read.
      if (group.from > index)
        throw damaged(`expected the group of entry ${index}, got a later one`);
      return group;
    }
    return undefined;
  }

  async tile(at: {
    readonly level: number;
    readonly index: number;
  }): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    const tile = await this.#entries.get(tileKey(at.level, at.index));
    return tile && plain(tile);
  }

  async sources(): Promise<string | undefined> {
    this.#checkOpen();
    const sources = await this.#entries.get(SOURCES);
    return sources && parseUtf8(sources);
  }

  async *postings(range: {
    readonly from: number;
    readonly to: number;
  }): AsyncGenerator<StoredPostings, void, undefined> {
    for await (const { size, row } of this.#groupRows(POSTINGS, range)) {
      yield { from: parseUint64(row), size, postings: row.subarray(8) };
    }
  }

  async *openings(range: {
    readonly from: number;
    readonly to: number;
  }): AsyncGenerator<EntryOpenings, void, undefined> {
    for await (const { row } of this.#groupRows(OPENINGS, range)) {
      for (const each of parseOpenings(row)) {
        if (each.index >= range.from && each.index < range.to) yield each;
      }
    }
  }

  async receiptNote(size: number): Promise<string | undefined> {
    this.#checkOpen();
    const note = await this.#entries.get(keyOf(RECEIPT_NOTE, size));
    return note && parseUtf8(note);
  }

  async putReceiptNotes(notes: readonly StoredNote[]): Promise<void> {
    this.#checkOpen();
    await this.#entries.batch(notes.map(noteOf(RECEIPT_NOTE)));
  }

  async putCheckpoint(checkpoint: StoredNote): Promise<void> {
    this.#checkOpen();
    const { size } = checkpoint;
    if (size > this.#size) throw behindError({ size: this.#size, checkpoint: size });
    if (await this.#entries.get(keyOf(CHECKPOINT, size))) return;
    await this.#entries.batch([noteOf(CHECKPOINT)(checkpoint)], { sync: true });
  }

  async withhold(entries: readonly StoredEntry[]): Promise<void> {
    this.#checkOpen();
    const rows = new Map<number, Bytes[]>();
    for (const { index, bytes } of entries) {
      if (index >= this.#size) throw behindError({ size: this.#size, index });
      const [found] = await this.#entries.iterator(lastUpTo(ENTRIES, index)).all();
      if (!found) throw damaged(`expected entry ${index}, got none`);
      const first = parseUint64(found[0], 1);
      const row = rows.get(first) ?? parseRow(found[1]);
      row[index - first] = bytes;
      rows.set(first, row);
    }
    const puts = [...rows].map(([first, row]) =>
      put(keyOf(ENTRIES, first), formatEntryBundle(row)),
    );
    await this.#entries.batch(puts, { sync: true });
  }

  async checkWriter(): Promise<void> {
    this.#checkOpen();
    if (!(await this.#watch?.isSame())) throw replacedError();
  }

  async compact(): Promise<void> {
    this.#checkOpen();
    // In Node it is one of classic-level, which `level` does not tell.
    const native = this.#entries as unknown as {
      compactRange(start: Bytes, end: Bytes): Promise<void>;
    };
    await native.compactRange(Uint8Array.of(0), Uint8Array.of(255));
  }

  async checkpoint(size?: number): Promise<StoredNote | undefined> {
    this.#checkOpen();
    const range =
      size === undefined
        ? { ...rangeOf(CHECKPOINT), reverse: true, limit: 1 }
        : { gte: keyOf(CHECKPOINT, size), lte: keyOf(CHECKPOINT, MAX_TREE_SIZE), limit: 1 };
    for await (const [key, value] of this.#entries.iterator(range)) {
      return { size: parseUint64(key, 1), note: parseUtf8(value) };
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#committing;
    try {
      await this.#ids.close();
      await this.#entries.close();
      for (const check of this.#checks) await check.closed();
    } finally {
      this.#checks = [];
      await this.#watch?.close();
      this.#watch = undefined;
    }
  }

  /** Give the rows of a kind of the groups that hold entries of a range. */
  async *#groupRows(
    kind: string,
    { from, to }: { readonly from: number; readonly to: number },
  ): AsyncGenerator<{ readonly size: number; readonly row: Bytes }, void, undefined> {
    this.#checkOpen();
    if (from >= to) return;
    const last = (await this.group(to - 1))?.size ?? to;
    const options = {
      gte: keyOf(kind, from + 1),
      lte: keyOf(kind, last),
      highWaterMarkBytes: READ_AHEAD_BYTES,
    };
    for await (const [key, value] of this.#entries.iterator(options)) {
      yield { size: parseUint64(key, 1), row: plain(value) };
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedError();
  }

  /** Bring the addresses to the size of the entries, from the beginning if they are not those of these entries. */
  async #completeIds(addressOf: (entry: Uint8Array) => string): Promise<void> {
    let from = await this.#coveredSize();
    if (from === undefined) {
      await this.#ids.clear();
      from = 0;
    }
    while (from < this.#size) {
      const to = Math.min(this.#size, from + REBUILD_ENTRIES);
      const entries: Uint8Array[] = [];
      for await (const entry of this.entries({ from, to })) entries.push(entry);
      await this.#putIds(from, entries, entries.map(addressOf));
      from = to;
    }
  }

  /** How far the addresses go; undefined if they are of other entries. */
  async #coveredSize(): Promise<number | undefined> {
    const covered = await this.#ids.get(COVERED);
    if (!covered) return 0;
    const size = parseUint64(covered);
    const last = size <= this.#size ? await this.entry(size - 1) : undefined;
    return last && equalBytes(covered, formatCovered(size, last)) ? size : undefined;
  }

  async #putIds(
    from: number,
    entries: readonly Uint8Array[],
    addresses: readonly string[],
  ): Promise<void> {
    const size = from + entries.length;
    // A chained batch: measured three times as fast as an array for rows as small as these.
    const batch = this.#ids.batch();
    const numbers = new DataView(new ArrayBuffer(8 * addresses.length));
    for (const [i, address] of addresses.entries()) {
      const value = new Uint8Array(numbers.buffer, 8 * i, 8);
      numbers.setUint32(8 * i, Math.floor((from + i) / 2 ** 32));
      numbers.setUint32(8 * i + 4, (from + i) % 2 ** 32);
      batch.put(address, value);
    }
    batch.put(COVERED, formatCovered(size, entries.at(-1)!));
    await batch.write();
  }
}

/** Open what was checked; a database opens itself soon after it is made. */
async function openDatabases(root: string): Promise<Databases> {
  try {
    const checks = [await checkOf(root, 'entries')];
    const entries = new Level<Bytes, Bytes>(join(root, 'entries'), {
      keyEncoding: 'view',
      valueEncoding: 'view',
      writeBufferSize: 32 * MEGABYTE,
    });
    await entries.open();
    try {
      checks.push(await checkOf(root, 'ids'));
      const ids = new Level<string, Bytes>(join(root, 'ids'), {
        keyEncoding: 'utf8',
        valueEncoding: 'view',
        writeBufferSize: 16 * MEGABYTE,
      });
      await ids.open();
      return { entries, ids, checks };
    } catch (cause) {
      await entries.close();
      // Nothing of them is lost that the entries do not say again.
      throw levelFaultOf(cause) === 'damaged' ? idsDamagedError(cause) : cause;
    }
  } catch (cause) {
    throw levelError(cause) ?? cause;
  }
}

function checkOf(root: string, database: string): Promise<LevelCheck> {
  return LevelCheck.of(nodeLevelFolder(join(root, database)), Date.now());
}

function put<K>(key: K, value: Bytes): Put<K> {
  return { type: 'put', key, value };
}

/** LevelDB gives a `Buffer`, whose `slice` is no copy. */
function plain(bytes: Bytes): Bytes {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function keyOf(kind: string, number: number): Bytes {
  return concatBytes(formatUtf8(kind), formatUint64(number));
}

function tileKey(level: number, index: number): Bytes {
  return concatBytes(formatUtf8(TILE), Uint8Array.of(level), formatUint64(index));
}

/** The last key of a kind up to a number. */
function lastUpTo(
  kind: string,
  number: number,
): { gte: Bytes; lte: Bytes; reverse: true; limit: 1 } {
  return { gte: keyOf(kind, 0), lte: keyOf(kind, number), reverse: true, limit: 1 };
}

function rangeOf(kind: string): { gte: Bytes; lte: Bytes } {
  return { gte: keyOf(kind, 0), lte: keyOf(kind, MAX_TREE_SIZE) };
}

function noteOf(kind: string): (note: StoredNote) => Put<Bytes> {
  return ({ size, note }) => put(keyOf(kind, size), formatUtf8(note));
}

/** Cut the entries of a group into rows. */
function rowsOf({ from, entries }: GroupWrite): { first: number; row: Bytes }[] {
  const rows: { first: number; row: Bytes }[] = [];
  for (let begin = 0; begin < entries.length;) {
    let end = begin;
    for (let bytes = 0; end < entries.length && end < begin + ROW_ENTRIES; end++) {
      bytes += entries[end]!.length;
      if (bytes > ROW_BYTES && end > begin) break;
    }
    rows.push({ first: from + begin, row: formatEntryBundle(entries.slice(begin, end)) });
    begin = end;
  }
  return rows;
}

/** Read the entries of a row: as a bundle whose number of entries is not told. */
function parseRow(value: Bytes): Bytes[] {
  const row = plain(value);
  const entries: Bytes[] = [];
  for (let at = 0; at < row.length;) {
    const end = at + 2 + row[at]! * 256 + (row[at + 1] ?? 0);
    if (end > row.length) throw damaged('expected a row of entries, got one that is cut');
    entries.push(row.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

function formatGroup({ from, rootHash, time, anchorBy }: StoredGroup): Bytes {
  return concatBytes(formatUint64(from), rootHash, formatUint64(time), formatUint64(anchorBy));
}

function parseGroup(key: Bytes, value: Bytes): StoredGroup {
  return {
    from: parseUint64(value),
    size: parseUint64(key, 1),
    rootHash: plain(value).slice(8, 40),
    time: parseUint64(value, 40),
    anchorBy: parseUint64(value, 48),
  };
}

function formatCovered(size: number, last: Uint8Array): Bytes {
  return concatBytes(formatUint64(size), hash('sha256', last, 'buffer'));
}

function damaged(expected: string): Error {
  return logError('LOG_STORE_DAMAGED', `store: ${expected}`);
}
