// A process that appends for ever to a log that others append to as well, and takes it back each time that it was taken:
// node rival.ts <store> <guard> <tiles> <first number of its own> <seed>. Each line it writes is a fact.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { isCodedError } from '@anchorlog/core';
import type { Log } from '../../src/index.ts';
import { openLog, statementOf } from './fixture.ts';
import { randomOf } from '@anchorlog/testkit';

const [store = '', guard = '', tiles = '', first = '1', seed = '1'] = process.argv.slice(2);
const LANES = 10;
const random = randomOf(Number(seed));

function say(fact: object): void {
  writeSync(1, `${JSON.stringify(fact)}\n`);
}

function codeOf(error: unknown): string {
  if (isCodedError(error)) return error.code;
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Numbers that only this process has, and in between those that every other one appends too, in the same order. */
let own = Number(first);
let shared = 1;

async function appendUntilFenced(log: Log): Promise<void> {
  for (;;) {
    const number = random() < 0.5 ? own++ : shared++;
    const { index, note } = await log.append(statementOf(number));
    say({ fact: 'appended', number, index, note: hashOf(note) });
  }
}

async function publishUntilFenced(log: Log): Promise<void> {
  for (;;) {
    await log.append(statementOf(own++)); // or nothing would be published
    const { size, rootHash } = await log.publish();
    say({ fact: 'published', size, rootHash: Buffer.from(rootHash).toString('hex') });
  }
}

function hashOf(note: string): string {
  return createHash('sha256').update(note).digest('base64');
}

for (;;) {
  say({ fact: 'opening' });
  const whenHeld = random() < 0.3 ? 'takeOver' : 'wait';
  let log: Log;
  try {
    log = await openLog({ store, guard, tiles }, { whenHeld, group: { maxEntries: 16 } });
  } catch (error) {
    say({ fact: 'refused', code: codeOf(error) });
    continue;
  }
  say({ fact: 'opened', size: log.size });
  const lanes = Array.from({ length: LANES }, () => appendUntilFenced(log));
  const ends = await Promise.allSettled([publishUntilFenced(log), ...lanes]);
  for (const end of ends) {
    if (end.status === 'rejected') say({ fact: 'refused', code: codeOf(end.reason) });
  }
  await log.close();
}
