import { fileGuard } from '../../src/index.ts';
import { openIndexed, licensed, registration } from './keyed.ts';
import type { Place } from './fixture.ts';

// Appends licenses from a number on to a log with an index, and publishes in between, until it is killed. States what it is told.
const [dir = '', store = '', guard = '', tiles = '', first = ''] = process.argv.slice(2);
const state = (fact: object): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);
const place = { dir, store, guard, tiles } as Place; // as much of it as is used
state({ fact: 'opening' });
const log = await openIndexed(place, { clock: Date.now, guard: fileGuard(guard) });
await log.append(registration(1), []);
for (let number = Number(first); ; number += 8) {
  const batch = Array.from({ length: 8 }, (_, i) =>
    licensed(number + i, `no ${(number + i) % 60}`),
  );
  const receipts = await log.appendBatch(
    batch.map(({ entry }) => entry),
    batch.map(({ openings }) => openings),
  );
  state({ fact: 'appended', number: number + 7, index: receipts.at(-1)?.index });
  if (number % 3 === 0) {
    const { size, indexRoot } = await log.publish();
    state({ fact: 'published', size, root: Buffer.from(indexRoot ?? []).toString('hex') });
  }
}
