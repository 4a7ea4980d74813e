#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { isCodedError } from '@anchorlog/core';
import manifest from '../package.json' with { type: 'json' };
import { auditCommand } from './commands/audit.ts';
import { bundleCommand } from './commands/bundle.ts';
import { devCommand } from './commands/dev.ts';
import { initCommand } from './commands/init.ts';
import { keygenCommand } from './commands/keygen.ts';
import { notarizeCommand } from './commands/notarize.ts';
import { progressCommand } from './commands/progress.ts';
import { verifyCommand } from './commands/verify.ts';
import { EXIT, exitOfError } from './exit.ts';

const program = new Command('anchorlog')
  .description(
    'Notarize records of e-licenses, e-seals and data sharing; verify their proof bundles offline',
  )
  .version(manifest.version)
  .showSuggestionAfterError()
  .addHelpText(
    'after',
    [
      '',
      'Exit codes:',
      ...Object.values(EXIT).map(({ code, when }) => `  ${String(code).padStart(2)}  ${when}`),
    ].join('\n'),
  );

const commands = [
  initCommand(),
  keygenCommand(),
  notarizeCommand(),
  progressCommand(),
  bundleCommand(),
  verifyCommand(),
  auditCommand(),
  devCommand(),
];
for (const command of commands) {
  command.exitOverride().showSuggestionAfterError();
  for (const nested of command.commands) nested.exitOverride();
  program.addCommand(command);
}
program.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has said what is wrong already; help and version end well.
    process.exitCode = error.exitCode === 0 ? EXIT.ok.code : EXIT.usage.code;
  } else {
    const code = isCodedError(error) ? `${error.code}: ` : '';
    process.stderr.write(
      `anchorlog: ${code}${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = EXIT[exitOfError(error)].code;
  }
}
