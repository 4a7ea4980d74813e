import { readFileSync } from 'node:fs';
import { isCodedError, parseBase64 } from '@anchorlog/core';
import { verifyConsistency, verifyInclusion } from '@anchorlog/tlog';
import { hexlify } from 'ethers';
import { expect, test } from 'vitest';
import { deploy } from './contracts-world.ts';

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

const rfc = await deploy('Rfc9162Harness');

function vectors(name: string): unknown {
  const file = new URL(`../vectors/merkle/${name}.json`, import.meta.url);
  // The project's own vectors, of the form above.
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: unknown }).cases;
}

const hash = (text: string): Uint8Array => parseBase64(text);
const word = (text: string): string => hexlify(hash(text));

/** What TypeScript says: `accept`, or its code. */
function judged(verify: () => void): string {
  try {
    verify();
    return 'accept';
  } catch (error) {
    if (isCodedError(error)) return error.code;
    throw error;
  }
}

/** Compare three judges on each case: the vectors' reference, TypeScript and Solidity. Gives the names where they differ. */
async function disagreements<T extends Case>(
  cases: readonly T[],
  typescript: (each: T) => void,
  solidity: (each: T) => Promise<unknown>,
): Promise<string[]> {
  const differing = await Promise.all(
    cases.map(async (each) => {
      const byTypescript = judged(() => typescript(each));
      const bySolidity = await solidity(each);
      return byTypescript === (each.code ?? 'accept') && bySolidity === each.accept
        ? []
        : [`${each.name}: TypeScript ${byTypescript}, Solidity ${String(bySolidity)}`];
    }),
  );
  return differing.flat();
}

test('Solidity and TypeScript agree with every vector of inclusion proofs', async () => {
  const cases = vectors('inclusion') as readonly InclusionCase[];
  expect(cases.filter(({ accept }) => accept).length).toBeGreaterThan(100);
  expect(cases.filter(({ accept }) => !accept).length).toBeGreaterThan(500);
  const differing = await disagreements(
    cases,
    ({ index, size, leafHash, rootHash, hashes }) =>
      verifyInclusion({
        index,
        leafHash: hash(leafHash),
        treeHead: { size, rootHash: hash(rootHash) },
        hashes: hashes.map(hash),
      }),
    ({ index, size, leafHash, rootHash, hashes }) =>
      rfc.asked('verifyInclusion', index, word(leafHash), size, word(rootHash), hashes.map(word)),
  );
  expect(differing).toEqual([]);
});

test('Solidity and TypeScript agree with every vector of consistency proofs', async () => {
  const cases = vectors('consistency') as readonly ConsistencyCase[];
  expect(cases.filter(({ accept }) => accept).length).toBeGreaterThan(200);
  expect(cases.filter(({ accept }) => !accept).length).toBeGreaterThan(500);
  const differing = await disagreements(
    cases,
    ({ olderSize, olderRoot, newerSize, newerRoot, hashes }) =>
      verifyConsistency({
        older: { size: olderSize, rootHash: hash(olderRoot) },
        newer: { size: newerSize, rootHash: hash(newerRoot) },
        hashes: hashes.map(hash),
      }),
    ({ olderSize, olderRoot, newerSize, newerRoot, hashes }) =>
      rfc.asked(
        'verifyConsistency',
        olderSize,
        word(olderRoot),
        newerSize,
        word(newerRoot),
        hashes.map(word),
      ),
  );
  expect(differing).toEqual([]);
});
