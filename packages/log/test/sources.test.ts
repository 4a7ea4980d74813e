import { setImmediate as turn } from 'node:timers/promises';
import { formatBase64 } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import { createMemoryStore, directoryTiles, withholdLog } from '../src/index.ts';
import {
  SOURCE,
  creationOf,
  makePlace,
  numbered,
  opening,
  statementOf,
  voiding,
} from './support/fixture.ts';
import { hasher, rederive } from './support/inspect.ts';

const OTHER = SOURCE.replace(/1$/, '2');

function run(from: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => numbered(from + i));
}

describe('a gapless source', () => {
  test('is opened by its first statement, and counts on from there', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const receipts = await log.appendBatch([opening(), ...run(1, 3), voiding(4), ...run(5, 2)]);
    expect(receipts.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await rederive(log);
  });

  test('gives the receipt again for the same bytes under the same number', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const [first] = await log.appendBatch([opening(), ...run(1, 3)]);
    expect(await log.appendBatch([opening(), ...run(1, 4)])).toMatchObject([
      first,
      { index: 2 },
      { index: 3 },
      { index: 4 },
      { index: 5 },
    ]);
  });

  test.each<[string, string, Uint8Array, object]>([
    ['one that is not open', 'LOG_SOURCE_UNREGISTERED', numbered(0, OTHER), { expected: 0 }],
    ['a gap', 'LOG_SEQUENCE_GAP', numbered(5), { source: SOURCE, number: 5, expected: 4 }],
    ['a number given to other bytes', 'LOG_SEQUENCE_TAKEN', voiding(3), { expected: 4 }],
    [
      'a number given, before the id',
      'LOG_SEQUENCE_TAKEN',
      statementOf(1002, { sequence: { source: SOURCE, number: 2 }, claims: {} }),
      {},
    ],
    [
      'an id given, at the next number',
      'LOG_ID_CONFLICT',
      statementOf(1002, { sequence: { source: SOURCE, number: 4 } }),
      {},
    ],
    [
      'a predecessor at another number',
      'LOG_SOURCE_PREDECESSOR',
      opening(OTHER, { source: SOURCE, last: 2 }),
      {},
    ],
  ])('refuses %s, and takes nothing of the batch', async (_, code, entry, context) => {
    await using place = await makePlace();
    await using log = await place.open();
    await log.appendBatch([opening(), ...run(1, 3)]);
    const { size } = log;
    const batch = [statementOf(70), entry, statementOf(71)];
    await expect(log.appendBatch(batch)).rejects.toMatchObject({ code, context });
    await expect(log.append(entry)).rejects.toMatchObject({ code });
    expect(log.size).toBe(size);
    await log.append(numbered(4));
  });

  test('does not count what a refused batch would have taken', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    await log.append(opening());
    const gap = log.appendBatch([...run(1, 3), numbered(9)]);
    const next = log.appendBatch(run(1, 2));
    await expect(gap).rejects.toMatchObject({ code: 'LOG_SEQUENCE_GAP', context: { expected: 4 } });
    expect(await next).toHaveLength(2);
  });

  test('refuses a source after another one has taken its place', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    await log.appendBatch([opening(), ...run(1, 3), opening(OTHER, { source: SOURCE, last: 3 })]);
    await expect(log.append(numbered(4))).rejects.toMatchObject({ code: 'LOG_SOURCE_CLOSED' });
    await log.append(statementOf(50, { sequence: { source: OTHER, number: 1 } }));
  });

  test('is known again when the log is opened again, also from what the store has noted', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await first.append(opening());
    for (let i = 1; i < 10_500; i += 1000) {
      await first.appendBatch(run(i, Math.min(1000, 10_500 - i)));
    }
    await first.close();
    await using log = await place.open();
    await expect(log.append(numbered(10_501))).rejects.toMatchObject({
      code: 'LOG_SEQUENCE_GAP',
      context: { expected: 10_500 },
    });
    await log.append(numbered(10_500));
  });

  test('is noted in the store at a size of the log, with the group that has it', async () => {
    const memory = createMemoryStore();
    await using place = await makePlace();
    const log = await place.open({ store: await memory.open() });
    await log.append(statementOf(1));
    const reader = await memory.read();
    expect(await reader.sources?.()).toBeUndefined();
    await log.append(opening());
    expect(JSON.parse((await reader.sources?.()) ?? '')).toMatchObject({
      size: 3,
      sources: [[SOURCE, 1, false]],
    });
    await log.close();
  });

  test('keeps its order when calls come thick and fast', async () => {
    await using place = await makePlace();
    await using log = await place.open({ group: { maxEntries: 7 } });
    const waiting = [log.append(opening())];
    for (let i = 1; i < 300; i++) {
      waiting.push(log.append(numbered(i)));
      if (i % 11 === 0) await turn();
    }
    const indexes = (await Promise.all(waiting)).map(({ index }) => index);
    expect(indexes).toEqual(Array.from({ length: 300 }, (_, i) => 1 + i));
  });

  test('keeps the number of an entry that is withheld', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await log.appendBatch([opening(), ...run(1, 2)]);
    const rootHash = formatBase64(hasher.leaf(numbered(2)));
    const claims = { fromIndex: 3, toIndex: 4, rootHash, ground: 'order', order: '1号' };
    const order = { profile: 'log/1', event: 'entry.withhold', claims };
    const { index } = await log.append(
      statementOf(80, { ...order, issuer: { org: '11999999000000001X', system: 'log' } }),
    );
    await log.close();
    await withholdLog({ store: place.store, tiles: directoryTiles(place.tiles), order: index });
    await using again = await place.open({ create: () => creationOf() });
    await expect(again.entry(3)).rejects.toMatchObject({ code: 'LOG_ENTRY_WITHHELD' });
    await expect(again.append(voiding(2))).rejects.toMatchObject({ code: 'LOG_SEQUENCE_TAKEN' });
    await again.append(numbered(3));
  });
});
