import { concatBytes } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import { describe, expect, test } from 'vitest';
import { Frontier, createTreeHasher, sha256Tree } from '../src/index.ts';
import { verdictOf } from './vectors.ts';

const leaf = (n: number): Uint8Array => sha256Tree.leaf(Uint8Array.of(n));
const row = (n: number): Uint8Array => concatBytes(...Array.from({ length: n }, (_, i) => leaf(i)));

const from = (size: number, hashes: readonly Uint8Array[]): string =>
  verdictOf(() => Frontier.from({ size, hashes }));

describe('Frontier', () => {
  test('goes on where another left off', () => {
    const one = new Frontier();
    one.append(row(11));
    const two = Frontier.from({ size: one.size, hashes: one.hashes });
    expect(two.root()).toEqual(one.root());
    one.append(row(6));
    two.append(row(6));
    expect(two.size).toBe(17);
    expect(two.root()).toEqual(one.root());
  });

  test('makes copies that grow on their own', () => {
    const one = new Frontier();
    one.append(row(5));
    const before = one.root();
    const two = one.clone();
    two.append(row(3));
    expect([one.size, two.size]).toEqual([5, 8]);
    expect(one.root()).toEqual(before);
    expect(two.root()).not.toEqual(before);
  });

  test('is not touched by what callers do with its hashes', () => {
    const one = new Frontier();
    const leaves = row(3);
    one.append(leaves);
    const before = one.root();
    leaves.fill(0);
    for (const hash of one.hashes) hash.fill(0);
    const single = new Frontier();
    single.append(row(1));
    single.root().fill(0);
    expect(one.root()).toEqual(before);
    expect(single.root()).toEqual(leaf(0));
  });

  test('is not touched by what callers do with Buffers that they handed in', () => {
    const handed = Buffer.from(row(3));
    const state = row(2);
    const hashes = [Buffer.from(sha256Tree.node(state.slice(0, 32), state.slice(32)))];
    const [one, two] = [
      new Frontier(createTreeHasher(nodeSha256)),
      Frontier.from({ size: 2, hashes }),
    ];
    one.append(handed);
    const before = [one.root(), two.root()];
    handed.fill(0);
    hashes[0]!.fill(0);
    for (const hash of [...one.hashes, ...two.hashes, two.root()]) hash.fill(0);
    expect([one.root(), two.root()]).toEqual(before);
  });

  test('refuses a row of torn hashes and stays as it was', () => {
    const one = new Frontier();
    expect(verdictOf(() => one.append(new Uint8Array(33)))).toBe('TLOG_HASH_LENGTH');
    expect(one.size).toBe(0);
  });

  test('refuses to grow beyond 2^53 - 1', () => {
    const hashes = Array.from({ length: 53 }, (_, i) => leaf(i));
    const one = Frontier.from({ size: Number.MAX_SAFE_INTEGER, hashes });
    const before = one.root();
    expect(verdictOf(() => one.append(leaf(0)))).toBe('TLOG_SIZE_RANGE');
    expect(one.root()).toEqual(before);
  });

  test('refuses a state whose hashes are not those of its size', () => {
    expect(from(3, [leaf(0)])).toBe('TLOG_FRONTIER_LENGTH');
    expect(from(4, [leaf(0), leaf(1)])).toBe('TLOG_FRONTIER_LENGTH');
    expect(from(0, [leaf(0)])).toBe('TLOG_FRONTIER_LENGTH');
    expect(from(1, [new Uint8Array(31)])).toBe('TLOG_HASH_LENGTH');
    expect(from(-1, [])).toBe('TLOG_SIZE_RANGE');
    expect(from(1.5, [])).toBe('TLOG_SIZE_RANGE');
  });
});
