import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { formatBase64, isCodedError } from '@anchorlog/core';
import { createNotary, type Notary, type Receipt } from '@anchorlog/sdk';
import { createCommand, outputOf } from '../context.ts';
import { EXIT, exitOfError } from '../exit.ts';
import type { Output } from '../output.ts';
import { Progress } from '../progress.ts';

interface NotarizeFlags {
  readonly dir: string;
  readonly until?: 'published' | 'anchored' | 'final';
  readonly json?: boolean;
  readonly lang?: string;
}

/** Records on their way at once: enough to fill groups, little enough to keep memory flat. */
const IN_FLIGHT = 4000;

/** `anchorlog notarize FILE|-`: notarize one record, or a stream of them. */
export function notarizeCommand(): Command {
  return createCommand(
    'notarize',
    'notarize records: JSON files, or one record a line on standard input',
  )
    .argument(
      '<files...>',
      'JSON files with one record each; - for one record a line on standard input',
    )
    .requiredOption('--dir <dir>', 'folder of the notary')
    .option('--until <stage>', 'wait until published, anchored or final', 'published')
    .action(async (files: readonly string[], flags: NotarizeFlags) => {
      const output = outputOf(flags);
      await using notary = await createNotary({ dir: flags.dir });
      const refused = await notarizeAll(notary, recordsOf(files), output);
      await notary.flush({ until: flags.until ?? 'published' });
      if (refused) process.exitCode = EXIT[refused].code;
    });
}

async function* recordsOf(files: readonly string[]): AsyncGenerator<string> {
  for (const file of files) {
    if (file !== '-') {
      yield await readFile(file, 'utf8');
      continue;
    }
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      if (line.trim() !== '') yield line;
    }
  }
}

/** Notarize in the order of the input and answer in it. Gives how to exit if a record was refused; the others are notarized all the same. */
async function notarizeAll(
  notary: Notary,
  records: AsyncIterable<string>,
  output: Output,
): Promise<ReturnType<typeof exitOfError> | undefined> {
  const progress = new Progress('records');
  const waiting: Promise<Receipt | Error>[] = [];
  let worst: ReturnType<typeof exitOfError> | undefined;
  let done = 0;
  const answer = async (): Promise<void> => {
    const receipt = await waiting.shift()!;
    progress.update(++done);
    if (receipt instanceof Error) {
      worst = exitOfError(receipt);
      const code = isCodedError(receipt) ? receipt.code : 'INTERNAL';
      output.result(
        { record: done, error: code, message: receipt.message },
        `✘ record ${done}: ${code}: ${receipt.message}`,
      );
      return;
    }
    const { id, index, leafHash, time, anchorBy } = receipt;
    const leaf = formatBase64(leafHash);
    output.result(
      { record: done, id, index, leafHash: leaf, time, anchorBy },
      `✔ ${index}  ${id}  ${time}`,
    );
  };
  for await (const record of records) {
    waiting.push(
      notary
        .notarize(record)
        .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
    );
    if (waiting.length >= IN_FLIGHT) await answer();
  }
  while (waiting.length > 0) await answer();
  progress.end();
  return worst;
}
