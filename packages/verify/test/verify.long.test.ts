import { describe, expect, test } from 'vitest';
import { flipBits, parts, verify } from './mutation.ts';

describe('verifyBundle', () => {
  test('no flipped bit of the file makes it say anything else', () => {
    expect(flipBits(1)).toBeLessThan(2000);
  });

  test('no flipped bit of a byte string in it is verified', () => {
    for (const part of parts()) {
      for (let bit = 0; bit < part.length * 8; bit++) {
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
