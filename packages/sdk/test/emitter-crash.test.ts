import { describe, expect, test } from 'vitest';
import { emitterCrashRounds } from './support/emitter-crash.ts';
import { Sandbox } from './support/sandbox.ts';

describe('an emitter that is killed', () => {
  test('has all that it said in the log, once, under its number, and goes on, 6 times at seeded moments', async () => {
    await using sandbox = await Sandbox.withNotary();
    const { emitted } = await emitterCrashRounds(6, { sandbox, seed: 20_261_124 });
    expect(emitted).toBeGreaterThan(100);
  }, 120_000);
});
