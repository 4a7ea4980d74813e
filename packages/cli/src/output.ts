import { styleText } from 'node:util';

export type Language = 'zh-CN' | 'en';

/** How a command speaks: results on standard output, everything else on standard error. */
export interface Output {
  readonly json: boolean;
  readonly language: Language;
  /** Write a result: the object with `--json`, else the text. */
  result(object: unknown, text: string): void;
  /** Say something about the work, on standard error. */
  note(text: string): void;
}

/** Make the output of one command. */
export function createOutput({
  json,
  language,
}: {
  readonly json: boolean;
  readonly language: Language;
}): Output {
  return {
    json,
    language,
    result: (object, text) =>
      void process.stdout.write(`${json ? JSON.stringify(object) : text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** Choose the language: what was asked, else what the environment says, else English. */
export function languageOf(
  asked: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const wish =
    asked ?? environment['LC_ALL'] ?? environment['LC_MESSAGES'] ?? environment['LANG'] ?? '';
  return /^zh/i.test(wish) ? 'zh-CN' : 'en';
}

/** Colour text for standard output if it is a terminal; NO_COLOR and the terminal's own abilities are obeyed. */
export function paint(
  style: 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold',
  text: string,
): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true });
}

/** Put facts one below the other, names aligned by the width that a terminal gives them. */
export function alignFacts(
  facts: readonly (readonly [name: string, value: string])[],
  indent = '  ',
): string {
  const width = Math.max(...facts.map(([name]) => displayWidth(name)));
  return facts
    .map(([name, value]) => `${indent}${name}${' '.repeat(width - displayWidth(name))}  ${value}`)
    .join('\n');
}

/** Columns that a text takes in a terminal: two for Chinese, Japanese, Korean and full-width characters. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    width +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
