import { describe, expect, test } from 'vitest';
import { ChainWorld } from './support/chain-world.ts';
import { crashRounds } from './support/crash.ts';
import { Sandbox } from './support/sandbox.ts';

describe('a notary that is killed', () => {
  test.each([1, 2, 3, 4])(
    'has all that it acknowledged, once, goes on and anchors it, 25 times, seed %i',
    async (seed) => {
      await using sandbox = await Sandbox.withNotary();
      await using world = await ChainWorld.make();
      const { acknowledged } = await crashRounds(25, { sandbox, world, seed });
      expect(acknowledged).toBeGreaterThan(500);
    },
  );
});
