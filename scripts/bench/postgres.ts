import { tmpdir } from 'node:os';
import { openPostgresStore } from '@anchorlog/log/postgres';
import { NO_POSTGRES, findPostgres, startPostgres, type PostgresServer } from '@anchorlog/testkit';
import { Client } from 'pg';
import { GROUP, appendBatches, appendOneByOne, logRate, rate, statement } from './append.ts';
import { copyIn, copyRows } from './copy.ts';
import type { BenchRow } from './row.ts';

/**
 * Measure durable appends to a log in PostgreSQL beside COPY of the same entries in groups of 1,000, one transaction each: into a table with
 * no more than a primary key, and into one with the indexes of the log. All in turn, `rounds` times; the least disturbed round of each
 * counts. Takes about 30 seconds; none where there is no PostgreSQL.
 */
export async function benchPostgres({
  count = 60_000,
  rounds = 3,
}: { readonly count?: number; readonly rounds?: number } = {}): Promise<BenchRow[]> {
  if (findPostgres() === undefined) {
    process.stderr.write(`skipped: postgres ${NO_POSTGRES}\n`);
    return [];
  }
  await using server = await startPostgres();
  const entries = Array.from({ length: count }, statement);
  const best = { copy: 0, indexed: 0, store: 0, log: 0, batches: 0 };
  let schemas = 0;
  const place = (): string => `${server.url}&schema=bench_${++schemas}`;
  const logged = async (append: typeof appendBatches): Promise<number> =>
    logRate(tmpdir(), entries, append, await openPostgresStore({ url: place() }));
  for (let round = 0; round < rounds; round++) {
    best.copy = Math.max(best.copy, await copyRate(server, entries, 'none'));
    best.indexed = Math.max(best.indexed, await copyRate(server, entries, 'address'));
    best.store = Math.max(best.store, await storeRate(place(), entries));
    best.log = Math.max(best.log, await logged(appendOneByOne));
    best.batches = Math.max(best.batches, await logged(appendBatches));
  }
  const thousands = (value: number): string => Math.round(value).toLocaleString('en');
  const copy = `COPY of the entries, ${thousands(best.copy)}/s`;
  const indexed = `COPY into the same indexes, ${thousands(best.indexed)}/s`;
  const row = (
    name: string,
    value: number,
    against: string,
    other: number,
    goal = 'reported',
  ): BenchRow => {
    const ratio = value / other;
    return {
      name,
      value,
      unit: '/s',
      against,
      ratio,
      goal,
      met: goal === 'reported' || ratio >= 0.5,
    };
  };
  return [
    row('durable append on PostgreSQL, one call an entry', best.log, copy, best.copy, '≥ 0.5×'),
    row('durable append on PostgreSQL, batches of 1,000', best.batches, copy, best.copy, '≥ 0.5×'),
    row('the same, batches of 1,000', best.batches, indexed, best.indexed),
    row('groups of 1,000 into the store alone', best.store, copy, best.copy, '≥ 0.5×'),
    row('groups of 1,000 into the store alone', best.store, indexed, best.indexed),
  ];
}

async function copyRate(
  { url }: PostgresServer,
  entries: readonly Uint8Array[],
  index: 'none' | 'address',
): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP TABLE IF EXISTS raw;
      CREATE TABLE raw (entry_index bigint PRIMARY KEY, address bytea NOT NULL ${index === 'none' ? '' : 'UNIQUE'}, entry bytea NOT NULL);
      CHECKPOINT`);
    const begin = performance.now();
    for (let from = 0; from < entries.length; from += GROUP) {
      const rows = copyRows(from, entries.slice(from, from + GROUP));
      await copyIn(client, 'COPY raw FROM STDIN (FORMAT binary)', rows);
    }
    return rate(entries.length, begin);
  } finally {
    await client.end();
  }
}

/** Groups one after the other, without anything that a log does. */
async function storeRate(url: string, entries: readonly Uint8Array[]): Promise<number> {
  const store = await openPostgresStore({ url });
  const rootHash = new Uint8Array(32);
  const begin = performance.now();
  for (let from = 0; from < entries.length; from += GROUP) {
    const some = entries.slice(from, from + GROUP);
    await store.commit({
      from,
      size: from + some.length,
      rootHash,
      time: 0,
      anchorBy: 0,
      entries: some,
      addresses: some.map((_, i) => `org/system/${from + i}`),
      tiles: [],
      notes: [],
    });
  }
  const perSecond = rate(entries.length, begin);
  await store.close();
  return perSecond;
}
