import { DIGEST_BYTES, concatBytes } from '@anchorlog/core';
import {
  TILE_HEIGHT,
  TILE_WIDTH,
  rootNodes,
  tileReader,
  type TreeHasher,
  type TreeHead,
} from '@anchorlog/tlog';
import type { StoredTile } from './store.ts';

const TILE_BYTES = TILE_WIDTH * DIGEST_BYTES;

/**
 * The right edge of the tree at one size: all that growing needs, in memory that grows with the logarithm of the size. Never changed:
 * growing gives another one, so that readers keep the size they have while the next groups are prepared.
 */
export interface TreeEdge {
  readonly size: number;
  /** By level of tiles: the hashes of the tile that is not full, 0 to 255 of them. */
  readonly partial: readonly Uint8Array[];
  /** By level of the tree: the root of the complete subtree that waits for its sibling. */
  readonly waiting: readonly (Uint8Array | undefined)[];
}

/** What a row of leaves makes of an edge. */
export interface Growth {
  readonly edge: TreeEdge;
  readonly head: TreeHead;
  /** The tiles that became full. */
  readonly tiles: readonly StoredTile[];
  /** Give the leaf hash at `index`, which is of the new leaves. */
  leafHash(index: number): Uint8Array;
  /** Give the inclusion proof of `index`, which is of the new leaves, in `head` (RFC 9162 §2.1.3.1). */
  inclusion(index: number): Uint8Array[];
}

/** The edge of the empty tree. */
export const EMPTY_EDGE: TreeEdge = { size: 0, partial: [], waiting: [] };

/** Make an edge from the tiles that are not full. */
export function edgeOf({ size, partial }: Omit<TreeEdge, 'waiting'>, hasher: TreeHasher): TreeEdge {
  const read = tileReader(({ level }) => partial[level], hasher);
  const waiting: (Uint8Array | undefined)[] = [];
  // The subtrees that wait all lie in tiles that are not full.
  for (const { level, index } of rootNodes(size)) waiting[level] = read(level, index);
  return { size, partial, waiting };
}

/** Compute the root of the tree whose edge this is. */
export function rootOfEdge(edge: TreeEdge, hasher: TreeHasher): Uint8Array {
  return raggedNodes(edge.waiting, hasher).at(-1) ?? hasher.empty();
}

/** The nodes of one level that a row of leaves adds or completes, from `first` on. */
interface Row {
  readonly first: number;
  readonly nodes: readonly Uint8Array[];
}

/** Append leaf hashes, 32 bytes each, to the tree. */
export function grow(edge: TreeEdge, leafHashes: Uint8Array, hasher: TreeHasher): Growth {
  const waiting = [...edge.waiting];
  const partial = [...edge.partial];
  const tiles: StoredTile[] = [];
  const rows: Row[] = [];
  let fresh = leafHashes;
  let first = edge.size; // index of the first fresh node of the level
  for (let level = 0; fresh.length > 0; level++, first = Math.floor(first / 2)) {
    if (level % TILE_HEIGHT === 0) {
      const at = level / TILE_HEIGHT;
      partial[at] = fillTiles({ level: at, first, fresh, before: partial[at] }, tiles);
    }
    const left = waiting[level];
    const row = left ? concatBytes(left, fresh) : fresh;
    const nodes = splitHashes(row);
    rows.push({ first: left ? first - 1 : first, nodes });
    const pairs = Math.floor(nodes.length / 2);
    const parents = new Uint8Array(pairs * DIGEST_BYTES);
    hasher.hashNodes(row, 0, parents, 0, pairs);
    waiting[level] = nodes.length % 2 === 1 ? nodes.at(-1) : undefined;
    fresh = parents;
  }
  const size = edge.size + leafHashes.length / DIGEST_BYTES;
  const ragged = raggedNodes(waiting, hasher);
  const rootHash = ragged.at(-1) ?? hasher.empty();
  return {
    // The views would keep whole rows of hashes alive.
    edge: { size, partial, waiting: waiting.map((hash) => hash?.slice()) },
    head: { size, rootHash },
    tiles,
    leafHash: (index) => rows[0]!.nodes[index - rows[0]!.first]!,
    inclusion: (index) => inclusion(index, { size, rows, waiting, ragged }),
  };
}

/** Put fresh hashes into tiles: full ones are added to `tiles`, the rest is given back. */
function fillTiles(
  of: {
    readonly level: number;
    readonly first: number;
    readonly fresh: Uint8Array;
    readonly before: Uint8Array | undefined;
  },
  tiles: StoredTile[],
): Uint8Array {
  let hashes = of.before ? concatBytes(of.before, of.fresh) : of.fresh;
  let index = Math.floor(of.first / TILE_WIDTH);
  for (; hashes.length >= TILE_BYTES; index++) {
    tiles.push({ level: of.level, index, hashes: hashes.slice(0, TILE_BYTES) });
    hashes = hashes.subarray(TILE_BYTES);
  }
  return hashes.slice();
}

/**
 * Give, by level, the root of the leaves right of the last complete node of that level: undefined where there are none. The last one is
 * the root of the tree.
 */
function raggedNodes(
  waiting: readonly (Uint8Array | undefined)[],
  hasher: TreeHasher,
): (Uint8Array | undefined)[] {
  const ragged: (Uint8Array | undefined)[] = [undefined];
  for (let level = 0; level < waiting.length; level++) {
    const [left, right] = [waiting[level], ragged[level]];
    ragged.push(left && right ? hasher.node(left, right) : (left ?? right));
  }
  return ragged;
}

/** PATH of RFC 9162 §2.1.3.1, leaf to root, from nodes at hand: no hashing. */
function inclusion(
  leaf: number,
  tree: {
    readonly size: number;
    readonly rows: readonly Row[];
    readonly waiting: readonly (Uint8Array | undefined)[];
    readonly ragged: readonly (Uint8Array | undefined)[];
  },
): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  let [index, complete] = [leaf, tree.size]; // on each level: the node on the path, and the number of complete nodes
  for (let level = 0; ; level++) {
    const ragged = tree.ragged[level];
    if (complete + (ragged ? 1 : 0) <= 1) return hashes;
    const sibling = index % 2 === 0 ? index + 1 : index - 1;
    const row = tree.rows[level];
    if (sibling < complete) {
      // Left of all fresh nodes stands only the one that waited for its sibling.
      const isFresh = row && sibling >= row.first;
      hashes.push(isFresh ? row.nodes[sibling - row.first]! : tree.waiting[level]!);
    } else if (sibling === complete && ragged) {
      hashes.push(ragged);
    }
    [index, complete] = [Math.floor(index / 2), Math.floor(complete / 2)];
  }
}

function splitHashes(row: Uint8Array): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < row.length; at += DIGEST_BYTES) {
    hashes.push(row.subarray(at, at + DIGEST_BYTES));
  }
  return hashes;
}
