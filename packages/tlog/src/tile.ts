import { DIGEST_BYTES } from '@anchorlog/core';
import { tlogError } from './error.ts';
import { checkTreeSize } from './head.ts';

/** Hashes of a full tile, and entries of a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
/** Levels of the tree that one level of tiles spans. */
export const TILE_HEIGHT = 8;

/** A tile: `width` hashes of tree level `level * 8`, from node `index * 256` on. Width 256 is full, less is partial. */
export interface TileCoordinate {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** Format the path of a tile: `tile/<level>/<index>[.p/<width>]` (C2SP tlog-tiles). @throws TLOG_TILE_RANGE */
export function tilePath(tile: TileCoordinate): string {
  if (!Number.isInteger(tile.level) || tile.level < 0 || tile.level > 63) {
    throw tlogError('TLOG_TILE_RANGE', `tile level: expected 0 to 63, got ${tile.level}`, {
      level: tile.level,
    });
  }
  return `tile/${tile.level}/${formatPlace(tile)}`;
}

/** Read the path of a tile. @throws TLOG_TILE_PATH unless it is the one that `tilePath` gives */
export function parseTilePath(path: string): TileCoordinate {
  const match = /^tile\/(0|[1-9][0-9]?)\/(.*)$/.exec(path);
  const level = Number(match?.[1]);
  if (!match || level > 63) throw malformedPath('a tile');
  return { level, ...parsePlace(match[2]!) };
}

/** Format the path of an entry bundle, which holds the entries of level-0 tile `index`: `tile/entries/<index>[.p/<width>]`. @throws TLOG_TILE_RANGE */
export function entryBundlePath(bundle: {
  readonly index: number;
  readonly width: number;
}): string {
  return `tile/entries/${formatPlace(bundle)}`;
}

/** Read the path of an entry bundle. @throws TLOG_TILE_PATH unless it is the one that `entryBundlePath` gives */
export function parseEntryBundlePath(path: string): { index: number; width: number } {
  const match = /^tile\/entries\/(.*)$/.exec(path);
  if (!match) throw malformedPath('an entry bundle');
  return parsePlace(match[1]!);
}

/**
 * List what must be stored when a tree grows from one size to another: the tiles that become full, and the partial ones at the right
 * edge of the newer tree. Level 0 comes first; its tiles are the entry bundles too. @throws TLOG_SIZE_RANGE, TLOG_SIZE_ORDER
 */
export function* newTiles(
  olderSize: number,
  newerSize: number,
): Generator<TileCoordinate, void, undefined> {
  checkTreeSize(olderSize, 0);
  checkTreeSize(newerSize, 0);
  if (olderSize > newerSize) {
    throw tlogError('TLOG_SIZE_ORDER', `tiles: expected the older size first, got ${olderSize}`, {
      olderSize,
      newerSize,
    });
  }
  for (let level = 0, span = 1; span <= newerSize; level++, span *= TILE_WIDTH) {
    const [older, newer] = [Math.floor(olderSize / span), Math.floor(newerSize / span)];
    // Starts in the tile that the older tree left partial, which may be an empty one.
    if (older === newer) continue;
    for (let index = Math.floor(older / TILE_WIDTH); index * TILE_WIDTH < newer; index++) {
      yield { level, index, width: Math.min(TILE_WIDTH, newer - index * TILE_WIDTH) };
    }
  }
}

/** List all tiles of a tree, level 0 first. @throws TLOG_SIZE_RANGE */
export function tilesOf(size: number): Generator<TileCoordinate, void, undefined> {
  return newTiles(0, size);
}

/** Check that `bytes` are a tile of `width` hashes, and give them back. @throws TLOG_TILE_LENGTH, TLOG_TILE_RANGE */
export function parseTile(bytes: Uint8Array, width: number): Uint8Array {
  checkWidth(width);
  if (bytes.length !== width * DIGEST_BYTES) {
    throw tlogError(
      'TLOG_TILE_LENGTH',
      `tile of width ${width}: expected ${width * DIGEST_BYTES} bytes, got ${bytes.length}`,
      { width, length: bytes.length },
    );
  }
  return bytes;
}

/** Check the width of a tile or bundle. @throws TLOG_TILE_RANGE */
export function checkWidth(width: number): void {
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) {
    throw tlogError('TLOG_TILE_RANGE', `tile width: expected 1 to ${TILE_WIDTH}, got ${width}`, {
      width,
    });
  }
}

// 1234067 is x001/x234/067, so that no folder has more than about a thousand members.
function formatPlace({ index, width }: { readonly index: number; readonly width: number }): string {
  checkWidth(width);
  if (!Number.isSafeInteger(index) || index < 0) {
    throw tlogError('TLOG_TILE_RANGE', `tile index: expected 0 to 2^53 - 1, got ${index}`, {
      index,
    });
  }
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const path = padded.replace(/[0-9]{3}(?=[0-9])/g, 'x$&/');
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

function parsePlace(text: string): { index: number; width: number } {
  const match = /^((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(text);
  if (match) {
    const digits = match[1]!.replace(/[x/]/g, '').replace(/^0+(?=[0-9])/, '');
    const place = { index: Number(digits), width: Number(match[2] ?? TILE_WIDTH) };
    const inRange = Number.isSafeInteger(place.index) && place.width <= TILE_WIDTH;
    if (inRange && formatPlace(place) === text) return place;
  }
  throw malformedPath('a tile or bundle');
}

function malformedPath(what: string): Error {
  return tlogError('TLOG_TILE_PATH', `expected the canonical path of ${what}`);
}
