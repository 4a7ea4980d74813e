import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { collect, outputOf, type Context } from '../context.ts';
import { write } from '../output.ts';
import { TIMEOUT, parseTimeout } from '../timeout.ts';
import { codeOf } from '../error-code.ts';
import { UsageError } from '../trouble.ts';

interface BundleFlags {
  readonly dir: string;
  readonly out?: string;
  readonly disclose?: readonly string[];
  readonly discloseAll?: boolean;
  readonly until: 'published' | 'anchored' | 'final';
  readonly timeout: string;
  readonly force?: boolean;
}

/** `anchorlog bundle ID`: the file that proves a record offline. */
export function addBundle(program: Command, context: Context): void {
  const { say } = context;
  program
    .command('bundle')
    .description(
      say(
        '写出一条记录的证明包，只出示指明的内容',
        'write the proof bundle of a record, opening the claims that are named',
      ),
    )
    .argument('<id>', say('回执上的 id', 'id from its receipt'))
    .requiredOption('--dir <dir>', say('存证器的文件夹', 'folder of the notary'))
    .option(
      '-o, --out <file>',
      say(
        '写到哪里，- 为标准输出；默认 <id>.anchorlog.json',
        'file to write, - for standard output; <id>.anchorlog.json unless given',
      ),
    )
    .option(
      '--disclose <path>',
      say(
        '要出示的一项，如 /holderName；可多次给出',
        'a claim to open, like /holderName; may be given several times',
      ),
      collect,
    )
    .option('--force', say('覆盖已有的文件', 'overwrite a file that exists'))
    .option('--disclose-all', say('出示全部内容', 'open all claims'))
    .addOption(
      new Option('--until <stage>', say('等到哪一步', 'wait until so far'))
        .choices(['published', 'anchored', 'final'])
        .default('final'),
    )
    .option('--timeout <seconds>', say('最多等几秒', 'wait no longer than this'), TIMEOUT)
    .action(async (id: string, flags: BundleFlags, command: Command) => {
      const output = outputOf(command, context);
      const timeoutMs = parseTimeout(flags.timeout);
      const file = flags.out ?? `${id}.anchorlog.json`;
      const mayReplace = flags.force === true || file === '-';
      if (!mayReplace && existsSync(file)) throw taken(file); // before anything is waited for
      const { createNotary } = await import('@anchorlog/sdk');
      const { formatBundle } = await import('@anchorlog/verify');
      await using notary = await createNotary({ dir: flags.dir });
      const disclose = flags.discloseAll === true ? 'all' : (flags.disclose ?? []);
      const bundle = await notary.bundle(id, { until: flags.until, disclose, timeoutMs });
      const text = formatBundle(bundle);
      if (file === '-') return write(text);
      await writeBundle(file, text, mayReplace);
      const bytes = Buffer.byteLength(text);
      const opened = bundle.disclosures.length;
      const anchors = bundle.anchors.length;
      const size = (bytes / 1000).toFixed(1);
      await output.result(
        { id, file, bytes, opened, anchors },
        say(
          `✔ ${file}  ${size} kB，出示 ${opened} 项，${anchors} 个锚定`,
          `✔ ${file}  ${size} kB, opens ${opened} claim(s), ${anchors} anchor(s)`,
        ),
      );
    });
}

/** Write a bundle as a new file that only its owner reads: what it discloses is for whom it is handed to. @throws UsageError if it exists */
async function writeBundle(file: string, text: string, mayReplace: boolean): Promise<void> {
  if (mayReplace) await rm(file, { force: true }); // a file that was there would keep its mode
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? taken(file) : error;
  }
}

function taken(file: string): UsageError {
  return new UsageError(
    [`文件已存在，没有改动：${file}`, `the file exists; nothing was changed: ${file}`],
    [
      '用 -o 另取名字，或用 --force 覆盖',
      'give another name with -o, or overwrite it with --force',
    ],
  );
}
