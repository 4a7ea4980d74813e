import { describe, expect, test } from 'vitest';
import { bundleMutantNames, bundleMutants } from '@anchorlog/testkit';
import { UNSIGNED_INDEX, blocks, bundleOf, codesOf, fullBundle, judge, unsigned } from './world.ts';

const bases = {
  'the full bundle': fullBundle(),
  'an unsigned one': bundleOf({ entry: unsigned, index: UNSIGNED_INDEX, from: 12 }),
  'one whose checkpoint is the newer head': bundleOf({ from: 33, open: ['/files'] }),
  'one with three anchors': bundleOf({
    anchors: [blocks.later, blocks.before, blocks.first],
    open: ['/keys/0', '/holderCode'],
    receipt: 20,
  }),
};

describe.each(Object.entries(bases))('bundleMutants of %s', (_, base) => {
  test('the bundle itself is verified', () => {
    expect(judge(base).outcome).toBe('verified');
  });

  test.for(bundleMutants(base))('$name: $outcome, $code', ({ bundle, outcome, code }) => {
    const verdict = judge(bundle);
    expect(codesOf(verdict)).toContain(code);
    expect(verdict.outcome).toBe(outcome);
  });
});

describe('bundleMutants', () => {
  test('every mutant applies to the full bundle', () => {
    const names = bundleMutants(fullBundle()).map(({ name }) => name);
    expect(names).toEqual(bundleMutantNames().map(({ name }) => name));
  });

  test('every mutant has a name of its own', () => {
    const names = bundleMutantNames().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
