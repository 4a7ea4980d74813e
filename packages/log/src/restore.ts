import { resolve } from 'node:path';
import { equalBytes } from '@anchorlog/core';
import { Frontier, type TreeHasher, type TreeHead } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { addressOfEntry, checkCreation } from './admission.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { damaged, readSegment } from './backup-segment.ts';
import { readManifest } from './backup.ts';
import { EMPTY_EDGE, grow } from './edge.ts';
import { logError } from './error.ts';
import { openLevelStore } from './level-store.ts';
import { WITNESSES } from './seen-head.ts';
import type { LogStore, StoredGroup, StoredNote } from './store.ts';
import { hashEntries } from './withheld.ts';

/** A head that somebody has seen of the log, and the code by which a restored log would be refused that is behind it. */
export interface SeenHead extends TreeHead {
  readonly code: keyof typeof WITNESSES;
}

/** What is restored where. */
export interface RestoreOptions {
  /** Folder of the backup. */
  readonly from: string;
  /** A store that is empty, or holds the beginning of what is restored; it is closed at the end. */
  readonly to: string | LogStore;
  /** Heads that guard, published checkpoint and chain hold: what is restored must contain them. */
  readonly seen: readonly SeenHead[];
  /** Restore also what is behind them, to be filled up with `refillLog`: the log does not open before. */
  readonly behind?: boolean | undefined;
  /** Told now and then how many entries are proved in the backup, and then how many are restored and proved again. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** What was restored, or proved. */
export interface RestoreReport extends BackupManifest {
  /** Heads that it does not reach: the log opens when it was filled up to the largest. */
  readonly missing: readonly SeenHead[];
}

/**
 * Prove a backup: every file has its digest, and the entries lead to the root of every group, to the manifest's, and to the heads that
 * somebody has seen. @throws LOG_BACKUP_…, LOG_INCONSISTENT, LOG_BEHIND_…
 */
export async function verifyBackup(options: Omit<RestoreOptions, 'to'>): Promise<RestoreReport> {
  const { seen, behind = false, onProgress = () => undefined } = options;
  const dir = resolve(options.from);
  const manifest = await readManifest(dir);
  const missing = seen.filter(({ size }) => size > manifest.size);
  if (missing[0] && !behind) throw behindError(manifest.size, missing[0]);
  const hasher = nodeTreeHasher(manifest.suite);
  const stops = seen.filter(({ size }) => size <= manifest.size);
  const frontier = new Frontier(hasher);
  for await (const { group, entries, name } of groupsOf(dir, manifest)) {
    if (group.from === 0) checkCreation(entries[0]!, manifest); // a group is never empty
    const row = hashEntries(entries, hasher);
    // In pieces, so that a head between two groups can be compared.
    for (const stop of sizesWithin(stops, group)) {
      frontier.append(row.subarray(32 * (frontier.size - group.from), 32 * (stop - group.from)));
      const root = frontier.root();
      for (const head of stops) if (head.size === stop) compare(head, root);
    }
    frontier.append(row.subarray(32 * (frontier.size - group.from)));
    if (!equalBytes(frontier.root(), group.rootHash)) {
      throw damaged(name, `its entries do not lead to the root of size ${group.size}`);
    }
    onProgress(group.size, 2 * manifest.size);
  }
  if (frontier.size !== manifest.size || !equalBytes(frontier.root(), manifest.rootHash)) {
    throw damaged('the manifest', 'its root is not that of the entries');
  }
  return { ...manifest, missing };
}

/**
 * Restore a log from a backup, and prove that the store holds it. The backup is read twice: nothing is written unless it was proved. The
 * log then opens as usual, with its guard as it is. A crash leaves the beginning of the log, with which the next call goes on.
 * @throws LOG_BEHIND_GUARD, LOG_BEHIND_CHECKPOINT, LOG_BEHIND_CHAIN, LOG_INCONSISTENT, LOG_BACKUP_…, LOG_RESTORE_MISMATCH, LOG_LOCKED
 */
export async function restoreLog(options: RestoreOptions): Promise<RestoreReport> {
  const { onProgress = () => undefined } = options;
  const report = await verifyBackup(options);
  const store =
    typeof options.to === 'string' ? await openLevelStore(options.to, addressOfEntry) : options.to;
  try {
    const hasher = nodeTreeHasher(report.suite);
    await write(store, { dir: resolve(options.from), manifest: report, hasher });
    await prove(store, report, hasher);
    onProgress(2 * report.size, 2 * report.size);
    return report;
  } finally {
    await store.close();
  }
}

async function write(
  store: LogStore,
  of: { readonly dir: string; readonly manifest: BackupManifest; readonly hasher: TreeHasher },
): Promise<void> {
  const { dir, manifest, hasher } = of;
  const begun = (await store.last())?.size ?? 0;
  if (begun > manifest.size) throw mismatch(`a log of size ${begun}`);
  let edge = EMPTY_EDGE;
  for await (const { group, entries, notes, checkpoints } of groupsOf(dir, manifest)) {
    const growth = grow(edge, hashEntries(entries, hasher), hasher);
    edge = growth.edge;
    if (group.size <= begun) {
      const found = await store.group(group.from);
      if (found?.size !== group.size || !equalBytes(found.rootHash, group.rootHash)) {
        throw mismatch(`another group from ${group.from} on`);
      }
    } else {
      // A crash after any of these leaves a beginning of the log.
      const addresses = entries.map(addressOfEntry);
      await store.commit({ ...group, entries, addresses, tiles: growth.tiles, notes });
    }
    for (const checkpoint of checkpoints) await store.putCheckpoint(checkpoint);
  }
}

/** Read what was written, by the store's own way, and derive its root. @throws LOG_RESTORE_MISMATCH */
async function prove(store: LogStore, manifest: BackupManifest, hasher: TreeHasher): Promise<void> {
  const last = await store.last();
  const frontier = new Frontier(hasher);
  let entries: Uint8Array[] = [];
  for await (const entry of store.entries({ from: 0, to: manifest.size })) {
    entries.push(entry);
    if (entries.length < 1000 && frontier.size + entries.length < manifest.size) continue;
    frontier.append(hashEntries(entries, hasher));
    entries = [];
  }
  const isProved =
    last?.size === manifest.size &&
    equalBytes(last.rootHash, manifest.rootHash) &&
    equalBytes(frontier.root(), manifest.rootHash);
  if (!isProved) throw mismatch(`another tree of size ${manifest.size}`);
}

interface BackedUpGroup {
  readonly group: StoredGroup;
  readonly entries: Uint8Array[];
  readonly notes: StoredNote[];
  readonly checkpoints: StoredNote[];
  /** Of the segment that it stands in. */
  readonly name: string;
}

/** Read the groups of a backup in order; that they lead to their roots is for the caller. @throws LOG_BACKUP_DAMAGED */
async function* groupsOf(
  dir: string,
  manifest: BackupManifest,
): AsyncGenerator<BackedUpGroup, void, undefined> {
  let at = 0;
  for (const segment of manifest.segments) {
    const { name } = segment;
    let last: BackedUpGroup | undefined;
    for await (const record of readSegment(dir, segment)) {
      if (record.kind === 'group') {
        if (last) yield whole(last);
        const { group } = record;
        if (group.from !== at || group.size <= at)
          throw damaged(name, `expected a group from ${at} on`);
        at = group.size;
        last = { group, entries: [], notes: [], checkpoints: [], name };
      } else if (!last) throw damaged(name, 'it does not begin with a group');
      else if (record.kind === 'entry') last.entries.push(record.entry);
      else if (record.kind === 'receipt') last.notes.push(record.note);
      else last.checkpoints.push(record.note);
    }
    if (last) yield whole(last);
    if (at !== segment.size)
      throw damaged(name, `expected groups up to ${segment.size}, got ${at}`);
  }
}

function whole(read: BackedUpGroup): BackedUpGroup {
  const { group, entries, checkpoints, name } = read;
  if (entries.length !== group.size - group.from) {
    throw damaged(name, `expected ${group.size - group.from} entries, got ${entries.length}`);
  }
  if (checkpoints.some(({ size }) => size > group.size)) {
    throw damaged(name, 'a checkpoint of a size that it has not');
  }
  return read;
}

function sizesWithin(stops: readonly SeenHead[], { from, size }: StoredGroup): number[] {
  const sizes = stops.map((stop) => stop.size).filter((stop) => stop > from && stop <= size);
  return [...new Set(sizes)].toSorted((a, b) => a - b);
}

function compare({ size, rootHash, code }: SeenHead, root: Uint8Array): void {
  if (equalBytes(rootHash, root)) return;
  throw logError(
    'LOG_INCONSISTENT',
    `the backup has another tree of size ${size} than ${WITNESSES[code]} has seen: it is not one of this log, or was changed. Use another backup`,
    { size, witness: code },
  );
}

function behindError(size: number, { size: seen, code }: SeenHead): Error {
  return logError(
    code,
    `the backup has ${size} entries, ${WITNESSES[code]} has seen ${seen}: use a newer backup. If there is none, restore it nevertheless as one ` +
      'that is behind, and fill it up from published bundles, mirrors and submitters; the log does not open before',
    { size, seen },
  );
}

function mismatch(what: string): Error {
  return logError(
    'LOG_RESTORE_MISMATCH',
    `the store to restore into holds ${what}: restore into an empty place`,
    {},
  );
}
