import { describe, expect, test } from 'vitest';
import { naiveProve, naiveTrie } from '../../../vectors/generate/naive-index.ts';
import { sha256 } from '../../../vectors/generate/naive-tree.ts';
import {
  MAX_PROOF_BYTES,
  listAtSize,
  openIndexProof,
  parseIndexProof,
  type IndexAnswer,
} from '../src/index.ts';
import { leafHashOf, verify } from './history.ts';
import { refusal } from '../../../test/refusal.ts';

const path = sha256(Buffer.from('path'));
const leavesOf = (indexes: readonly number[]): Parameters<typeof naiveTrie>[0] => [
  { path, entries: indexes.map((index) => ({ index, leafHash: leafHashOf(index) })) },
  { path: sha256(Buffer.from('beside')), entries: [{ index: 0, leafHash: leafHashOf(0) }] },
];
const pageOf = (indexes: readonly number[], from: number, limit: number): Buffer =>
  naiveProve(leavesOf(indexes), path, { from, limit });

describe('verifyIndexProof', () => {
  test('refuses a proof that is larger than any can be, before it reads it', () => {
    const proof = new Uint8Array(MAX_PROOF_BYTES + 1);
    expect(refusal(() => parseIndexProof(proof))).toBe('VINDEX_PROOF_LIMIT');
  });

  test('reads no entries that are not there, whatever their number is said to be', () => {
    const proof = pageOf([1, 2, 3], 0, 3);
    const lying = Buffer.from(proof);
    const at = lying.length - 3 * 40 - 4;
    lying.writeUInt32BE(3, at);
    expect(lying.equals(proof)).toBe(true);
    lying.writeBigUInt64BE(2n ** 53n - 1n, at - 16); // the count
    lying.writeUInt32BE(65_536, at);
    expect(refusal(() => parseIndexProof(lying))).toBe('VINDEX_PROOF_LENGTH');
  });
});

describe('openIndexProof', () => {
  test('gives positions that do not ascend with the root that they lead to, to prove the index wrong', () => {
    const indexes = [4, 9, 7];
    const indexRoot = naiveTrie(leavesOf(indexes));
    const proof = pageOf(indexes, 1, 2);
    expect(refusal(() => verify({ size: 12, indexRoot, path, proof }))).toBe(
      'VINDEX_POSITION_ORDER',
    );
    const opened = openIndexProof({ size: 12, path, proof });
    expect(opened.indexRoot).toEqual(new Uint8Array(indexRoot));
    expect(opened.answer.entries.map(({ index }) => index)).toEqual([9, 7]);
  });
});

describe('listAtSize', () => {
  const indexes = [2, 3, 5, 8, 13];
  const indexRoot = naiveTrie(leavesOf(indexes));
  const answer = (from: number, limit: number): IndexAnswer =>
    verify({ size: 20, indexRoot, path, proof: pageOf(indexes, from, limit) });

  test('counts what was there at every older size', () => {
    const counts = Array.from({ length: 21 }, (_, size) => listAtSize(answer(0, 5), size).count);
    expect(counts).toEqual(
      Array.from({ length: 21 }, (_, size) => indexes.filter((index) => index < size).length),
    );
  });

  test('refuses a page that does not show the border', () => {
    const at = (from: number, limit: number, size: number): string | number => {
      const verdict = refusal(() => listAtSize(answer(from, limit), size));
      return verdict === 'accepted' ? listAtSize(answer(from, limit), size).count : verdict;
    };
    expect(at(0, 3, 6)).toBe('VINDEX_BORDER_UNSEEN'); // 2 3 5: 8 is not shown
    expect(at(0, 4, 6)).toBe(3);
    expect(at(2, 2, 6)).toBe(3); // 5 8
    expect(at(3, 2, 6)).toBe('VINDEX_BORDER_UNSEEN'); // 8 13: 5 is not shown
    expect(at(0, 1, 2)).toBe(0); // 2: the list begins after it
    expect(at(4, 1, 20)).toBe(5); // 13: the list ends before it
    expect(at(4, 1, 13)).toBe('VINDEX_BORDER_UNSEEN');
    expect(at(0, 0, 20)).toBe('VINDEX_BORDER_UNSEEN'); // the count alone
  });

  test('knows of an absent key that it was absent, and nothing of later sizes', () => {
    const absent = sha256(Buffer.from('absent'));
    const proof = naiveProve(leavesOf(indexes), absent, { from: 0, limit: 1 });
    const none = verify({ size: 20, indexRoot, path: absent, proof });
    expect(listAtSize(none, 7)).toMatchObject({ size: 7, count: 0, entries: [] });
    expect(refusal(() => listAtSize(none, 21))).toBe('VINDEX_SIZE_ORDER');
    expect(refusal(() => listAtSize(none, -1))).toBe('VINDEX_SIZE_RANGE');
  });
});
