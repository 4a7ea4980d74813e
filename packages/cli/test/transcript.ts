import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// A transcript is a terminal session as a text file:
//
//   # a remark
//   $ anchorlog verify guide.json --policy policy.json     a command, run by sh in the session's own folder
//   ✔ Unaltered · issued by <any>                          what standard output must be, line by line
//   2> anchorlog: …                                        what standard error must be
//   [12]                                                   exit code, where it is not 0
//   $ anchorlog dev notary --port 0 &                      runs on; the session goes on when the expected lines are there
//   $ stop                                                 interrupts (SIGINT) what runs on, and waits for its end
//
// `<id>` and the like stand for what differs each time (PLACES); `<id:guide>` binds the text to a name: later it must be the same, and
// commands find it in the variable `$guide`. A line `...` stands for any lines.

/** A command of a transcript with what it must come to. */
interface Step {
  readonly line: number;
  readonly command: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly code: number;
}

/** What a command came to. */
interface Outcome {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly code: number | null;
}

const PLACES: Readonly<Record<string, string>> = {
  id: '[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}',
  time: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z',
  local: '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\+08:00',
  date: '\\d{4}-\\d\\d-\\d\\d',
  hash: '[A-Za-z0-9+/]{43}=',
  hex: '[0-9a-f]{4,64}',
  groups: '(?:[0-9a-f]{4} ){15}[0-9a-f]{4}',
  address: '0x[0-9a-f]{40}',
  url: 'http://127\\.0\\.0\\.1:\\d+',
  n: '\\d+',
  size: '\\d+\\.\\d',
  any: '.*?',
};

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = join(ROOT, 'packages/cli/src/main.ts');

/** A folder with a shell in which `anchorlog` is the command line from source, and what was learnt on the way. */
export class Session {
  readonly dir: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #names = new Map<string, string>();
  #running: { readonly child: ChildProcess; readonly outcome: Promise<Outcome> } | undefined;

  private constructor(dir: string, environment: NodeJS.ProcessEnv) {
    this.dir = dir;
    this.#environment = environment;
  }

  /**
   * Begin a session in a folder that is there and empty; `tools` are scripts of this project that it may call by their names, `variables`
   * those of its shell.
   */
  static async begin(
    dir: string,
    {
      language = 'en_US.UTF-8',
      tools = {},
      variables = {},
    }: {
      readonly language?: string;
      readonly tools?: Readonly<Record<string, string>>;
      readonly variables?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Session> {
    const bin = join(dir, '.bin');
    await mkdir(bin);
    for (const [name, path] of Object.entries({ anchorlog: MAIN, ...tools })) {
      const script = `#!/bin/sh\nexec '${process.execPath}' -C @anchorlog/source '${path}' "$@"\n`;
      await writeFile(join(bin, name), script);
      await chmod(join(bin, name), 0o755);
    }
    await symlink(join(ROOT, 'packages/profiles/records'), join(dir, 'records'));
    await symlink(join(ROOT, 'examples'), join(dir, 'examples'));
    const { PATH = '' } = process.env;
    return new Session(dir, {
      ...variables,
      PATH: `${bin}${delimiter}${PATH}`,
      LANG: language,
      NODE_COMPILE_CACHE: join(dir, '..', 'compiled'),
    });
  }

  /** Run a command and check what it comes to. Throws with both sides of the difference. */
  async run(step: Step): Promise<void> {
    if (step.command === 'stop') return this.#check(step, await this.#stop());
    if (step.command.endsWith(' &')) return this.#start(step);
    const { outcome } = this.#spawn(step.command);
    this.#check(step, await outcome);
  }

  /** End what runs on. */
  async end(): Promise<void> {
    if (this.#running) await this.#stop();
  }

  async #start(step: Step): Promise<void> {
    const { child, outcome, lines } = this.#spawn(`exec ${step.command.slice(0, -2)}`);
    this.#running = { child, outcome };
    const ended = new AbortController();
    void outcome.then(() => ended.abort());
    while (lines().length < step.stdout.length && !ended.signal.aborted) {
      await Promise.race([once(child.stdout!, 'data', { signal: ended.signal }), outcome]).catch(
        () => undefined,
      );
    }
    const stderr = ended.signal.aborted ? (await outcome).stderr : [];
    this.#check(step, { stdout: lines(), stderr, code: 0 });
  }

  async #stop(): Promise<Outcome> {
    if (!this.#running) throw new Error('nothing runs on');
    const { child, outcome } = this.#running;
    this.#running = undefined;
    child.kill('SIGINT');
    const { stderr, code } = await outcome;
    return { stdout: [], stderr, code };
  }

  #spawn(command: string): {
    readonly child: ChildProcess;
    readonly outcome: Promise<Outcome>;
    readonly lines: () => string[];
  } {
    const env = { ...this.#environment, ...Object.fromEntries(this.#names) };
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: this.dir,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
    const outcome = once(child, 'close').then(([code]) => ({
      stdout: linesOf(texts.stdout),
      stderr: linesOf(texts.stderr),
      code: code as number | null, // of the event `close`
    }));
    return { child, outcome, lines: () => linesOf(texts.stdout) };
  }

  #check({ line, command, stdout, stderr, code }: Step, got: Outcome): void {
    const problems = [
      ...(this.#matches(stdout, got.stdout) ? [] : ['standard output']),
      ...(this.#matches(stderr, got.stderr) ? [] : ['standard error']),
      ...(got.code === code ? [] : ['exit code']),
    ];
    if (problems.length === 0) return;
    const shown = [...got.stdout, ...got.stderr.map((text) => `2> ${text}`), `[${got.code}]`];
    const wanted = [...stdout, ...stderr.map((text) => `2> ${text}`), `[${code}]`];
    throw new Error(
      `line ${line}: $ ${command}\n${problems.join(', ')} differ\n--- expected\n${wanted.join('\n')}\n--- got\n${shown.join('\n')}\n`,
    );
  }

  #matches(expected: readonly string[], got: readonly string[]): boolean {
    const [first, ...rest] = expected;
    if (first === undefined) return got.length === 0;
    if (first === '...') {
      return got.some((_, i) => this.#matches(rest, got.slice(i))) || this.#matches(rest, []);
    }
    const [line, ...others] = got;
    return line !== undefined && this.#matchesLine(first, line) && this.#matches(rest, others);
  }

  #matchesLine(expected: string, got: string): boolean {
    const names: string[] = [];
    const source = expected.split(/(<[a-z]+(?::[a-z]+)?>)/).map((part) => {
      const [, place = '', name] = /^<([a-z]+)(?::([a-z]+))?>$/.exec(part) ?? [];
      const pattern = PLACES[place];
      if (pattern === undefined) return escape(part);
      if (name === undefined) return pattern;
      const known = this.#names.get(name);
      if (known !== undefined) return escape(known);
      names.push(name);
      return `(${pattern})`;
    });
    const match = new RegExp(`^${source.join('')}$`).exec(got);
    names.forEach((name, i) => match && this.#names.set(name, match[i + 1] ?? ''));
    return match !== null;
  }
}

interface Draft extends Step {
  readonly stdout: string[];
  readonly stderr: string[];
  code: number;
}

/** Split the text of a transcript into its steps. */
export function parseTranscript(text: string): Step[] {
  const steps: Draft[] = [];
  let last: Draft | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const code = /^\[(\d+)\]$/.exec(line)?.[1];
    if (line.startsWith('$ ')) {
      last = { line: i + 1, command: line.slice(2), stdout: [], stderr: [], code: 0 };
      steps.push(last);
    } else if (line.startsWith('# ') || line === '#') continue;
    else if (code !== undefined && last) last.code = Number(code);
    else if (line.startsWith('2> ')) last?.stderr.push(line.slice(3));
    else last?.stdout.push(line);
  }
  // Blank lines before the next command or remark are there for the eye.
  return steps.map((step) => ({ ...step, stdout: withoutBlankEnd(step.stdout) }));
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function linesOf(text: string): string[] {
  return withoutBlankEnd(text.split('\n'));
}

function withoutBlankEnd(lines: readonly string[]): string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}
