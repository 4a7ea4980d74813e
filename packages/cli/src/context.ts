import { Command, Help, Option } from 'commander';
import { displayWidth, createOutput, type Output } from './output.ts';
import { sayIn, type Language, type Say } from './language.ts';

/** What a command needs to know of the run when it is declared. */
export interface Context {
  readonly language: Language;
  readonly say: Say;
}

const WIDTH = 100;

/** Make the program: what all commands share. Faults of the command line are thrown, and said by who catches them. */
export function createProgram(language: Language): Command {
  const say = sayIn(language);
  return new Command('anchorlog')
    .addOption(
      new Option(
        '--json',
        say(
          '标准输出为 JSON：一个对象，或每行一个',
          'one JSON object, or one a line, on standard output',
        ),
      ),
    )
    .addOption(
      new Option('--lang <language>', say('显示语言', 'language of what people read')).choices([
        'zh-CN',
        'en',
      ]),
    )
    .helpOption('-h, --help', say('显示帮助', 'show this help'))
    .helpCommand('help [command]', say('显示命令的帮助', 'show the help of a command'))
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      outputError: () => undefined,
      getOutHelpWidth: () => helpWidth(process.stdout.columns),
      getErrHelpWidth: () => helpWidth(process.stderr.columns),
    })
    .configureHelp({
      showGlobalOptions: true,
      displayWidth,
      formatHelp: (command, helper) => withoutGap(new Help().formatHelp(command, helper)),
      styleTitle: (title) => say(TITLES[title] ?? title, title),
      optionDescription: (option) => describe(option, say),
    });
}

/** Read the shared options of a command that runs. */
export function outputOf(command: Command, { language }: Context): Output {
  const { json } = command.optsWithGlobals<{ readonly json?: boolean }>();
  return createOutput(json === true, language);
}

/** Collect the values of an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Global Options:': '通用选项：',
  'Commands:': '命令：',
};

/** After a full-width colon no space is written. */
function withoutGap(help: string): string {
  return help.replace(/^用法： /, '用法：');
}

function helpWidth(columns: number | undefined): number {
  return Math.min(columns ?? WIDTH, WIDTH);
}

function describe({ description, argChoices, defaultValue }: Option, say: Say): string {
  const facts = [
    ...(argChoices ? [argChoices.join(' | ')] : []),
    ...(typeof defaultValue === 'string' || typeof defaultValue === 'number'
      ? [say(`默认 ${defaultValue}`, `default ${defaultValue}`)]
      : []),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}
