import { isCodedError, type SuiteName } from '@anchorlog/core';
import { formatAddress, parseStatement, type Statement } from '@anchorlog/statement';
import { logError } from './error.ts';
import type { IndexedKeys, KeyAdmission } from './key-admission.ts';
import { sequenceStepOf, type SequenceStep } from './source-book.ts';
import { parseWithheld } from './withheld.ts';

/** An entry that may be appended. */
export interface Admitted {
  readonly entry: Uint8Array;
  readonly address: string;
  /** What it says of its source, if it is of one. */
  readonly sequence?: SequenceStep | undefined;
  /** Its keys, in a log with an index. */
  readonly keys?: IndexedKeys | undefined;
}

/** How a log admits entries. */
export interface AdmissionRules {
  readonly origin: string;
  /** Undefined in a log without index. */
  readonly keys: KeyAdmission | undefined;
}

/** What entry 0 fixes for ever. */
export interface Creation extends Admitted {
  /** Milliseconds within which a receipt promises an anchor. */
  readonly anchorByMs: number;
  /** `<org>/<system>` of the log itself. */
  readonly issuer: string;
}

/** Whether a log has an index, and which. */
export type IndexName = 'none' | 'index/1';

const LOG_PROFILE = 'log/1';
const CREATE_EVENT = 'log.create';
const HOUR_MS = 3_600_000;
const HOURS_PER_YEAR = 8760;

/**
 * Check that the bytes of a statement may be appended to a log (spec/log §7), with the openings of its keys. They become the entry, and nobody
 * may write to them.
 * @throws LOG_ORIGIN_MISMATCH, LOG_SOURCE_MISMATCH, LOG_CREATE_REPEATED, LOG_OPENINGS_UNWANTED, and as `parseStatement` and `KeyAdmission.check`
 */
export function admit(
  entry: Uint8Array,
  { origin, keys }: AdmissionRules,
  openings: readonly Uint8Array[] = [],
): Admitted {
  const statement = parseStatement(entry);
  if (statement.log !== origin) {
    throw logError('LOG_ORIGIN_MISMATCH', `statement: expected log ${origin}`, {
      expected: origin,
      got: statement.log,
    });
  }
  if (isCreation(statement)) {
    throw logError('LOG_CREATE_REPEATED', `only entry 0 is ${CREATE_EVENT}`);
  }
  const address = addressOf(statement);
  const sequence = sequenceStepOf(statement);
  if (keys) return { entry, address, sequence, keys: keys.check(statement, openings) };
  if (openings.length === 0) return { entry, address, sequence };
  throw logError('LOG_OPENINGS_UNWANTED', 'openings: expected none, since this log has no index');
}

/** Check entry 0 against the log's configuration. @throws LOG_CREATE_MISMATCH */
export function checkCreation(
  bytes: Uint8Array,
  config: {
    readonly origin: string;
    readonly suite: SuiteName;
    readonly index?: IndexName | undefined;
  },
): Creation {
  const entry = new Uint8Array(bytes);
  const statement = parseCreation(entry);
  const { log, claims, sequence } = statement;
  if (!isCreation(statement) || sequence) throw mismatch(`${CREATE_EVENT} of ${LOG_PROFILE}`);
  const { index = 'none' } = config;
  const fixed = { origin: config.origin, suite: config.suite, index };
  for (const [name, value] of Object.entries({ ...fixed })) {
    if (claims[name] !== value) throw mismatch(`${name} ${value}`, { claim: name });
  }
  if (log !== config.origin) throw mismatch(`a statement for ${config.origin}`);
  const hours = claims['anchorBy'];
  if (typeof hours !== 'number' || hours < 1 || hours > HOURS_PER_YEAR) {
    throw mismatch(`anchorBy of 1 to ${HOURS_PER_YEAR} hours`, { claim: 'anchorBy' });
  }
  const { org, system } = statement.issuer;
  const address = addressOf(statement);
  return { entry, address, anchorByMs: hours * HOUR_MS, issuer: `${org}/${system}` };
}

/** Refuse an entry 0 that names another suite; what else may be wrong with it is for `checkCreation`. @throws LOG_CREATE_MISMATCH */
export function checkSuite(bytes: Uint8Array | undefined, suite: SuiteName): void {
  const other = suite === 'sha256' ? 'sm3' : 'sha256';
  if (bytes && claimsSuite(bytes, other)) throw mismatch(`suite ${suite}`, { claim: 'suite' });
}

function claimsSuite(bytes: Uint8Array, suite: SuiteName): boolean {
  try {
    return parseStatement(bytes).claims['suite'] === suite;
  } catch (error) {
    if (isCodedError(error)) return false; // no statement, and names none
    throw error;
  }
}

/** Read from entry 0 which log it creates. @throws LOG_CREATE_MISMATCH */
export function readCreation(bytes: Uint8Array): {
  readonly origin: string;
  readonly suite: SuiteName;
} {
  const { log: origin, claims } = parseCreation(new Uint8Array(bytes));
  const suite = claims['suite'];
  if (suite !== 'sha256' && suite !== 'sm3') throw mismatch('suite sha256 or sm3');
  checkCreation(bytes, { origin, suite });
  return { origin, suite };
}

function parseCreation(entry: Uint8Array): Statement {
  try {
    return parseStatement(entry);
  } catch (cause) {
    if (isCodedError(cause)) throw mismatch('a statement', {}, cause);
    throw cause;
  }
}

/** Give the address of an entry that was admitted before, also of one that is withheld. */
export function addressOfEntry(entry: Uint8Array): string {
  const withheld = parseWithheld(entry);
  if (withheld) return withheld.address;
  return addressOf(parseStatement(entry));
}

function addressOf({ issuer, id }: Statement): string {
  return formatAddress({ ...issuer, id });
}

function isCreation(statement: Statement): boolean {
  return statement.profile === LOG_PROFILE && statement.event === CREATE_EVENT;
}

function mismatch(
  expected: string,
  context: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): Error {
  return logError('LOG_CREATE_MISMATCH', `entry 0: expected ${expected}`, context, { cause });
}
