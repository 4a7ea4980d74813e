import { readFileSync } from 'node:fs';
import { parseBase64 } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import { IndexBuilder } from '../src/builder.ts';
import {
  formatIndexProof,
  indexPath,
  parseIndexProof,
  sha256Index,
  verifyIndexProof,
} from '../src/index.ts';
import { hasher } from './history.ts';
import { refusal } from '../../../test/refusal.ts';

interface VectorCase {
  readonly name: string;
  readonly accept: boolean;
  readonly code?: string;
}
interface PathCase extends VectorCase {
  readonly keyspace: string;
  readonly kind: string;
  readonly key: string;
  readonly path?: string;
}
interface EntryJson {
  readonly index: number;
  readonly leafHash: string;
}
interface ProofCase extends VectorCase {
  readonly size: number;
  readonly indexRoot: string;
  readonly path: string;
  readonly proof: string;
  readonly count?: number;
  readonly from?: number;
  readonly entries?: readonly EntryJson[];
}
interface RootCase {
  readonly name: string;
  readonly leaves: readonly { readonly path: string; readonly entries: readonly EntryJson[] }[];
  readonly heads: readonly { readonly size: number; readonly indexRoot: string }[];
}

// Made by vectors/generate/vindex.ts: a test casts them to what it writes.
function casesOf(file: string): unknown {
  const url = new URL(`../../../vectors/index/${file}`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: unknown }).cases;
}
const entryOf = ({ index, leafHash }: EntryJson): object => ({
  index,
  leafHash: parseBase64(leafHash),
});

describe('indexPath', () => {
  test('gives the path or the refusal of every vector', () => {
    for (const c of casesOf('paths.json') as readonly PathCase[]) {
      const name = { keyspace: c.keyspace, kind: c.kind, key: parseBase64(c.key) };
      if (c.path === undefined)
        expect(
          refusal(() => indexPath(name)),
          c.name,
        ).toBe(c.code);
      else expect(indexPath(name), c.name).toEqual(parseBase64(c.path));
    }
  });
});

for (const [name, of] of [
  ['pure', sha256Index],
  ['node', hasher],
] as const) {
  describe(`verifyIndexProof, ${name} hasher`, () => {
    test('gives the answer or the refusal of every vector', () => {
      const cases = casesOf('proofs.json') as readonly ProofCase[];
      expect(cases.length).toBeGreaterThan(450);
      for (const c of cases) {
        const head = { size: c.size, indexRoot: parseBase64(c.indexRoot) };
        const claim = { head, path: parseBase64(c.path), proof: parseBase64(c.proof) };
        const verdict = refusal(() => verifyIndexProof(claim, of));
        expect(verdict, c.name).toBe(c.accept ? 'accepted' : c.code);
        if (!c.accept) continue;
        expect(verifyIndexProof(claim, of), c.name).toMatchObject({
          size: c.size,
          count: c.count,
          from: c.from,
          entries: c.entries?.map(entryOf),
        });
      }
    });
  });
}

describe('the vectors', () => {
  test('provoke every refusal of a path or a proof', () => {
    const all = ['paths.json', 'proofs.json'].flatMap((f) => casesOf(f) as readonly VectorCase[]);
    const codes = new Set(all.flatMap(({ code }) => (code === undefined ? [] : [code])));
    expect([...codes].toSorted()).toEqual([
      'VINDEX_BITMAP_PADDING',
      'VINDEX_COUNT_RANGE',
      'VINDEX_DEPTH_RANGE',
      'VINDEX_FORM_UNKNOWN',
      'VINDEX_HASH_LENGTH',
      'VINDEX_KEY_NAME',
      'VINDEX_OTHER_PATH',
      'VINDEX_PAGE_RANGE',
      'VINDEX_POSITION_ORDER',
      'VINDEX_POSITION_RANGE',
      'VINDEX_PROOF_LENGTH',
      'VINDEX_PROOF_LIMIT',
      'VINDEX_ROOT_MISMATCH',
      'VINDEX_SIBLING_ZERO',
      'VINDEX_SIZE_RANGE',
      'VINDEX_TRIE_COLLAPSE',
    ]);
  });
});

describe('parseIndexProof', () => {
  test('reads from every vector that it accepts what is written back to the same bytes', () => {
    for (const { name, proof, accept } of casesOf('proofs.json') as readonly ProofCase[]) {
      const bytes = parseBase64(proof);
      if (accept) expect(formatIndexProof(parseIndexProof(bytes)), name).toEqual(bytes);
    }
  });
});

describe('IndexBuilder', () => {
  test('has the root of every vector at every size', () => {
    for (const { name, leaves, heads } of casesOf('roots.json') as readonly RootCase[]) {
      const leafHashes = new Map<number, Uint8Array>();
      const postings = leaves.flatMap(({ path, entries }) =>
        entries.map(({ index, leafHash }) => {
          leafHashes.set(index, parseBase64(leafHash));
          return { path: parseBase64(path), index };
        }),
      );
      const builder = new IndexBuilder({ leafHash: (index) => leafHashes.get(index)! });
      for (const { size, indexRoot } of heads) {
        const from = builder.size;
        const batch = postings.filter(({ index }) => index >= from && index < size);
        const root = builder.commit({ size, postings: batch });
        expect(root, `${name} at ${size}`).toEqual(parseBase64(indexRoot));
      }
    }
  });
});
