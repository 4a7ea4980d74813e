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

async function freshCrashingLog(): Promise<CrashingLog> {
  const { origin } = await freshLog(world);
  return new CrashingLog({ world, proxy, origin, dir: await world.folder() });
}

// Between two questions to the chain lies at most one write to the journal: every gap between two steps is met.
const questions = Array.from({ length: 24 }, (_, i) => i + 1);

describe('Anchorer, killed', () => {
  test.each(questions.flatMap((request) => [[request, false] as const, [request, true] as const]))(
    'as it asks its question %i (answered: %s) loses nothing and doubles nothing',
    async (request, answered) => {
      const log = await freshCrashingLog();
      await log.crash({ request, answered });
      await log.crash({ request: 25 - request, answered });
      expect(await log.check()).toBeGreaterThan(0);
    },
  );

  test('a hundred times or more at any moment loses nothing and doubles nothing', async () => {
    const log = await freshCrashingLog();
    // A busy machine comes less far between two kills.
    for (let i = 0; i < 100 || log.final <= 20; i++) await log.crash({ ms: (i * 7919) % 300 });
    expect(await log.check()).toBeGreaterThan(20);
  });
});
