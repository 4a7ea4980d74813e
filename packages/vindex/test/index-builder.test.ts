import { createHash, getHashes } from 'node:crypto';
import { formatHex, type HashSuite } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import {
  naiveListRoot,
  naiveProve,
  naiveTrie,
  type NaiveLeaf,
} from '../../../vectors/generate/naive-index.ts';
import {
  IndexBuilder,
  memoryBuckets,
  memoryLists,
  type IndexView,
  type Posting,
} from '../src/builder.ts';
import {
  MAX_PAGE_ENTRIES,
  createIndexHasher,
  listAtSize,
  verifyIndexProof,
  type IndexAnswer,
} from '../src/index.ts';
import { checkMutants, hasher, leafHashOf } from './history.ts';
import { refusal } from '../../../test/refusal.ts';

const pathOf = (name: string): Buffer => createHash('sha256').update(name).digest();
const HOT = pathOf('hot');
const newBuilder = (keysABucket = 8): IndexBuilder =>
  new IndexBuilder({ leafHash: leafHashOf, hasher, keysABucket });
/** Every entry has the hot key, and one that it shares with few others. */
const postingsOf = (from: number, to: number, keys: number): Posting[] =>
  Array.from({ length: to - from }, (_, i) => from + i).flatMap((index) => [
    { path: new Uint8Array(HOT), index },
    { path: new Uint8Array(pathOf(String(index % keys))), index },
  ]);
const leavesAt = (size: number, keys: number): NaiveLeaf[] => {
  const entries = Array.from({ length: size }, (_, index) => ({
    index,
    leafHash: leafHashOf(index),
  }));
  const others = Array.from({ length: Math.min(keys, size) }, (_, key) => ({
    path: pathOf(String(key)),
    entries: entries.filter(({ index }) => index % keys === key),
  }));
  return size === 0 ? [] : [{ path: HOT, entries }, ...others];
};
const ask = (
  builder: IndexBuilder,
  path: Uint8Array,
  page?: { from: number; limit: number },
  size = builder.size,
): IndexAnswer => {
  const view = builder.at(size);
  const head = { size, indexRoot: view.root() };
  return verifyIndexProof({ head, path, proof: view.prove(path, page) }, hasher);
};

describe('IndexBuilder', () => {
  test('has the roots of the reference while its buckets double, and proves at all heads before', () => {
    const [keys, size, step] = [300, 700, 140];
    const [few, many] = [newBuilder(1), newBuilder(1000)];
    for (let from = 0; from < size; from += step) {
      for (const builder of [few, many]) {
        builder.commit({ size: from + step, postings: postingsOf(from, from + step, keys) });
      }
      expect(few.at().root()).toEqual(new Uint8Array(naiveTrie(leavesAt(from + step, keys))));
      expect(many.at().root()).toEqual(few.at().root());
    }
    expect(few.keys).toBe(keys + 1);
    for (let at = 0; at <= size; at += step) {
      const leaves = leavesAt(at, keys);
      const paths = [HOT, ...['0', '7', '150', '299', 'none'].map(pathOf)];
      for (const path of paths) {
        const proof = few.at(at).prove(path);
        const expected = naiveProve(leaves, path, { from: 0, limit: size });
        expect(formatHex(proof)).toBe(expected.toString('hex'));
        expect(many.at(at).prove(path)).toEqual(proof);
      }
    }
  });

  test('gives the same root whatever the batches and the order of postings', () => {
    const postings = postingsOf(0, 60, 11);
    const [whole, single] = [newBuilder(), newBuilder()];
    whole.commit({ size: 60, postings: [...postings.toReversed(), ...postings] });
    for (let index = 0; index < 60; index++) {
      single.commit({ size: index + 1, postings: postings.filter((each) => each.index === index) });
    }
    expect(whole.at().root()).toEqual(single.at().root());
  });

  test('keeps its root over entries without keys, and its list of an entry that has a key twice', () => {
    const builder = newBuilder();
    const path = new Uint8Array(HOT);
    builder.commit({
      size: 4,
      postings: [
        { path, index: 2 },
        { path: path.slice(), index: 2 },
      ],
    });
    const root = builder.at().root();
    expect(builder.commit({ size: 9, postings: [] })).toEqual(root);
    expect(builder.at().count(HOT)).toBe(1);
    expect(ask(builder, HOT).entries).toEqual([
      { index: 2, leafHash: new Uint8Array(leafHashOf(2)) },
    ]);
    expect(builder.commit({ size: 9, postings: [] })).toEqual(root);
    expect(builder.size).toBe(9);
  });

  test('refuses batches that go back and postings outside of them, and changes nothing', () => {
    const builder = newBuilder();
    const path = new Uint8Array(HOT);
    const root = builder.commit({ size: 3, postings: [{ path, index: 1 }] });
    const commit = (size: number, ...indexes: number[]): string =>
      refusal(() => builder.commit({ size, postings: indexes.map((index) => ({ path, index })) }));
    expect(commit(2)).toBe('VINDEX_BATCH_RANGE');
    expect(commit(3.5)).toBe('VINDEX_BATCH_RANGE');
    expect(commit(2 ** 53)).toBe('VINDEX_BATCH_RANGE');
    expect(commit(5, 3, 2)).toBe('VINDEX_BATCH_RANGE');
    expect(commit(5, 3, 5)).toBe('VINDEX_BATCH_RANGE');
    expect(commit(5, 3.5)).toBe('VINDEX_BATCH_RANGE');
    const cut = { path: path.subarray(1), index: 4 };
    expect(refusal(() => builder.commit({ size: 5, postings: [{ path, index: 3 }, cut] }))).toBe(
      'VINDEX_HASH_LENGTH',
    );
    expect(builder.size).toBe(3);
    expect(builder.at().root()).toEqual(root);
    expect(builder.at().count(HOT)).toBe(1);
  });

  test('changes nothing when a leaf hash cannot be read', () => {
    let isBroken = true;
    const builder = new IndexBuilder({
      leafHash(index) {
        if (index === 300 && isBroken) throw new Error('disk');
        return leafHashOf(index);
      },
      hasher,
    });
    const batch = { size: 400, postings: postingsOf(0, 400, 7) };
    expect(() => builder.commit(batch)).toThrow('disk');
    expect([builder.size, builder.keys]).toEqual([0, 0]);
    isBroken = false;
    expect(formatHex(builder.commit(batch))).toBe(naiveTrie(leavesAt(400, 7)).toString('hex'));
  });

  test('proves at older heads until they are forgotten, also by views taken before', () => {
    const builder = newBuilder(1);
    for (const size of [10, 20, 30]) {
      builder.commit({ size, postings: postingsOf(size - 10, size, 13) });
    }
    const view = builder.at(10);
    const proof = view.prove(HOT);
    builder.commit({ size: 50, postings: postingsOf(30, 50, 29) });
    expect(view.prove(HOT)).toEqual(proof);
    builder.forget(20);
    expect(refusal(() => view.root())).toBe('VINDEX_HEAD_UNKNOWN');
    expect(refusal(() => builder.at(10))).toBe('VINDEX_HEAD_UNKNOWN');
    expect(refusal(() => builder.at(15))).toBe('VINDEX_HEAD_UNKNOWN');
    expect(refusal(() => builder.at(60))).toBe('VINDEX_HEAD_UNKNOWN');
    expect(ask(builder, HOT, undefined, 20).count).toBe(20);
    expect(ask(builder, HOT).count).toBe(50);
  });

  test('shows between the steps of a commit what was before it, also while its buckets double', () => {
    const builder = newBuilder(1);
    builder.commit({ size: 10, postings: postingsOf(0, 10, 7) });
    builder.commit({ size: 40, postings: postingsOf(10, 40, 7) });
    const views = [builder.at(10), builder.at()];
    const proofsOf = (view: IndexView): string[] =>
      [HOT, pathOf('3'), pathOf('200'), pathOf('none')].map((path) => formatHex(view.prove(path)));
    const before = views.map(proofsOf);
    const steps = builder.commitInSteps({ size: 400, postings: postingsOf(40, 400, 300) });
    let step = steps.next();
    let count = 0;
    for (; !step.done; step = steps.next()) {
      count++;
      expect(builder.size).toBe(40);
      expect(builder.at().size).toBe(40);
      expect(views.map(proofsOf)).toEqual(before);
      expect(() => builder.commit({ size: 400, postings: [] })).toThrow(TypeError);
    }
    expect(count).toBeGreaterThan(20);
    expect(step.value).toEqual(builder.at(400).root());
    expect(views.map(proofsOf)).toEqual(before);
    const whole = newBuilder();
    whole.commit({ size: 10, postings: postingsOf(0, 10, 7) });
    whole.commit({ size: 40, postings: postingsOf(10, 40, 7) });
    expect(whole.commit({ size: 400, postings: postingsOf(40, 400, 300) })).toEqual(step.value);
  });

  test('forgets one head among those that it keeps', () => {
    const builder = newBuilder(1);
    for (const size of [10, 20, 30, 40]) {
      builder.commit({ size, postings: postingsOf(size - 10, size, 3 * size) });
    }
    const sizes = [0, 10, 30, 40];
    const proofs = sizes.map((size) => builder.at(size).prove(pathOf('13')));
    builder.forgetOne(20);
    expect(refusal(() => builder.at(20))).toBe('VINDEX_HEAD_UNKNOWN');
    expect(sizes.map((size) => builder.at(size).prove(pathOf('13')))).toEqual(proofs);
    // Buckets double: the joined undo is split like every other.
    builder.commit({ size: 300, postings: postingsOf(40, 300, 250) });
    expect(sizes.map((size) => builder.at(size).prove(pathOf('13')))).toEqual(proofs);
    builder.forgetOne(0);
    builder.forgetOne(77);
    expect(refusal(() => builder.at(0))).toBe('VINDEX_HEAD_UNKNOWN');
    expect(builder.at(10).prove(pathOf('13'))).toEqual(proofs[1]);
  });

  test('goes on from stores that hold an index', () => {
    const stores = { buckets: memoryBuckets(), lists: memoryLists() };
    const first = new IndexBuilder({ leafHash: leafHashOf, hasher, keysABucket: 2, ...stores });
    first.commit({ size: 300, postings: postingsOf(0, 300, 90) });
    const { size, keys, bits } = first;
    const stored = { size, keys, bits };
    const second = new IndexBuilder({
      leafHash: leafHashOf,
      hasher,
      keysABucket: 2,
      ...stores,
      stored,
    });
    for (const _ of second.load());
    expect(second.at().root()).toEqual(first.at().root());
    second.commit({ size: 500, postings: postingsOf(300, 500, 90) });
    expect(formatHex(second.at().root())).toBe(naiveTrie(leavesAt(500, 90)).toString('hex'));
    expect(ask(second, HOT).count).toBe(500);
  });

  test.skipIf(!getHashes().includes('sm3'))('builds and verifies in another suite', () => {
    const sm3: HashSuite = {
      name: 'sm3',
      hash: (data) => new Uint8Array(createHash('sm3').update(data).digest()),
    };
    const inSm3 = createIndexHasher(sm3);
    const builder = new IndexBuilder({ leafHash: leafHashOf, hasher: inSm3 });
    const indexRoot = builder.commit({ size: 40, postings: postingsOf(0, 40, 5) });
    const claim = { head: { size: 40, indexRoot }, path: HOT, proof: builder.at().prove(HOT) };
    expect(verifyIndexProof(claim, inSm3).count).toBe(40);
    expect(refusal(() => verifyIndexProof(claim))).toBe('VINDEX_ROOT_MISMATCH');
  });
});

describe('a long list', () => {
  const size = 1100;
  const builder = newBuilder();
  for (let to = 110; to <= size; to += 110) {
    builder.commit({ size: to, postings: postingsOf(to - 110, to, 50) });
  }
  const leaves = leavesAt(size, 50);
  const indexRoot = naiveTrie(leaves);

  test('is proved by any page as the reference does, and its mutants are refused', () => {
    for (const [from, limit] of [
      [0, 1],
      [255, 1],
      [255, 2],
      [256, 1],
      [0, 256],
      [256, 256],
      [200, 700],
      [1023, 2],
      [1024, 76],
      [1099, 5],
      [0, 1100],
      [0, 0],
    ] as const) {
      const proof = naiveProve(leaves, HOT, { from, limit });
      expect(formatHex(builder.at().prove(HOT, { from, limit }))).toBe(proof.toString('hex'));
      checkMutants({ size, indexRoot, path: HOT, proof });
    }
  });

  test('is proved at older heads, whose tiles were not full', () => {
    for (const at of [110, 220, 330, 770, 990]) {
      const proof = builder.at(at).prove(HOT, { from: at - 100, limit: 50 });
      const expected = naiveProve(leavesAt(at, 50), HOT, { from: at - 100, limit: 50 });
      expect(formatHex(proof)).toBe(expected.toString('hex'));
    }
  });

  test('shows in one page what it was at any older size, with its root then', () => {
    for (const older of [0, 1, 2, 255, 256, 257, 511, 512, 1000, 1099, 1100]) {
      const answer = ask(builder, HOT, builder.at().pageAtSize(HOT, older));
      const list = listAtSize(answer, older, hasher);
      expect([list.size, list.count, list.entries.length]).toEqual([older, older, older]);
      const root = older === 0 ? undefined : naiveListRoot(leaves[0]!.entries.slice(0, older));
      expect(list.listRoot && formatHex(list.listRoot)).toBe(root?.toString('hex'));
    }
  });

  test('is whole in pages that follow each other, all of one list root', () => {
    const indexes: number[] = [];
    const roots = new Set<string>();
    for (let from = 0; from < size; from += 300) {
      const answer = ask(builder, HOT, { from, limit: 300 });
      roots.add(formatHex(answer.listRoot!));
      indexes.push(...answer.entries.map(({ index }) => index));
    }
    expect(indexes).toEqual(Array.from({ length: size }, (_, i) => i));
    expect(roots.size).toBe(1);
  });
});

describe('IndexView', () => {
  const builder = newBuilder();
  builder.commit({ size: 20, postings: postingsOf(0, 20, 3) });

  test('refuses pages that begin beyond the list or are no pages', () => {
    const prove = (from: number, limit: number): string =>
      refusal(() => builder.at().prove(HOT, { from, limit }));
    expect(prove(20, 1)).toBe('VINDEX_PAGE_RANGE');
    expect(prove(-1, 1)).toBe('VINDEX_PAGE_RANGE');
    expect(prove(0.5, 1)).toBe('VINDEX_PAGE_RANGE');
    expect(prove(0, -1)).toBe('VINDEX_PAGE_RANGE');
    expect(refusal(() => builder.at().prove(HOT.subarray(1)))).toBe('VINDEX_HASH_LENGTH');
  });

  test('refuses pages of more entries than a verifier reads', () => {
    const path = new Uint8Array(HOT);
    const leaf = leafHashOf(0);
    const large = new IndexBuilder({ leafHash: () => leaf, hasher });
    const count = MAX_PAGE_ENTRIES + 1;
    large.commit({
      size: count,
      postings: Array.from({ length: count }, (_, index) => ({ path, index })),
    });
    expect(refusal(() => large.at().prove(path))).toBe('VINDEX_PROOF_LIMIT');
    expect(ask(large, path, { from: 0, limit: MAX_PAGE_ENTRIES }).entries).toHaveLength(
      MAX_PAGE_ENTRIES,
    );
  });
});
