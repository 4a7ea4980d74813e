import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** One measurement, beside what it is held against in the same run: machines differ, ratios travel. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  /** Of `value`: 'ms', 'µs', 'bytes', '/s', … */
  readonly unit: string;
  /** What it is held against, with its own figure; empty where the goal is absolute. */
  readonly against: string;
  /** How many times better than that; undefined where there is nothing to compare. */
  readonly ratio: number | undefined;
  /** In words: '≥ 6×', '≤ 100 µs'. */
  readonly goal: string;
  readonly met: boolean;
}

/** The value below which the fraction `q` (0 to 1) of the samples lies. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // the flag makes it a function

/** Collect garbage, so that what is measured next does not pay for what went before. */
export function collectGarbage(): void {
  collect();
  collect(); // waits for the threads that still sweep after the first
}

/** The processor time that `run` takes, in milliseconds, of all threads: other work on the machine does not count. For long runs. */
export function cpuTimed(run: () => void): number {
  const begin = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

/** The time that `run` takes by the clock, in milliseconds. */
export function timed(run: () => void): number {
  const begin = performance.now();
  run();
  return performance.now() - begin;
}
