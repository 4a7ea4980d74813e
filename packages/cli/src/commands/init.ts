import type { Command } from 'commander';
import { initNotary, type IssuerConfig } from '@anchorlog/sdk';
import { createCommand, outputOf } from '../context.ts';
import { UsageError } from '../exit.ts';

interface InitFlags {
  readonly origin: string;
  readonly issuer: readonly string[];
  readonly guard?: string;
  readonly anchorBy: string;
  readonly json?: boolean;
  readonly lang?: string;
}

/** `anchorlog init DIR`: make a notary. */
export function initCommand(): Command {
  return createCommand('init', 'make a notary: folder, keys, secrets, settings, trust policy')
    .argument('<dir>', 'folder of the notary, made if absent')
    .requiredOption('--origin <name>', "the log's unique name for ever, like example.gov/licenses")
    .requiredOption(
      '--issuer <org/system[=name]...>',
      'whose statements it signs; the first operates the log',
    )
    .option('--guard <path>', 'path of the rollback guard; best on another volume')
    .option(
      '--anchor-by <hours>',
      'what receipts promise for ever: anchored within so many hours',
      '24',
    )
    .action(async (dir: string, flags: InitFlags) => {
      const output = outputOf(flags);
      const config = await initNotary({
        dir,
        origin: flags.origin,
        issuers: flags.issuer.map(parseIssuer),
        guard: flags.guard,
        anchorByHours: parseHours(flags.anchorBy),
      });
      output.result(
        { dir, origin: config.origin, issuers: config.issuers.length, guard: config.guard },
        [
          `${dir}: notary of ${config.origin}, ${config.issuers.length} issuer(s)`,
          `  keys/        private: back them up, show them to nobody`,
          `  policy.json  give it to verifiers by a way that they trust`,
          `  next         anchorlog dev ${dir}   or set "chain" in notary.json`,
        ].join('\n'),
      );
    });
}

function parseIssuer(text: string): IssuerConfig {
  const [, org, system, name] = /^([^/]+)\/([^=]+)(?:=(.+))?$/.exec(text) ?? [];
  if (!org || !system) throw new UsageError(`--issuer: expected ORG/SYSTEM or ORG/SYSTEM=NAME`);
  return { org, system, name: name === undefined ? undefined : { zh: name, en: name } };
}

function parseHours(text: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(text))
    throw new UsageError('--anchor-by: expected hours from 1 to 8760');
  return Number(text);
}
