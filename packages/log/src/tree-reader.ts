import {
  TILE_WIDTH,
  consistencyNodes,
  inclusionNodes,
  proveConsistency,
  proveInclusion,
  rootNodes,
  rootOf,
  tileReader,
  tilesOfNodes,
  type NodeCoordinate,
  type NodeReader,
  type TileCoordinate,
  type TreeHasher,
  type TreeHead,
} from '@anchorlog/tlog';
import { edgeOf, rootOfEdge, type TreeEdge } from './edge.ts';
import { logError } from './error.ts';
import type { StoreReader, StoredGroup } from './store.ts';
import { hashEntries } from './withheld.ts';

/** Where full tiles are read. */
export interface FullTiles {
  /** Give a full tile, undefined if there is none. */
  tile(level: number, index: number): Promise<Uint8Array | undefined>;
}

/** Reads a tree: any head and any proof up to the size of an edge, from full tiles and the edge's own hashes. */
export class TreeReader {
  readonly #tiles: FullTiles;
  readonly #hasher: TreeHasher;

  constructor(tiles: FullTiles, hasher: TreeHasher) {
    this.#tiles = tiles;
    this.#hasher = hasher;
  }

  async head(size: number, edge: TreeEdge): Promise<TreeHead> {
    const read = await this.#reader(rootNodes(size), edge);
    return { size, rootHash: rootOf(size, read, this.#hasher) };
  }

  async proveInclusion(
    of: { readonly index: number; readonly size: number },
    edge: TreeEdge,
  ): Promise<Uint8Array[]> {
    const read = await this.#reader(inclusionNodes(of), edge);
    return proveInclusion(of, read, this.#hasher);
  }

  async proveConsistency(
    of: { readonly olderSize: number; readonly newerSize: number },
    edge: TreeEdge,
  ): Promise<Uint8Array[]> {
    const read = await this.#reader(consistencyNodes(of), edge);
    return proveConsistency(of, read, this.#hasher);
  }

  async leafHash(index: number, edge: TreeEdge): Promise<Uint8Array> {
    const read = await this.#reader([{ level: 0, index }], edge);
    return read(0, index);
  }

  /** Give the hashes of a tile, full or partial. @throws LOG_STORE_DAMAGED when the store lacks it */
  async tile(tile: TileCoordinate, edge: TreeEdge): Promise<Uint8Array> {
    const first = Math.floor(edge.size / TILE_WIDTH ** tile.level);
    const isFull = tile.index < Math.floor(first / TILE_WIDTH);
    const hashes = isFull
      ? await this.#tiles.tile(tile.level, tile.index)
      : edge.partial[tile.level];
    if (!hashes || hashes.length < tile.width * 32) throw missingTile(tile);
    return hashes.subarray(0, tile.width * 32);
  }

  /** Fetch the tiles that hold these nodes. */
  async #reader(nodes: Iterable<NodeCoordinate>, edge: TreeEdge): Promise<NodeReader> {
    const tiles = new Map<string, Uint8Array>();
    const wanted = tilesOfNodes(nodes, edge.size);
    const fetched = await Promise.all(wanted.map((tile) => this.tile(tile, edge)));
    for (const [i, { level, index }] of wanted.entries())
      tiles.set(`${level}/${index}`, fetched[i]!);
    return tileReader(({ level, index }) => tiles.get(`${level}/${index}`), this.#hasher);
  }
}

/**
 * Read the right edge of a stored tree and check that it leads to the root that the newest group was committed with: the last tile's
 * entries are hashed again, on higher levels the tiles that the edge stands on. @throws LOG_STORE_DAMAGED
 */
export async function readEdge(
  store: StoreReader,
  newest: StoredGroup,
  hasher: TreeHasher,
): Promise<TreeEdge> {
  const { size } = newest;
  const partial: Uint8Array[] = [];
  for (let level = 0, span = 1; span <= size; level++, span *= TILE_WIDTH) {
    const count = Math.floor(size / span);
    const first = count - (count % TILE_WIDTH);
    const hashes = new Uint8Array((count - first) * 32);
    partial.push(hashes);
    if (level === 0) {
      const entries: Uint8Array[] = [];
      for await (const entry of store.entries({ from: first, to: count })) entries.push(entry);
      hashes.set(hashEntries(entries, hasher));
      continue;
    }
    for (let index = first; index < count; index++) {
      const tile = await store.tile({ level: level - 1, index });
      if (!tile) throw missingTile({ level: level - 1, index });
      hashes.set(rootOfTile(tile, hasher), (index - first) * 32);
    }
  }
  const edge = edgeOf({ size, partial }, hasher);
  if (!Buffer.from(newest.rootHash).equals(rootOfEdge(edge, hasher))) {
    throw logError(
      'LOG_STORE_DAMAGED',
      `store: the entries do not lead to the root of size ${size}: put a sound copy of the store back`,
      { size },
    );
  }
  return edge;
}

/** Compute the node over all hashes of a full tile. */
export function rootOfTile(tile: Uint8Array, hasher: TreeHasher): Uint8Array {
  let row = tile;
  while (row.length > 32) {
    const parents = new Uint8Array(row.length / 2);
    hasher.hashNodes(row, 0, parents, 0, parents.length / 32);
    row = parents;
  }
  return row;
}

function missingTile(tile: { readonly level: number; readonly index: number }): Error {
  return logError(
    'LOG_STORE_DAMAGED',
    `store: expected tile ${tile.level}/${tile.index}, got none`,
    {
      level: tile.level,
      index: tile.index,
    },
  );
}
