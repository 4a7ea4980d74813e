import { parseBase64, parseHex } from '@anchorlog/core';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sha256Tree, verifyConsistency, verifyInclusion } from '../src/index.ts';
import { nodeTreeHasher } from '../src/node.ts';
import { sharedVector, vectorCases, verdictOf, type VectorCase } from './vectors.ts';

interface InclusionCase extends VectorCase {
  readonly index: number;
  readonly size: number;
  readonly leafHash: string;
  readonly rootHash: string;
  readonly hashes: readonly string[];
}
interface ConsistencyCase extends VectorCase {
  readonly olderSize: number;
  readonly olderRoot: string;
  readonly newerSize: number;
  readonly newerRoot: string;
  readonly hashes: readonly string[];
}
const bytes = (text: string): Uint8Array => parseBase64(text, 32);

for (const [name, hasher] of [
  ['pure', sha256Tree],
  ['node', nodeTreeHasher()],
] as const) {
  describe(`verifyInclusion, ${name} hasher`, () => {
    test('gives the verdict of every vector', () => {
      const cases = vectorCases('merkle/inclusion.json') as readonly InclusionCase[];
      expect(cases.length).toBeGreaterThan(600);
      for (const c of cases) {
        const claim = {
          index: c.index,
          leafHash: bytes(c.leafHash),
          treeHead: { size: c.size, rootHash: bytes(c.rootHash) },
          hashes: c.hashes.map(bytes),
        };
        const verdict = verdictOf(() => verifyInclusion(claim, hasher));
        expect(verdict, c.name).toBe(c.accept ? 'accept' : c.code);
      }
    });
  });

  describe(`verifyConsistency, ${name} hasher`, () => {
    test('gives the verdict of every vector', () => {
      const cases = vectorCases('merkle/consistency.json') as readonly ConsistencyCase[];
      expect(cases.length).toBeGreaterThan(800);
      for (const c of cases) {
        const claim = {
          older: { size: c.olderSize, rootHash: bytes(c.olderRoot) },
          newer: { size: c.newerSize, rootHash: bytes(c.newerRoot) },
          hashes: c.hashes.map(bytes),
        };
        const verdict = verdictOf(() => verifyConsistency(claim, hasher));
        expect(verdict, c.name).toBe(c.accept ? 'accept' : c.code);
      }
    });
  });
}

const receipt = sharedVector('rfc9942-cose-receipts/valid-es256/expected.json');
describe('verifyInclusion of an RFC 9942 receipt', () => {
  test.skipIf(receipt.missing)('accepts its path, and refuses it at every other leaf', () => {
    const vector = JSON.parse(readFileSync(receipt.url, 'utf8')) as {
      leaf_entry: string;
      leaf_index: number;
      tree_size: number;
      inclusion_path: string[];
      reconstructed_root: string;
    };
    const claim = (index: number): Parameters<typeof verifyInclusion>[0] => ({
      index,
      leafHash: sha256Tree.leaf(parseHex(vector.leaf_entry)),
      treeHead: { size: vector.tree_size, rootHash: parseHex(vector.reconstructed_root) },
      hashes: vector.inclusion_path.map((hash) => parseHex(hash)),
    });
    for (let index = 0; index < vector.tree_size; index++) {
      const expected = index === vector.leaf_index ? 'accept' : 'TLOG_ROOT_MISMATCH';
      expect(verdictOf(() => verifyInclusion(claim(index)))).toBe(expected);
    }
  });
});
