import { concatBytes } from '@anchorlog/core';
import * as fc from 'fast-check';
import { MerkleTree } from 'merkletreejs';
import { describe, expect, test } from 'vitest';
import { NaiveTree, sha256 } from '../../../vectors/generate/naive-tree.ts';
import {
  Frontier,
  MemoryTree,
  consistencyNodes,
  inclusionNodes,
  proveConsistency,
  proveInclusion,
  rootNodes,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type NodeCoordinate,
  type NodeReader,
} from '../src/index.ts';
import { nodeTreeHasher } from '../src/node.ts';
import { verdictOf } from './vectors.ts';

const hasher = nodeTreeHasher();
const MOST = 130;
const naive = NaiveTree.of(MOST, (i) => Buffer.from(`entry ${i}`));
const leaves = Array.from({ length: MOST }, (_, i) => new Uint8Array(naive.leaf(BigInt(i))));
const row = (begin: number, end: number): Uint8Array => concatBytes(...leaves.slice(begin, end));
const full = new MemoryTree(hasher);
full.append(row(0, MOST));

const plain = (hashes: readonly Uint8Array[]): Uint8Array[] =>
  hashes.map((hash) => new Uint8Array(hash));
/** Checks that proving reads the planned nodes in any order, each once, and no other. */
function recorder(read: NodeReader): { read: NodeReader; nodes: NodeCoordinate[] } {
  const nodes: NodeCoordinate[] = [];
  return {
    nodes,
    read: (level, index) => {
      nodes.push({ level, index });
      return read(level, index);
    },
  };
}
const sorted = (nodes: readonly NodeCoordinate[]): string[] =>
  nodes.map(({ level, index }) => `${level}/${index}`).toSorted();

describe('every tree of up to 130 leaves', () => {
  test('has the root of the naive tree, in Frontier and MemoryTree and from its nodes', () => {
    const frontier = new Frontier(hasher);
    for (let size = 0; size <= MOST; size++) {
      const root = new Uint8Array(naive.root(BigInt(size)));
      expect(frontier.root()).toEqual(root);
      expect(full.root(size)).toEqual(root);
      const recorded = recorder(full.node);
      expect(rootOf(size, recorded.read, hasher)).toEqual(root);
      expect(sorted(recorded.nodes)).toEqual(sorted(rootNodes(size)));
      expect(frontier.hashes).toEqual(rootNodes(size).map((n) => full.node(n.level, n.index)));
      if (size < MOST) frontier.append(leaves[size]!);
    }
  });

  test('proves every leaf as the naive tree does, from the planned nodes, and verifies', () => {
    for (let size = 1; size <= MOST; size++) {
      const treeHead = { size, rootHash: full.root(size) };
      for (let index = 0; index < size; index++) {
        const recorded = recorder(full.node);
        const hashes = proveInclusion({ index, size }, recorded.read, hasher);
        expect(hashes).toEqual(plain(naive.path(BigInt(index), BigInt(size))));
        expect(sorted(recorded.nodes)).toEqual(sorted(inclusionNodes({ index, size })));
        verifyInclusion({ index, leafHash: leaves[index]!, treeHead, hashes }, hasher);
      }
    }
  });

  test('proves every two sizes consistent as the naive tree does, and verifies', () => {
    for (let newerSize = 1; newerSize <= MOST; newerSize++) {
      const newer = { size: newerSize, rootHash: full.root(newerSize) };
      for (let olderSize = 1; olderSize <= newerSize; olderSize++) {
        const older = { size: olderSize, rootHash: full.root(olderSize) };
        const recorded = recorder(full.node);
        const hashes = proveConsistency({ olderSize, newerSize }, recorded.read, hasher);
        expect(hashes).toEqual(plain(naive.proof(BigInt(olderSize), BigInt(newerSize))));
        expect(sorted(recorded.nodes)).toEqual(sorted(consistencyNodes({ olderSize, newerSize })));
        verifyConsistency({ older, newer, hashes }, hasher);
      }
    }
  });

  test('has the root and the proofs of merkletreejs', () => {
    for (const size of [1, 2, 3, 5, 8, 13, 64, 65, 100, 127, 128, 129]) {
      const oracle = new MerkleTree(
        leaves.slice(0, size).map((hash) => Buffer.from(hash)),
        (data: Buffer) => sha256(Buffer.of(1), data),
      );
      expect(full.root(size)).toEqual(new Uint8Array(oracle.getRoot()));
      for (let index = 0; index < size; index++) {
        const proof = oracle.getProof(Buffer.from(leaves[index]!), index);
        const hashes = proveInclusion({ index, size }, full.node, hasher);
        expect(hashes).toEqual(plain(proof.map(({ data }) => data)));
      }
    }
  });
});

const batches = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 });

describe('append', () => {
  test('gives the same tree however the leaves come in', () => {
    fc.assert(
      fc.property(batches, (sizes) => {
        const [frontier, tree] = [new Frontier(hasher), new MemoryTree(hasher)];
        for (const count of sizes) {
          const from = frontier.size;
          const next = row(from, Math.min(MOST, from + count));
          frontier.append(next);
          tree.append(next);
          expect(tree.size).toBe(frontier.size);
          expect(frontier.root()).toEqual(full.root(frontier.size));
          expect(tree.root()).toEqual(frontier.root());
        }
      }),
    );
  });
});

const sizes = fc.integer({ min: 1, max: MOST });
const bit = fc.integer({ min: 0, max: 255 });
const flip = (hash: Uint8Array, at: number): Uint8Array => {
  const flipped = hash.slice();
  flipped[Math.floor(at / 8)]! ^= 1 << (at % 8);
  return flipped;
};

describe('verifyInclusion', () => {
  test('refuses any bit flipped in any hash', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), bit, (size, leaf, place, at) => {
        const index = leaf % size;
        const hashes = proveInclusion({ index, size }, full.node, hasher);
        const all = [leaves[index]!, full.root(size), ...hashes];
        all[place % all.length] = flip(all[place % all.length]!, at);
        const [leafHash, rootHash, ...path] = all as [Uint8Array, Uint8Array, ...Uint8Array[]]; // at least two
        const claim = { index, leafHash, treeHead: { size, rootHash }, hashes: path };
        expect(verdictOf(() => verifyInclusion(claim, hasher))).toBe('TLOG_ROOT_MISMATCH');
      }),
    );
  });

  test('refuses the proof of one leaf for another', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, one, other) => {
        const [index, place] = [one % size, other % size];
        fc.pre(index !== place);
        const hashes = proveInclusion({ index, size }, full.node, hasher);
        const treeHead = { size, rootHash: full.root(size) };
        const claim = { index: place, leafHash: leaves[index]!, treeHead, hashes };
        expect(verdictOf(() => verifyInclusion(claim, hasher))).not.toBe('accept');
      }),
    );
  });
});

describe('verifyConsistency', () => {
  test('refuses any bit flipped in any hash', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), bit, (newerSize, less, place, at) => {
        const olderSize = newerSize - (less % newerSize);
        const hashes = proveConsistency({ olderSize, newerSize }, full.node, hasher);
        const all = [full.root(olderSize), full.root(newerSize), ...hashes];
        all[place % all.length] = flip(all[place % all.length]!, at);
        const [olderRoot, newerRoot, ...path] = all as [Uint8Array, Uint8Array, ...Uint8Array[]]; // at least two
        const claim = {
          older: { size: olderSize, rootHash: olderRoot },
          newer: { size: newerSize, rootHash: newerRoot },
          hashes: path,
        };
        expect(verdictOf(() => verifyConsistency(claim, hasher))).toBe('TLOG_ROOT_MISMATCH');
      }),
    );
  });

  test('refuses the proof of another tree, in which one leaf differs', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (newerSize, less, leaf) => {
        const olderSize = newerSize - (less % newerSize);
        const other = new MemoryTree(hasher);
        const changed: Uint8Array[] = leaves.slice(0, newerSize);
        changed[leaf % olderSize] = flip(changed[leaf % olderSize]!, 0);
        other.append(concatBytes(...changed));
        const claim = {
          older: { size: olderSize, rootHash: full.root(olderSize) },
          newer: { size: newerSize, rootHash: other.root() },
          hashes: proveConsistency({ olderSize, newerSize }, other.node, hasher),
        };
        expect(verdictOf(() => verifyConsistency(claim, hasher))).toBe('TLOG_ROOT_MISMATCH');
      }),
    );
  });
});

describe('trees beyond 2^32 leaves', () => {
  const size = fc.integer({ min: 2 ** 31, max: Number.MAX_SAFE_INTEGER });

  test('are proved and verified as the naive tree does it', () => {
    fc.assert(
      fc.property(size, fc.double({ min: 0, max: 1, noNaN: true }), (newerSize, fraction) => {
        const olderSize = Math.max(1, Math.floor(newerSize * fraction));
        const index = olderSize - 1;
        const mark = new Map([[BigInt(index), sha256(Buffer.of(7))]]);
        const tree = new NaiveTree(mark);
        const read: NodeReader = (level, at) => {
          const [width, place] = [2n ** BigInt(level), BigInt(at)];
          return tree.root((place + 1n) * width, place * width);
        };
        const rootHash = tree.root(BigInt(newerSize));
        const newer = { size: newerSize, rootHash };
        const older = { size: olderSize, rootHash: tree.root(BigInt(olderSize)) };
        expect(plain([rootOf(newerSize, read, hasher)])).toEqual(plain([rootHash]));

        const path = proveInclusion({ index, size: newerSize }, read, hasher);
        expect(plain(path)).toEqual(plain(tree.path(BigInt(index), BigInt(newerSize))));
        const leafHash = tree.leaf(BigInt(index));
        verifyInclusion({ index, leafHash, treeHead: newer, hashes: path }, hasher);

        const hashes = proveConsistency({ olderSize, newerSize }, read, hasher);
        expect(plain(hashes)).toEqual(plain(tree.proof(BigInt(olderSize), BigInt(newerSize))));
        verifyConsistency({ older, newer, hashes }, hasher);
      }),
    );
  });
});
