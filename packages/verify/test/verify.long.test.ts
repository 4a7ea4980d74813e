import { describe, expect, test } from 'vitest';
import { flipBits, parts, verify } from './mutation.ts';

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
        expect(verify(mutant).outcome, `${part.at} bit ${bit}`).not.toBe('verified');
      }
    }
  });
});
