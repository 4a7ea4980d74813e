import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

/** Something that takes up `count` places of a group and cannot be torn. */
export interface Queued {
  readonly count: number;
}

/** Waiting submissions in the order of their arrival, taken out in groups. */
export class GroupQueue<T extends Queued> {
  readonly #maxCount: number;
  readonly #maxDelayMs: number;
  #waiting: T[] = [];
  #count = 0;
  #closed = false;
  #arrive: (() => void) | undefined;

  constructor(limits: { readonly maxCount: number; readonly maxDelayMs: number }) {
    this.#maxCount = limits.maxCount;
    this.#maxDelayMs = limits.maxDelayMs;
  }

  push(item: T): void {
    this.#waiting.push(item);
    this.#count += item.count;
    this.#arrive?.();
    this.#arrive = undefined;
  }

  /** Let `take` give what waits, and then undefined for ever. */
  close(): void {
    this.#closed = true;
    this.#arrive?.();
  }

  /**
   * Take the next group once something waits: when it is full, when its first has waited for `maxDelayMs`, or when a turn of the event
   * loop brings nothing new while the store is idle, so that a single append does not wait for company that may never come. While it is
   * known that more is coming, the group waits for that: small groups would cost more than they save.
   */
  async take(
    isStoreBusy: () => boolean,
    isMoreComing: () => boolean = () => false,
  ): Promise<T[] | undefined> {
    if (this.#count === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#arrive = resolve;
      });
    }
    const deadline = performance.now() + this.#maxDelayMs;
    while (this.#count < this.#maxCount && !this.#closed) {
      if (isMoreComing()) {
        await turn();
        continue;
      }
      if (performance.now() >= deadline) break;
      const before = this.#count;
      await (isStoreBusy() ? delay(1) : turn());
      if (this.#count === before && !isStoreBusy()) break;
    }
    const group: T[] = [];
    let count = 0;
    while (group.length < this.#waiting.length) {
      const next = this.#waiting[group.length]!;
      if (group.length > 0 && count + next.count > this.#maxCount) break;
      group.push(next);
      count += next.count;
    }
    this.#waiting = this.#waiting.slice(group.length);
    this.#count -= count;
    return group.length > 0 ? group : undefined;
  }
}
