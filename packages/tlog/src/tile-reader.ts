import { DIGEST_BYTES } from '@anchorlog/core';
import { tlogError } from './error.ts';
import { sha256Tree, type TreeHasher } from './hasher.ts';
import { checkTreeSize, copyBytes } from './head.ts';
import type { NodeReader } from './prove.ts';
import type { NodeCoordinate } from './range.ts';
import { TILE_HEIGHT, TILE_WIDTH, type TileCoordinate } from './tile.ts';

/**
 * List the tiles that hold the given complete nodes in a tree of `size`, each once. With `inclusionNodes` or `consistencyNodes` this is
 * what to fetch before proving. @throws TLOG_SIZE_RANGE, TLOG_INDEX_RANGE for a node that is not complete in that tree
 */
export function tilesOfNodes(nodes: Iterable<NodeCoordinate>, size: number): TileCoordinate[] {
  checkTreeSize(size, 0);
  const tiles = new Map<string, TileCoordinate>();
  for (const node of nodes) {
    if (!((node.index + 1) * 2 ** node.level <= size)) {
      throw tlogError(
        'TLOG_INDEX_RANGE',
        `node ${node.level}/${node.index} is not complete in a tree of size ${size}`,
        { level: node.level, index: node.index, size },
      );
    }
    const { level, index } = placeOf(node);
    const stored = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
    tiles.set(`${level}/${index}`, { level, index, width: Math.min(TILE_WIDTH, stored) });
  }
  return [...tiles.values()];
}

/**
 * Make a node reader over tiles at hand. `tile` gives the bytes of a tile, full or partial, or undefined; a tile that is wider than
 * needed will do, since tiles only grow. A tile is not trusted: what is proved from it still has to lead to the signed root.
 */
export function tileReader(
  tile: (place: { readonly level: number; readonly index: number }) => Uint8Array | undefined,
  hasher: TreeHasher = sha256Tree,
): NodeReader {
  return (level, index) => {
    const place = placeOf({ level, index });
    const bytes = tile(place);
    const end = (place.offset + place.count) * DIGEST_BYTES;
    if (!bytes || bytes.length < end) {
      throw tlogError('TLOG_NODE_MISSING', `no tile at hand holds node ${level}/${index}`, {
        level,
        index,
      });
    }
    // Up the levels that the tile spans but does not store.
    let row = copyBytes(bytes, place.offset * DIGEST_BYTES, end);
    while (row.length > DIGEST_BYTES) {
      const parents = new Uint8Array(row.length / 2);
      hasher.hashNodes(row, 0, parents, 0, parents.length / DIGEST_BYTES);
      row = parents;
    }
    return row;
  };
}

/** Where a node stands: `count` hashes from `offset` on of a tile make its subtree. */
function placeOf(node: NodeCoordinate): {
  level: number;
  index: number;
  offset: number;
  count: number;
} {
  const count = 2 ** (node.level % TILE_HEIGHT);
  const first = node.index * count;
  return {
    level: Math.floor(node.level / TILE_HEIGHT),
    index: Math.floor(first / TILE_WIDTH),
    offset: first % TILE_WIDTH,
    count,
  };
}
