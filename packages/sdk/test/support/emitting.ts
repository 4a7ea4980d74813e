// A process that emits until it is killed, to a log that is away now and then: node emitting.ts <notary> <outbox> <first number> <seed>.
// Each line it writes is a fact.
import { writeSync } from 'node:fs';
import { randomOf } from '@anchorlog/testkit';
import { createEmitter } from '../../src/create-emitter.ts';
import { createNotary } from '../../src/create.ts';
import type { EmitterTarget } from '../../src/emitter.ts';
import { license, reading } from './sandbox.ts';

const [dir = '', outbox = '', first = '1', seed = '1'] = process.argv.slice(2);
const LANES = 20;
const random = randomOf(Number(seed));

function say(fact: object): void {
  writeSync(1, `${JSON.stringify(fact)}\n`);
}

say({ fact: 'opening' });
await using notary = await createNotary({ dir });
const to: EmitterTarget & { readonly dir: string } = {
  origin: notary.origin,
  suite: notary.suite,
  dir,
  submit: async (entries) => {
    const luck = random();
    if (luck < 0.3) throw new Error('away');
    await notary.submit(entries);
    if (luck < 0.5) throw new Error('away before it said so');
    say({ fact: 'delivered' });
  },
};
await using emitter = await createEmitter({
  dir: outbox,
  source: 'license-make/1',
  to,
  retry: { leastMs: 1, mostMs: 5 },
});
let next = Number(first);

async function emitForEver(): Promise<never> {
  for (;;) {
    const record = next++;
    const { id, number } = await emitter.emit(license(`L-${record}`));
    say({ fact: 'emitted', record, id, number });
  }
}

/** The notary's own records come between. */
async function notarizeForEver(): Promise<never> {
  for (;;) await notary.notarize(reading(`R-${next++}`));
}

await Promise.all([notarizeForEver(), ...Array.from({ length: LANES }, emitForEver)]);
