import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { nodeEd25519, nodeSha256 } from '@anchorlog/core/node';
import {
  isAccepted,
  parseTrustPolicy,
  verifyBundle,
  type GivenFile,
  type Verdict,
} from '@anchorlog/verify';
import { explain } from '@anchorlog/verify/explain';
import { createCommand, outputOf } from '../context.ts';
import { EXIT, exitOfVerdict } from '../exit.ts';
import { paint } from '../output.ts';

interface VerifyFlags {
  readonly policy: string;
  readonly on?: string;
  readonly file?: readonly string[];
  readonly verbose?: boolean;
  readonly json?: boolean;
  readonly lang?: string;
}

/** `anchorlog verify BUNDLE`: offline, against a pinned policy. */
export function verifyCommand(): Command {
  return createCommand('verify', 'verify a proof bundle offline; the verdict on standard output')
    .argument('<bundle>', 'a .anchorlog.json file')
    .requiredOption(
      '--policy <file>',
      'trust policy that you pin; never one that came with the bundle',
    )
    .option('--on <date>', 'must be valid on this day, YYYY-MM-DD')
    .option('--file <file...>', "files that must be the record's own")
    .option('--verbose', 'every step')
    .action(async (path: string, flags: VerifyFlags) => {
      const output = outputOf(flags);
      const policy = parseTrustPolicy(await readFile(flags.policy));
      const files: GivenFile[] = [];
      for (const file of flags.file ?? [])
        files.push({ name: basename(file), sha256: await digest(file) });
      const verdict = verifyBundle(await readFile(path), policy, {
        now: new Date(),
        on: flags.on,
        files,
        crypto: { hash: nodeSha256, ed25519: nodeEd25519 },
      });
      const text = explain(verdict, output.language, { verbose: flags.verbose === true });
      output.result(verdict, paintVerdict(verdict, text));
      process.exitCode = EXIT[exitOfVerdict(verdict)].code;
    });
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Colour the first line by what it says; the words alone say it too. */
function paintVerdict(verdict: Verdict, text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const style = isAccepted(verdict)
    ? 'green'
    : verdict.outcome === 'pending' || verdict.outcome === 'unknown'
      ? 'yellow'
      : 'red';
  return [paint(style, first), ...rest].join('\n');
}
