import { setTimeout } from 'node:timers/promises';

/** Time as this package sees it; tests hand in their own. */
export interface Clock {
  /** Milliseconds since 1970: to tell people. */
  now(): number;
  /** Milliseconds since some moment, never set back: to measure. */
  elapsed(): number;
  /** Resolve after `ms`; reject with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
};
