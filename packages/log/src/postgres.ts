import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isCodedError } from '@anchorlog/core';
import { logError } from './error.ts';
import { Database, sqlStateOf, unreachable, type Query } from './postgres-database.ts';
import { PostgresReader, numberAt } from './postgres-reader.ts';
import { SCHEMA_VERSION, isSchemaName, statementsOf, type Statements } from './postgres-sql.ts';
import { PostgresWriter, type Tenure } from './postgres-writer.ts';
import type { LogStore, StoreReader } from './store.ts';

/** Where a store in PostgreSQL is. */
export interface PostgresPlace {
  /**
   * `postgresql://user@host:5432/database`, or `…?host=/folder/of/its/socket`; a password had better come from the environment, PGPASSWORD.
   * `schema=…` among its parameters names the schema.
   */
  readonly url: string;
  /** The schema of this log, which it shares with no other; `anchorlog` unless it is given here or in the URL. */
  readonly schema?: string | undefined;
  /** How long an outage of the database is sat out, in milliseconds: 30,000. */
  readonly patienceMs?: number | undefined;
}

/** How a store in PostgreSQL is opened for writing. */
export interface PostgresStoreOptions extends PostgresPlace {
  /**
   * What to do while another process writes: `refuse` to open with LOG_LOCKED, unless told otherwise, `wait` until it has closed or its lease has
   * run out, or `takeOver` at once, whereupon the other is refused with LOG_FENCED.
   */
  readonly whenHeld?: 'refuse' | 'wait' | 'takeOver' | undefined;
  /** How long a writer that does not answer keeps others waiting, in milliseconds: 5,000. */
  readonly leaseMs?: number | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

const PATIENCE_MS = 30_000;
const LEASE_MS = 5000;
const READERS = 4;
const LONGEST_PAUSE_MS = 250;
/** Two processes that make the tables at the same time: one of them is told one of these, and finds the tables when it looks again. */
const MADE_MEANWHILE = new Set(['23505', '42P06', '42P07', '42710']);
const ATTEMPTS = 5;
/** Values of synchronous_commit under which what is committed is on the disk here and, where there is one, of the synchronous stand-by. */
const DURABLE = new Set(['on', 'remote_apply']);

/**
 * Open a store in PostgreSQL as its writer; schema and tables are made if absent (spec/log §12.4).
 * @throws LOG_LOCKED, LOG_STORE_UNREACHABLE, LOG_STORE_URL_MALFORMED, LOG_STORE_VERSION, LOG_STORE_NOT_DURABLE, LOG_STORE_DAMAGED
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<LogStore> {
  const { leaseMs = LEASE_MS } = options;
  checkMilliseconds('leaseMs', leaseMs);
  const { url, sql, patienceMs } = placeOf(options);
  const database = new Database({ url, connections: 1, patienceMs, onConnect: makeDurable });
  const readers = new Database({ url, connections: READERS, patienceMs });
  try {
    await makeTables(database, sql);
    const tenure = await becomeWriter(database, sql, { ...options, leaseMs });
    return new PostgresWriter({ database, readers, sql, tenure, leaseMs });
  } catch (error) {
    await Promise.all([database.close(), readers.close()]);
    throw openingError(error, options.signal);
  }
}

/**
 * Open a store in PostgreSQL for reading, beside its writer.
 * @throws LOG_STORE_MISSING, LOG_STORE_UNREACHABLE, LOG_STORE_URL_MALFORMED, LOG_STORE_VERSION
 */
export async function openPostgresReader(place: PostgresPlace): Promise<StoreReader> {
  const { url, sql, schema, patienceMs } = placeOf(place);
  const database = new Database({ url, connections: READERS, patienceMs });
  try {
    if (!(await checkTables(database, sql))) {
      throw logError('LOG_STORE_MISSING', `there is no log in the schema ${schema}`, { schema });
    }
    return new PostgresReader({ database, sql });
  } catch (error) {
    await database.close();
    throw openingError(error);
  }
}

function placeOf(place: PostgresPlace): {
  readonly url: string;
  readonly schema: string;
  readonly sql: Statements;
  readonly patienceMs: number;
} {
  const { patienceMs = PATIENCE_MS } = place;
  checkMilliseconds('patienceMs', patienceMs);
  const [base = '', ...query] = place.url.split('?');
  const parameters = new URLSearchParams(query.join('?'));
  const schema = place.schema ?? parameters.get('schema') ?? 'anchorlog';
  parameters.delete('schema');
  // Of a socket's folder the place of the host is empty, which only its own parser allows.
  const isUrl = /^postgres(?:ql)?:\/\//.test(base) && URL.canParse(base.replace('@/', '@host/'));
  if (!isUrl || !isSchemaName(schema)) {
    const expected = isUrl ? 'a schema in lower case' : 'postgresql://…';
    throw logError('LOG_STORE_URL_MALFORMED', `store: expected ${expected}`);
  }
  const rest = parameters.toString();
  const url = rest === '' ? base : `${base}?${rest}`;
  return { url, schema, sql: statementsOf(schema), patienceMs };
}

/** Make sure that an answer to a commit means that it is on the disk. @throws LOG_STORE_NOT_DURABLE */
async function makeDurable(query: Query): Promise<void> {
  const [[fsync] = []] = await query({ text: 'SHOW fsync' });
  if (fsync !== 'on') {
    throw logError('LOG_STORE_NOT_DURABLE', `the database has fsync ${fsync}: it must be on`);
  }
  const [[commit] = []] = await query({ text: 'SHOW synchronous_commit' });
  if (!DURABLE.has(commit ?? '')) await query({ text: 'SET synchronous_commit TO on' });
}

/** Tell whether there are tables. @throws LOG_STORE_VERSION */
async function checkTables(database: Database, sql: Statements): Promise<boolean> {
  const [found] = await database.query(sql.hasTables);
  if (!found) return false;
  const [[version] = []] = await database.query(sql.version);
  if (version === String(SCHEMA_VERSION)) return true;
  throw logError(
    'LOG_STORE_VERSION',
    `the tables of the store are of version ${version}, this program knows ${SCHEMA_VERSION}`,
    { version },
  );
}

async function makeTables(database: Database, sql: Statements): Promise<void> {
  for (let attempt = 1; !(await checkTables(database, sql)); attempt++) {
    // A schema that is there may have been made by who may, for a role that may not.
    const [schema] = await database.query(sql.hasSchema);
    const text = `BEGIN; ${schema ? '' : sql.createSchema} ${sql.createTables} COMMIT;`;
    try {
      await database.query({ text });
    } catch (error) {
      if (attempt === ATTEMPTS || !MADE_MEANWHILE.has(sqlStateOf(error) ?? '')) throw error;
    }
  }
}

/** Get the next epoch. From then on what the writer before sends is refused. @throws LOG_LOCKED, LOG_STORE_DAMAGED */
async function becomeWriter(
  database: Database,
  sql: Statements,
  options: Pick<PostgresStoreOptions, 'whenHeld' | 'signal'> & { readonly leaseMs: number },
): Promise<Tenure> {
  const { whenHeld = 'refuse', leaseMs, signal } = options;
  const writer = `${hostname().slice(0, 200)}/${process.pid}`;
  const statement = { text: sql.takeOver, values: [writer, leaseMs, whenHeld === 'takeOver'] };
  for (;;) {
    signal?.throwIfAborted();
    const [row] = await database.insist(statement);
    if (row) {
      const tenure = { epoch: numberAt(row, 0), size: numberAt(row, 1) };
      await checkWhole(database, sql, tenure);
      return tenure;
    }
    const [[holder = null, left = null] = []] = await database.insist(sql.holder);
    const retryAfterMs = Math.max(0, Number(left));
    if (whenHeld === 'refuse') {
      throw logError('LOG_LOCKED', `the store is written by ${holder}: one log has one writer`, {
        holder,
        retryAfterMs,
      });
    }
    await delay(Math.min(retryAfterMs + 1, LONGEST_PAUSE_MS), undefined, { signal });
  }
}

async function checkWhole(database: Database, sql: Statements, { size }: Tenure): Promise<void> {
  const [row] = await database.insist(sql.last);
  const found = row ? numberAt(row, 1) : 0;
  if (found === size) return;
  throw logError(
    'LOG_STORE_DAMAGED',
    `store: expected a last group that ends at ${size}, got ${found}: put a sound copy of the store back`,
    { size, found },
  );
}

function openingError(error: unknown, signal?: AbortSignal): unknown {
  const isOurs = isCodedError(error) || error instanceof TypeError || signal?.aborted === true;
  return isOurs ? error : unreachable(error);
}

function checkMilliseconds(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value < 2 ** 31) return;
  throw new RangeError(`${name}: expected milliseconds from 1 on`);
}
