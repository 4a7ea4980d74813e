import { nodeSha256 } from '@anchorlog/core/node';
import { simdPairs } from '@anchorlog/tlog/simd';
import { describe, expect, test } from 'vitest';
import { createIndexHasher, sha256Index, type PairRows } from '../src/index.ts';

const rowOf = (pairs: number): Uint8Array =>
  Uint8Array.from({ length: 64 * pairs }, (_, i) => (i * 31 + pairs) % 256);
const parentsOf = (rows: PairRows | undefined, pairs: number): Uint8Array => {
  const dst = new Uint8Array(32 * pairs);
  createIndexHasher(nodeSha256, rows).innerRow(rowOf(pairs), dst, pairs);
  return dst;
};
const one = (pairs: number): Uint8Array =>
  Uint8Array.from(
    Array.from({ length: pairs }, (_, i) => {
      const src = rowOf(pairs).subarray(64 * i, 64 * i + 64);
      return [...sha256Index.inner(src.subarray(0, 32), src.subarray(32))];
    }).flat(),
  );

describe('createIndexHasher', () => {
  test('hashes rows as single pairs, with rows of its own and without', () => {
    let rows = 0;
    const lanes = simdPairs()!;
    const counted: PairRows = (...row) => {
      rows++;
      lanes(...row);
    };
    for (const pairs of [0, 1, 3, 4, 5, 300]) {
      const expected = one(pairs);
      expect(parentsOf(undefined, pairs)).toEqual(expected);
      expect(parentsOf(counted, pairs)).toEqual(expected);
    }
    expect(rows).toBeGreaterThan(6);
  });

  test('leaves rows alone that hash otherwise, or not at all', () => {
    const lanes = simdPairs()!;
    const otherTag: PairRows = (tag, ...row) => lanes(tag + 1, ...row);
    const oneLess: PairRows = (tag, src, from, dst, to, pairs) =>
      lanes(tag, src, from, dst, to, pairs - 1);
    const broken: PairRows = () => {
      throw new Error('no memory');
    };
    for (const rows of [otherTag, oneLess, broken]) expect(parentsOf(rows, 9)).toEqual(one(9));
  });
});
