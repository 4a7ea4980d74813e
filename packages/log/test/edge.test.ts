import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { MemoryTree, proveInclusion, tilesOf, TILE_WIDTH } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { EMPTY_EDGE, edgeOf, grow, rootOfEdge } from '../src/edge.ts';

const hasher = nodeTreeHasher();

function leavesOf(from: number, count: number): Uint8Array {
  const out = new Uint8Array(count * 32);
  const entries = Array.from({ length: count }, (_, i) => Buffer.from(`entry ${from + i}`));
  hasher.hashLeaves(entries, out, 0);
  return out;
}

/** Grow an edge and the whole tree side by side, and compare all that growing gives. */
function growBoth(rows: readonly number[]): void {
  const tree = new MemoryTree(hasher);
  const tiles = new Map<string, Uint8Array>();
  let edge = EMPTY_EDGE;
  for (const count of rows) {
    const from = edge.size;
    const leaves = leavesOf(from, count);
    tree.append(leaves);
    const growth = grow(edge, leaves, hasher);
    expect(growth.head).toEqual({ size: tree.size, rootHash: tree.root() });
    expect(rootOfEdge(growth.edge, hasher)).toEqual(tree.root());
    expect(edgeOf(growth.edge, hasher)).toEqual({
      ...growth.edge,
      // without trailing levels on which nothing waits
      waiting: growth.edge.waiting.slice(0, Math.floor(Math.log2(tree.size)) + 1),
    });
    const step = count > 300 ? 997 : 1;
    for (let index = from; index < from + count; index += step) {
      expect(growth.leafHash(index)).toEqual(tree.node(0, index));
      const expected = proveInclusion({ index, size: tree.size }, tree.node, hasher);
      expect(growth.inclusion(index)).toEqual(expected);
    }
    for (const { level, index, hashes } of growth.tiles) tiles.set(`${level}/${index}`, hashes);
    edge = growth.edge;
  }
  for (const { level, index, width } of tilesOf(tree.size)) {
    const nodes = Array.from({ length: width }, (_, i) => tree.node(level * 8, index * 256 + i));
    const expected = Buffer.concat(nodes);
    const tile = width === TILE_WIDTH ? tiles.get(`${level}/${index}`) : edge.partial[level];
    expect(Buffer.from(tile!)).toEqual(expected);
    tiles.delete(`${level}/${index}`);
  }
  expect(tiles.size).toBe(0);
}

describe('grow', () => {
  test('gives roots, proofs and tiles of the whole tree for every size up to 40, leaf by leaf', () => {
    growBoth(Array.from({ length: 40 }, () => 1));
  });

  test('gives roots, proofs and tiles of the whole tree for rows of any length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }),
        growBoth,
      ),
      { numRuns: 25 },
    );
  });

  test('fills a tile of the second level', () => {
    growBoth([1, 65_400, 136, 2, 700]);
  });

  test('leaves the edge it grew from as it was', () => {
    const { edge } = grow(EMPTY_EDGE, leavesOf(0, 300), hasher);
    const before = structuredClone(edge);
    grow(edge, leavesOf(300, 300), hasher);
    expect(edge).toEqual(before);
  });
});

describe('rootOfEdge', () => {
  test('gives the hash of nothing for the empty tree', () => {
    expect(rootOfEdge(EMPTY_EDGE, hasher)).toEqual(hasher.empty());
  });
});
