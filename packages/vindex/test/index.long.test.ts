import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkHistory, histories } from './history.ts';

const RUNS = 25_000;

describe('IndexBuilder and verifyIndexProof', () => {
  test.each([1, 2, 3, 4])(
    'agree with the reference on every root, proof and answer of a quarter of 10^5 random histories, seed %i',
    (seed) => {
      let [runs, proofs, refused] = [0, 0, 0];
      fc.assert(
        fc.property(histories, (history) => {
          // Mutants of every tenth: they take most of the time.
          const seen = checkHistory(history, { mutants: ++runs % 10 === 0 });
          proofs += seen.proofs;
          refused += seen.refused;
        }),
        { numRuns: RUNS, seed },
      );
      expect(runs).toBe(RUNS);
      expect(proofs).toBeGreaterThan(RUNS * 5);
      expect(refused).toBeGreaterThan(RUNS);
    },
  );
});
