/** How much may be on its way at once. */
export interface InFlight {
  readonly items: number;
  /** Of all items together, as `weigh` says. */
  readonly weight: number;
}

/**
 * Start `work` on items as they come, many at a time, and give the results in the order of the items, each as soon as it and all before it
 * are there. Memory is flat: no more is taken from `items` than `most` allows. `work` must not reject.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  {
    most,
    weigh,
    work,
  }: {
    readonly most: InFlight;
    readonly weigh: (item: T) => number;
    readonly work: (item: T) => Promise<R>;
  },
): AsyncGenerator<R> {
  const started: { readonly result: Promise<R>; readonly weight: number }[] = [];
  let weight = 0;
  let end: { readonly error?: unknown } | undefined;
  const stop = new AbortController();
  let wakeReader: (() => void) | undefined;
  let wakeTaker: (() => void) | undefined;

  const isFull = (own: number): boolean =>
    started.length > 0 && (started.length >= most.items || weight + own > most.weight);
  const take = async (): Promise<void> => {
    for await (const item of items) {
      const own = weigh(item);
      while (isFull(own) && !stop.signal.aborted)
        await new Promise<void>((wake) => (wakeTaker = wake));
      if (stop.signal.aborted) return;
      started.push({ result: work(item), weight: own });
      weight += own;
      wakeReader?.();
    }
  };
  void take()
    .then(
      () => (end = {}),
      (error: unknown) => (end = { error }),
    )
    .then(() => wakeReader?.());

  try {
    for (;;) {
      const [first] = started;
      if (first) {
        const result = await first.result;
        started.shift();
        weight -= first.weight;
        wakeTaker?.();
        yield result;
      } else if (end) {
        if ('error' in end) throw end.error;
        return;
      } else {
        await new Promise<void>((wake) => (wakeReader = wake));
      }
    }
  } finally {
    stop.abort();
    wakeTaker?.();
  }
}
