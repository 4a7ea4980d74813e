import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { makePlace, statementOf } from './support/fixture.ts';
import { rederive } from './support/inspect.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // the flag makes it a function

function heldBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('a log that grows', () => {
  test('holds no more memory at 300,000 entries than at 50,000', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const grow = async (to: number): Promise<number> => {
      while (log.size < to) {
        const from = log.size;
        await log.appendBatch(Array.from({ length: 1000 }, (_, i) => statementOf(from + i)));
      }
      await log.publish();
      return heldBytes();
    };
    const small = await grow(50_000);
    const large = await grow(300_000);
    // Less than 16 bytes for each of 250,000 leaves, most of it the cache of tiles.
    expect(large - small).toBeLessThan(4_000_000);
    await rederive(log);
  });
});
