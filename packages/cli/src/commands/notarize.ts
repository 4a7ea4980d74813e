import { Option, type Command } from 'commander';
import { FILE_LIMITS, formatBase64, isCodedError, jsonErrorIn } from '@anchorlog/core';
import type { ProfileSet } from '@anchorlog/profiles';
import type { Receipt } from '@anchorlog/sdk';
import { outputOf, type Context } from '../context.ts';
import { EXIT, type ExitName } from '../exit.ts';
import { readJsonFile, standardInput } from '../file.ts';
import type { Said } from '../language.ts';
import { readLines } from '../lines.ts';
import { mapInOrder } from '../ordered.ts';
import type { Output } from '../output.ts';
import { Progress, count } from '../progress.ts';
import { checkInput, checkerOf, type Fitting } from '../record-check.ts';
import { TIMEOUT, parseTimeout } from '../timeout.ts';
import { codeOf } from '../error-code.ts';
import { UsageError, troubleLines, troubleOf } from '../trouble.ts';
import { visible } from '../visible.ts';

interface NotarizeFlags {
  readonly dir: string;
  readonly until: 'published' | 'anchored' | 'final';
  readonly timeout: string;
  readonly check?: boolean;
}

/** Records on their way at once: enough to fill groups, little enough to keep memory flat. */
const IN_FLIGHT = { items: 4000, weight: 32_000_000 };

/** `anchorlog notarize FILE… | -`: notarize records, or a stream of them. */
export function addNotarize(program: Command, context: Context): void {
  const { say } = context;
  program
    .command('notarize')
    .description(
      say(
        '为记录存证：JSON 文件，或标准输入中每行一条',
        'notarize records: JSON files, or one record a line on standard input',
      ),
    )
    .argument(
      '<files...>',
      say(
        '每个文件一条 JSON 记录；- 为标准输入，每行一条，按序逐条答复',
        'JSON files of one record each; - for one record a line on standard input, answered in order',
      ),
    )
    .requiredOption('--dir <dir>', say('存证器的文件夹', 'folder of the notary'))
    .addOption(
      new Option('--until <stage>', say('结束前等到哪一步', 'before the end, wait until so far'))
        .choices(['published', 'anchored', 'final'])
        .default('published'),
    )
    .option(
      '--check',
      say(
        '只检查记录的写法，不存证，什么也不写入',
        'only check how the records are written; notarize nothing, write nothing',
      ),
    )
    .option('--timeout <seconds>', say('最多等几秒', 'wait no longer than this'), TIMEOUT)
    .action(async (files: readonly string[], flags: NotarizeFlags, command: Command) => {
      const output = outputOf(command, context);
      const timeoutMs = parseTimeout(flags.timeout);
      if (flags.check === true) {
        const { readConfig, readProfiles } = await import('@anchorlog/sdk');
        const config = await readConfig(flags.dir);
        const profiles = await readProfiles(flags.dir, config);
        const work = checkerOf(config.issuers, profiles);
        const ended = await new Run({ work, profiles, output, done: FITS }).take(files);
        if (ended) process.exitCode = EXIT[ended].code;
        return;
      }
      const { createNotary } = await import('@anchorlog/sdk');
      await using notary = await createNotary({ dir: flags.dir });
      if (flags.until !== 'published' && !notary.config.chain) {
        throw new UsageError(...NO_CHAIN); // before anything is taken
      }
      const take = (bytes: Uint8Array): Promise<Receipt> => notary.notarize(bytes);
      const { profiles } = notary;
      const ended = await new Run({ work: take, profiles, output, done: NOTARIZED }).take(files);
      if (ended) process.exitCode = EXIT[ended].code;
      await notary.flush({ until: flags.until, timeoutMs });
    });
}

const NOTARIZED = ['已存证', 'notarized'] as const;
const FITS = ['符合格式', 'well written'] as const;
const NO_CHAIN = [
  ['--until：存证器还没有接上链', '--until: the notary has no chain to anchor on'],
  [
    '在另一个终端运行 anchorlog dev <文件夹>，或在 notary.json 里设置 chain',
    'run anchorlog dev <dir> in another terminal, or set chain in notary.json',
  ],
] as const;

/** A record as it came in: from which place, and its bytes, or why there are none. */
interface Input {
  readonly place: { readonly line: number } | { readonly file: string };
  readonly bytes: Uint8Array | Error;
}

interface Answer {
  readonly place: Input['place'];
  readonly bytes: Uint8Array | Error;
  readonly receipt: Receipt | Fitting | Error;
}

/** Of so many records warnings are told; what is written with --json has them all. */
const MOST_WARNED = 20;

/** One run of the command: takes records in the order of the input and answers in it, each as soon as it is on disk. */
class Run {
  readonly #work: (bytes: Uint8Array) => Promise<Receipt | Fitting>;
  readonly #profiles: ProfileSet;
  readonly #output: Output;
  /** What became of a record that was not refused. */
  readonly #done: Said;
  readonly #progress: Progress;
  readonly #stop = new AbortController();
  /** Several files were given: each answer names its own. */
  #several = false;
  #interrupted = false;
  #taken = 0;
  #refused = 0;
  #warned = 0;
  #firstRefusal: ExitName | undefined;

  constructor(run: {
    readonly work: (bytes: Uint8Array) => Promise<Receipt | Fitting>;
    readonly profiles: ProfileSet;
    readonly output: Output;
    readonly done: Said;
  }) {
    this.#work = run.work;
    this.#profiles = run.profiles;
    this.#output = run.output;
    this.#done = run.done;
    const { say } = run.output;
    this.#progress = new Progress({ what: say('记录', 'records'), say });
  }

  /** Notarize all; a refused record stops no other. Gives how to exit unless all is well. */
  async take(files: readonly string[]): Promise<ExitName | undefined> {
    this.#several = files.length > 1;
    const interrupt = (): void => {
      this.#interrupted = true;
      this.#stop.abort();
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    this.#output.gone.addEventListener('abort', () => this.#stop.abort(), { once: true });
    const answers = mapInOrder(this.#inputs(files), {
      most: IN_FLIGHT,
      weigh: ({ bytes }) => (bytes instanceof Error ? 0 : bytes.length),
      work: (input) => this.#notarize(input),
    });
    try {
      for await (const answer of answers) await this.#tell(answer);
      this.#progress.end();
      return this.#summarize(); // before a signal can end the process without a word
    } finally {
      this.#progress.end();
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  }

  async *#inputs(files: readonly string[]): AsyncGenerator<Input> {
    for (const file of files) {
      if (this.#stop.signal.aborted) return;
      if (file === '-') yield* this.#lines();
      else yield { place: { file }, bytes: await readJsonFile(file).catch(asError) };
    }
  }

  async *#lines(): AsyncGenerator<Input> {
    const stdin = standardInput();
    const stop = (): void => void stdin.destroy();
    this.#stop.signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const { number, bytes } of readLines(stdin, FILE_LIMITS.bytes)) {
        if (this.#stop.signal.aborted) return;
        yield { place: { line: number }, bytes };
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  async #notarize({ place, bytes }: Input): Promise<Answer> {
    if (bytes instanceof Error) return { place, bytes, receipt: bytes };
    return { place, bytes, receipt: await this.#work(bytes).catch(asError) };
  }

  async #tell({ place, bytes, receipt }: Answer): Promise<void> {
    this.#taken++;
    if (!process.stdout.isTTY) this.#progress.update(this.#taken); // else the answers themselves show it
    if (receipt instanceof Error) return this.#tellRefusal(place, bytes, receipt);
    const { warnings = [] } = receipt;
    const noted = warnings.length > 0 ? { warnings } : {};
    if (warnings.length > 0) this.#warned++;
    for (const { code, message } of this.#warned > MOST_WARNED ? [] : warnings) {
      this.#output.note(`! ${this.#at(place)}  ${code}: ${message}`);
    }
    if (!('leafHash' in receipt)) {
      const { profile, event } = receipt.record;
      return this.#output.result(
        { ...place, profile, event, ...noted },
        `✔ ${this.#at(place)}  ${profile} ${event}`,
      );
    }
    const { id, index, leafHash, time, anchorBy } = receipt;
    await this.#output.result(
      { ...place, id, index, leafHash: formatBase64(leafHash), time, anchorBy, ...noted },
      `✔ ${this.#several && 'file' in place ? `${this.#at(place)}  ` : ''}${index}  ${id}  ${time}`,
    );
  }

  #at(place: Input['place']): string {
    const { say } = this.#output;
    return 'line' in place ? say(`第 ${place.line} 行`, `line ${place.line}`) : visible(place.file);
  }

  async #tellRefusal(
    place: Input['place'],
    bytes: Uint8Array | Error,
    cause: Error,
  ): Promise<void> {
    const { say } = this.#output;
    const error = bytes instanceof Error || 'line' in place ? cause : placed(cause, bytes);
    const { exit, what, todo } = troubleOf(error);
    this.#refused++;
    this.#firstRefusal ??= exit;
    // What is no fault of the record would meet the next one too.
    if (exit === 'internal' || exit === 'inconsistent') this.#stop.abort();
    // The notary stops at the first fault; who writes a record wants to know all.
    const isOfRecord = !(bytes instanceof Error) && codeOf(error)?.startsWith('PROFILES_') === true;
    const checked = isOfRecord ? await checkInput(bytes, this.#profiles) : undefined;
    const faults = checked && 'faults' in checked ? checked.faults : [];
    const profile = checked && 'faults' in checked ? checked.profile : undefined;
    const trouble = { exit, what, todo: profile === undefined ? todo : naming(todo, profile) };
    const { id } = isCodedError(error) ? error.context : {};
    const at = isCodedError(error) ? error.context['at'] : undefined;
    const more = faults
      .filter((fault) => fault.message !== error.message && fault.at !== at)
      .map(({ code, message }) => `\n  ${visible(`${code}: ${message}`)}`);
    await this.#output.result(
      {
        ...place,
        error: codeOf(error) ?? 'INTERNAL',
        exit,
        message: error.message,
        ...(typeof id === 'string' ? { id } : {}),
        ...(faults.length > 1 ? { faults } : {}),
      },
      `✘ ${this.#at(place)}  ${troubleLines(error, trouble, say).join('\n')}${more.join('')}`,
    );
  }

  #summarize(): ExitName | undefined {
    const { say, note, gone } = this.#output;
    const kept = this.#taken - this.#refused;
    const warned = this.#warned;
    if (this.#taken > 1) {
      note(
        say(
          `${count(this.#taken)} 条记录：${this.#done[0]} ${count(kept)} 条，拒绝 ${count(this.#refused)} 条${warned === 0 ? '' : `，其中 ${count(warned)} 条有提醒`}`,
          `${count(this.#taken)} records: ${count(kept)} ${this.#done[1]}, ${count(this.#refused)} refused${warned === 0 ? '' : `, ${count(warned)} with warnings`}`,
        ),
      );
    }
    if (this.#interrupted || gone.aborted) {
      note(
        say(
          '未读完输入即中断；已答复的都已保存',
          'stopped before the end of the input; what was acknowledged is kept',
        ),
      );
      return 'interrupted';
    }
    return this.#firstRefusal;
  }
}

/** Put the name of a profile in its place in what to do. */
function naming(todo: Said | undefined, profile: string): Said | undefined {
  return todo && [todo[0].replace('<类型>', profile), todo[1].replace('<name>', profile)];
}

/** The file stands before what is said of it. */
function placed(error: Error, text: Uint8Array): Error {
  return asError(jsonErrorIn(error, { text }));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
