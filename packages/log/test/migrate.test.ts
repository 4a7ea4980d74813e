import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addressOfEntry } from '../src/admission.ts';
import {
  createMemoryStore,
  directoryTiles,
  migrateLog,
  type LogReceipt,
  type LogStore,
  type MemoryStore,
  type StoreReader,
} from '../src/index.ts';
import { openLevelStore } from '../src/level-store.ts';
import { openPostgresReader, openPostgresStore } from '../src/postgres.ts';
import { DiskError, faulty } from './support/faulty.ts';
import { ORIGIN, makePlace, statementOf, type Place } from './support/fixture.ts';
import { rederive, verifyTiles } from './support/inspect.ts';
import { describeWithPostgres, newSchema, newStoreUrl } from './support/postgres.ts';

const COUNT = 700;

/** Fill a log with groups of different lengths, receipts and two checkpoints. Give the receipts. */
async function fill(place: Place, store?: LogStore): Promise<LogReceipt[]> {
  const receipts: LogReceipt[] = [];
  await using log = await place.open(store ? { store } : {});
  for (let at = 1; at <= COUNT;) {
    const count = Math.min(1 + ((at * 37) % 300), COUNT + 1 - at);
    const numbers = Array.from({ length: count }, (_, i) => at + i);
    receipts.push(...(await log.appendBatch(numbers.map((number) => statementOf(number)))));
    at += count;
    if (receipts.length > 200) await log.publish();
  }
  return receipts;
}

/** Check that a log over this store goes on where the other ended, and gives its receipts byte for byte. */
async function checkGoesOn(
  place: Place,
  store: LogStore,
  receipts: readonly LogReceipt[],
): Promise<void> {
  await using log = await place.open({ store });
  expect(log.size).toBe(1 + COUNT);
  for (const receipt of receipts) expect(await log.receipt(receipt.index)).toEqual(receipt);
  const again = await log.append(statementOf(5));
  expect(again).toEqual(receipts[4]);
  expect((await log.append(statementOf(1 + COUNT))).index).toBe(1 + COUNT);
  await verifyTiles(directoryTiles(place.tiles), await log.publish(), await rederive(log));
}

interface Filled extends AsyncDisposable {
  readonly place: Place;
  readonly memory: MemoryStore;
  readonly receipts: readonly LogReceipt[];
}

async function makeFilled(): Promise<Filled> {
  const place = await makePlace();
  const memory = createMemoryStore();
  const receipts = await fill(place, await memory.open());
  return { place, memory, receipts, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

/** A store of which one call gives something else, from the time on that it is armed. */
function changed(store: LogStore, change: (store: LogStore) => Partial<LogStore>): LogStore {
  const own = change(store);
  return new Proxy(store, {
    get(target, member) {
      const value: unknown = Reflect.get(own, member) ?? Reflect.get(target, member);
      return typeof value === 'function'
        ? (...given: unknown[]): unknown => Reflect.apply(value, target, given)
        : value;
    },
  });
}

describe('migrateLog', () => {
  test('copies a folder into another store and back, so that the log goes on in either', async () => {
    await using place = await makePlace();
    const receipts = await fill(place);
    const memory = createMemoryStore();
    const there = await migrateLog({ from: place.store, to: await memory.open() });
    expect(there).toMatchObject({ origin: ORIGIN, suite: 'sha256', size: 1 + COUNT, tiles: 2 });
    expect(there.checkpoints).toBeGreaterThan(1);
    expect(there.receiptNotes).toBeGreaterThan(there.groups / 2);
    const copy = join(place.dir, 'copy');
    expect(await migrateLog({ from: await memory.read(), to: copy })).toEqual(there);
    await checkGoesOn(place, await openLevelStore(copy, addressOfEntry), receipts);
  });

  test('finds nothing to do where all is copied, and says the same', async () => {
    await using filled = await makeFilled();
    const to = createMemoryStore();
    const copy = async (): Promise<unknown> =>
      migrateLog({ from: await filled.memory.read(), to: await to.open() });
    expect(await copy()).toEqual(await copy());
  });

  test.each(['before', 'after'] as const)(
    'goes on with a copy that ended early, when a group failed %s it took effect',
    async (when) => {
      await using filled = await makeFilled();
      const to = createMemoryStore();
      for (const nth of [2, 0, 1]) {
        const store = faulty(await to.open(), { call: 'commit', nth, when });
        const copying = migrateLog({ from: await filled.memory.read(), to: store });
        await expect(copying).rejects.toThrow(DiskError);
      }
      await migrateLog({ from: await filled.memory.read(), to: await to.open() });
      await checkGoesOn(filled.place, await to.open(), filled.receipts);
    },
  );

  test('tells how far it is', async () => {
    await using filled = await makeFilled();
    const told: unknown[] = [];
    await migrateLog({
      from: await filled.memory.read(),
      to: await createMemoryStore().open(),
      onProgress: (done) => told.push(done),
    });
    const of = 1 + COUNT;
    expect(told[0]).toEqual({ copied: 1, compared: 0, of });
    expect(told.at(-1)).toEqual({ copied: of, compared: of, of });
  });

  test('writes nothing into a store that holds another log', async () => {
    await using filled = await makeFilled();
    await using other = await makePlace();
    const to = createMemoryStore();
    const log = await other.open({ store: await to.open() });
    await log.append(statementOf(2));
    await log.close();
    const copying = migrateLog({ from: await filled.memory.read(), to: await to.open() });
    await expect(copying).rejects.toMatchObject({ code: 'LOG_MIGRATE_MISMATCH' });
    expect((await (await to.read()).last())?.size).toBe(2);
  });

  test('refuses to copy where there is no store, or an empty one', async () => {
    await using place = await makePlace();
    const [from, to] = [place.store, createMemoryStore()];
    await expect(migrateLog({ from, to: await to.open() })).rejects.toMatchObject({
      code: 'LOG_STORE_MISSING',
    });
    const empty = await createMemoryStore().read();
    await expect(migrateLog({ from: empty, to: await to.open() })).rejects.toMatchObject({
      code: 'LOG_STORE_MISSING',
    });
    expect(await (await to.read()).last()).toBeUndefined();
  });

  test('refuses to copy a store whose entries do not lead to its roots', async () => {
    await using filled = await makeFilled();
    const from = changed(await filled.memory.open(), (store) => ({
      async *entries(range) {
        let index = range.from;
        for await (const entry of store.entries(range)) {
          yield index++ === 300 ? statementOf(9999) : entry;
        }
      },
    }));
    await expect(migrateLog({ from, to: await createMemoryStore().open() })).rejects.toMatchObject({
      code: 'LOG_STORE_DAMAGED',
    });
  });

  test('refuses a copy of a store that went on meanwhile', async () => {
    await using filled = await makeFilled();
    const writer = await filled.place.open({ store: await filled.memory.open() });
    const from = await filled.memory.read();
    const to = changed(await createMemoryStore().open(), (store) => ({
      async putCheckpoint(checkpoint) {
        await writer.append(statementOf(5000));
        await store.putCheckpoint(checkpoint);
      },
    }));
    await expect(migrateLog({ from, to })).rejects.toMatchObject({ code: 'LOG_MIGRATE_MISMATCH' });
    await writer.close();
  });

  // One mistake each that a store could make with what it is given; the copy must not pass for one.
  const mistakes: readonly (readonly [string, (store: LogStore) => Partial<LogStore>])[] = [
    [
      'an entry',
      (store) => ({
        commit: (group) =>
          store.commit({
            ...group,
            entries: group.entries.map((entry, i) =>
              group.from + i === 250 ? statementOf(9999) : entry,
            ),
          }),
      }),
    ],
    [
      'an address',
      (store) => ({
        commit: (group) =>
          store.commit({
            ...group,
            addresses: group.addresses.map((address, i) =>
              group.from + i === 250 ? `${address}?` : address,
            ),
          }),
      }),
    ],
    ['the tiles', (store) => ({ commit: (group) => store.commit({ ...group, tiles: [] }) })],
    ['the receipts', (store) => ({ commit: (group) => store.commit({ ...group, notes: [] }) })],
    [
      'the times',
      (store) => ({ commit: (group) => store.commit({ ...group, time: group.time + 1 }) }),
    ],
    ['the checkpoints', () => ({ putCheckpoint: async () => undefined })],
    [
      'a checkpoint more',
      (store) => ({
        async putCheckpoint(checkpoint) {
          await store.putCheckpoint({ size: 1, note: 'more' });
          await store.putCheckpoint(checkpoint);
        },
      }),
    ],
  ];
  test.each(mistakes)(
    'does not take for equal a copy in which %s are others',
    async (_, mistake) => {
      await using filled = await makeFilled();
      const to = changed(await createMemoryStore().open(), mistake);
      await expect(migrateLog({ from: await filled.memory.read(), to })).rejects.toMatchObject({
        code: 'LOG_MIGRATE_MISMATCH',
      });
    },
  );

  test('closes both stores, whatever comes of it', async () => {
    await using filled = await makeFilled();
    const stores: StoreReader[] = [await filled.memory.read(), await createMemoryStore().open()];
    await migrateLog({ from: stores[0]!, to: stores[1] as LogStore });
    for (const store of stores)
      await expect(store.last()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  });
});

describeWithPostgres('migrateLog with PostgreSQL', (server) => {
  test('copies a folder into a database, and a database into another schema and into a folder', async () => {
    await using place = await makePlace();
    const receipts = await fill(place);
    const url = newStoreUrl(server());
    const first = await migrateLog({ from: place.store, to: await openPostgresStore({ url }) });
    const other = { url: server().url, schema: newSchema() };
    const from = await openPostgresReader({ url });
    expect(await migrateLog({ from, to: await openPostgresStore(other) })).toEqual(first);
    const copy = join(place.dir, 'copy');
    expect(await migrateLog({ from: await openPostgresStore(other), to: copy })).toEqual(first);
    await checkGoesOn(place, await openPostgresStore(other), receipts);
  });
});
