import { basename } from 'node:path';
import type { Command } from 'commander';
import { parseDate } from '@anchorlog/core';
import type { Profile } from '@anchorlog/statement';
import type { GivenFile } from '@anchorlog/verify';
import type { Band } from '@anchorlog/verify/explain';
import { collect, outputOf, type Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { digestFile, readJsonFile, readPolicy } from '../file.ts';
import { paint, type Colour } from '../output.ts';
import { Progress } from '../progress.ts';

interface VerifyFlags {
  readonly policy: string;
  readonly on?: string;
  readonly file?: readonly string[];
  readonly verbose?: boolean;
}

/** `anchorlog verify BUNDLE`: offline, against a pinned policy. */
export function addVerify(program: Command, context: Context): void {
  const { say } = context;
  program
    .command('verify')
    .description(say('离线核验证明包', 'verify a proof bundle, offline'))
    .argument(
      '<bundle>',
      say('证明包文件；- 为标准输入', 'a .anchorlog.json file; - for standard input'),
    )
    .requiredOption(
      '--policy <file>',
      say(
        '您自己掌握的信任策略，绝不用随证明包来的',
        'trust policy that you pin; never one that came with the bundle',
      ),
    )
    .option(
      '--on <date>',
      say('要求在这一天有效，YYYY-MM-DD', 'must be valid on this day, YYYY-MM-DD'),
    )
    .option(
      '--file <file>',
      say(
        '必须是记录所附的文件；可多次给出',
        "a file that must be the record's own; may be given several times",
      ),
      collect,
    )
    .option('--verbose', say('列出每一步', 'show every step'))
    .action(async (path: string, flags: VerifyFlags, command: Command) => {
      const output = outputOf(command, context);
      if (flags.on !== undefined) parseDate(flags.on);
      const policy = await readPolicy(flags.policy);
      const files: GivenFile[] = [];
      for (const file of flags.file ?? []) {
        const progress = new Progress({ what: `${basename(file)}, MB`, say });
        const digests = await digestFile(file, (bytes) => progress.update(Math.floor(bytes / 1e6)));
        progress.end();
        files.push({ name: basename(file), ...digests });
      }
      const bundle = await readJsonFile(path);
      const { nodeEd25519, nodeEs256, nodeSha256, nodeSm3 } = await import('@anchorlog/core/node');
      const { verifyBundle } = await import('@anchorlog/verify');
      const { loadCrypto } = await import('@anchorlog/verify/crypto');
      const { bandOf, explain } = await import('@anchorlog/verify/explain');
      const { exitOfVerdict } = await import('../verdict-exit.ts');
      const verdict = verifyBundle(bundle, policy, {
        now: new Date(),
        on: flags.on,
        files,
        crypto: {
          ...(await loadCrypto(policy)),
          hash: [nodeSha256, nodeSm3],
          ed25519: nodeEd25519,
          es256: nodeEs256,
        },
      });
      const { columns } = process.stdout;
      const text = explain(verdict, output.language, {
        verbose: flags.verbose === true,
        width: columns,
        profile: await profileOf(verdict.statement?.profile),
      });
      const exit = exitOfVerdict(verdict);
      await output.result(verdict, paintVerdict(bandOf(verdict), text));
      if (verdict.status.state === 'notApplicable' && flags.on !== undefined) {
        output.note(
          say(
            '问了日期，而这类记录没有状态',
            'a date was asked, and records of this kind have no status',
          ),
        );
      }
      process.exitCode = EXIT[exit].code;
    });
}

/** Give the profile that has the titles of a record; none where this version does not know it. */
async function profileOf(name: string | undefined): Promise<Profile | undefined> {
  const { PROFILES } = await import('@anchorlog/profiles');
  return PROFILES.find((profile) => profile.name === name);
}

const COLOURS = {
  genuine: 'green',
  unaltered: 'blue',
  pending: 'yellow',
  unknown: 'yellow',
  paused: 'yellow',
  ended: 'red',
  refuted: 'red',
} as const satisfies Record<Band, Colour>;

/** Colour the first line by what it says; the words alone say it too. */
function paintVerdict(band: Band, text: string): string {
  const [first = '', ...rest] = text.split('\n');
  return [paint(COLOURS[band], first), ...rest].join('\n');
}
