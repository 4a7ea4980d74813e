import { describe, expect, test } from 'vitest';
import { ChainWorld } from './support/chain-world.ts';
import { crashRounds } from './support/crash.ts';
import { Sandbox } from './support/sandbox.ts';

describe('a notary that is killed', () => {
  test('has all that it acknowledged, once, goes on and anchors it, 8 times at seeded moments', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using world = await ChainWorld.make();
    const { acknowledged } = await crashRounds(8, { sandbox, world, seed: 20_261_124 });
    expect(acknowledged).toBeGreaterThan(100);
  }, 180_000);
});
