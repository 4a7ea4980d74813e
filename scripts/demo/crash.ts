import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DIGEST_BYTES, equalBytes, formatHex } from '@anchorlog/core';
import { createNotary } from '@anchorlog/sdk';
import { Frontier } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import type { DemoRecord } from './records.ts';
import { makeNotary } from './world.ts';

/** What was left of a notary that was killed. */
export interface CrashReport {
  /** Receipts that had been given out. */
  readonly acknowledged: number;
  /** Of these, how many records are in the log at the index and with the leaf hash that the receipt says. */
  readonly found: number;
  /** Whether the root of all entries, hashed anew, is the one that the notary opened with. */
  readonly sameRoot: boolean;
}

const hasher = nodeTreeHasher();

/** Kill a notary with SIGKILL when it has given `after` receipts and has more records at work, then open it again. */
export async function crash(
  dir: string,
  records: readonly DemoRecord[],
  after: number,
): Promise<CrashReport> {
  await makeNotary(dir, records);
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('crash-child.ts', import.meta.url)), dir, String(after * 3)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const receipts = new Map<number, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [, index, leaf] = /^(\d+) ([0-9a-f]{64})\.$/.exec(line) ?? []; // the last line may be cut
    if (index === undefined || leaf === undefined) continue;
    receipts.set(Number(index), leaf);
    if (receipts.size === after) child.kill('SIGKILL');
  }
  await using notary = await createNotary({ dir });
  const frontier = new Frontier(hasher);
  const row = new Uint8Array(DIGEST_BYTES);
  let found = 0;
  for await (const entry of notary.log.entries()) {
    hasher.hashLeaves([entry], row, 0);
    if (receipts.get(frontier.size) === formatHex(row)) found++;
    frontier.append(row);
  }
  const { rootHash } = await notary.log.head();
  return {
    acknowledged: receipts.size,
    found,
    sameRoot: equalBytes(rootHash, frontier.root()),
  };
}
