// A process that appends until it is killed: node appender.ts <store> <guard> <tiles> <first number>. Each line it writes is a fact.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { LogReceipt } from '../../src/index.ts';
import { openLog, statementOf } from './fixture.ts';

const [store = '', guard = '', tiles = '', first = '1'] = process.argv.slice(2);
const LANES = 40;

function say(fact: object): void {
  writeSync(1, `${JSON.stringify(fact)}\n`);
}

say({ fact: 'opening' });
const log = await openLog({ store, guard, tiles }, { group: { maxEntries: 16 }, clock: Date.now });
let next = Number(first);

function acknowledge(number: number, receipt: LogReceipt): void {
  const note = createHash('sha256').update(receipt.note).digest('base64');
  say({ fact: 'appended', number, index: receipt.index, note });
}

async function appendForEver(): Promise<never> {
  for (;;) {
    const number = next++;
    acknowledge(number, await log.append(statementOf(number)));
  }
}

async function publishForEver(): Promise<never> {
  for (;;) {
    // Something new must have come, or nothing would be published.
    acknowledge(next, await log.append(statementOf(next++)));
    say({ fact: 'publishing' });
    const { size } = await log.publish();
    say({ fact: 'published', size });
  }
}

await Promise.all([publishForEver(), ...Array.from({ length: LANES }, appendForEver)]);
