import { describe, test } from 'vitest';
import { crashRounds } from './support/crash.ts';

describe('a log that is killed', () => {
  test('has all that it acknowledged and goes on, 15 times at seeded moments', async () => {
    await crashRounds(15, 20_261_123);
  }, 120_000);
});
