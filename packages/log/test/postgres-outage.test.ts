import { describe, expect, test } from 'vitest';
import type { GroupWrite, LogStore } from '../src/index.ts';
import { openPostgresStore } from '../src/postgres.ts';
import { describeWithPostgres, newSchema } from './support/postgres.ts';
import { sql, until } from './support/sql.ts';
import { Wire, type Break } from './support/wire.ts';

function groupOf(from: number, count: number): GroupWrite {
  const places = Array.from({ length: count }, (_, i) => from + i);
  return {
    from,
    size: from + count,
    rootHash: new Uint8Array(32).fill(from + count),
    time: 1000 + from,
    anchorBy: 2000 + from,
    entries: places.map((place) => Buffer.from(`entry ${place}`)),
    addresses: places.map((place) => `address ${place}`),
    tiles: [{ level: 0, index: from, hashes: new Uint8Array(8192).fill(from) }],
    notes: [{ size: from + 1, note: `note ${from}\n` }],
  };
}

async function entriesOf(store: LogStore): Promise<string[]> {
  const entries: string[] = [];
  const to = (await store.last())?.size ?? 0;
  for await (const entry of store.entries({ from: 0, to }))
    entries.push(Buffer.from(entry).toString());
  return entries;
}

/** Check that the store has these entries, each once. */
async function checkWhole(store: LogStore, count: number): Promise<void> {
  const places = Array.from({ length: count }, (_, i) => i);
  expect(await entriesOf(store)).toEqual(places.map((place) => `entry ${place}`));
  expect(await store.find(places.map((place) => `address ${place}`))).toEqual(places);
}

describeWithPostgres('a connection that breaks', (server) => {
  /** Every call, and a part of the statement by which it is known. */
  const calls: readonly (readonly [string, string, (store: LogStore) => Promise<unknown>])[] = [
    ['commit', 'entry 3', (store) => store.commit(groupOf(3, 2))],
    ['putReceiptNotes', '.log_receipt', (store) => store.putReceiptNotes([{ size: 2, note: 'n' }])],
    ['putCheckpoint', '.log_checkpoint', (store) => store.putCheckpoint({ size: 3, note: 'c' })],
    ['checkWriter', 'SELECT epoch', (store) => store.checkWriter()],
    ['last', 'ORDER BY tree_size DESC', (store) => store.last()],
    ['find', 'ANY', (store) => store.find(['address 1'])],
    ['entries', '.log_entry', entriesOf],
    ['entry', '.log_entry', (store) => store.entry(1)],
    ['group', 'tree_size >', (store) => store.group(1)],
    ['tile', '.log_tile', (store) => store.tile({ level: 0, index: 0 })],
    ['receiptNote', '.log_receipt', (store) => store.receiptNote(1)],
    ['checkpoint', '.log_checkpoint', (store) => store.checkpoint()],
  ];
  const faults = calls.flatMap(([name, text, call]) =>
    (['request', 'answer', 'unnoticed'] as const).map(
      (at): [string, Break, string, typeof call] => [name, at, text, call],
    ),
  );

  test.each(faults)('at %s, with its %s, is made again and changes nothing', async (...fault) => {
    const [, at, text, call] = fault;
    await using wire = await Wire.to(server().socket);
    const place = { schema: newSchema() };
    const store = await openPostgresStore({ ...place, url: wire.url });
    await store.commit(groupOf(0, 3));
    await store.putCheckpoint({ size: 1, note: 'first' });
    const expected = await ofTwin(call); // what it gives where nothing breaks
    const broken = wire.breakAt(at, text);
    expect(await call(store)).toEqual(expected);
    await broken;
    const size = (await store.last())?.size;
    expect(size).toBe(fault[0] === 'commit' ? 5 : 3);
    await checkWhole(store, size!);
    await store.commit(groupOf(size!, 1));
    await store.close();
  });

  async function ofTwin(call: (store: LogStore) => Promise<unknown>): Promise<unknown> {
    const store = await openPostgresStore({ url: server().url, schema: newSchema() });
    await store.commit(groupOf(0, 3));
    await store.putCheckpoint({ size: 1, note: 'first' });
    const given = await call(store);
    await store.close();
    return given;
  }
});

describeWithPostgres('a commit', (server) => {
  async function isBlocked(): Promise<number[]> {
    return until(async () => {
      const rows = await sql(
        server().url,
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'WITH fence%'",
      );
      return rows.length > 0 ? rows.map(({ pid }) => Number(pid)) : undefined;
    });
  }

  /** Hold the row that every commit needs, so that a commit stops in its middle, and let go. */
  async function whileHeld(schema: string, work: () => Promise<void>): Promise<void> {
    const { Client } = await import('pg');
    const client = new Client({ connectionString: server().url });
    await client.connect();
    await client.query(`BEGIN; SELECT 1 FROM ${schema}.log_state FOR UPDATE`);
    await work();
    await client.query('COMMIT');
    await client.end();
  }

  test('whose backend is terminated in its middle is made again', async () => {
    const place = { url: server().url, schema: newSchema() };
    const store = await openPostgresStore(place);
    let committing = Promise.resolve();
    await whileHeld(place.schema, async () => {
      committing = store.commit(groupOf(0, 50));
      for (let round = 0; round < 3; round++) {
        const [pid] = await isBlocked();
        await sql(server().url, `SELECT pg_terminate_backend(${pid})`);
        await until(async () => ((await isBlocked()).includes(pid!) ? undefined : true));
      }
    });
    await committing;
    await checkWhole(store, 50);
    await store.close();
  });

  test('that the server goes on with after its connection was lost is not made twice', async () => {
    await using wire = await Wire.to(server().socket);
    const schema = newSchema();
    const store = await openPostgresStore({ url: wire.url, schema });
    await store.commit(groupOf(0, 1));
    let committing = Promise.resolve();
    await whileHeld(schema, async () => {
      const broken = wire.breakAt('unnoticed', 'entry 1');
      committing = store.commit(groupOf(1, 50));
      await broken;
      // The first sending waits in the server for the row, and the second behind it.
      await until(async () => ((await isBlocked()).length === 2 ? true : undefined));
    });
    await committing;
    await checkWhole(store, 51);
    await store.commit(groupOf(51, 1));
    await store.close();
  });

  test('that the server goes on with after another has taken over is refused', async () => {
    await using wire = await Wire.to(server().socket);
    const schema = newSchema();
    const store = await openPostgresStore({ url: wire.url, schema });
    await store.commit(groupOf(0, 1));
    const { Client } = await import('pg');
    const client = new Client({ connectionString: server().url });
    await client.connect();
    await client.query(`BEGIN; UPDATE ${schema}.log_state SET epoch = epoch + 1`);
    const committing = expect(store.commit(groupOf(1, 50))).rejects.toMatchObject({
      code: 'LOG_FENCED',
    });
    await isBlocked();
    await client.query('COMMIT');
    await client.end();
    await committing;
    await checkWhole(store, 1);
    await store.close();
  });

  test('meanwhile the server stops at once and starts again is made once', async () => {
    const place = { url: server().url, schema: newSchema() };
    const store = await openPostgresStore(place);
    await store.commit(groupOf(0, 1));
    const commits: Promise<void>[] = [];
    for (let round = 0; round < 3; round++) {
      const from = 1 + round * 100;
      commits.push(store.commit(groupOf(from, 100)));
      await server().stop('immediate');
      await server().start();
      await commits.at(-1);
    }
    await checkWhole(store, 301);
    await store.close();
  });

  test('fails when the database stays away, and says so', async () => {
    const place = { url: server().url, schema: newSchema(), patienceMs: 300 };
    const store = await openPostgresStore(place);
    await store.commit(groupOf(0, 1));
    await server().stop('fast');
    await expect(store.commit(groupOf(1, 1))).rejects.toMatchObject({
      code: 'LOG_STORE_UNREACHABLE',
    });
    await expect(store.last()).rejects.toMatchObject({ code: 'LOG_STORE_UNREACHABLE' });
    await server().start();
    await store.commit(groupOf(1, 1));
    await checkWhole(store, 2);
    await store.close();
  });

  test('is refused as of another copy when the database was set back', async () => {
    const place = { url: server().url, schema: newSchema() };
    const store = await openPostgresStore(place);
    await store.commit(groupOf(0, 1));
    await store.commit(groupOf(1, 1));
    await sql(
      place.url,
      `DELETE FROM ${place.schema}.log_group WHERE tree_size = 2; UPDATE ${place.schema}.log_state SET tree_size = 1`,
    );
    await expect(store.commit(groupOf(2, 1))).rejects.toMatchObject({
      code: 'LOG_STORE_BEHIND',
      context: { size: 1, from: 2 },
    });
    await store.close();
  });
});

describe('a store in PostgreSQL', () => {
  test('fails at once to open where nobody answers', async () => {
    await using wire = await Wire.to('/nowhere/socket');
    await expect(openPostgresStore({ url: wire.url })).rejects.toMatchObject({
      code: 'LOG_STORE_UNREACHABLE',
    });
  });
});
