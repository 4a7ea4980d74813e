import {
  TILE_WIDTH,
  entryBundlePath,
  parseEntryBundle,
  parseTile,
  tilePath,
  type TileCoordinate,
} from '@anchorlog/tlog';

/** The path of the newest checkpoint (C2SP tlog-tiles). */
export const CHECKPOINT_PATH = 'checkpoint';

/** Where published files are read: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]` (C2SP tlog-tiles). */
export interface TileSource {
  /** Give a file, undefined if there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** Where a log publishes. Files other than `checkpoint` are written once and stay; what is written again is the same. */
export interface TileSink extends TileSource {
  /** Write files; they are durable, and each whole or absent, when this resolves. */
  write(files: readonly PublishedFile[]): Promise<void>;
  /** Remove the partial forms `<path>.p/` of a tile or bundle that is full now; none is no error. */
  removePartial(path: string): Promise<void>;
}

export interface PublishedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Read the hashes of a tile as they are published, not verified: the full tile may have replaced the partial one. Undefined if there is
 * neither. @throws TLOG_TILE_LENGTH, TLOG_TILE_RANGE
 */
export async function readTile(
  source: TileSource,
  tile: TileCoordinate,
): Promise<Uint8Array | undefined> {
  const exact = await source.read(tilePath(tile));
  if (exact || tile.width === TILE_WIDTH) return exact && parseTile(exact, tile.width);
  const full = await source.read(tilePath({ ...tile, width: TILE_WIDTH }));
  return full && parseTile(full, TILE_WIDTH).subarray(0, tile.width * 32);
}

/**
 * Read the entries of a bundle as they are published, not verified: the full bundle may have replaced the partial one. Undefined if there
 * is neither. @throws TLOG_BUNDLE_MALFORMED, TLOG_TILE_RANGE
 */
export async function readEntryBundle(
  source: TileSource,
  bundle: { readonly index: number; readonly width: number },
): Promise<Uint8Array[] | undefined> {
  const exact = await source.read(entryBundlePath(bundle));
  if (exact || bundle.width === TILE_WIDTH) return exact && parseEntryBundle(exact, bundle.width);
  const full = await source.read(entryBundlePath({ ...bundle, width: TILE_WIDTH }));
  return full && parseEntryBundle(full, TILE_WIDTH).slice(0, bundle.width);
}
