import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Log } from '../src/index.ts';
import { LogClock } from '../src/log-clock.ts';
import { NOW, makePlace, statementOf, type Place } from './support/fixture.ts';

const MINUTE = 60_000;

/** A clock on the wall and one that nobody sets. */
class Clocks {
  wall = NOW;
  monotonic = 7;

  pass(ms: number): void {
    this.wall += ms;
    this.monotonic += ms;
  }

  open(place: Place): Promise<Log> {
    return place.open({ clock: () => this.wall, monotonic: () => this.monotonic });
  }
}

describe('createLog', () => {
  test('refuses a store whose newest group is more than five minutes ahead of the clock', async () => {
    await using place = await makePlace();
    const clocks = new Clocks();
    await (await clocks.open(place)).close();
    clocks.wall -= 5 * MINUTE + 1;
    await expect(clocks.open(place)).rejects.toMatchObject({
      code: 'LOG_CLOCK_BEHIND',
      context: { newest: NOW, now: clocks.wall },
    });
    clocks.wall += 1;
    await using log = await clocks.open(place);
    expect((await log.append(statementOf(1))).time).toBe(new Date(NOW).toISOString());
  });

  test('leaves the guard with whoever has it when it refuses', async () => {
    await using place = await makePlace();
    const clocks = new Clocks();
    await (await clocks.open(place)).close();
    const before = await readFile(place.guard, 'utf8');
    clocks.wall -= 6 * MINUTE;
    await expect(clocks.open(place)).rejects.toMatchObject({ code: 'LOG_CLOCK_BEHIND' });
    expect(await readFile(place.guard, 'utf8')).toBe(before);
  });

  test.each([NaN, -1, Infinity, 8.64e15, 253_402_300_799_999])(
    'refuses a clock that says %d, before anything is stored',
    async (wall) => {
      await using place = await makePlace();
      const clocks = new Clocks();
      clocks.wall = wall;
      await expect(clocks.open(place)).rejects.toMatchObject({ code: 'LOG_CLOCK_DOUBTFUL' });
      await using log = await place.open();
      expect(log.size).toBe(1);
    },
  );
});

describe('a log whose clock is set while it runs', () => {
  test.each([5 * MINUTE + 1, -5 * MINUTE - 1, 365 * 24 * 60 * MINUTE, NaN])(
    'takes nothing as long as it is off by %d ms, and goes on when it is right again',
    async (off) => {
      await using place = await makePlace();
      const clocks = new Clocks();
      await using log = await clocks.open(place);
      clocks.pass(1000);
      const [right, refusal] = [clocks.wall, { code: 'LOG_CLOCK_DOUBTFUL' }];
      clocks.wall += off;
      await expect(log.append(statementOf(1))).rejects.toMatchObject(refusal);
      const both = [statementOf(1), statementOf(2)];
      await expect(log.appendBatch(both)).rejects.toMatchObject(refusal);
      expect(log.size).toBe(1);
      clocks.wall = right;
      const { index, time } = await log.append(statementOf(1));
      expect([index, time]).toEqual([1, new Date(right).toISOString()]);
    },
  );

  test('is not misled by small steps that add up', async () => {
    await using place = await makePlace();
    const clocks = new Clocks();
    await using log = await clocks.open(place);
    for (const number of [1, 2]) {
      clocks.wall += 2 * MINUTE;
      await log.append(statementOf(number));
    }
    clocks.wall += 2 * MINUTE;
    await expect(log.append(statementOf(3))).rejects.toMatchObject({ code: 'LOG_CLOCK_DOUBTFUL' });
  });

  test('goes on for a year when both clocks do', async () => {
    await using place = await makePlace();
    const clocks = new Clocks();
    await using log = await clocks.open(place);
    clocks.pass(365 * 24 * 60 * MINUTE);
    const { time } = await log.append(statementOf(1));
    expect(time).toBe(new Date(clocks.wall).toISOString());
  });
});

describe('LogClock', () => {
  test('never goes back', () => {
    const clocks = new Clocks();
    const world = { clock: () => clocks.wall, monotonic: () => clocks.monotonic, anchorByMs: 0 };
    const clock = new LogClock({ ...world, newest: NOW + 1000 });
    expect(clock.next()).toBe(NOW + 1000);
    clocks.pass(3000);
    expect(clock.next()).toBe(NOW + 3000);
    clocks.wall -= 2000;
    expect(clock.next()).toBe(NOW + 3000);
  });
});
