import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { equalBytes } from '@anchorlog/core';
import type { TreeHasher } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { readCreation } from './admission.ts';
import {
  MANIFEST_NAME,
  formatManifest,
  parseManifest,
  type BackupManifest,
  type BackupSegment,
} from './backup-manifest.ts';
import { SegmentWriter, damaged } from './backup-segment.ts';
import { hasCode, isAbsent, syncFolder, writeDurably } from './durable-file.ts';
import { EMPTY_EDGE, grow, type TreeEdge } from './edge.ts';
import { logError } from './error.ts';
import { openLevelSnapshot } from './level-snapshot.ts';
import type { StoreReader, StoredGroup, StoredNote } from './store.ts';
import { readEdge } from './tree-reader.ts';
import { WITHHOLD_EVENT, hashEntries, parseWithholdingOrder } from './withheld.ts';

/** What is backed up where. */
export interface BackupOptions {
  /** Folder of an embedded store, also one that a log has open, or a reader of another kind; it is closed at the end. */
  readonly from: string | StoreReader;
  /** Folder of the backup; one of the same log is brought up to date. */
  readonly to: string;
  /** Where the links to a folder's files stand meanwhile: best on the volume of the store; in its folder unless given. */
  readonly scratch?: string | undefined;
  /** A segment ends with the group with which it has so many bytes; 64 MiB unless given. */
  readonly segmentBytes?: number | undefined;
  /** Told now and then how many of the entries that are to be added are. */
  readonly onProgress?:
    ((done: { readonly copied: number; readonly of: number }) => void) | undefined;
}

/** What a backup holds, and what was added to it. */
export interface BackupReport extends BackupManifest {
  /** Entries added. */
  readonly added: number;
  /** Files that were there hold bytes that were withheld since (spec/log §16): only a new backup is without them. */
  readonly isOutdated: boolean;
}

/**
 * Back a log up into a folder, as it is at the moment of the call, while it goes on. On the way all roots are derived from the entries. A
 * backup that is there is added to, and nothing in it is changed. A crash leaves what was there before, and files that the next
 * call removes. spec/log §15
 * @throws LOG_STORE_MISSING, LOG_STORE_DAMAGED, LOG_BACKUP_MALFORMED, LOG_BACKUP_DAMAGED, LOG_BACKUP_MISMATCH
 */
export async function backupLog(options: BackupOptions): Promise<BackupReport> {
  const { from, scratch } = options;
  const store = typeof from === 'string' ? await openLevelSnapshot(from, scratch) : from;
  try {
    return await backup(store, options);
  } finally {
    await store.close();
  }
}

/** Read the manifest of a backup. @throws LOG_BACKUP_MISSING, LOG_BACKUP_MALFORMED */
export async function readManifest(dir: string): Promise<BackupManifest> {
  const manifest = await manifestIn(dir);
  if (manifest) return manifest;
  throw logError(
    'LOG_BACKUP_MISSING',
    `${dir} holds no backup of a log: name the folder with its ${MANIFEST_NAME}`,
  );
}

async function backup(store: StoreReader, options: BackupOptions): Promise<BackupReport> {
  const newest = await store.last();
  const first = await store.entry(0);
  if (!newest || !first) throw logError('LOG_STORE_MISSING', 'the store to back up holds no log');
  const { origin, suite } = readCreation(first);
  const dir = resolve(options.to);
  await mkdir(dir, { recursive: true });
  const begun = await manifestIn(dir);
  if (begun) await checkBegun(store, dir, { begun, origin, newest });
  await sweep(dir);

  const hasher = nodeTreeHasher(suite);
  const { added, checkpoint, isOutdated } = await addSegments(store, {
    dir,
    begun,
    newest,
    hasher,
    options,
  });
  const { size, rootHash } = newest;
  const segments = [...(begun?.segments ?? []), ...added];
  const manifest: BackupManifest = { origin, suite, size, rootHash, checkpoint, segments };
  // The segments first: a manifest never names what a crash could take.
  await syncFolder(dir);
  if (added.length > 0)
    await writeDurably(join(dir, MANIFEST_NAME), formatManifest(manifest), { mode: 0o600 });
  await syncFolder(resolve(dir, '..'));
  return { ...manifest, added: size - (begun?.size ?? 0), isOutdated };
}

/** Check that a backup is the beginning of this log, and that its files are there. @throws LOG_BACKUP_MISMATCH, LOG_BACKUP_DAMAGED */
async function checkBegun(
  store: StoreReader,
  dir: string,
  of: {
    readonly begun: BackupManifest;
    readonly origin: string;
    readonly newest: StoredGroup;
  },
): Promise<void> {
  const { begun, origin, newest } = of;
  const group = begun.size <= newest.size ? await store.group(begun.size - 1) : undefined;
  if (
    begun.origin !== origin ||
    group?.size !== begun.size ||
    !equalBytes(group.rootHash, begun.rootHash)
  ) {
    const other =
      begun.origin === origin ? `another history, or more, up to ${begun.size}` : begun.origin;
    throw logError(
      'LOG_BACKUP_MISMATCH',
      `the backup holds ${other}: back up into another folder, and find out which of the two is right`,
      { origin: begun.origin, size: begun.size },
    );
  }
  for (const { name, bytes } of begun.segments) {
    const found = await sizeOf(join(dir, name));
    if (found !== bytes) throw damaged(name, `expected ${bytes} bytes, got ${found ?? 'none'}`);
  }
}

async function addSegments(
  store: StoreReader,
  of: {
    readonly dir: string;
    readonly begun: BackupManifest | undefined;
    readonly newest: StoredGroup;
    readonly hasher: TreeHasher;
    readonly options: BackupOptions;
  },
): Promise<{
  readonly added: BackupSegment[];
  readonly checkpoint: number;
  readonly isOutdated: boolean;
}> {
  const { dir, begun, newest, hasher, options } = of;
  const { segmentBytes = 2 ** 26, onProgress = () => undefined } = options;
  const from = begun?.size ?? 0;
  const checkpoints = checkpointsOf(store, begun?.checkpoint ?? 0);
  let next = await checkpoints.next();
  let checkpoint = begun?.checkpoint ?? 0;
  const added: BackupSegment[] = [];
  let isOutdated = false;
  let writer: SegmentWriter | undefined;
  try {
    for await (const { group, entries } of checkedGroups(store, { from, newest, hasher })) {
      writer ??= await SegmentWriter.begin(dir);
      await writer.write({ kind: 'group', group });
      for (const entry of entries) {
        await writer.write({ kind: 'entry', entry });
        isOutdated ||= withholdsBefore(entry, from);
      }
      // One that is not in the store yet is signed again, the same (spec/log §8).
      const note = await store.receiptNote(group.size);
      if (note !== undefined) {
        await writer.write({ kind: 'receipt', note: { size: group.size, note } });
      }
      for (; !next.done && next.value.size <= group.size; next = await checkpoints.next()) {
        await writer.write({ kind: 'checkpoint', note: next.value });
        checkpoint = next.value.size;
      }
      if (writer.bytes >= segmentBytes || group.size === newest.size) {
        added.push(await writer.end(group.size));
        writer = undefined;
      }
      onProgress({ copied: group.size - from, of: newest.size - from });
    }
  } finally {
    await writer?.abandon();
  }
  return { added, checkpoint, isOutdated };
}

async function* checkpointsOf(
  store: StoreReader,
  after: number,
): AsyncGenerator<StoredNote, void, undefined> {
  for (let size = after + 1; ;) {
    const found = await store.checkpoint(size);
    if (!found) return;
    yield found;
    size = found.size + 1;
  }
}

/** Read the groups from a size on, and check that the entries lead to their roots. @throws LOG_STORE_DAMAGED */
async function* checkedGroups(
  store: StoreReader,
  of: { readonly from: number; readonly newest: StoredGroup; readonly hasher: TreeHasher },
): AsyncGenerator<
  { readonly group: StoredGroup; readonly entries: Uint8Array[] },
  void,
  undefined
> {
  const { from, newest, hasher } = of;
  let edge = await edgeAt(store, from, hasher);
  while (edge.size < newest.size) {
    const group = await store.group(edge.size);
    if (group?.from !== edge.size) throw storeDamaged(`a group that begins at ${edge.size}`);
    const entries: Uint8Array[] = [];
    for await (const entry of store.entries({ from: group.from, to: group.size }))
      entries.push(entry);
    const growth = grow(edge, hashEntries(entries, hasher), hasher);
    if (!equalBytes(growth.head.rootHash, group.rootHash)) {
      throw storeDamaged(`entries that lead to the root of size ${group.size}`);
    }
    yield { group, entries };
    edge = growth.edge;
  }
}

async function edgeAt(store: StoreReader, size: number, hasher: TreeHasher): Promise<TreeEdge> {
  if (size === 0) return EMPTY_EDGE;
  const group = await store.group(size - 1);
  if (!group) throw storeDamaged(`the group that ends at ${size}`);
  return readEdge(store, group, hasher);
}

async function manifestIn(dir: string): Promise<BackupManifest | undefined> {
  try {
    return parseManifest(await readFile(join(dir, MANIFEST_NAME)));
  } catch (error) {
    if (isAbsent(error) || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Tell whether an entry orders others before `size` to be withheld. */
function withholdsBefore(entry: Uint8Array, size: number): boolean {
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.length);
  // Few do, and parsing all would take as long as everything else.
  if (size === 0 || !bytes.includes(WITHHOLD_EVENT)) return false;
  const order = parseWithholdingOrder(entry);
  return order !== undefined && order.from < size;
}

/** Remove what a call that was cut short has left. */
async function sweep(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (name.endsWith('.segment.new')) await rm(join(dir, name), { force: true });
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function storeDamaged(expected: string): Error {
  return logError(
    'LOG_STORE_DAMAGED',
    `the store to back up: expected ${expected}: keep the backups that there are, and put a sound copy of the store back`,
  );
}
