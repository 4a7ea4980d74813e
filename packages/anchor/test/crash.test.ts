import { afterAll, describe, expect, test } from 'vitest';
import { CrashingLog } from './crash.ts';
import { FaultProxy, randomOf } from '@anchorlog/testkit';
import { createWorld, freshLog } from './world.ts';

const world = await createWorld();
const proxy = await FaultProxy.open(world.devchain.url);
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

describe('Anchorer, killed', () => {
  test('again and again at seeded moments loses nothing and doubles nothing', async () => {
    const { origin } = await freshLog(world);
    const log = new CrashingLog({ world, proxy, origin, dir: await world.folder() });
    const random = randomOf(20_261_123);
    for (let i = 0; i < 14; i++) {
      const request = 1 + Math.floor(random() * 18);
      await log.crash({ request, answered: random() < 0.5 });
    }
    expect(await log.check()).toBeGreaterThan(3);
  }, 120_000);
});
