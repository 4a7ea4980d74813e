import type { Say } from './language.ts';

/** Where progress is shown: standard error. */
interface Screen {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Reports a long job on standard error: a bar in a terminal, silent for its first second; a line every ten seconds elsewhere. */
export class Progress {
  readonly #what: string;
  readonly #say: Say;
  readonly #total: number | undefined;
  readonly #screen: Screen;
  readonly #clock: () => number;
  readonly #began: number;
  #shown: number;
  #drawn = false;

  constructor({
    what,
    total,
    say,
    screen = process.stderr,
    clock = () => performance.now(),
  }: {
    readonly what: string;
    /** How many there are, where it is known. */
    readonly total?: number | undefined;
    readonly say: Say;
    readonly screen?: Screen | undefined;
    /** Milliseconds. */
    readonly clock?: (() => number) | undefined;
  }) {
    this.#what = what;
    this.#total = total;
    this.#say = say;
    this.#screen = screen;
    this.#clock = clock;
    this.#began = clock();
    this.#shown = this.#began;
  }

  /** Say how many are done. */
  update(done: number): void {
    const now = this.#clock();
    const terminal = this.#screen.isTTY === true;
    if (now - this.#began < 1000 || now - this.#shown < (terminal ? 100 : 10_000)) return;
    this.#shown = now;
    const line = this.#line(done, (now - this.#began) / 1000);
    this.#screen.write(terminal ? `\r\u001b[K${line}` : `${line}\n`);
    this.#drawn = terminal;
  }

  /** Clear the bar. */
  end(): void {
    if (this.#drawn) this.#screen.write('\r\u001b[K');
    this.#drawn = false;
  }

  #line(done: number, seconds: number): string {
    const rate = Math.round(done / seconds);
    const pace = `${count(rate)}/s`;
    if (this.#total === undefined || rate === 0) return `${this.#what}: ${count(done)}, ${pace}`;
    const share = Math.min(1, done / this.#total);
    const filled = Math.round(share * 24);
    const left = Math.ceil((this.#total - done) / rate);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(24 - filled)}`;
    const rest = this.#say(`还需 ${left} s`, `${left} s left`);
    return `${bar} ${Math.floor(share * 100)} %  ${this.#what}: ${count(done)}/${count(this.#total)}, ${pace}, ${rest}`;
  }
}

/** A number as people read it. */
export function count(value: number): string {
  return value.toLocaleString('en');
}
