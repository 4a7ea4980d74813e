import { describe, expect, test } from 'vitest';
import {
  Frontier,
  MemoryTree,
  consistencyNodes,
  inclusionNodes,
  proveConsistency,
  proveInclusion,
  rootNodes,
  rootOf,
  sha256Tree,
  verifyConsistency,
  verifyInclusion,
  type TreeHead,
} from '../src/index.ts';
import { nodeTreeHasher } from '../src/node.ts';
import { verdictOf } from './vectors.ts';

const hasher = nodeTreeHasher();
const SIZE = 70_000; // more than one block on the first nine levels
const row = new Uint8Array(SIZE * 32);
hasher.hashLeaves(
  Array.from({ length: SIZE }, (_, i) => Buffer.from(`entry ${i}`)),
  row,
  0,
);
const tree = new MemoryTree(hasher);
for (let at = 0; at < SIZE; at += 777) tree.append(row.subarray(at * 32, (at + 777) * 32));

const head = (size: number): TreeHead => ({ size, rootHash: tree.root(size) });

describe('MemoryTree', () => {
  test('keeps the roots of all its sizes', () => {
    const frontier = new Frontier(hasher);
    for (let size = 0; size <= SIZE; size += 1000) {
      expect(tree.root(size)).toEqual(frontier.root());
      frontier.append(row.subarray(size * 32, (size + 1000) * 32));
    }
  });

  test.each([0, 1, 255, 8191])('is the same from one long row after %d leaves', (first) => {
    const other = new MemoryTree(hasher);
    other.append(row.subarray(0, first * 32));
    other.append(row.subarray(first * 32));
    expect(other.size).toBe(SIZE);
    for (let level = 0; 2 ** level <= SIZE; level++) {
      const last = Math.floor(SIZE / 2 ** level) - 1;
      expect(other.node(level, last)).toEqual(tree.node(level, last));
    }
    for (const size of [1, 8191, 8192, 8193, 50_000, SIZE]) {
      expect(other.root(size)).toEqual(tree.root(size));
    }
  });

  test('proves across its blocks', () => {
    for (const size of [256, 257, 512, 1000, 65_535, 65_536, 65_537, SIZE]) {
      for (const index of [0, 255, Math.floor(size / 2), size - 1]) {
        const hashes = proveInclusion({ index, size }, tree.node, hasher);
        const leafHash = row.slice(index * 32, index * 32 + 32);
        verifyInclusion({ index, leafHash, treeHead: head(size), hashes });
        const olderSize = index + 1;
        const between = proveConsistency({ olderSize, newerSize: size }, tree.node, hasher);
        verifyConsistency({ older: head(olderSize), newer: head(size), hashes: between });
      }
    }
  });

  test('gives copies of its nodes', () => {
    const node = tree.node(3, 5);
    const before = node.slice();
    node.fill(0);
    expect(tree.node(3, 5)).toEqual(before);
  });

  test.each([
    [0, SIZE],
    [0, -1],
    [0, 0.5],
    [1, SIZE / 2],
    [17, 0],
    [-1, 0],
    [0.5, 0],
    [60, 0],
  ])('refuses node %d/%d, which is not complete', (level, index) => {
    expect(verdictOf(() => tree.node(level, index))).toBe('TLOG_NODE_MISSING');
  });

  test('refuses roots and rows that it cannot have', () => {
    expect(verdictOf(() => tree.root(SIZE + 1))).toBe('TLOG_SIZE_RANGE');
    expect(verdictOf(() => tree.root(-1))).toBe('TLOG_SIZE_RANGE');
    expect(verdictOf(() => tree.append(new Uint8Array(31)))).toBe('TLOG_HASH_LENGTH');
    expect(tree.size).toBe(SIZE);
  });
});

const torn = (): Uint8Array => new Uint8Array(31);

describe('proving', () => {
  test.each([-1, 0.5, 7, Number.NaN])('refuses leaf %d of 7', (index) => {
    const of = { index, size: 7 };
    expect(verdictOf(() => inclusionNodes(of))).toBe('TLOG_INDEX_RANGE');
    expect(verdictOf(() => proveInclusion(of, tree.node))).toBe('TLOG_INDEX_RANGE');
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses a tree of %d', (size) => {
    expect(verdictOf(() => rootNodes(size))).toBe('TLOG_SIZE_RANGE');
    expect(verdictOf(() => rootOf(size, tree.node))).toBe('TLOG_SIZE_RANGE');
    expect(verdictOf(() => inclusionNodes({ index: 0, size }))).toBe('TLOG_SIZE_RANGE');
    const [older, newer] = [
      { olderSize: size, newerSize: 9 },
      { olderSize: 1, newerSize: size },
    ];
    expect(verdictOf(() => consistencyNodes(older))).toBe('TLOG_SIZE_RANGE');
    expect(verdictOf(() => proveConsistency(newer, tree.node))).toBe('TLOG_SIZE_RANGE');
  });

  test('refuses a leaf of the empty tree, and a proof from the empty tree', () => {
    const empty = { index: 0, size: 0 };
    expect(verdictOf(() => proveInclusion(empty, tree.node))).toBe('TLOG_INDEX_RANGE');
    const fromEmpty = { olderSize: 0, newerSize: 5 };
    expect(verdictOf(() => proveConsistency(fromEmpty, tree.node))).toBe('TLOG_SIZE_RANGE');
  });

  test('refuses sizes in the wrong order', () => {
    const sizes = { olderSize: 6, newerSize: 5 };
    expect(verdictOf(() => consistencyNodes(sizes))).toBe('TLOG_SIZE_ORDER');
  });

  test('refuses a store that gives something else than a hash', () => {
    expect(verdictOf(() => proveInclusion({ index: 0, size: 2 }, torn))).toBe('TLOG_HASH_LENGTH');
  });

  test('knows the root of the empty tree', () => {
    expect(rootOf(0, tree.node)).toEqual(sha256Tree.empty());
  });
});
