import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBase64, type JsonObject } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import { addressOfEntry } from '../src/admission.ts';
import {
  backupLog,
  createMemoryStore,
  directoryTiles,
  formatWithheld,
  migrateLog,
  openPublishedLog,
  parseWithheld,
  parseWithholdingOrder,
  publishedEntries,
  refillLog,
  restoreLog,
  rootOfEntries,
  sizeBefore,
  withholdLog,
  type Log,
  type LogReceipt,
} from '../src/index.ts';
import { openLevelStore } from '../src/level-store.ts';
import { openPostgresStore } from '../src/postgres.ts';
import { DiskError, faulty } from './support/faulty.ts';
import {
  CHECKPOINT_KEY,
  NOW,
  ORIGIN,
  addressOf,
  makePlace,
  statementOf,
  type Place,
} from './support/fixture.ts';
import { hasher, verifyReceipt } from './support/inspect.ts';
import { describeWithPostgres, newStoreUrl } from './support/postgres.ts';

const COUNT = 600;
/** Nowhere but in the entry whose number it is. */
const mark = (number: number): string => `mark-of-${String(number).padStart(8, '0')}`;
const entryOf = (number: number): Uint8Array =>
  statementOf(number, { claims: { certificateName: mark(number) } });

/** The entry that orders some entries to be withheld. */
async function orderFor(
  log: Log,
  claims: JsonObject,
  change: JsonObject = {},
): Promise<Uint8Array> {
  const [from, to] = [Number(claims['fromIndex']), Number(claims['toIndex'])];
  const rootHash = formatBase64(await rootOfEntries(log.entries({ from, to }), hasher));
  return statementOf(100_000 + from * 1000 + to, {
    profile: 'log/1',
    event: 'entry.withhold',
    issuer: { org: '11999999000000001X', system: 'log' },
    claims: { rootHash, ground: 'order', order: '〔2026〕12号', ...claims },
    ...change,
  });
}

interface Ordered extends AsyncDisposable {
  readonly place: Place;
  readonly receipts: readonly LogReceipt[];
  /** Index of the order. */
  readonly order: number;
}

/** A published log with an order to withhold `[from, to)`; the log is closed. */
async function makeOrdered(
  claims: JsonObject,
  { url, change }: { readonly url?: string; readonly change?: JsonObject } = {},
): Promise<Ordered> {
  const place = await makePlace(url);
  const receipts: LogReceipt[] = [];
  await using log = await place.open({ partials: { keepMs: 1e9 } });
  for (const [from, to] of [
    [1, 200],
    [200, 300],
    [300, COUNT],
  ] as const) {
    const numbers = Array.from({ length: to - from }, (_, i) => from + i);
    receipts.push(...(await log.appendBatch(numbers.map(entryOf))));
    await log.publish();
  }
  const { index: order } = await log.append(await orderFor(log, claims, change));
  await log.publish();
  return { place, receipts, order, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

const RANGE = { fromIndex: 250, toIndex: 260 };

/** Check that these entries are withheld everywhere, that all others are there, and that everything else is as it was. */
async function checkWithheld(
  { place, receipts, order }: Omit<Ordered, keyof AsyncDisposable>,
  { fromIndex: from, toIndex: to } = RANGE,
): Promise<void> {
  {
    await using log = await place.open();
    let index = 0;
    for await (const entry of log.entries()) {
      const isWithheld = index >= from && index < to;
      const leafHash = hasher.leaf(entryOf(index));
      const address = addressOfEntry(entryOf(index));
      expect(parseWithheld(entry)).toEqual(isWithheld ? { address, leafHash, order } : undefined);
      index++;
    }
    expect(index).toBe(log.size);
    for (const number of [from - 1, from, to - 1, to].filter((each) => each > 0)) {
      // The same bytes again are still the same entry, other bytes still another.
      const receipt = receipts[number - 1]!;
      expect(await log.append(entryOf(number))).toEqual(receipt);
      verifyReceipt(await log.receipt(number), entryOf(number));
      expect(await log.find(addressOf(number))).toBe(number);
      await expect(log.append(statementOf(number))).rejects.toMatchObject({
        code: 'LOG_ID_CONFLICT',
      });
    }
    await expect(log.entry(from)).rejects.toMatchObject({
      code: 'LOG_ENTRY_WITHHELD',
      context: { index: from, order, leafHash: formatBase64(hasher.leaf(entryOf(from))) },
    });
    await log.append(entryOf(5000 + log.size));
    await log.publish();
  }
  const source = directoryTiles(place.tiles);
  const published = await openPublishedLog({ source, origin: ORIGIN, key: CHECKPOINT_KEY });
  let index = 0;
  for await (const entry of published.entries()) {
    expect(parseWithheld(entry) !== undefined).toBe(index >= from && index < to);
    index++;
  }
  expect(await published.leafHash(from)).toEqual(hasher.leaf(entryOf(from)));
  await expect(published.entry(from)).rejects.toMatchObject({ code: 'LOG_ENTRY_WITHHELD' });
  expect(await published.entry(to)).toEqual(entryOf(to));
}

/** Find which marks stand in any file below a folder. LevelDB does not compress what is this short and new. */
async function marksIn(dir: string, numbers: readonly number[]): Promise<number[]> {
  const found = new Set<number>();
  for (const file of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = await readFile(join(file.parentPath, file.name));
    for (const number of numbers) if (bytes.includes(mark(number))) found.add(number);
  }
  return [...found].toSorted((a, b) => a - b);
}

describe('withholdLog', () => {
  test('takes the bytes out of store and files, and leaves tree, proofs, receipts and addresses', async () => {
    await using ordered = await makeOrdered(RANGE);
    const { place, order } = ordered;
    const tiles = directoryTiles(place.tiles);
    expect(await marksIn(place.dir, [250, 259])).toEqual([250, 259]);
    const report = await withholdLog({ store: place.store, tiles, order });
    // Two full bundles, and what one of them was at 300; what the other was at 200 holds none of them.
    expect(report).toEqual({ orders: 1, withheld: 10, bundles: 3 });
    expect(await marksIn(place.dir, [250, 251, 255, 256, 259])).toEqual([]);
    await checkWithheld(ordered);
  });

  test('does nothing the second time, and what is left after any step failed', async () => {
    await using ordered = await makeOrdered(RANGE);
    const { place, order } = ordered;
    for (const [call, when] of [
      ['withhold', 'before'],
      ['withhold', 'after'],
      ['compact', 'before'],
      ['compact', 'after'],
    ] as const) {
      const real = await openLevelStore(place.store, addressOfEntry);
      const store = faulty(real, { call, nth: 0, when });
      const tiles = directoryTiles(place.tiles);
      await expect(withholdLog({ store, tiles, order })).rejects.toThrow(DiskError);
    }
    for (const when of ['before', 'after'] as const) {
      const tiles = faulty(directoryTiles(place.tiles), { call: 'replaceBundle', nth: 0, when });
      await expect(withholdLog({ store: place.store, tiles, order })).rejects.toThrow(DiskError);
    }
    const tiles = directoryTiles(place.tiles);
    expect((await withholdLog({ store: place.store, tiles, order })).bundles).toBeGreaterThan(0);
    expect(await marksIn(place.dir, [250, 259])).toEqual([]);
    const again = await withholdLog({ store: place.store, tiles });
    expect(again).toEqual({ orders: 1, withheld: 0, bundles: 0 });
    await checkWithheld(ordered);
  });

  test('drops all payloads of a range by age, but for what the log says of itself', async () => {
    await using ordered = await makeOrdered({ fromIndex: 0, toIndex: 400, ground: 'retention' });
    const { place, order } = ordered;
    const tiles = directoryTiles(place.tiles);
    expect(await withholdLog({ store: place.store, tiles, order })).toMatchObject({
      withheld: 399,
    });
    await checkWithheld(ordered, { fromIndex: 1, toIndex: 400 });
  });

  test.each<[string, JsonObject, JsonObject]>([
    [
      'entries that come after it',
      { ...RANGE, toIndex: COUNT },
      {
        claims: {
          ...RANGE,
          toIndex: COUNT + 1,
          rootHash: formatBase64(new Uint8Array(32)),
          ground: 'order',
          order: '1',
        },
      },
    ],
    ['another root', { ...RANGE, rootHash: formatBase64(new Uint8Array(32)) }, {}],
    ['no entries', { ...RANGE, toIndex: 250 }, {}],
    ['what the log says of itself, by an order', { fromIndex: 0, toIndex: 2 }, {}],
    ['no ground that is known', { ...RANGE, ground: 'whim' }, {}],
    [
      'as somebody else than the operator',
      RANGE,
      { issuer: { org: '11999999000000001X', system: 'license-make' } },
    ],
    ['as another event', RANGE, { event: 'erasure' }],
  ])('refuses an order that names %s', async (_, claims, change) => {
    await using ordered = await makeOrdered(claims, { change });
    const { place, order } = ordered;
    const tiles = directoryTiles(place.tiles);
    await expect(withholdLog({ store: place.store, tiles, order })).rejects.toMatchObject({
      code: 'LOG_WITHHOLD_REFUSED',
    });
    await using log = await place.open();
    for await (const entry of log.entries()) expect(parseWithheld(entry)).toBeUndefined();
  });

  test('refuses while the log is open, where there is none, and an index that is not there', async () => {
    await using ordered = await makeOrdered(RANGE);
    const { place, order } = ordered;
    const tiles = directoryTiles(place.tiles);
    {
      await using log = await place.open();
      expect(log.size).toBe(order + 1);
      await expect(withholdLog({ store: place.store, tiles, order })).rejects.toMatchObject({
        code: 'LOG_LOCKED',
      });
    }
    const beyond = withholdLog({ store: place.store, tiles, order: order + 1 });
    await expect(beyond).rejects.toMatchObject({ code: 'LOG_WITHHOLD_REFUSED' });
    const store = await createMemoryStore().open();
    await expect(withholdLog({ store, tiles, order })).rejects.toMatchObject({
      code: 'LOG_STORE_MISSING',
    });
  });

  test('stays so in a copy, a backup, and a store that is filled up from what is published', async () => {
    await using ordered = await makeOrdered(RANGE);
    const { place, order } = ordered;
    const tiles = directoryTiles(place.tiles);
    await withholdLog({ store: place.store, tiles, order });
    const [copy, backup] = [join(place.dir, 'copy'), join(place.dir, 'backup')];
    await migrateLog({ from: place.store, to: copy });
    const { size, rootHash } = await backupLog({ from: copy, to: backup });
    await restoreLog({ from: backup, to: join(place.dir, 'restored'), seen: [] });
    await refillLog({
      origin: ORIGIN,
      store: join(place.dir, 'refilled'),
      head: { size, rootHash },
      entries: (from) => publishedEntries(tiles, { from, to: size }),
      clock: () => NOW,
    });
    expect(await marksIn(place.dir, [250, 259])).toEqual([]);
    await checkWithheld({
      ...ordered,
      place: {
        ...place,
        open: (change) => place.open({ ...change, store: join(place.dir, 'restored') }),
      },
    });
    const refilled = await openLevelStore(join(place.dir, 'refilled'), addressOfEntry);
    expect(await refilled.find([addressOfEntry(entryOf(250))])).toEqual([250]);
    await refilled.close();
  });

  test('is done again, of every order in the log, after an older backup was restored', async () => {
    await using ordered = await makeOrdered(RANGE);
    const { place } = ordered;
    const backup = join(place.dir, 'backup');
    await backupLog({ from: place.store, to: backup });
    const store = join(place.dir, 'restored');
    await restoreLog({ from: backup, to: store, seen: [] });
    const report = await withholdLog({ store, tiles: directoryTiles(place.tiles) });
    expect(report).toMatchObject({ orders: 1, withheld: 10 });
    await checkWithheld({
      ...ordered,
      place: { ...place, open: (change) => place.open({ ...change, store }) },
    });
  });
});

describe('backupLog', () => {
  test('says of a backup that is added to that it holds what was withheld since', async () => {
    await using place = await makePlace();
    const [backup, other] = [join(place.dir, 'backup'), join(place.dir, 'other')];
    {
      await using log = await place.open();
      for (const number of [1, 2, 3]) await log.append(entryOf(number));
      expect(await backupLog({ from: place.store, to: backup })).toMatchObject({
        isOutdated: false,
      });
      await log.append(await orderFor(log, { fromIndex: 2, toIndex: 3 }));
    }
    await withholdLog({ store: place.store, tiles: directoryTiles(place.tiles) });
    expect(await backupLog({ from: place.store, to: backup })).toMatchObject({ isOutdated: true });
    expect(await marksIn(backup, [1, 2, 3])).toEqual([1, 2, 3]);
    expect(await backupLog({ from: place.store, to: other })).toMatchObject({ isOutdated: false });
    expect(await marksIn(other, [1, 2, 3])).toEqual([1, 3]);
  });
});

describe('a withheld entry with another leaf hash than the tree has', () => {
  test('is found wherever it is read', async () => {
    await using ordered = await makeOrdered(RANGE);
    const { place, order } = ordered;
    const lie = formatWithheld({
      address: addressOfEntry(entryOf(598)),
      leafHash: new Uint8Array(32),
      order,
    });
    const store = await openLevelStore(place.store, addressOfEntry);
    await store.withhold([{ index: 598, bytes: lie }]);
    await store.close();
    await expect(place.open()).rejects.toMatchObject({ code: 'LOG_STORE_DAMAGED' });
    await expect(
      backupLog({ from: place.store, to: join(place.dir, 'backup') }),
    ).rejects.toMatchObject({ code: 'LOG_STORE_DAMAGED' });
  });
});

describe('parseWithheld', () => {
  const stands = formatWithheld({
    address: 'a/b/c',
    leafHash: new Uint8Array(32).fill(7),
    order: 5,
  });
  const text = Buffer.from(stands).toString();

  test('takes what formatWithheld gives, and no statement', () => {
    expect(parseWithheld(stands)).toEqual({
      address: 'a/b/c',
      leafHash: new Uint8Array(32).fill(7),
      order: 5,
    });
    expect(parseWithheld(statementOf(1))).toBeUndefined();
    expect(parseWithheld(new Uint8Array(0))).toBeUndefined();
  });

  test.each([
    text.replace('withheld/1', 'withheld/2'),
    text.replace('"order":5', '"order":-5'),
    text.replace('"order":5', '"order":5,"x":1'),
    text.replace('}', ''),
    text.replace('{"address":"a/b/c",', '{"address":1,'),
    text.replace('BwcH', 'BwcHBwcH'),
    `${text} `,
  ])('takes nothing else for one: %s', (other) => {
    expect(other).not.toBe(text);
    expect(parseWithheld(Buffer.from(other))).toBeUndefined();
  });
});

describe('parseWithholdingOrder', () => {
  test('reads no other entry as an order', () => {
    expect(parseWithholdingOrder(statementOf(1))).toBeUndefined();
    expect(parseWithholdingOrder(Buffer.from('{}'))).toBeUndefined();
  });
});

describe('sizeBefore', () => {
  test('finds the size of the tree at any time', async () => {
    await using place = await makePlace();
    let now = NOW;
    {
      await using log = await place.open({ clock: () => now, monotonic: () => now - NOW });
      for (let round = 1; round <= 9; round++) {
        now = NOW + round * 1000;
        await log.appendBatch(
          Array.from({ length: round }, (_, i) => statementOf(round * 100 + i)),
        );
      }
    }
    const store = await openLevelStore(place.store);
    const sizes = [0, 1, 2, 4, 7, 11, 16, 22, 29, 37, 46];
    for (const [round, size] of sizes.entries()) {
      expect(await sizeBefore(store, NOW + round * 1000)).toBe(size);
      expect(await sizeBefore(store, NOW + round * 1000 - 999)).toBe(size);
    }
    expect(await sizeBefore(await createMemoryStore().read(), NOW)).toBe(0);
    await store.close();
  });
});

describeWithPostgres('withholdLog with PostgreSQL', (server) => {
  test('does the same', async () => {
    const url = newStoreUrl(server());
    await using ordered = await makeOrdered(RANGE, { url });
    const { place, order } = ordered;
    const tiles = directoryTiles(place.tiles);
    const store = await openPostgresStore({ url });
    expect(await withholdLog({ store, tiles, order })).toMatchObject({ withheld: 10 });
    expect(await marksIn(place.dir, [250, 259])).toEqual([]);
    await checkWithheld(ordered);
  });
});
