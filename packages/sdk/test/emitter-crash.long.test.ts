import { describe, expect, test } from 'vitest';
import { emitterCrashRounds } from './support/emitter-crash.ts';
import { Sandbox } from './support/sandbox.ts';

describe('an emitter that is killed', () => {
  test.each([1, 2, 3, 4])(
    'has all that it said in the log, once, under its number, and goes on, 25 times, seed %i',
    async (seed) => {
      await using sandbox = await Sandbox.withNotary();
      const { emitted } = await emitterCrashRounds(25, { sandbox, seed: 1000 * seed });
      expect(emitted).toBeGreaterThan(1000);
    },
  );
});
