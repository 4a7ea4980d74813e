import { describe, expect, test } from 'vitest';
import { formatQbftExtra, parseQbftExtra, qbftQuorum, validatorsAt } from '../src/index.ts';
import { refusal } from './vectors.ts';

const address = (byte: number): Uint8Array => new Uint8Array(20).fill(byte);

describe('qbftQuorum', () => {
  test('is two thirds, rounded up', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(qbftQuorum)).toEqual([1, 2, 2, 3, 4, 4, 5, 6, 6, 7]);
  });
});

describe('validatorsAt', () => {
  const sets = [
    { fromBlock: 10, untilBlock: 19, validators: [address(1)] },
    { fromBlock: 20, validators: [address(2)] },
  ];

  test('chooses by height, both ends included', () => {
    const chosen = [10, 19, 20, 1_000_000].map((height) => validatorsAt(sets, height)[0]![0]);
    expect(chosen).toEqual([1, 1, 2, 2]);
  });

  test('refuses a height that no set rules', () => {
    expect(refusal(() => validatorsAt(sets, 9))).toBe('EVM_VALIDATORS_UNPINNED');
    expect(refusal(() => validatorsAt([sets[0]!], 20))).toBe('EVM_VALIDATORS_UNPINNED');
    expect(refusal(() => validatorsAt([], 1))).toBe('EVM_VALIDATORS_UNPINNED');
  });
});

describe('parseQbftExtra', () => {
  test('reads back what was written', () => {
    const extra = { vanity: new Uint8Array(32).fill(7), validators: [address(1)], seals: [] };
    for (const vote of [
      undefined,
      { recipient: address(9), add: true },
      { recipient: address(9), add: false },
    ]) {
      for (const round of [0, 1, 127, 128, 70_000]) {
        expect(parseQbftExtra(formatQbftExtra({ ...extra, vote, round }))).toEqual({
          ...extra,
          vote,
          round,
        });
      }
    }
  });
});
