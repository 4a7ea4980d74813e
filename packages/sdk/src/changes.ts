/** Lets many wait for the next change of something, without asking again and again. */
export class Changes {
  #next: Promise<void>;
  #announce: () => void = () => undefined;

  constructor() {
    this.#next = this.#fresh();
  }

  /** Resolves with the next change. Take it before looking at what may change, so that no change falls between. */
  get next(): Promise<void> {
    return this.#next;
  }

  /** Say that something has changed. */
  announce(): void {
    const announce = this.#announce;
    this.#next = this.#fresh();
    announce();
  }

  #fresh(): Promise<void> {
    return new Promise((resolve) => {
      this.#announce = resolve;
    });
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Wait for `change`, but not longer than `ms`. */
export async function changeWithin(change: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER_MS));
  });
  await Promise.race([change, over]);
  clearTimeout(timer);
}
