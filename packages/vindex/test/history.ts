import { equalBytes } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import * as fc from 'fast-check';
import { indexMutants } from '../../../vectors/generate/index-mutants.ts';
import {
  judgeIndex,
  naiveListRoot,
  naiveProve,
  naiveTrie,
  type NaiveClaim,
  type NaiveEntry,
  type NaiveLeaf,
} from '../../../vectors/generate/naive-index.ts';
import { sha256 } from '../../../vectors/generate/naive-tree.ts';
import { IndexBuilder } from '../src/builder.ts';
import { createIndexHasher, listAtSize, verifyIndexProof, type IndexAnswer } from '../src/index.ts';
import { refusal } from '../../../test/refusal.ts';

/** A hasher on the platform's own code: thousands of histories are hashed. */
export const hasher = createIndexHasher(nodeSha256);

/** What happens to an index: which keys each entry of each batch has. */
export interface History {
  /** Places of keys; the last one is never posted. */
  readonly paths: readonly Buffer[];
  /** By batch, by entry: numbers of paths. */
  readonly batches: readonly (readonly (readonly number[])[])[];
  readonly keysABucket: number;
  /** Picks among what could be asked. */
  readonly seed: number;
}

export const leafHashOf = (index: number): Buffer => sha256(Buffer.from(`entry ${index}`));

/** Keys that are asked for at each head. */
const KEYS_A_HEAD = 3;

/** Paths that leave a common one at any of its bits, so that tries have long ways in which nothing branches. */
const paths = fc
  .tuple(
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.uniqueArray(fc.nat(255), { minLength: 2, maxLength: 13 }),
    fc.nat(19).map((n) => n === 7), // long ways take long, and 0 comes more often than others
  )
  .map(([base, forks, isFar]) =>
    forks.map((fork, i) => {
      const bit = isFar ? fork : fork % 12;
      const path = Buffer.from(base);
      path[Math.floor(bit / 8)]! ^= 0x80 >>> (bit % 8);
      // Those that fork at the same bit part further down.
      if (!isFar) path.writeUInt32BE((fork * 0x9e3779b1 + i) % 2 ** 32, 28);
      return path;
    }),
  );

/** Histories of up to a dozen keys and six batches. */
export const histories: fc.Arbitrary<History> = paths.chain((all) =>
  fc.record({
    paths: fc.constant(all),
    batches: fc.array(
      fc.array(fc.array(fc.nat(all.length - 2), { maxLength: 3 }), { maxLength: 9 }),
      { minLength: 1, maxLength: 6 },
    ),
    keysABucket: fc.constantFrom(1, 2, 8),
    seed: fc.nat(),
  }),
);

/**
 * Build a history and hold every root, and at every head the proofs of some keys, against the reference: the bytes of the proof, the answer, and the
 * list at an older head. Throws at the first difference. Gives how many proofs and mutants it has seen.
 */
export function checkHistory(
  history: History,
  { mutants }: { readonly mutants: boolean },
): { readonly proofs: number; readonly refused: number } {
  const { batches, keysABucket, seed } = history;
  const builder = new IndexBuilder({ leafHash: leafHashOf, hasher, keysABucket });
  const lists = new Map<Buffer, NaiveEntry[]>();
  const heads: { readonly size: number; readonly leaves: readonly NaiveLeaf[] }[] = [];
  let size = 0;
  const note = (): void => {
    const leaves = [...lists].map(([path, entries]) => ({ path, entries: [...entries] }));
    if (heads.at(-1)?.size === size) heads.pop();
    heads.push({ size, leaves });
    same(builder.at().root(), naiveTrie(leaves), `root at ${size}`);
  };
  note();
  for (const batch of batches) {
    const postings = [];
    for (const keys of batch) {
      for (const key of keys) {
        const path = history.paths[key]!;
        postings.push({ path: new Uint8Array(path), index: size });
        const list = lists.get(path) ?? [];
        if (list.at(-1)?.index !== size) list.push({ index: size, leafHash: leafHashOf(size) });
        lists.set(path, list);
      }
      size++;
    }
    // Neither the order of postings nor the number of commits has an influence.
    builder.commit({ size, postings: postings.toReversed() });
    note();
  }
  let [proofs, refused] = [0, 0];
  for (const [h, { size: at, leaves }] of heads.entries()) {
    const indexRoot = naiveTrie(leaves);
    for (let turn = 0; turn < KEYS_A_HEAD; turn++) {
      const k = (seed + 5 * h + turn) % history.paths.length;
      const path = history.paths[k]!;
      const entries = leaves.find((leaf) => leaf.path === path)?.entries ?? [];
      const page = pageOf(entries.length, seed + h + 7 * k);
      const proof = builder.at(at).prove(new Uint8Array(path), page);
      const expected = naiveProve(leaves, path, page);
      same(proof, expected, `proof of key ${k} at ${at}`);
      const claim = { size: at, indexRoot, path, proof: expected };
      const answer = verify(claim);
      const shown = entries.slice(page.from, page.from + page.limit);
      sameAnswer(answer, { count: entries.length, from: shown.length > 0 ? page.from : 0, shown });
      const older = heads[(seed + k) % (h + 1)]!;
      const list = older.leaves.find((leaf) => leaf.path === path)?.entries ?? [];
      checkOlder(builder, { at, indexRoot, path, before: older.size, list });
      proofs++;
      if (mutants && turn === 0) refused += checkMutants(claim);
    }
  }
  return { proofs, refused };
}

/** Hold every mutant of an accepted claim against its code and against the reference. */
export function checkMutants(good: NaiveClaim): number {
  if (typeof judgeIndex(good) === 'string') throw new Error('the reference refuses a good proof');
  const mutants = indexMutants(good);
  for (const { name, code, claim } of mutants) {
    const got = [refusal(() => verify(claim)), judgeIndex(claim)];
    if (got.some((each) => each !== code)) {
      throw new Error(
        `${name}: expected ${code}, got ${got.map((each) => JSON.stringify(each)).join(' and ')}`,
      );
    }
  }
  return mutants.length;
}

export function verify({ size, indexRoot, path, proof }: NaiveClaim): IndexAnswer {
  return verifyIndexProof({ head: { size, indexRoot }, path, proof }, hasher);
}

/** All, the count, or a part of a list: each in turn. */
function pageOf(count: number, pick: number): { from: number; limit: number } {
  if (count === 0 || pick % 4 === 0) return { from: 0, limit: Math.max(1, count) };
  if (pick % 4 === 1) return { from: 0, limit: 0 };
  const from = pick % count;
  return { from, limit: 1 + ((pick * 7) % (count - from)) };
}

function checkOlder(
  builder: IndexBuilder,
  of: {
    readonly at: number;
    readonly indexRoot: Buffer;
    readonly path: Buffer;
    readonly before: number;
    readonly list: readonly NaiveEntry[];
  },
): void {
  const view = builder.at(of.at);
  const path = new Uint8Array(of.path);
  const page = view.pageAtSize(path, of.before);
  if (page.limit === 0) return;
  const head = { size: of.at, indexRoot: of.indexRoot };
  const answer = verifyIndexProof({ head, path, proof: view.prove(path, page) }, hasher);
  const older = listAtSize(answer, of.before, hasher);
  sameAnswer(older, { count: of.list.length, from: 0, shown: of.list });
  if (older.listRoot) same(older.listRoot, naiveListRoot(of.list), 'list root at the older size');
  // What surrounds the border is enough for the count and the root.
  const from = Math.max(0, of.list.length - 1);
  const border = view.prove(path, { from, limit: 2 });
  const counted = listAtSize(
    verifyIndexProof({ head, path, proof: border }, hasher),
    of.before,
    hasher,
  );
  if (counted.count !== of.list.length) throw new Error('the border shows another count');
  if (counted.listRoot) same(counted.listRoot, naiveListRoot(of.list), 'list root by the border');
}

function sameAnswer(
  answer: IndexAnswer,
  expected: {
    readonly count: number;
    readonly from: number;
    readonly shown: readonly NaiveEntry[];
  },
): void {
  const { count, from, entries } = answer;
  const { shown } = expected;
  const isSame =
    count === expected.count &&
    from === expected.from &&
    entries.length === shown.length &&
    entries.every(
      ({ index, leafHash }, i) =>
        index === shown[i]!.index && equalBytes(leafHash, shown[i]!.leafHash),
    );
  if (!isSame) throw new Error(`expected ${expected.count} entries, got ${count}, or others`);
}

function same(got: Uint8Array, expected: Uint8Array, what: string): void {
  if (!equalBytes(got, expected)) throw new Error(`${what} is not that of the reference`);
}
