import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { mapInOrder } from '../src/ordered.ts';

async function* count(to: number): AsyncGenerator<number> {
  for (let i = 0; i < to; i++) yield i;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const MOST = { items: 4, weight: 100 };

describe('mapInOrder', () => {
  test('gives results in the order of the items, whichever is ready first', async () => {
    const results = mapInOrder(count(50), {
      most: MOST,
      weigh: () => 1,
      work: async (i) => {
        for (let turns = (i * 7) % 5; turns > 0; turns--) await turn();
        return i;
      },
    });
    expect(await all(results)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('gives a result before the next item has come', async () => {
    let give: ((item: number) => void) | undefined;
    async function* asked(): AsyncGenerator<number> {
      for (;;) yield await new Promise<number>((resolve) => (give = resolve));
    }
    const results = mapInOrder(asked(), { most: MOST, weigh: () => 1, work: async (i) => i * 2 });
    for (const item of [1, 2, 3]) {
      const next = results.next();
      await turn();
      give?.(item);
      expect((await next).value).toBe(item * 2);
    }
  });

  test.for([
    [{ items: 3, weight: 100 }, 1],
    [{ items: 100, weight: 30 }, 10],
    [{ items: 100, weight: 5 }, 10],
  ] as const)('never has more on its way than %j', async ([most, weight]) => {
    let running = 0;
    let peak = 0;
    const results = mapInOrder(count(40), {
      most,
      weigh: () => weight,
      work: async () => {
        peak = Math.max(peak, ++running);
        await turn();
        running--;
      },
    });
    await all(results);
    expect(peak).toBe(Math.max(1, Math.min(most.items, Math.floor(most.weight / weight))));
  });

  test('gives what was taken before the items failed, then the failure', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield* count(2);
      throw new Error('broken pipe');
    }
    const got: number[] = [];
    const run = async (): Promise<void> => {
      const results = mapInOrder(failing(), { most: MOST, weigh: () => 1, work: async (i) => i });
      for await (const result of results) got.push(result);
    };
    await expect(run()).rejects.toThrow('broken pipe');
    expect(got).toEqual([0, 1]);
  });

  test('takes no more when nobody reads on', async () => {
    let taken = 0;
    async function* counted(): AsyncGenerator<number> {
      for await (const item of count(1000)) {
        taken++;
        yield item;
      }
    }
    for await (const _ of mapInOrder(counted(), {
      most: MOST,
      weigh: () => 1,
      work: async (i) => i,
    }))
      break;
    for (let i = 0; i < 20; i++) await turn();
    expect(taken).toBeLessThan(20);
  });
});
