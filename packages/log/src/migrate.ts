import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes, type SuiteName } from '@anchorlog/core';
import type { TreeHasher, TreeHead } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { addressOfEntry, readCreation } from './admission.ts';
import { isAbsent } from './durable-file.ts';
import { EMPTY_EDGE, grow, type Growth } from './edge.ts';
import { logError } from './error.ts';
import { openLevelStore } from './level-store.ts';
import type { LogStore, StoreReader, StoredGroup, StoredNote } from './store.ts';
import { readEdge } from './tree-reader.ts';
import { hashEntries } from './withheld.ts';

/** What is copied where. Both stores are closed at the end. */
export interface MigrateOptions {
  /** The store to copy, as `LogOptions.store`, which nobody may write meanwhile. */
  readonly from: string | StoreReader;
  /** A store that is empty, or holds the beginning of a copy. */
  readonly to: string | LogStore;
  /** Told now and then how many entries are copied, and then how many are compared. */
  readonly onProgress?:
    | ((done: { readonly copied: number; readonly compared: number; readonly of: number }) => void)
    | undefined;
}

/** What the two stores were found to hold alike. */
export interface MigrateReport extends TreeHead {
  readonly origin: string;
  readonly suite: SuiteName;
  readonly groups: number;
  readonly tiles: number;
  readonly receiptNotes: number;
  readonly checkpoints: number;
}

/**
 * Copy a log into another store, group by group, and then prove the copy: everything is read again from both and compared, and all roots
 * and tiles are derived from the entries of the copy. What a crash leaves is the beginning of a copy, with which the next call goes on.
 * @throws LOG_STORE_MISSING, LOG_STORE_DAMAGED, LOG_CREATE_MISMATCH, LOG_MIGRATE_MISMATCH, and as opening either store
 */
export async function migrateLog(options: MigrateOptions): Promise<MigrateReport> {
  const opened: StoreReader[] = [];
  try {
    const from = typeof options.from === 'string' ? await openFolder(options.from) : options.from;
    opened.push(from);
    const to =
      typeof options.to === 'string'
        ? await openLevelStore(options.to, addressOfEntry)
        : options.to;
    opened.push(to);
    return await migrate(from, to, options.onProgress ?? (() => undefined));
  } finally {
    for (const store of opened) await store.close();
  }
}

async function migrate(
  from: StoreReader,
  to: LogStore,
  onProgress: NonNullable<MigrateOptions['onProgress']>,
): Promise<MigrateReport> {
  const newest = await from.last();
  const first = await from.entry(0);
  if (!newest || !first) throw logError('LOG_STORE_MISSING', 'the store to copy holds no log');
  const { origin, suite } = readCreation(first);
  const of = newest.size;
  const migration = { from, to, newest, hasher: nodeTreeHasher(suite) };
  await copy(migration, (copied) => onProgress({ copied, compared: 0, of }));
  const counts = await compare(migration, (compared) => onProgress({ copied: of, compared, of }));
  return { origin, suite, size: of, rootHash: newest.rootHash, ...counts };
}

interface Migration {
  readonly from: StoreReader;
  readonly to: LogStore;
  /** The last group of the store to copy. */
  readonly newest: StoredGroup;
  readonly hasher: TreeHasher;
}

async function copy(
  { from, to, newest, hasher }: Migration,
  onCopied: (count: number) => void,
): Promise<void> {
  const begun = await to.last();
  if (begun) checkSame(await from.group(begun.size - 1), begun);
  const edge = begun ? await readEdge(to, begun, hasher) : EMPTY_EDGE;
  for await (const { group, entries, growth } of grownGroups(from, {
    from,
    newest,
    hasher,
    edge,
  })) {
    const note = await from.receiptNote(group.size);
    await to.commit({
      ...group,
      entries,
      addresses: entries.map(addressOfEntry),
      tiles: growth.tiles,
      notes: note === undefined ? [] : [{ size: group.size, note }],
    });
    // A crash here leaves a copy that ends with this group.
    onCopied(group.size);
  }
  for await (const checkpoint of checkpointsOf(from)) await to.putCheckpoint(checkpoint);
}

async function compare(
  { from, to, newest, hasher }: Migration,
  onCompared: (count: number) => void,
): Promise<Pick<MigrateReport, 'groups' | 'tiles' | 'receiptNotes' | 'checkpoints'>> {
  const counts = { groups: 0, tiles: 0, receiptNotes: 0, checkpoints: 0 };
  // Derived from the entries of the copy alone; those of the other store are compared with them one by one.
  const originals = from.entries({ from: 0, to: newest.size })[Symbol.asyncIterator]();
  for await (const { group, entries, growth } of grownGroups(to, {
    from,
    newest,
    hasher,
    edge: EMPTY_EDGE,
  })) {
    const { size } = group;
    checkSame(await to.group(size - 1), group);
    for (const [i, entry] of entries.entries()) {
      const original = await originals.next();
      if (original.done === true || !equalBytes(original.value, entry)) {
        throw mismatch(`entry ${group.from + i}`);
      }
    }
    const addresses = entries.map(addressOfEntry);
    for (const indexes of [await from.find(addresses), await to.find(addresses)]) {
      const place = indexes.findIndex((index, i) => index !== group.from + i);
      if (place >= 0) throw mismatch(`the address of entry ${group.from + place}`);
    }
    for (const { level, index, hashes } of growth.tiles) {
      for (const tile of [await from.tile({ level, index }), await to.tile({ level, index })]) {
        if (!tile || !equalBytes(tile, hashes)) throw mismatch(`tile ${level}/${index}`);
      }
    }
    const note = await from.receiptNote(size);
    if ((await to.receiptNote(size)) !== note) throw mismatch(`the receipt note of size ${size}`);
    counts.groups++;
    counts.tiles += growth.tiles.length;
    counts.receiptNotes += note === undefined ? 0 : 1;
    onCompared(size);
  }
  checkSame(await to.last(), newest);
  counts.checkpoints = await compareCheckpoints(from, to);
  // Had somebody written meanwhile, the copy would be one of the past.
  checkSame(await from.last(), newest);
  return counts;
}

/**
 * Read the groups of one store from the end of an edge on, cut as the store to copy has them, and check that the entries lead to their roots.
 */
async function* grownGroups(
  store: StoreReader,
  of: Omit<Migration, 'to'> & { readonly edge: Growth['edge'] },
): AsyncGenerator<
  { readonly group: StoredGroup; readonly entries: Uint8Array[]; readonly growth: Growth },
  void,
  undefined
> {
  const { from, newest, hasher } = of;
  let { edge } = of;
  let entries: Uint8Array[] = [];
  let group: StoredGroup | undefined;
  for await (const entry of store.entries({ from: edge.size, to: newest.size })) {
    group ??= await from.group(edge.size);
    if (!group || group.from !== edge.size) throw damaged(`a group that begins at ${edge.size}`);
    entries.push(entry);
    if (entries.length < group.size - group.from) continue;
    const growth = grow(edge, hashEntries(entries, hasher), hasher);
    if (!equalBytes(growth.head.rootHash, group.rootHash)) {
      throw store === from
        ? damaged(`entries that lead to the root of size ${group.size}`)
        : mismatch(`the root of size ${group.size}`);
    }
    yield { group, entries, growth };
    edge = growth.edge;
    [entries, group] = [[], undefined];
  }
}

async function compareCheckpoints(from: StoreReader, to: StoreReader): Promise<number> {
  const copies = checkpointsOf(to);
  let count = 0;
  for await (const { size, note } of checkpointsOf(from)) {
    const copied = await copies.next();
    if (copied.value?.size !== size || copied.value.note !== note) {
      throw mismatch(`the checkpoint of size ${size}`);
    }
    count++;
  }
  if ((await copies.next()).done !== true) throw mismatch('checkpoints');
  return count;
}

async function* checkpointsOf(store: StoreReader): AsyncGenerator<StoredNote, void, undefined> {
  for (let size = 0; ;) {
    const checkpoint = await store.checkpoint(size);
    if (!checkpoint) return;
    yield checkpoint;
    size = checkpoint.size + 1;
  }
}

/** Open a folder that holds a store: opening alone would make an empty one. @throws LOG_STORE_MISSING */
async function openFolder(dir: string): Promise<LogStore> {
  try {
    await stat(join(dir, 'entries'));
  } catch (cause) {
    if (!isAbsent(cause)) throw cause;
    throw logError('LOG_STORE_MISSING', 'the folder to copy holds no store', {}, { cause });
  }
  return openLevelStore(dir, addressOfEntry);
}

function checkSame(got: StoredGroup | undefined, expected: StoredGroup): void {
  const { from, size, time, anchorBy } = expected;
  const isSame =
    got?.from === from &&
    got.size === size &&
    got.time === time &&
    got.anchorBy === anchorBy &&
    equalBytes(got.rootHash, expected.rootHash);
  if (!isSame) throw mismatch(`the group that ends at ${size}`);
}

function mismatch(what: string): Error {
  return logError('LOG_MIGRATE_MISMATCH', `the two stores do not have ${what} alike`, { what });
}

function damaged(expected: string): Error {
  return logError('LOG_STORE_DAMAGED', `the store to copy: expected ${expected}`);
}
