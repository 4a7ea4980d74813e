import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MemoryTree,
  consistencyNodes,
  inclusionNodes,
  parseTile,
  proveConsistency,
  proveInclusion,
  rootNodes,
  rootOf,
  tilePath,
  tileReader,
  tilesOf,
  tilesOfNodes,
  verifyInclusion,
  type NodeCoordinate,
  type NodeReader,
  type TileCoordinate,
} from '../src/index.ts';
import { nodeTreeHasher } from '../src/node.ts';
import { verdictOf } from './vectors.ts';

const hasher = nodeTreeHasher();
const SIZE = 70_000;
const row = new Uint8Array(SIZE * 32);
hasher.hashLeaves(
  Array.from({ length: SIZE }, (_, i) => Buffer.from(`entry ${i}`)),
  row,
  0,
);
const tree = new MemoryTree(hasher);
tree.append(row);

/** The tile as a log would store it. */
function tileBytes({ level, index, width }: TileCoordinate): Uint8Array {
  const bytes = new Uint8Array(width * 32);
  for (let i = 0; i < width; i++) bytes.set(tree.node(level * 8, index * 256 + i), i * 32);
  return parseTile(bytes, width);
}

/** A reader that has exactly the planned tiles at hand. */
function readerOf(nodes: readonly NodeCoordinate[], size: number): NodeReader {
  const fetched = new Map(
    tilesOfNodes(nodes, size).map((tile) => [`${tile.level}/${tile.index}`, tileBytes(tile)]),
  );
  return tileReader(({ level, index }) => fetched.get(`${level}/${index}`), hasher);
}

const size = fc.oneof(
  fc.integer({ min: 1, max: 1000 }),
  fc.constantFrom(255, 256, 257, 65_535, 65_536, 65_537),
  fc.integer({ min: 1, max: SIZE }),
);

describe('tileReader', () => {
  test('proves from the planned tiles what the whole tree proves', () => {
    fc.assert(
      fc.property(size, fc.nat(), (newerSize, n) => {
        const index = n % newerSize;
        const olderSize = index + 1;
        const inclusion = readerOf(inclusionNodes({ index, size: newerSize }), newerSize);
        const hashes = proveInclusion({ index, size: newerSize }, inclusion, hasher);
        expect(hashes).toEqual(proveInclusion({ index, size: newerSize }, tree.node, hasher));
        const consistency = readerOf(consistencyNodes({ olderSize, newerSize }), newerSize);
        expect(proveConsistency({ olderSize, newerSize }, consistency, hasher)).toEqual(
          proveConsistency({ olderSize, newerSize }, tree.node, hasher),
        );
        const root = readerOf(rootNodes(newerSize), newerSize);
        expect(rootOf(newerSize, root, hasher)).toEqual(tree.root(newerSize));
      }),
    );
  });

  test('takes a full tile for a partial one', () => {
    const reader = tileReader(({ level, index }) => {
      const nodes = Math.floor(SIZE / 256 ** level) - index * 256;
      return tileBytes({ level, index, width: Math.min(256, nodes) });
    }, hasher);
    expect(rootOf(300, reader, hasher)).toEqual(tree.root(300));
  });

  test('proves from a changed tile only what does not verify', () => {
    const bytes = tileBytes({ level: 0, index: 0, width: 8 });
    bytes[40]! ^= 1;
    const hashes = proveInclusion(
      { index: 0, size: 8 },
      tileReader(() => bytes),
    );
    const treeHead = { size: 8, rootHash: tree.root(8) };
    const claim = { index: 0, leafHash: row.slice(0, 32), treeHead, hashes };
    expect(verdictOf(() => verifyInclusion(claim))).toBe('TLOG_ROOT_MISMATCH');
  });

  test('gives hashes that do not share memory with a tile in a Buffer', () => {
    const bytes = Buffer.from(tileBytes({ level: 0, index: 0, width: 2 }));
    const node = tileReader(() => bytes)(0, 1);
    const before = node.slice();
    bytes.fill(0);
    expect(node).toEqual(before);
  });

  test('refuses when the tile is missing or too narrow', () => {
    const none = tileReader(() => undefined);
    const narrow = tileReader(() => new Uint8Array(3 * 32));
    expect(verdictOf(() => none(0, 0))).toBe('TLOG_NODE_MISSING');
    expect(verdictOf(() => narrow(0, 3))).toBe('TLOG_NODE_MISSING');
    expect(verdictOf(() => narrow(1, 1))).toBe('TLOG_NODE_MISSING');
    expect(verdictOf(() => narrow(1, 0))).toBe('accept');
  });
});

describe('tilesOfNodes', () => {
  test('names only tiles that the tree has', () => {
    const has = new Set([...tilesOf(SIZE)].map(tilePath));
    for (let index = 0; index < SIZE; index += 997) {
      for (const tile of tilesOfNodes(inclusionNodes({ index, size: SIZE }), SIZE)) {
        expect(has).toContain(tilePath(tile));
      }
    }
  });

  test('needs at most two tiles a level for a proof', () => {
    for (let index = 0; index < SIZE; index += 997) {
      expect(tilesOfNodes(inclusionNodes({ index, size: SIZE }), SIZE).length).toBeLessThan(7);
    }
  });

  test('refuses nodes that are not complete in the tree', () => {
    expect(verdictOf(() => tilesOfNodes([{ level: 1, index: 1 }], 3))).toBe('TLOG_INDEX_RANGE');
    expect(verdictOf(() => tilesOfNodes([], -1))).toBe('TLOG_SIZE_RANGE');
  });
});
