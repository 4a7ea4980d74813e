import { describe, test } from 'vitest';
import { crashRounds } from './support/crash.ts';

describe('a log that is killed', () => {
  test.each([1, 2, 3, 4, 5])(
    'has all that it acknowledged and goes on, 40 times, seed %i',
    async (seed) => {
      await crashRounds(40, seed);
    },
  );
});
