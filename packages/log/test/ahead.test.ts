import { describe, expect, test } from 'vitest';
import { Turnstile, ahead } from '../src/ahead.ts';

const turn = (): Promise<void> => new Promise(setImmediate);

describe('ahead', () => {
  test('gives results in order, with as many under way as it may', async () => {
    let [now, most] = [0, 0];
    const results: number[] = [];
    const run = async (item: number): Promise<number> => {
      most = Math.max(most, ++now);
      for (let i = 0; i < 7 - item; i++) await turn(); // the later, the sooner
      now--;
      return item * 10;
    };
    for await (const result of ahead([0, 1, 2, 3, 4, 5, 6], 3, run)) results.push(result);
    expect(results).toEqual([0, 10, 20, 30, 40, 50, 60]);
    expect(most).toBe(3);
  });

  test('fails in its turn, and ends what is under way', async () => {
    const signals: AbortSignal[] = [];
    const run = async (item: number, signal: AbortSignal): Promise<number> => {
      signals.push(signal);
      if (item === 1) throw new Error('one');
      return item;
    };
    const results = ahead([0, 1, 2, 3, 4, 5], 2, run);
    expect(await results.next()).toEqual({ done: false, value: 0 });
    await expect(results.next()).rejects.toThrow('one');
    expect(await results.next()).toEqual({ done: true, value: undefined });
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect(signals.length).toBeLessThan(5);
  });
});

describe('Turnstile', () => {
  test('lets in as many as it may, in their order, and the next when one failed', async () => {
    const turnstile = new Turnstile(2);
    const order: number[] = [];
    let [now, most] = [0, 0];
    const results = await Promise.allSettled(
      [0, 1, 2, 3, 4].map((item) =>
        turnstile.run(async () => {
          order.push(item);
          most = Math.max(most, ++now);
          await turn();
          now--;
          if (item === 1) throw new Error('one');
        }),
      ),
    );
    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
    expect(results.map(({ status }) => status === 'rejected')).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
  });
});
