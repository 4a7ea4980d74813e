import { FILE_LIMITS } from '@anchorlog/core';
import {
  MAX_ENTRY_BYTES,
  MAX_NOTE_BYTES,
  TILE_WIDTH,
  entryBundlePath,
  parseEntryBundle,
  parseEntryBundlePath,
  parseTile,
  parseTilePath,
  tilePath,
  type TileCoordinate,
} from '@anchorlog/tlog';
import { logError } from './error.ts';

/** The path of the newest checkpoint (C2SP tlog-tiles). */
export const CHECKPOINT_PATH = 'checkpoint';

/** Where published files are read: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]` (C2SP tlog-tiles). */
export interface TileSource {
  /** Give a file, undefined if there is none. @throws LOG_FILE_LIMIT, and what its place throws when it cannot tell */
  read(
    path: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Uint8Array | undefined>;
}

/** Where a log publishes (spec/log §13). */
export interface TileSink extends TileSource {
  /**
   * Write files that never change, so not `checkpoint`; they are durable, and each whole or absent, when this resolves. One that is there
   * already is left as it is. @throws LOG_TILE_CONFLICT if it has other bytes
   */
  write(files: readonly PublishedFile[]): Promise<void>;
  /** Replace `checkpoint` if it still has the bytes `from`, undefined for none; durable when this resolves. @throws LOG_CHECKPOINT_MOVED */
  replaceCheckpoint(change: {
    readonly from: Uint8Array | undefined;
    readonly to: Uint8Array;
  }): Promise<void>;
  /** Put an entry bundle from which entries were withheld in the place of the one that is there; durable when this resolves (spec/log §16.3). */
  replaceBundle(file: PublishedFile): Promise<void>;
  /** Give the names in a folder, those of folders with a slash behind; none if there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Remove the partial forms `<path>.p/` of a tile or bundle that is full now; none is no error. */
  removePartial(path: string): Promise<void>;
}

export interface PublishedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Give the bytes that the file of a path can have at most (spec/log §3). @throws TLOG_TILE_PATH */
export function maxBytesOf(path: string): number {
  if (path === CHECKPOINT_PATH) return MAX_NOTE_BYTES;
  if (path.startsWith('tile/entries/')) {
    return parseEntryBundlePath(path).width * (2 + MAX_ENTRY_BYTES);
  }
  if (path.startsWith('tile/')) return parseTilePath(path).width * 32;
  return FILE_LIMITS.bytes;
}

/** Make the error for a file that is longer than it can be. */
export function fileLimit(path: string, limit: number): Error {
  return logError('LOG_FILE_LIMIT', `${path}: expected at most ${limit} bytes`, { path, limit });
}

/** Make the error for a path where other bytes stand than those to write. */
export function tileConflict(path: string): Error {
  return logError(
    'LOG_TILE_CONFLICT',
    `published: ${path} is there with other bytes, and such a file never changes: it is of another log, or was damaged. ` +
      'Find out which of the two is right before anything is removed',
    { path },
  );
}

/** Make the error for a checkpoint that is not the one that was to be replaced. */
export function checkpointMoved(): Error {
  return logError(
    'LOG_CHECKPOINT_MOVED',
    'published: the checkpoint is another than the one that was to be replaced: a second log publishes here. ' +
      'Publishing again compares with what is there now',
  );
}

/**
 * Read the hashes of a tile as they are published, not verified: the full tile may have replaced the partial one. Undefined if there is
 * neither. @throws TLOG_TILE_LENGTH, TLOG_TILE_RANGE
 */
export async function readTile(
  source: TileSource,
  tile: TileCoordinate,
  options?: { readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array | undefined> {
  const exact = await source.read(tilePath(tile), options);
  if (exact || tile.width === TILE_WIDTH) return exact && parseTile(exact, tile.width);
  const full = await source.read(tilePath({ ...tile, width: TILE_WIDTH }), options);
  return full && parseTile(full, TILE_WIDTH).subarray(0, tile.width * 32);
}

/**
 * Read the entries of a bundle as they are published, not verified: the full bundle may have replaced the partial one. Undefined if there
 * is neither. @throws TLOG_BUNDLE_MALFORMED, TLOG_TILE_RANGE
 */
export async function readEntryBundle(
  source: TileSource,
  bundle: { readonly index: number; readonly width: number },
  options?: { readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array[] | undefined> {
  const exact = await source.read(entryBundlePath(bundle), options);
  if (exact || bundle.width === TILE_WIDTH) return exact && parseEntryBundle(exact, bundle.width);
  const full = await source.read(entryBundlePath({ ...bundle, width: TILE_WIDTH }), options);
  return full && parseEntryBundle(full, TILE_WIDTH).slice(0, bundle.width);
}
