import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DIGEST_BYTES, parseUtf8 } from '@anchorlog/core';
import {
  TILE_WIDTH,
  entryBundlePath,
  parseCheckpoint,
  parseEntryBundle,
  parseNote,
  tilePath,
  type TileCoordinate,
} from '@anchorlog/tlog';
import type { Log } from '@anchorlog/log';
import { auditError } from './error.ts';

/** Where an audit reads a log from. Nothing that it gives is believed. spec/audit §1 */
export interface AuditSource {
  /** Entries that the source claims to have. */
  readonly size: number;
  /** The published checkpoint, a signed note; absent if none was published. */
  readonly checkpoint: string | undefined;
  /** The entries from `begin` to `end`, in order; fewer if the source has fewer. */
  entries(begin: number, end: number): AsyncIterable<Uint8Array>;
  /** The bytes of a hash tile as they are stored, or undefined if it is absent; of a full tile that has come in its place, the beginning. */
  tile(tile: TileCoordinate): Promise<Uint8Array | undefined>;
}

/**
 * Read a published log from a folder of static files (C2SP tlog-tiles). The checkpoint is read once: what the log publishes later is not
 * seen. @throws AUDIT_SOURCE_UNREADABLE, TLOG_NOTE_…, TLOG_CHECKPOINT_MALFORMED
 */
export async function directorySource(dir: string): Promise<AuditSource> {
  const bytes = await readIfPresent(join(dir, 'checkpoint'));
  if (!bytes)
    throw auditError('AUDIT_SOURCE_UNREADABLE', 'the folder holds no published checkpoint');
  const checkpoint = parseUtf8(bytes);
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  return {
    size,
    checkpoint,
    tile: (tile) => readTile(dir, tile),
    async *entries(begin, end) {
      const last = Math.min(end, size);
      for (let index = Math.floor(begin / TILE_WIDTH); index * TILE_WIDTH < last; index++) {
        const first = index * TILE_WIDTH;
        const width = Math.min(TILE_WIDTH, size - first);
        const partial = await readIfPresent(join(dir, entryBundlePath({ index, width })));
        // Once a bundle is full, the partial one may be gone (C2SP tlog-tiles).
        const bundle =
          partial ??
          (await readIfPresent(join(dir, entryBundlePath({ index, width: TILE_WIDTH }))));
        if (!bundle) return; // the replay sees that entries are missing
        const entries = parseEntryBundle(bundle, partial ? width : TILE_WIDTH);
        yield* entries.slice(Math.max(0, begin - first), last - first);
      }
    },
  };
}

/**
 * Read the entries of a log from its own store, and checkpoint and tiles from what it published: finds what was changed in the database
 * after it was published. @throws AUDIT_SOURCE_UNREADABLE
 */
export async function storeSource(log: Log, published: string): Promise<AuditSource> {
  const source = await directorySource(published);
  return {
    ...source,
    entries: (from, to) => log.entries({ from, to: Math.min(to, log.size) }),
  };
}

async function readTile(dir: string, tile: TileCoordinate): Promise<Uint8Array | undefined> {
  const exact = await readIfPresent(join(dir, tilePath(tile)));
  if (exact || tile.width === TILE_WIDTH) return exact;
  const full = await readIfPresent(join(dir, tilePath({ ...tile, width: TILE_WIDTH })));
  const isTile = full?.length === TILE_WIDTH * DIGEST_BYTES;
  return isTile ? full.subarray(0, tile.width * DIGEST_BYTES) : full;
}

async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw auditError('AUDIT_SOURCE_UNREADABLE', 'a file of the log cannot be read', {}, { cause });
  }
}
