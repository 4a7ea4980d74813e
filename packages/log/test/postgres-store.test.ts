import { describe, expect, test } from 'vitest';
import { startPostgres } from '@anchorlog/testkit';
import type { GroupWrite } from '../src/index.ts';
import { openPostgresReader, openPostgresStore } from '../src/postgres.ts';
import { describeIfPostgres, describeWithPostgres, newSchema } from './support/postgres.ts';
import { sql, until } from './support/sql.ts';

function groupOf(from: number, count: number): GroupWrite {
  const places = Array.from({ length: count }, (_, i) => from + i);
  return {
    from,
    size: from + count,
    rootHash: new Uint8Array(32).fill(from + count),
    time: 1000,
    anchorBy: 2000,
    entries: places.map((place) => Buffer.from(`entry ${place}`)),
    addresses: places.map((place) => `address ${place}`),
    tiles: [],
    notes: [],
  };
}

describeWithPostgres('openPostgresStore', (server) => {
  const placeOf = (): { url: string; schema: string } => ({
    url: server().url,
    schema: newSchema(),
  });

  test('names who holds the store, and for how long it would wait', async () => {
    const place = placeOf();
    const first = await openPostgresStore(place);
    await expect(openPostgresStore(place)).rejects.toMatchObject({
      code: 'LOG_LOCKED',
      context: {
        holder: expect.stringMatching(new RegExp(`/${process.pid}$`)) as unknown,
        retryAfterMs: expect.any(Number) as unknown,
      },
    });
    await first.close();
  });

  test('waits, if told so, until the writer has closed', async () => {
    const place = placeOf();
    const first = await openPostgresStore(place);
    let isOpen = false;
    const waiting = openPostgresStore({ ...place, whenHeld: 'wait' }).finally(() => {
      isOpen = true;
    });
    await first.commit(groupOf(0, 1));
    expect(isOpen).toBe(false);
    await first.close();
    const second = await waiting;
    expect((await second.last())?.size).toBe(1);
    await second.close();
  });

  test('takes the place of a writer whose lease has run out, and only then', async () => {
    const place = placeOf();
    const first = await openPostgresStore({ ...place, leaseMs: 3_600_000 });
    await first.commit(groupOf(0, 1));
    const waiting = openPostgresStore({ ...place, whenHeld: 'wait' });
    await first.checkWriter();
    await sql(place.url, `UPDATE ${place.schema}.log_state SET lease_until = now()`);
    const second = await waiting;
    await expect(first.commit(groupOf(1, 1))).rejects.toMatchObject({ code: 'LOG_FENCED' });
    await second.commit(groupOf(1, 2));
    await first.close();
    await second.checkWriter();
    await second.close();
  });

  test('keeps its place by renewing the lease while nothing is written', async () => {
    const place = placeOf();
    const leaseMs = 120;
    const first = await openPostgresStore({ ...place, leaseMs });
    const leaseUntil = async (): Promise<number> => {
      const [row] = await sql(place.url, `SELECT lease_until FROM ${place.schema}.log_state`);
      return (row!['lease_until'] as Date).getTime();
    };
    const before = await leaseUntil();
    await until(async () => ((await leaseUntil()) > before + 2 * leaseMs ? true : undefined));
    await expect(openPostgresStore(place)).rejects.toMatchObject({ code: 'LOG_LOCKED' });
    await first.close();
  });

  test('ends its waiting when it is told to', async () => {
    const place = placeOf();
    const first = await openPostgresStore(place);
    const ending = new AbortController();
    const waiting = openPostgresStore({ ...place, whenHeld: 'wait', signal: ending.signal });
    ending.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await first.checkWriter();
    await first.close();
  });

  test('makes the tables once when many come at the same time, and lets one of them in', async () => {
    const place = placeOf();
    const opening = Array.from({ length: 8 }, () => openPostgresStore(place));
    const results = await Promise.allSettled(opening);
    const stores = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const refusals = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(stores).toHaveLength(1);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'LOG_LOCKED' });
    await stores[0]!.commit(groupOf(0, 1));
    await stores[0]!.close();
  });

  test('needs no right to make a schema where there is one for it', async () => {
    const { url, schema } = placeOf();
    await sql(
      url,
      `CREATE ROLE plain_${schema} LOGIN; CREATE SCHEMA ${schema} AUTHORIZATION plain_${schema}`,
    );
    const plain = url.replace('postgres@', `plain_${schema}@`);
    const store = await openPostgresStore({ url: plain, schema });
    await store.commit(groupOf(0, 1));
    await store.close();
    await expect(openPostgresStore({ url: plain, schema: newSchema() })).rejects.toMatchObject({
      code: 'LOG_STORE_UNREACHABLE',
      message: expect.stringContaining('permission denied') as unknown,
    });
  });

  test('keeps logs apart that share a database', async () => {
    const [one, other] = [placeOf(), placeOf()];
    const stores = await Promise.all([openPostgresStore(one), openPostgresStore(other)]);
    await Promise.all([stores[0].commit(groupOf(0, 3)), stores[1].commit(groupOf(0, 5))]);
    expect((await stores[0].last())?.size).toBe(3);
    expect((await stores[1].last())?.size).toBe(5);
    expect(await stores[0].find(['address 4'])).toEqual([undefined]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('takes the schema from the URL, and reads nothing where there is none', async () => {
    const { url, schema } = placeOf();
    const store = await openPostgresStore({ url: `${url}&schema=${schema}` });
    await store.close();
    const reader = await openPostgresReader({ url, schema });
    expect(await reader.last()).toBeUndefined();
    await reader.close();
    await expect(openPostgresReader({ url, schema: newSchema() })).rejects.toMatchObject({
      code: 'LOG_STORE_MISSING',
    });
  });

  test('refuses tables of another version', async () => {
    const place = placeOf();
    await (await openPostgresStore(place)).close();
    await sql(place.url, `UPDATE ${place.schema}.log_state SET version = 2`);
    const refusal = { code: 'LOG_STORE_VERSION', context: { version: '2' } };
    await expect(openPostgresStore(place)).rejects.toMatchObject(refusal);
    await expect(openPostgresReader(place)).rejects.toMatchObject(refusal);
  });

  test('refuses a store whose last group is gone', async () => {
    const place = placeOf();
    const store = await openPostgresStore(place);
    await store.commit(groupOf(0, 2));
    await store.commit(groupOf(2, 1));
    await store.close();
    await sql(place.url, `DELETE FROM ${place.schema}.log_group WHERE tree_size = 3`);
    await expect(openPostgresStore(place)).rejects.toMatchObject({
      code: 'LOG_STORE_DAMAGED',
      context: { size: 3, found: 2 },
    });
  });

  test('refuses to give entries of which one is gone', async () => {
    const place = placeOf();
    const store = await openPostgresStore(place);
    await store.commit(groupOf(0, 9));
    await sql(place.url, `DELETE FROM ${place.schema}.log_entry WHERE entry_index = 4`);
    const reading = store.entries({ from: 2, to: 6 })[Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toMatchObject({ code: 'LOG_STORE_DAMAGED' });
    await store.close();
  });

  test('says that it cannot get to a database that is not there', async () => {
    const nowhere = server().url.replace('/postgres?', '/nowhere?');
    for (const url of [nowhere, 'postgresql://postgres@127.0.0.1:1/postgres']) {
      const refusal = { code: 'LOG_STORE_UNREACHABLE' };
      await expect(openPostgresStore({ url })).rejects.toMatchObject(refusal);
      await expect(openPostgresReader({ url })).rejects.toMatchObject(refusal);
    }
  });
});

describe('openPostgresStore', () => {
  test('refuses what is not the URL of a database, or no plain name of a schema', async () => {
    for (const url of ['', 'http://host/database', '/folder', 'postgresql://a b/c', 'postgres:x']) {
      const refusal = { code: 'LOG_STORE_URL_MALFORMED' };
      await expect(openPostgresStore({ url })).rejects.toMatchObject(refusal);
      await expect(openPostgresReader({ url })).rejects.toMatchObject(refusal);
    }
    const url = 'postgresql://host/database';
    for (const schema of ['', 'a"b', 'Upper', '1st', 'a'.repeat(64)]) {
      const refusal = { code: 'LOG_STORE_URL_MALFORMED' };
      await expect(openPostgresStore({ url, schema })).rejects.toMatchObject(refusal);
      await expect(
        openPostgresStore({ url: `${url}?schema=${encodeURIComponent(schema)}` }),
      ).rejects.toMatchObject(refusal);
    }
  });

  test('takes no times that mean nothing', async () => {
    const url = 'postgresql://host/database';
    for (const change of [{ leaseMs: 0 }, { leaseMs: 1.5 }, { patienceMs: Number.NaN }]) {
      await expect(openPostgresStore({ url, ...change })).rejects.toThrow(RangeError);
    }
  });
});

describeIfPostgres('a database', () => {
  test('that does not write through to its disk is refused', async () => {
    await using server = await startPostgres({ fsync: 'off' });
    await expect(openPostgresStore({ url: server.url })).rejects.toMatchObject({
      code: 'LOG_STORE_NOT_DURABLE',
    });
  });

  test('that would acknowledge before it writes is made to write first', async () => {
    // What is not written when it is acknowledged stays in memory for ten seconds, and a stop at once loses it.
    await using server = await startPostgres({
      synchronous_commit: 'off',
      wal_writer_delay: '10s',
      wal_writer_flush_after: '1GB',
    });
    await sql(server.url, 'CREATE TABLE lost (id integer); INSERT INTO lost VALUES (1)');
    const store = await openPostgresStore({ url: server.url });
    await store.commit(groupOf(0, 10));
    await sql(server.url, 'INSERT INTO lost VALUES (2)');
    await server.stop('immediate');
    await server.start();
    expect((await store.last())?.size).toBe(10);
    await store.commit(groupOf(10, 1));
    await store.close();
    expect(await sql(server.url, 'SELECT id FROM lost')).toEqual([{ id: 1 }]);
  });
});
