import { describe, expect, test } from 'vitest';
import { flipBits, holds, parts, verify } from './mutation.ts';

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
        // Evidence of a contract that nobody pins is left aside, and the other anchor stands.
        if (part.at === '/anchors/0/evidence/0/contract') continue;
        expect(verdict.outcome, `${part.at} bit ${bit}`).not.toBe('verified');
      }
    }
  });
});
