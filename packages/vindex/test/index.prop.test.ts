import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkHistory, histories } from './history.ts';

// 10^5 of them in index.long.test.ts.
describe('IndexBuilder and verifyIndexProof', () => {
  test('agree with the reference on every root, proof, answer and mutant of random histories', () => {
    let refused = 0;
    fc.assert(
      fc.property(histories, (history) => {
        refused += checkHistory(history, { mutants: true }).refused;
      }),
      { numRuns: 60, seed: 5 },
    );
    expect(refused).toBeGreaterThan(5_000);
  });
});
