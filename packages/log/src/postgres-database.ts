import { setTimeout as delay } from 'node:timers/promises';
import { isCodedError } from '@anchorlog/core';
import { DatabaseError, Pool, type PoolClient } from 'pg';
import { logError } from './error.ts';

/** A value of a parameter: bytes go as they are, without a detour through text. */
export type SqlValue = string | number | boolean | Buffer | readonly number[] | null;

/** A row, column by column in the text form of the database, NULL as null. */
export type SqlRow = readonly (string | null)[];

export interface SqlStatement {
  readonly text: string;
  /** Of a statement that a connection plans once: measured a tenth of the time of a group. Only where the plan never changes. */
  readonly name?: string | undefined;
  readonly values?: readonly SqlValue[] | undefined;
}

const CONNECT_MS = 10_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/** SQLSTATEs by which a server says that it, not the statement, is in trouble: gone, going, coming, full, on stand-by, or in each other's way. */
const PASSING = /^(?:08...|57P0[1-3]|53300|25006|40001|40P01)$/;

/** Connections to one database, made when they are needed and made again when they broke. */
export class Database {
  readonly #pool: Pool;
  readonly #patienceMs: number;
  #ending: Promise<void> | undefined;

  constructor(options: {
    readonly url: string;
    readonly connections: number;
    /** How long an outage is sat out by `through`. */
    readonly patienceMs: number;
    /** Prepares each new connection. */
    readonly onConnect?: ((query: Query) => Promise<void>) | undefined;
  }) {
    const { url, connections, patienceMs, onConnect } = options;
    this.#patienceMs = patienceMs;
    this.#pool = new Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: patienceMs,
      keepAlive: true,
      allowExitOnIdle: true,
      fallback_application_name: 'anchorlog',
      types: { getTypeParser: () => String }, // as text: each column is parsed where it is read
      verify: (client, done) => {
        const preparing = onConnect?.((statement) => rowsOf(client, statement));
        void Promise.resolve(preparing).then(() => done(), done);
      },
    });
    // A connection that broke while nobody used it: the pool has dropped it already, and the next statement gets another one.
    this.#pool.on('error', () => undefined);
  }

  /** Run a statement once. When it fails by an outage it may have taken effect. */
  async query(statement: SqlStatement): Promise<SqlRow[]> {
    return rowsOf(this.#pool, statement);
  }

  /** Run a statement that may run several times, until it is answered. @throws LOG_STORE_UNREACHABLE */
  async insist(statement: SqlStatement): Promise<SqlRow[]> {
    return this.through(() => this.query(statement));
  }

  /**
   * Do something again each time that an outage is in its way, until patience is over.
   * @throws LOG_STORE_UNREACHABLE
   */
  async through<T>(attempt: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await attempt();
      } catch (error) {
        if (!isOutage(error)) throw error;
        if (performance.now() - begin >= this.#patienceMs) throw unreachable(error);
      }
      await delay(pause);
    }
  }

  close(): Promise<void> {
    this.#ending ??= this.#pool.end();
    return this.#ending;
  }
}

export type Query = (statement: SqlStatement) => Promise<SqlRow[]>;

async function rowsOf(client: Pool | PoolClient, statement: SqlStatement): Promise<SqlRow[]> {
  const { text, name, values = [] } = statement;
  const { rows } = await client.query<(string | null)[]>({
    text,
    name,
    values: [...values],
    rowMode: 'array',
  });
  return rows;
}

/** Tell whether an error is the loss of a connection or server, which says nothing of the statement. */
export function isOutage(error: unknown): boolean {
  if (error instanceof DatabaseError) return PASSING.test(error.code ?? '');
  // All else that comes of asking is the way there: sockets, names, time limits.
  return error instanceof Error && !isCodedError(error) && !(error instanceof TypeError);
}

/** Give the SQLSTATE of an error that the server answered with. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/** Say that the database cannot be used; its own words hold no secrets. */
export function unreachable(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return logError('LOG_STORE_UNREACHABLE', `the database of the store: ${reason}`, {}, { cause });
}
