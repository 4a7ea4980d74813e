import { describe, expect, test } from 'vitest';
import type { Verdict } from '../src/index.ts';
import { flipBits, holds, parts, verify } from './mutation.ts';

/** What is said of each piece of evidence. */
function stepsOf({ steps }: Verdict): unknown {
  const found = steps.filter(({ step }) => step === 'anchor');
  return found.map(({ facts, result }) => ({ anchor: facts['anchor'], result }));
}

describe('verifyBundle', () => {
  test('one flipped bit in five of the file never makes it say anything else', () => {
    // Strides without a common factor with 8 reach every bit of a byte.
    expect(flipBits(5)).toBeLessThan(400);
  });

  test('one flipped bit in five of the byte strings in it is never verified', () => {
    for (const part of parts()) {
      for (let bit = 0; bit < part.length * 8; bit += 5) {
        const mutant = part.with((good) => {
          const flipped = good.slice();
          flipped[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
          return flipped;
        });
        const verdict = verify(mutant);
        holds(verdict);
        const where = `${part.at} bit ${bit}`;
        if (verdict.outcome !== 'verified') continue;
        // Evidence of a contract or of validators that nobody pins is left aside, and the other anchor stands by itself.
        expect(part.at, where).toMatch(/^\/anchors\/0\/evidence\/0\//);
        expect(stepsOf(verdict), where).toEqual([
          { anchor: 0, result: 'unknown' },
          { anchor: 1, result: 'pass' },
        ]);
      }
    }
  });
});
