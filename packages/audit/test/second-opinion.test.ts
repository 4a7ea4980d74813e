import { DIGEST_BYTES } from '@anchorlog/core';
import { Findings, type SecondOpinionResult } from '@anchorlog/audit';
import { MemoryTree } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { describe, expect, test } from 'vitest';
import { SecondOpinion } from '../src/second-opinion.ts';
import { CHAIN_ID, headsOf } from './published.ts';

const hasher = nodeTreeHasher('sha256');
const row = new Uint8Array(100 * DIGEST_BYTES);
hasher.hashLeaves(
  Array.from({ length: 100 }, (_, i) => Uint8Array.of(i)),
  row,
  0,
);
const tree = new MemoryTree(hasher);
tree.append(row);

async function compare(
  sizes: readonly number[],
  { work, findings = new Findings() }: { work?: number; findings?: Findings } = {},
): Promise<SecondOpinionResult> {
  const second = new SecondOpinion('sha256', work);
  second.append(row);
  return second.compare(headsOf(tree, sizes), findings);
}

describe('SecondOpinion', () => {
  test('rebuilds the roots of all heads', async () => {
    expect(await compare([1, 2, 3, 64, 65, 100])).toMatchObject({ equal: 6, skipped: 0 });
  });

  test('rebuilds the largest first, each size once, as far as its work reaches', async () => {
    expect(await compare([100, 100, 100, 60, 10], { work: 115 })).toMatchObject({
      equal: 4,
      different: 0,
      skipped: 1,
    });
  });

  test('skips heads beyond the entries at hand', async () => {
    expect(await compare([100, 101])).toMatchObject({ equal: 1, skipped: 1 });
  });

  test('finds a root that is another', async () => {
    const findings = new Findings();
    const [head] = headsOf(tree, [50]);
    const second = new SecondOpinion('sha256');
    second.append(row);
    await second.compare([{ ...head!, rootHash: tree.root(51) }], findings);
    expect(findings.listed).toEqual([
      { code: 'AUDIT_SECOND_OPINION', facts: { chainId: CHAIN_ID, number: 1, size: 50 } },
    ]);
  });
});
