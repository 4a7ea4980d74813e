import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { createNotary } from '@anchorlog/sdk';
import { formatBundle } from '@anchorlog/verify';
import { createCommand, outputOf } from '../context.ts';

interface BundleFlags {
  readonly dir: string;
  readonly out?: string;
  readonly disclose?: readonly string[];
  readonly discloseAll?: boolean;
  readonly until: 'published' | 'anchored' | 'final';
  readonly json?: boolean;
  readonly lang?: string;
}

/** `anchorlog bundle ID`: the file that proves a record offline. */
export function bundleCommand(): Command {
  return createCommand(
    'bundle',
    'write the proof bundle of a record, opening the claims that are named',
  )
    .argument('<id>', 'id from its receipt')
    .requiredOption('--dir <dir>', 'folder of the notary')
    .option('-o, --out <file>', 'file to write; <id>.anchorlog.json unless given')
    .option('--disclose <path...>', 'claims to open, like /holderName')
    .option('--disclose-all', 'open all claims')
    .addOption(
      new Option('--until <stage>', 'wait until so far')
        .choices(['published', 'anchored', 'final'])
        .default('final'),
    )
    .action(async (id: string, flags: BundleFlags) => {
      const output = outputOf(flags);
      await using notary = await createNotary({ dir: flags.dir });
      const disclose = flags.discloseAll === true ? 'all' : (flags.disclose ?? []);
      const bundle = await notary.bundle(id, { until: flags.until, disclose });
      const text = formatBundle(bundle);
      const file = flags.out ?? `${id}.anchorlog.json`;
      await writeFile(file, text);
      output.result(
        {
          id,
          file,
          bytes: Buffer.byteLength(text),
          opened: bundle.disclosures.length,
          anchors: bundle.anchors.length,
        },
        `${file}  ${(Buffer.byteLength(text) / 1000).toFixed(1)} kB, opens ${bundle.disclosures.length} claim(s), ${bundle.anchors.length} anchor(s)`,
      );
    });
}
