import { formatInstant } from '@anchorlog/core';
import { logError } from './error.ts';

/** What a log's clock is made of. */
export interface LogClockWorld {
  /** Milliseconds since 1970, as the machine believes. */
  readonly clock: () => number;
  /** Milliseconds since any moment; nobody sets it. */
  readonly monotonic: () => number;
  /** Time of the newest group of the store, undefined if there is none. */
  readonly newest: number | undefined;
  /** What is added to a time in receipts. */
  readonly anchorByMs: number;
}

/** How far the clock may be off against what is known otherwise. */
const TOLERANCE_MS = 5 * 60_000;
/** 9999-12-31T23:59:59.999Z, the last instant that RFC 3339 can write. */
const LAST_MS = 253_402_300_799_999;

/** Gives groups their times. They are signed and never grow smaller, so that one which is far ahead would be given to all that come after (spec/log §10). */
export class LogClock {
  readonly #world: LogClockWorld;
  readonly #began: { readonly wall: number; readonly monotonic: number };
  #last: number;

  /** Begin to keep time. @throws LOG_CLOCK_BEHIND, LOG_CLOCK_DOUBTFUL */
  constructor(world: LogClockWorld) {
    this.#world = world;
    const { newest = 0 } = world;
    const wall = this.#wall();
    this.#began = { wall, monotonic: world.monotonic() };
    this.#last = newest;
    if (newest - wall <= TOLERANCE_MS) return;
    throw logError(
      'LOG_CLOCK_BEHIND',
      `the newest group of the store is of ${formatInstant(newest)}, the clock says ${formatInstant(wall)}: set the clock. If it is right, the group was ` +
        'written by a clock that was wrong: wait until then, or fill up with `refillLog` a copy of the store from before',
      { newest, now: wall },
    );
  }

  /** Give the time of a group that is closed now. @throws LOG_CLOCK_DOUBTFUL until the clock is right again */
  next(): number {
    const wall = this.#wall();
    const { wall: begin, monotonic } = this.#began;
    const off = wall - begin - (this.#world.monotonic() - monotonic);
    if (!(Math.abs(off) <= TOLERANCE_MS)) {
      throw doubtful(
        `the clock has moved by ${Math.round(off / 1000)} s since the log was opened: set it right and try again; if it is right now, open the log again`,
      );
    }
    this.#last = Math.max(this.#last, wall);
    return this.#last;
  }

  #wall(): number {
    const wall = Math.floor(this.#world.clock());
    if (wall >= 0 && wall <= LAST_MS - this.#world.anchorByMs) return wall;
    throw doubtful('the clock gives no time that a receipt can have: set it right');
  }
}

function doubtful(message: string): Error {
  return logError('LOG_CLOCK_DOUBTFUL', message);
}
