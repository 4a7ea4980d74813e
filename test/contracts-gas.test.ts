import { hexlify, id } from 'ethers';
import { describe, expect, test } from 'vitest';
import { deploy, ethers } from './contracts-world.ts';
import { uniformConsistency, uniformRoot } from './uniform-tree.ts';

const LOG = id('example.gov/licenses');
const INDEX_ROOT = id('index');

/** Give the gas of anchoring `first` entries and then of each step. */
async function gasOf(first: number, steps: readonly number[]): Promise<number[]> {
  const { address } = (await ethers.getSigners())[0]!;
  const registry = await deploy('AnchorRegistry', address);
  await registry.sent('register', 'example.gov/licenses', address, true, 2n ** 32n);
  const used: number[] = [];
  let [older, newer] = [0, first];
  for (const step of [...steps, 0]) {
    const proof = older === 0 ? [] : uniformConsistency(older, newer).map((hash) => hexlify(hash));
    const root = hexlify(uniformRoot(newer));
    const { gasUsed } = await registry.sent('anchor', LOG, newer, root, INDEX_ROOT, proof);
    used.push(Number(gasUsed));
    [older, newer] = [newer, newer + step];
  }
  return used;
}

const mean = (values: readonly number[]): number =>
  Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);

// Consistency checked in plain Solidity. The goal is 95,000 at a million entries, whatever the step; these bounds hold what is reached.
describe('gas of an anchor', () => {
  test('of 1,000 entries at a million stays within the goal on average', async () => {
    const [, ...steps] = await gasOf(1_000_000, Array<number>(50).fill(1000));
    expect(mean(steps)).toBeLessThan(95_000);
  });

  test('of about 1,000 entries at a million is bounded', async () => {
    const sizes = Array.from({ length: 50 }, (_, i) => 900 + ((i * 7919) % 200));
    const [, ...steps] = await gasOf(1_000_000, sizes);
    expect(mean(steps)).toBeLessThan(98_000);
    expect(Math.max(...steps)).toBeLessThan(108_000);
  });

  test('with the longest proof near a million is bounded', async () => {
    const [first, longest] = await gasOf(1_047_577, [1000]);
    expect(uniformConsistency(1_047_577, 1_048_577)).toHaveLength(22);
    expect(longest).toBeLessThan(108_000);
    expect(first).toBeLessThan(100_000);
  });
});
