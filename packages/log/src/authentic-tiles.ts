import { equalBytes, isCodedError } from '@anchorlog/core';
import {
  TILE_WIDTH,
  entryBundlePath,
  tilePath,
  type TileCoordinate,
  type TreeHasher,
  type TreeHead,
} from '@anchorlog/tlog';
import { Turnstile } from './ahead.ts';
import { ByteCache } from './byte-cache.ts';
import { edgeOf, rootOfEdge, type TreeEdge } from './edge.ts';
import { logError, type LogCode } from './error.ts';
import { readEntryBundle, readTile, type TileSource } from './tiles.ts';
import { rootOfTile } from './tree-reader.ts';
import { hashEntries } from './withheld.ts';

/** What tiles are read with. */
export interface AuthenticTilesWorld {
  readonly source: TileSource;
  readonly hasher: TreeHasher;
  readonly cacheBytes: number;
  /** Files asked for at a time. */
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives tiles and entries that somebody publishes, each only after it was found to lead to the root of a checkpoint (spec/log §14.1). The
 * partial tiles at the right edge make up the root itself; a full tile has to have the root that the tile above says, which was verified
 * first, and entries have to have that of their tile.
 */
export class AuthenticTiles {
  readonly #world: AuthenticTilesWorld;
  /** Full tiles that were verified: they never change. */
  readonly #cache: ByteCache;
  readonly #loading = new Map<string, Promise<Uint8Array>>();
  readonly #turnstile: Turnstile;

  constructor(world: AuthenticTilesWorld) {
    this.#world = world;
    this.#cache = new ByteCache(world.cacheBytes);
    this.#turnstile = new Turnstile(world.concurrency);
  }

  /** Give the hashes at the right edge of the tree of a signed head. @throws LOG_TILE_MISMATCH, LOG_FILE_MISSING, and what the source throws */
  async edge({ size, rootHash }: TreeHead): Promise<TreeEdge> {
    const { hasher } = this.#world;
    const wanted: Promise<Uint8Array>[] = [];
    for (let level = 0, span = 1; span <= size; level++, span *= TILE_WIDTH) {
      const count = Math.floor(size / span);
      const width = count % TILE_WIDTH;
      const index = Math.floor(count / TILE_WIDTH);
      wanted.push(
        width === 0 ? Promise.resolve(new Uint8Array(0)) : this.#read({ level, index, width }),
      );
    }
    const edge = edgeOf({ size, partial: await Promise.all(wanted) }, hasher);
    if (!equalBytes(rootOfEdge(edge, hasher), rootHash)) {
      throw logError(
        'LOG_TILE_MISMATCH',
        `published: the partial tiles of size ${size} do not lead to the root of its checkpoint`,
        { size },
      );
    }
    return edge;
  }

  /** Give a full tile of the tree whose edge this is. @throws LOG_TILE_MISMATCH, LOG_FILE_MISSING, and what the source throws */
  async tile({ level, index }: FullTile, edge: TreeEdge): Promise<Uint8Array> {
    const key = `${level}/${index}`;
    const known = this.#cache.get(key) ?? this.#loading.get(key);
    if (known) return known;
    const loading = this.#load({ level, index }, edge);
    this.#loading.set(key, loading);
    try {
      const hashes = await loading;
      this.#cache.set(key, hashes);
      return hashes;
    } finally {
      this.#loading.delete(key);
    }
  }

  /** Give the entries of bundle `index` of the tree whose edge this is. @throws LOG_BUNDLE_MISMATCH, LOG_TILE_MISMATCH, LOG_FILE_MISSING, and what the source throws */
  async entries(index: number, edge: TreeEdge, signal?: AbortSignal): Promise<Uint8Array[]> {
    const { hasher } = this.#world;
    const width = Math.min(TILE_WIDTH, edge.size - index * TILE_WIDTH);
    const [entries, expected] = await Promise.all([
      this.#readBundle({ index, width }, signal),
      width === TILE_WIDTH ? this.#rootAbove({ level: 0, index }, edge) : edge.partial[0]!,
    ]);
    const leafHashes = hashEntries(entries, hasher);
    // A full tile of leaves need not be read: its hashes were made just now.
    const got = width === TILE_WIDTH ? rootOfTile(leafHashes, hasher) : leafHashes;
    if (!equalBytes(got, expected)) {
      throw mismatch('LOG_BUNDLE_MISMATCH', entryBundlePath({ index, width }));
    }
    if (width === TILE_WIDTH) this.#cache.set(`0/${index}`, leafHashes);
    return entries;
  }

  async #load(at: FullTile, edge: TreeEdge): Promise<Uint8Array> {
    // Asked for together with those above it.
    const tile = { ...at, width: TILE_WIDTH };
    const [hashes, expected] = await Promise.all([this.#read(tile), this.#rootAbove(at, edge)]);
    if (!equalBytes(rootOfTile(hashes, this.#world.hasher), expected)) {
      throw mismatch('LOG_TILE_MISMATCH', tilePath(tile));
    }
    return hashes;
  }

  /** Give the root of a full tile as the tile above it says, or the edge. */
  async #rootAbove({ level, index }: FullTile, edge: TreeEdge): Promise<Uint8Array> {
    const above = { level: level + 1, index: Math.floor(index / TILE_WIDTH) };
    const count = Math.floor(edge.size / TILE_WIDTH ** above.level);
    const isFull = above.index < Math.floor(count / TILE_WIDTH);
    const hashes = isFull ? await this.tile(above, edge) : edge.partial[above.level]!;
    const at = (index % TILE_WIDTH) * 32;
    return hashes.subarray(at, at + 32);
  }

  async #read(tile: TileCoordinate): Promise<Uint8Array> {
    const { source, signal } = this.#world;
    return present('LOG_TILE_MISMATCH', tilePath(tile), () =>
      this.#turnstile.run(() => readTile(source, tile, { signal })),
    );
  }

  async #readBundle(
    bundle: { readonly index: number; readonly width: number },
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array[]> {
    const signals = [this.#world.signal, signal].filter((each) => each !== undefined);
    return present('LOG_BUNDLE_MISMATCH', entryBundlePath(bundle), () =>
      this.#turnstile.run(() =>
        readEntryBundle(this.#world.source, bundle, { signal: AbortSignal.any(signals) }),
      ),
    );
  }
}

interface FullTile {
  readonly level: number;
  readonly index: number;
}

/** Read what must be there; of another form it is as false as with other hashes. */
async function present<T>(
  code: LogCode,
  path: string,
  read: () => Promise<T | undefined>,
): Promise<T> {
  let found: T | undefined;
  try {
    found = await read();
  } catch (cause) {
    if (isCodedError(cause) && cause.code.startsWith('TLOG_')) throw mismatch(code, path, cause);
    throw cause;
  }
  if (found !== undefined) return found;
  throw logError('LOG_FILE_MISSING', `published: expected ${path}, got none`, { path });
}

function mismatch(code: LogCode, path: string, cause?: unknown): Error {
  return logError(
    code,
    `published: ${path} does not lead to the root of the checkpoint`,
    { path },
    { cause },
  );
}
