import { describe, expect, test } from 'vitest';
import { GroupQueue } from '../src/queue.ts';

const idle = (): boolean => false;

function queueOf(counts: readonly number[], maxCount = 10): GroupQueue<{ count: number }> {
  const queue = new GroupQueue<{ count: number }>({ maxCount, maxDelayMs: 2 });
  for (const count of counts) queue.push({ count });
  return queue;
}

describe('GroupQueue', () => {
  test('gives what waits, up to a full group, in order', async () => {
    const queue = queueOf([1, 4, 5, 6, 4, 1]);
    expect(await queue.take(idle)).toEqual([{ count: 1 }, { count: 4 }, { count: 5 }]);
    expect(await queue.take(idle)).toEqual([{ count: 6 }, { count: 4 }]);
    expect(await queue.take(idle)).toEqual([{ count: 1 }]);
  });

  test('tears nothing: what does not fit waits for the next group', async () => {
    const queue = queueOf([7, 7]);
    expect(await queue.take(idle)).toEqual([{ count: 7 }]);
    expect(await queue.take(idle)).toEqual([{ count: 7 }]);
  });

  test('waits for the first', async () => {
    const queue = queueOf([]);
    const taken = queue.take(idle);
    queue.push({ count: 3 });
    expect(await taken).toEqual([{ count: 3 }]);
  });

  test('collects while the store is busy, for as long as the delay', async () => {
    const queue = queueOf([1]);
    const taken = queue.take(() => true);
    setImmediate(() => queue.push({ count: 2 }));
    expect(await taken).toEqual([{ count: 1 }, { count: 2 }]);
  });

  test('waits for what is coming, beyond the delay, until the group is full', async () => {
    const queue = queueOf([1], 3);
    let turns = 0;
    const isMoreComing = (): boolean => {
      // Much later than the delay of two milliseconds, by the clock that the queue asks.
      if (++turns === 1) for (const begin = performance.now(); performance.now() < begin + 5;);
      else queue.push({ count: 1 });
      return true;
    };
    expect(await queue.take(idle, isMoreComing)).toEqual([
      { count: 1 },
      { count: 1 },
      { count: 1 },
    ]);
    expect(turns).toBe(3);
  });

  test('gives what waits and then nothing once it is closed', async () => {
    const queue = queueOf([2]);
    queue.close();
    expect(await queue.take(idle)).toEqual([{ count: 2 }]);
    expect(await queue.take(idle)).toBeUndefined();
  });

  test('lets a waiting take end when it is closed', async () => {
    const queue = queueOf([]);
    const taken = queue.take(idle);
    queue.close();
    expect(await taken).toBeUndefined();
  });
});
