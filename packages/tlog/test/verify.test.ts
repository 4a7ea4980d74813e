import { describe, expect, test } from 'vitest';
import { sha256Tree, verifyConsistency, verifyInclusion } from '../src/index.ts';
import { verdictOf } from './vectors.ts';

const hash = (n: number): Uint8Array => sha256Tree.leaf(Uint8Array.of(n));
const [a, b, c] = [hash(1), hash(2), hash(3)];
const root2 = sha256Tree.node(a, b);
const root3 = sha256Tree.node(root2, c);

describe('verifyInclusion', () => {
  const good = { index: 1, leafHash: b, treeHead: { size: 3, rootHash: root3 }, hashes: [a, c] };

  test('accepts a proof', () => {
    expect(verdictOf(() => verifyInclusion(good))).toBe('accept');
  });

  test('accepts the only entry of a tree without hashes', () => {
    const only = { index: 0, leafHash: a, treeHead: { size: 1, rootHash: a }, hashes: [] };
    expect(verdictOf(() => verifyInclusion(only))).toBe('accept');
  });

  test.each([Number.NaN, 0.5, -1, 3, Infinity, 2 ** 53])('refuses index %d', (index) => {
    expect(verdictOf(() => verifyInclusion({ ...good, index }))).toBe('TLOG_INDEX_RANGE');
  });

  test.each([Number.NaN, 2.5, -1, Infinity, 2 ** 53])('refuses size %d', (size) => {
    const treeHead = { size, rootHash: root3 };
    expect(verdictOf(() => verifyInclusion({ ...good, treeHead }))).toBe('TLOG_SIZE_RANGE');
  });

  test.each([0, 31, 33, 64])('refuses hashes of %d bytes, wherever they stand', (length) => {
    const short = new Uint8Array(length);
    const claims = [
      { ...good, leafHash: short },
      { ...good, treeHead: { size: 3, rootHash: short } },
      { ...good, hashes: [short, c] },
      { ...good, hashes: [a, short] },
    ];
    for (const claim of claims) {
      expect(verdictOf(() => verifyInclusion(claim))).toBe('TLOG_HASH_LENGTH');
    }
  });

  test('says how many hashes it expected', () => {
    expect(() => verifyInclusion({ ...good, hashes: [a] })).toThrow(
      expect.objectContaining({ code: 'TLOG_PROOF_LENGTH', context: { expected: 2, got: 1 } }),
    );
  });

  test('refuses a proof of a thousand hashes without hashing', () => {
    const hashes = Array.from({ length: 1000 }, () => a);
    const hasher = { ...sha256Tree, node: () => expect.unreachable() };
    expect(verdictOf(() => verifyInclusion({ ...good, hashes }, hasher))).toBe('TLOG_PROOF_LENGTH');
  });
});

describe('verifyConsistency', () => {
  const [older, newer] = [
    { size: 2, rootHash: root2 },
    { size: 3, rootHash: root3 },
  ];
  const good = { older, newer, hashes: [c] };

  test('accepts a proof', () => {
    expect(verdictOf(() => verifyConsistency(good))).toBe('accept');
  });

  test.each([Number.NaN, 0, 0.5, -1, Infinity, 2 ** 53])('refuses older size %d', (size) => {
    const claim = { ...good, older: { size, rootHash: root2 } };
    expect(verdictOf(() => verifyConsistency(claim))).toBe('TLOG_SIZE_RANGE');
  });

  test.each([Number.NaN, 3.5, -1, Infinity, 2 ** 53])('refuses newer size %d', (size) => {
    const claim = { ...good, newer: { size, rootHash: root3 } };
    expect(verdictOf(() => verifyConsistency(claim))).toBe('TLOG_SIZE_RANGE');
  });

  test.each([0, 31, 33, 64])('refuses hashes of %d bytes, wherever they stand', (length) => {
    const short = new Uint8Array(length);
    const claims = [
      { ...good, older: { size: 2, rootHash: short } },
      { ...good, newer: { size: 3, rootHash: short } },
      { ...good, hashes: [short] },
      { older: { size: 3, rootHash: short }, newer: { size: 3, rootHash: short }, hashes: [] },
    ];
    for (const claim of claims) {
      expect(verdictOf(() => verifyConsistency(claim))).toBe('TLOG_HASH_LENGTH');
    }
  });

  test('refuses an older head larger than the newer one', () => {
    const claim = { older: newer, newer: older, hashes: [c] };
    expect(verdictOf(() => verifyConsistency(claim))).toBe('TLOG_SIZE_ORDER');
  });
});
