import { afterAll, describe, expect, test } from 'vitest';
import { CrashingLog } from './crash.ts';
import { FaultProxy } from '@anchorlog/testkit';
import { createWorld, freshLog } from './world.ts';

const world = await createWorld();
const proxy = await FaultProxy.open(world.devchain.url);
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** Numbers that look random and are the same in every run. */
function* seeded(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state;
  }
}

describe('Anchorer, killed', () => {
  test('again and again at seeded moments loses nothing and doubles nothing', async () => {
    const { origin } = await freshLog(world);
    const log = new CrashingLog({ world, proxy, origin, dir: await world.folder() });
    const random = seeded(20_261_123);
    for (let i = 0; i < 14; i++) {
      const request = 1 + (random.next().value! % 18);
      await log.crash({ request, answered: random.next().value! % 2 === 0 });
    }
    expect(await log.check()).toBeGreaterThan(3);
  }, 120_000);
});
