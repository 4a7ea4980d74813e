/** The one screen of the demo: numbered steps, and the count of what held. */
export class Screen {
  #number = 0;
  #checks = 0;
  #attacks = 0;
  readonly #failed: string[] = [];
  readonly #began = performance.now();
  #stepBegan = this.#began;

  /** Print the next step; `timed` adds the time since the step before. */
  step(name: string, text: string, { timed = false }: { readonly timed?: boolean } = {}): void {
    const now = performance.now();
    const took = timed ? `  ${seconds(now - this.#stepBegan)}` : '';
    this.#stepBegan = now;
    print(`${String(++this.#number).padStart(3)} ${name.padEnd(9)} ${text}${took}`);
  }

  /** Print one more line of the step before. */
  more(text: string): void {
    print(`${' '.repeat(14)}${text}`);
  }

  /** Print what divides two steps. */
  divide(text: string): void {
    print(`    ── ${text} ──`);
  }

  /** Count a check that held, or keep that it failed. */
  check(holds: boolean, what: string): void {
    if (holds) this.#checks++;
    else this.#failed.push(what);
  }

  /** Count an attack: the check that it was refused. */
  attack(refused: boolean, what: string): void {
    if (refused) this.#attacks++;
    else this.#failed.push(`not refused: ${what}`);
  }

  /** Print what it all came to, and what to do next. A failed check is named, and fails the process. */
  end(next: readonly string[]): void {
    for (const what of this.#failed) print(`    ✘ FAILED: ${what}`);
    if (this.#failed.length > 0) process.exitCode = 1;
    const took = seconds(performance.now() - this.#began);
    print(`    ${this.#checks} checks held, ${this.#attacks} attacks refused, ${took}`);
    for (const [i, line] of next.entries()) print(`    ${i === 0 ? 'Next: ' : '      '}${line}`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
