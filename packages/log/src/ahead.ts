import { TILE_WIDTH } from '@anchorlog/tlog';

/**
 * Do something with items in their order, at most `limit` of them at a time, ahead of whoever takes the results. Who stops taking ends what is
 * under way through the signal that `run` is given.
 */
export async function* ahead<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  run: (item: Item, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const stopped = new AbortController();
  const running: Promise<Result>[] = [];
  const rest = items[Symbol.iterator]();
  const start = (): void => {
    const next = rest.next();
    if (next.done === true) return;
    const result = run(next.value, stopped.signal);
    // Its failure is its own turn's, should that ever come.
    result.catch(() => undefined);
    running.push(result);
  };
  try {
    for (let i = 0; i < limit; i++) start();
    for (let first = running.shift(); first; first = running.shift()) {
      const result = await first;
      start();
      yield result;
    }
  } finally {
    stopped.abort();
  }
}

/** List the bundles that hold the entries from one index to before another. */
export function* bundlesOf(from: number, to: number): Generator<number, void, undefined> {
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index++) yield index;
}

/** Lets at most `limit` of its callers run at a time, in the order in which they came. */
export class Turnstile {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
