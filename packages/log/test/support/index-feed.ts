import { createHash } from 'node:crypto';
import { nodeSha256 } from '@anchorlog/core/node';
import { simdPairs } from '@anchorlog/tlog/simd';
import { createIndexHasher, type IndexHasher } from '@anchorlog/vindex';
import type { Posting } from '@anchorlog/vindex/builder';
import { naiveTrie, type NaiveLeaf } from '../../../../vectors/generate/naive-index.ts';
import { IndexKeeper, type IndexFeed, type IndexLimits } from '../../src/index-keeper.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const hasher: IndexHasher = createIndexHasher(nodeSha256, simdPairs());
export const pathOf = (name: string): Uint8Array => new Uint8Array(digest(`key ${name}`));
export const leafHashOf = (index: number): Buffer => digest(`entry ${index}`);

/** Keys of an entry: one that most have, one of a few, one that it shares with its neighbour; some have none. */
export function keysOf(index: number): string[] {
  if (index % 11 === 5) return [];
  return [...(index % 3 > 0 ? ['hot'] : []), `few ${index % 97}`, `two ${Math.floor(index / 2)}`];
}

/** What a log of so many entries has, of which everything follows from the numbers of the entries. `salt` makes another log. */
export function feedOf(size: number, salt = ''): IndexFeed {
  return {
    size,
    async *postings({ from, to }) {
      for (let begin = from; begin < to;) {
        const end = Math.min(to, begin + 100);
        const postings: Posting[] = [];
        for (let index = begin; index < end; index++) {
          for (const key of keysOf(index)) postings.push({ path: pathOf(key), index });
        }
        yield { to: end, postings };
        begin = end;
      }
    },
    leafHashes: async (indexes) => indexes.map((index) => new Uint8Array(leafHashOf(index))),
    rootHash: async (at) => new Uint8Array(digest(`root ${salt} ${at}`)),
  };
}

/** So small that files are written and heads forgotten after a few hundred entries. */
export const SMALL: Partial<IndexLimits> = {
  keysABucket: 2,
  commitPostings: 900,
  replayShare: 0,
  replayLeast: 4000,
  heads: 4,
};

export function openIndex(
  dir: string,
  size: number,
  { limits = SMALL, salt }: { readonly limits?: Partial<IndexLimits>; readonly salt?: string } = {},
): Promise<IndexKeeper> {
  return IndexKeeper.open({ dir, feed: feedOf(size, salt), hasher, limits });
}

/** All keys of the entries before `size`, for the reference. */
export function leavesAt(size: number): NaiveLeaf[] {
  const lists = new Map<string, number[]>();
  for (let index = 0; index < size; index++) {
    for (const key of keysOf(index)) {
      const list = lists.get(key) ?? [];
      list.push(index);
      lists.set(key, list);
    }
  }
  return [...lists].map(([key, indexes]) => ({
    path: Buffer.from(pathOf(key)),
    entries: indexes.map((index) => ({ index, leafHash: leafHashOf(index) })),
  }));
}

/** The root of the reference. */
export function rootAt(size: number): string {
  return naiveTrie(leavesAt(size)).toString('hex');
}
