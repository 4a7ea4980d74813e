import { createHash, randomBytes } from 'node:crypto';
import { nodeSha256 } from '@anchorlog/core/node';
import { sm3 } from '@anchorlog/core/sm3';
import { describe, expect, test } from 'vitest';
import { createTreeHasher, sha256Tree, type TreeHasher } from '../src/index.ts';
import { nodeTreeHasher, platformTreeHasher } from '../src/node.ts';
import { simdTreeHasher } from '../src/simd.ts';
import { verdictOf } from './vectors.ts';

const digest = (name: string, ...parts: Uint8Array[]): Uint8Array =>
  new Uint8Array(createHash(name).update(Buffer.concat(parts)).digest());
const plain = (hash: Uint8Array): Uint8Array => new Uint8Array(hash);

const pure: readonly (readonly [string, string, TreeHasher])[] = [
  ['sha256Tree', 'sha256', sha256Tree],
  ['createTreeHasher', 'sha256', createTreeHasher(nodeSha256)],
  ['createTreeHasher sm3', 'sm3', createTreeHasher(sm3)],
];
const ofManyPairs: typeof pure = [
  ['simdTreeHasher', 'sha256', simdTreeHasher()],
  ['platformTreeHasher', 'sha256', platformTreeHasher('sha256')],
  ['nodeTreeHasher', 'sha256', nodeTreeHasher()],
  ['nodeTreeHasher sm3', 'sm3', nodeTreeHasher('sm3')],
];

describe.each([...pure, ...ofManyPairs])('%s', (_, name, hasher) => {
  test('names its suite', () => {
    expect(hasher.suite).toBe(name);
  });

  test('hashes nothing, entries and nodes with their prefixes', () => {
    const [left, right] = [randomBytes(32), randomBytes(32)];
    expect(plain(hasher.empty())).toEqual(digest(name));
    for (const length of [0, 1, 55, 56, 64, 1000, 65_535, 65_536]) {
      const entry = randomBytes(length);
      expect(plain(hasher.leaf(entry))).toEqual(digest(name, Buffer.of(0), entry));
    }
    expect(plain(hasher.node(left, right))).toEqual(digest(name, Buffer.of(1), left, right));
  });

  test('gives hashes that later calls leave alone', () => {
    const first = hasher.leaf(Buffer.from('one'));
    const copy = plain(first);
    hasher.leaf(Buffer.from('two'));
    hasher.node(first, first);
    expect(plain(first)).toEqual(copy);
  });

  test('writes a row of leaf hashes where it is told', () => {
    const entries = [randomBytes(10), randomBytes(0), randomBytes(700)];
    const out = new Uint8Array(5 + 3 * 32 + 7).fill(9);
    hasher.hashLeaves(entries, out, 5);
    expect(out.slice(0, 5)).toEqual(new Uint8Array(5).fill(9));
    for (const [i, entry] of entries.entries()) {
      expect(out.slice(5 + i * 32, 37 + i * 32)).toEqual(plain(hasher.leaf(entry)));
    }
    expect(out.slice(-7)).toEqual(new Uint8Array(7).fill(9));
  });

  test.each([0, 1, 2, 3, 4, 8, 33])('writes a row of parents from offset %d', (offset) => {
    const src = new Uint8Array(randomBytes(offset + 6 * 32 + 3)).subarray(offset > 8 ? 1 : 0);
    const dst = new Uint8Array(offset + 3 * 32 + 7).fill(9);
    hasher.hashNodes(src, offset, dst, offset, 3);
    for (let i = 0; i < 3; i++) {
      const at = offset + i * 64;
      const parent = hasher.node(src.slice(at, at + 32), src.slice(at + 32, at + 64));
      expect(dst.slice(offset + i * 32, offset + i * 32 + 32)).toEqual(plain(parent));
    }
    expect(dst.slice(0, offset)).toEqual(new Uint8Array(offset).fill(9));
    expect(dst.slice(-7)).toEqual(new Uint8Array(7).fill(9));
  });

  test('reads and writes rows in Buffers, which share their memory with others', () => {
    const plainRow = randomBytes(128);
    const [src, dst] = [Buffer.from(plainRow), Buffer.from(new Uint8Array(64))];
    for (const at of [0, 1, 2, 3]) {
      const shifted = Buffer.concat([Buffer.alloc(at), src]).subarray(at);
      hasher.hashNodes(shifted, 0, dst, 0, 2);
      const right = hasher.node(src.subarray(64, 96), src.subarray(96));
      expect(plain(dst)).toEqual(
        plain(Buffer.concat([hasher.node(src.subarray(0, 32), src.subarray(32, 64)), right])),
      );
    }
  });

  test('refuses nodes that are not 32 bytes', () => {
    const [short, good] = [new Uint8Array(31), new Uint8Array(32)];
    expect(verdictOf(() => hasher.node(short, good))).toBe('TLOG_HASH_LENGTH');
    expect(verdictOf(() => hasher.node(good, short))).toBe('TLOG_HASH_LENGTH');
  });

  test('refuses rows that do not fit', () => {
    const row = new Uint8Array(64);
    expect(() => hasher.hashNodes(row, 1, new Uint8Array(32), 0, 1)).toThrow(RangeError);
    expect(() => hasher.hashNodes(row, -1, new Uint8Array(32), 0, 1)).toThrow(RangeError);
    expect(() => hasher.hashNodes(row, 0, new Uint8Array(31), 0, 1)).toThrow(RangeError);
    expect(() => hasher.hashLeaves([row], new Uint8Array(63), 32)).toThrow(RangeError);
  });
});

describe.each(ofManyPairs)('%s, which reads many pairs at once', (_, _name, hasher) => {
  test('refuses to write parents over nodes, in whatever views of one memory', () => {
    const memory = new Uint8Array(10 * 32);
    const view = (at: number): Uint8Array => memory.subarray(at * 32);
    for (const at of [1, 2, 3, 4, 5]) {
      expect(() => hasher.hashNodes(memory, 64, view(at), 0, 2)).toThrow(RangeError);
    }
    expect(() => hasher.hashNodes(memory, 64, memory, 6 * 32 - 1, 2)).toThrow(RangeError);
    for (const at of [0, 6]) {
      hasher.hashNodes(memory, 64, view(at), 0, 2);
      expect(plain(view(at).subarray(0, 32))).toEqual(
        plain(hasher.node(view(2).subarray(0, 32), view(3).subarray(0, 32))),
      );
    }
    hasher.hashNodes(memory, 0, memory, 0, 0);
  });
});
