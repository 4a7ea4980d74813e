#!/usr/bin/env node
import { CommanderError, type Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { addAudit } from './commands/audit.ts';
import { addBundle } from './commands/bundle.ts';
import { addDev } from './commands/dev.ts';
import { addInit } from './commands/init.ts';
import { addKeygen } from './commands/keygen.ts';
import { addLog } from './commands/log.ts';
import { addNotarize } from './commands/notarize.ts';
import { addProfile } from './commands/profile.ts';
import { addProgress } from './commands/progress.ts';
import { addSeal } from './commands/seal.ts';
import { addVerify } from './commands/verify.ts';
import { createProgram, type Context } from './context.ts';
import { EXIT } from './exit.ts';
import { languageOf, sayIn } from './language.ts';
import { guardStreams } from './output.ts';
import { parserFault } from './parser-fault.ts';
import { codeOf } from './error-code.ts';
import { troubleLines, troubleOf, type Trouble } from './trouble.ts';
import { formatJson, visible } from './visible.ts';

const argv = process.argv.slice(2);
const language = languageOf(argv, process.env);
const context: Context = { language, say: sayIn(language) };
const { say } = context;
const ADD = [
  addInit,
  addDev,
  addProfile,
  addNotarize,
  addProgress,
  addBundle,
  addVerify,
  addSeal,
  addAudit,
  addLog,
  addKeygen,
] as const;
guardStreams();

const program = declare();
try {
  await program.parseAsync(argv, { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError) endOfParser(error);
  else endOfCommand(error);
}

function declare(): Command {
  const root = createProgram(language)
    .description(
      say(
        '为电子证照、电子印章和数据共享交换的记录存证，离线核验证明包',
        'Notarize records of e-licenses, e-seals and data sharing; verify their proof bundles offline',
      ),
    )
    .version(manifest.version, '-V, --version', say('显示版本号', 'show the version'))
    .addHelpText('after', `\n${exitCodes()}`);
  for (const add of ADD) add(root, context);
  return root;
}

function exitCodes(): string {
  const rows = Object.values(EXIT).map(
    ({ code, when: [zh, en] }) => `  ${String(code).padStart(3)}  ${say(zh, en)}`,
  );
  return [say('退出码：', 'Exit codes:'), ...rows].join('\n');
}

/** Help and version end well; what the parser of the command line refuses is said in its own words. */
function endOfParser({ exitCode, code, message }: CommanderError): void {
  if (exitCode === 0) return;
  process.exitCode = EXIT.usage.code;
  if (code === 'commander.help') return; // no command was given: the help has been shown
  const fault = parserFault(message, say);
  const help = ['anchorlog', ...namesOfCommand(), '--help'].join(' ');
  report({
    exit: 'usage',
    what: [`命令行有误：${fault}`, fault],
    todo: [`用法见：${help}`, `see: ${help}`],
  });
}

/** Say which command was meant, with the one that it belongs to before it. */
function namesOfCommand(): string[] {
  const names: string[] = [];
  let commands = program.commands;
  for (const argument of argv) {
    const command = commands.find((each) => each.name() === argument);
    if (command === undefined) continue;
    names.push(argument);
    commands = command.commands;
  }
  return names;
}

function endOfCommand(error: unknown): void {
  const trouble = troubleOf(error);
  process.exitCode = EXIT[trouble.exit].code;
  report(trouble, error);
}

/** Say on standard error what went wrong and what to do; with `--json` in one line of JSON. */
function report(trouble: Trouble, error?: unknown): void {
  const { exit, what, todo } = trouble;
  const text = argv.includes('--json')
    ? formatJson({
        error: {
          code: codeOf(error),
          exit,
          what: say(...what),
          todo: todo && say(...todo),
          message: error instanceof Error ? error.message : undefined,
        },
      })
    : `anchorlog: ${troubleLines(error, trouble, say).join('\n')}`;
  process.stderr.write(`${text}\n`);
  if (exit === 'internal' && process.env['ANCHORLOG_DEBUG'] && error instanceof Error) {
    const stack = error.stack?.split('\n').map(visible).join('\n');
    process.stderr.write(`${stack}\n`);
  }
}
