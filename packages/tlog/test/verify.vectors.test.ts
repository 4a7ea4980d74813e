import { readFileSync } from 'node:fs';
import { isCodedError, parseBase64 } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import { sha256Tree, verifyConsistency, verifyInclusion } from '../src/index.ts';
import { nodeTreeHasher } from '../src/node.ts';

interface Case {
  readonly name: string;
  readonly hashes: readonly string[];
  readonly accept: boolean;
  readonly code?: string;
}
interface InclusionCase extends Case {
  readonly index: number;
  readonly size: number;
  readonly leafHash: string;
  readonly rootHash: string;
}
interface ConsistencyCase extends Case {
  readonly olderSize: number;
  readonly olderRoot: string;
  readonly newerSize: number;
  readonly newerRoot: string;
}

function casesOf<T extends Case>(file: string): readonly T[] {
  const url = new URL(`../../../vectors/merkle/${file}`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: T[] }).cases; // made by vectors/generate/merkle.ts
}

/** What a verifier says: 'accept', or the code that it refuses with. */
function verdictOf(verify: () => void): string {
  try {
    verify();
    return 'accept';
  } catch (error) {
    if (isCodedError(error)) return error.code;
    throw error;
  }
}

const bytes = (text: string): Uint8Array => parseBase64(text);

for (const [name, hasher] of [
  ['pure', sha256Tree],
  ['node', nodeTreeHasher()],
] as const) {
  describe(`verifyInclusion, ${name} hasher`, () => {
    test('gives the verdict of every vector', () => {
      for (const c of casesOf<InclusionCase>('inclusion.json')) {
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
      for (const c of casesOf<ConsistencyCase>('consistency.json')) {
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
