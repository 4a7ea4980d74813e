import { once } from 'node:events';
import { styleText } from 'node:util';
import { EXIT } from './exit.ts';
import { sayIn, type Language, type Say } from './language.ts';
import { formatJson, visible } from './visible.ts';

/** How a command speaks: results on standard output, everything else on standard error. */
export interface Output {
  readonly json: boolean;
  readonly language: Language;
  readonly say: Say;
  /** Aborted when whoever read standard output has gone: nobody waits for more results. */
  readonly gone: AbortSignal;
  /** Write a result: the object as one line with `--json`, else the text. Resolves when there is room for more. */
  readonly result: (object: unknown, text: string) => Promise<void>;
  /** Say something about the work, in one line on standard error. */
  readonly note: (text: string) => void;
}

const gone = new AbortController();

/** Make the output of one command. */
export function createOutput(json: boolean, language: Language): Output {
  return {
    json,
    language,
    say: sayIn(language),
    gone: gone.signal,
    result: (object, text) => write(`${json ? formatJson(object) : text}\n`),
    note: (text) => void process.stderr.write(`${visible(text)}\n`),
  };
}

/** Write to standard output. Resolves when there is room for more, or nobody reads. */
export async function write(data: string | Uint8Array): Promise<void> {
  if (gone.signal.aborted || process.stdout.write(data)) return;
  try {
    await once(process.stdout, 'drain', { signal: gone.signal });
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

/**
 * Take care of standard output that cannot be written. A reader that has gone (`| head`) is no fault. Anything else is, such as a full disk:
 * then nobody has seen the verdict, and the process must not end as if somebody had.
 */
export function guardStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    gone.abort();
    if (error.code === 'EPIPE') return;
    process.stderr.write(`anchorlog: standard output: ${error.message}\n`);
    process.once('exit', () => (process.exitCode = EXIT.internal.code));
  });
  process.stderr.on('error', () => undefined); // nobody is left to be told
}

export type Colour = 'green' | 'blue' | 'red' | 'yellow' | 'dim' | 'bold';

/** Colour text for standard output if it is a terminal; NO_COLOR and the terminal's own abilities are obeyed. */
export function paint(style: Colour, text: string): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true });
}

/** Put facts one below the other, names aligned by the width that a terminal gives them. */
export function alignFacts(
  facts: readonly (readonly [name: string, value: string])[],
  indent = '  ',
): string {
  const width = Math.max(0, ...facts.map(([name]) => displayWidth(name)));
  return facts
    .map(([name, value]) => `${indent}${name}${' '.repeat(width - displayWidth(name))}  ${value}`)
    .join('\n');
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/;

/** Columns that a text takes in a terminal: two for Chinese, Japanese, Korean and full-width characters. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}
