import { Command, Option } from 'commander';
import { createOutput, languageOf, type Output } from './output.ts';

/** Options that every command takes. */
interface CommonOptions {
  readonly json?: boolean;
  readonly lang?: string;
}

/** Make a command with the options that all share. */
export function createCommand(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .addOption(new Option('--json', 'one JSON object (or one a line) on standard output'))
    .addOption(
      new Option('--lang <language>', 'language of what people read').choices(['zh-CN', 'en']),
    );
}

/** Read the shared options of a command that runs. */
export function outputOf(options: CommonOptions): Output {
  return createOutput({
    json: options.json === true,
    language: languageOf(options.lang, process.env),
  });
}
