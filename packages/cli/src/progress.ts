/** Reports a long job on standard error: a bar in a terminal, a line every ten seconds elsewhere. Silent for the first second. */
export class Progress {
  readonly #what: string;
  readonly #total: number | undefined;
  readonly #began = performance.now();
  #shown = 0;
  #drawn = false;

  constructor(what: string, total?: number) {
    this.#what = what;
    this.#total = total;
  }

  /** Say how many are done. */
  update(done: number): void {
    const now = performance.now();
    const terminal = process.stderr.isTTY;
    if (now - this.#began < 1000 || now - this.#shown < (terminal ? 100 : 10_000)) return;
    this.#shown = now;
    const line = this.#line(done, (now - this.#began) / 1000);
    process.stderr.write(terminal ? `\r\u001b[K${line}` : `${line}\n`);
    this.#drawn = terminal;
  }

  /** Clear the bar. */
  end(): void {
    if (this.#drawn) process.stderr.write('\r\u001b[K');
  }

  #line(done: number, seconds: number): string {
    const rate = done / seconds;
    const count = `${this.#what}: ${done.toLocaleString('en')}`;
    if (this.#total === undefined || done === 0)
      return `${count}, ${Math.round(rate).toLocaleString('en')}/s`;
    const share = Math.min(1, done / this.#total);
    const filled = Math.round(share * 24);
    const left = Math.ceil((this.#total - done) / rate);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(24 - filled)}`;
    return `${bar} ${Math.floor(share * 100)} %  ${count} of ${this.#total.toLocaleString('en')}, ${Math.round(rate).toLocaleString('en')}/s, ${left} s left`;
  }
}
