/** Runs tasks one after another, in the order they were given. */
export class Lock {
  #last: Promise<unknown> = Promise.resolve();

  /** Run `task` when all earlier ones have ended, well or not. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(task, task);
    this.#last = mine.catch(() => undefined); // each caller hears of its own failure
    return mine;
  }
}
