import type { SqlStatement } from './postgres-database.ts';

// Plain SQL that PostgreSQL 9.2 and what descends from it run (spec/log §12.4): no extensions, no MERGE, no ON CONFLICT, no functions on the
// server, no settings that a statement relies on. Names avoid the reserved words of Oracle's dialect, which some descendants speak.

/** Version of the tables. */
export const SCHEMA_VERSION = 1;

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** Tell whether a name may be that of a schema: one that means the same quoted and unquoted. */
export function isSchemaName(name: string): boolean {
  return SCHEMA_NAME.test(name);
}

/** Make the statements of one schema. */
export function statementsOf(schema: string): Statements {
  const at = (table: string): string => `"${schema}".${table}`;
  const [state, entry, group] = [at('log_state'), at('log_entry'), at('log_group')];
  const [tile, receipt, checkpoint] = [at('log_tile'), at('log_receipt'), at('log_checkpoint')];
  const lease = (place: string): string =>
    `clock_timestamp() + ${place}::integer * interval '1 millisecond'`;
  const groupColumns = 'first_index, tree_size, root_hash, time_ms, anchor_by_ms';
  const selectGroup = `SELECT first_index, tree_size, encode(root_hash, 'hex'), time_ms, anchor_by_ms FROM ${group}`;
  const selectCheckpoint = `SELECT tree_size, encode(note, 'hex') FROM ${checkpoint}`;
  // Counted and not joined: the plan of the commit is kept, and must look each size up by key also when there are many.
  const putNotes = (sizes: string, notes: string): string =>
    `INSERT INTO ${receipt} (tree_size, note)
     SELECT given.tree_size, given.note
     FROM fence, (SELECT unnest(${sizes}::bigint[]) AS tree_size, unnest(${notes}::bytea[]) AS note) given
     WHERE (SELECT count(*) FROM ${receipt} kept WHERE kept.tree_size = given.tree_size) = 0`;

  return {
    hasSchema: {
      text: 'SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1',
      values: [schema],
    },
    hasTables: {
      text: 'SELECT 1 FROM information_schema.tables WHERE table_schema = $1 AND table_name = $2',
      values: [schema, 'log_state'],
    },
    version: { text: `SELECT version FROM ${state}` },
    createSchema: `CREATE SCHEMA "${schema}";`,
    createTables: `
      CREATE TABLE ${state} (
        id integer PRIMARY KEY CHECK (id = 1),
        version integer NOT NULL,
        epoch bigint NOT NULL,
        tree_size bigint NOT NULL,
        writer varchar(300),
        lease_until timestamp with time zone
      );
      CREATE TABLE ${entry} (
        entry_index bigint PRIMARY KEY,
        address bytea NOT NULL,
        entry bytea NOT NULL
      );
      CREATE UNIQUE INDEX log_entry_address ON ${entry} (address);
      CREATE TABLE ${group} (
        tree_size bigint PRIMARY KEY,
        first_index bigint NOT NULL,
        root_hash bytea NOT NULL,
        time_ms bigint NOT NULL,
        anchor_by_ms bigint NOT NULL,
        epoch bigint NOT NULL
      );
      CREATE TABLE ${tile} (
        tile_level integer NOT NULL,
        tile_index bigint NOT NULL,
        hashes bytea NOT NULL,
        PRIMARY KEY (tile_level, tile_index)
      );
      ALTER TABLE ${tile} ALTER COLUMN hashes SET STORAGE EXTERNAL;
      CREATE TABLE ${receipt} (tree_size bigint PRIMARY KEY, note bytea NOT NULL);
      CREATE TABLE ${checkpoint} (tree_size bigint PRIMARY KEY, note bytea NOT NULL);
      INSERT INTO ${state} (id, version, epoch, tree_size) VALUES (1, ${SCHEMA_VERSION}, 0, 0);`,

    // Whoever writes holds the one row of the state for that moment, so that writers come one after the other, each seeing the last.
    takeOver: `UPDATE ${state} SET epoch = epoch + 1, writer = $1, lease_until = ${lease('$2')}
      WHERE lease_until IS NULL OR lease_until <= clock_timestamp() OR $3::boolean
      RETURNING epoch, tree_size`,
    holder: {
      text: `SELECT writer, ceil(extract(epoch FROM lease_until - clock_timestamp()) * 1000) FROM ${state}`,
    },
    renew: `UPDATE ${state} SET lease_until = ${lease('$2')} WHERE epoch = $1 RETURNING 1`,
    release: `UPDATE ${state} SET lease_until = NULL WHERE epoch = $1`,
    state: { text: `SELECT epoch, tree_size FROM ${state}` },

    // One statement is one transaction: it needs no second message from a process that may be paused, and it takes effect or does not.
    commit: `WITH fence AS (
        UPDATE ${state} SET tree_size = $3, lease_until = ${lease('$4')}
        WHERE epoch = $1 AND tree_size = $2
        RETURNING epoch
      ), entries AS (
        INSERT INTO ${entry} (entry_index, address, entry)
        SELECT generate_series($2::bigint, $3::bigint - 1), unnest($5::bytea[]), unnest($6::bytea[]) FROM fence
      ), groups AS (
        INSERT INTO ${group} (${groupColumns}, epoch) SELECT $2, $3, $7::bytea, $8::bigint, $9::bigint, epoch FROM fence
      ), tiles AS (
        INSERT INTO ${tile} (tile_level, tile_index, hashes)
        SELECT unnest($10::integer[]), unnest($11::bigint[]), unnest($12::bytea[]) FROM fence
      ), receipts AS (
        ${putNotes('$13', '$14')}
      )
      SELECT 1 FROM fence`,
    putReceiptNotes: `WITH fence AS (
        UPDATE ${state} SET lease_until = ${lease('$2')} WHERE epoch = $1 RETURNING epoch
      ), receipts AS (
        ${putNotes('$3', '$4')}
      )
      SELECT 1 FROM fence`,
    putCheckpoint: `WITH fence AS (
        UPDATE ${state} SET lease_until = ${lease('$2')} WHERE epoch = $1 AND tree_size >= $3 RETURNING epoch
      ), kept AS (
        INSERT INTO ${checkpoint} (tree_size, note)
        SELECT $3, $4::bytea FROM fence WHERE NOT EXISTS (SELECT 1 FROM ${checkpoint} WHERE tree_size = $3)
      )
      SELECT 1 FROM fence`,
    withhold: `WITH fence AS (
        UPDATE ${state} SET lease_until = ${lease('$2')} WHERE epoch = $1 AND tree_size > $3 RETURNING epoch
      ), replaced AS (
        UPDATE ${entry} kept SET entry = given.entry
        FROM fence, (SELECT unnest($4::bigint[]) AS entry_index, unnest($5::bytea[]) AS entry) given
        WHERE kept.entry_index = given.entry_index
      )
      SELECT 1 FROM fence`,

    last: { text: `${selectGroup} ORDER BY tree_size DESC LIMIT 1` },
    group: `${selectGroup} WHERE tree_size > $1 ORDER BY tree_size LIMIT 1`,
    entries: `SELECT encode(entry, 'hex') FROM ${entry}
      WHERE entry_index >= $1 AND entry_index < $2 ORDER BY entry_index`,
    find: `SELECT encode(address, 'hex'), entry_index FROM ${entry} WHERE address = ANY($1::bytea[])`,
    tile: `SELECT encode(hashes, 'hex') FROM ${tile} WHERE tile_level = $1 AND tile_index = $2`,
    receiptNote: `SELECT encode(note, 'hex') FROM ${receipt} WHERE tree_size = $1`,
    newestCheckpoint: { text: `${selectCheckpoint} ORDER BY tree_size DESC LIMIT 1` },
    checkpoint: `${selectCheckpoint} WHERE tree_size >= $1 ORDER BY tree_size LIMIT 1`,
  };
}

/** The statements of one schema: whole ones, and texts that take values. */
export interface Statements {
  readonly hasSchema: SqlStatement;
  readonly hasTables: SqlStatement;
  readonly version: SqlStatement;
  readonly createSchema: string;
  readonly createTables: string;
  readonly takeOver: string;
  readonly holder: SqlStatement;
  readonly renew: string;
  readonly release: string;
  readonly state: SqlStatement;
  readonly commit: string;
  readonly putReceiptNotes: string;
  readonly putCheckpoint: string;
  readonly withhold: string;
  readonly last: SqlStatement;
  readonly group: string;
  readonly entries: string;
  readonly find: string;
  readonly tile: string;
  readonly receiptNote: string;
  readonly newestCheckpoint: SqlStatement;
  readonly checkpoint: string;
}
