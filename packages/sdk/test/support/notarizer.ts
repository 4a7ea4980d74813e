// A process that notarizes until it is killed: node notarizer.ts <dir> <first number>. Each line it writes is a fact.
import { writeSync } from 'node:fs';
import { formatHex } from '@anchorlog/core';
import { createNotary } from '../../src/create.ts';
import { license, reading } from './sandbox.ts';

const [dir = '', first = '1'] = process.argv.slice(2);
const LANES = 20;

function say(fact: object): void {
  writeSync(1, `${JSON.stringify(fact)}\n`);
}

say({ fact: 'opening' });
await using notary = await createNotary({ dir });
let next = Number(first);

async function notarizeForEver(): Promise<never> {
  for (;;) {
    const number = next++;
    const record = number % 2 === 0 ? license(`L-${number}`) : reading(`R-${number}`);
    const { id, index, leafHash } = await notary.notarize(record);
    say({ fact: 'notarized', number, id, index, leaf: formatHex(leafHash) });
  }
}

async function anchorForEver(): Promise<never> {
  for (;;) {
    say({ fact: 'flushing' });
    await notary.flush({ until: 'final' });
    say({ fact: 'final', size: notary.status().anchoring?.latest?.size });
  }
}

await Promise.all([anchorForEver(), ...Array.from({ length: LANES }, notarizeForEver)]);
