import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalBytes, type JsonObject, type Signer } from '@anchorlog/core';
import { nodeEd25519Signer } from '@anchorlog/core/node';
import { noteSigner, receiptKeyName, type NoteKey } from '@anchorlog/tlog';
import {
  createLog,
  directoryTiles,
  fileGuard,
  type Log,
  type LogOptions,
} from '../../src/index.ts';
import type { StatementAddress } from '@anchorlog/statement';
import { openPostgresStore, type PostgresStoreOptions } from '../../src/postgres.ts';

export const ORIGIN = 'example.gov/licenses';
/** 2026-03-12T02:15:02.480Z */
export const NOW = 1_773_281_702_480;

export const CHECKPOINT_SIGNER: Signer = nodeEd25519Signer(new Uint8Array(32).fill(1));
export const RECEIPT_SIGNER: Signer = nodeEd25519Signer(new Uint8Array(32).fill(2));
export const CHECKPOINT_KEY: NoteKey = noteSigner({ name: ORIGIN, signer: CHECKPOINT_SIGNER }).key;
export const RECEIPT_KEY: NoteKey = noteSigner({
  name: receiptKeyName(ORIGIN),
  signer: RECEIPT_SIGNER,
}).key;

/** A UUID of version 8 that says which number it was made of. */
export function idOf(number: number): string {
  return `5c1f0000-0000-8000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** Under what the log finds the statement of this number. */
export function addressOf(number: number): StatementAddress {
  return { org: '11999999000000001X', system: 'license-make', id: idOf(number) };
}

/** The canonical bytes of a statement; `change` replaces members of it. */
export function statementOf(number: number, change: JsonObject = {}): Uint8Array {
  return canonicalBytes({
    log: ORIGIN,
    profile: 'license.lifecycle/1',
    id: idOf(number),
    event: 'license.issue',
    eventTime: '2026-03-12T10:15:02.120+08:00',
    recordedTime: '2026-03-12T10:15:02.480+08:00',
    issuer: { org: '11999999000000001X', system: 'license-make' },
    claims: { certificateName: '食品经营许可证', number, statusTo: 'valid' },
    commitments: {},
    keys: [],
    links: [],
    ...change,
  });
}

export const CREATE_CLAIMS = { origin: ORIGIN, suite: 'sha256', index: 'none', anchorBy: 24 };

/** Entry 0; `claims` replaces some of its claims, `change` members of the statement. */
export function creationOf(claims: JsonObject = {}, change: JsonObject = {}): Uint8Array {
  return statementOf(0, {
    profile: 'log/1',
    event: 'log.create',
    issuer: { org: '11999999000000001X', system: 'log' },
    claims: { ...CREATE_CLAIMS, ...claims },
    ...change,
  });
}

/** A source of the system that these statements are of. */
export const SOURCE = '11999999000000001X/license-make/1';

/** The statement that bears a number of the source. */
export function numbered(number: number, source: string = SOURCE): Uint8Array {
  return statementOf(1000 + number, { sequence: { source, number } });
}

/** The statement that opens a source, in place of another one if given. */
export function opening(
  source: string = SOURCE,
  predecessor?: { readonly source: string; readonly last: number },
): Uint8Array {
  const suffix = Number(source.slice(source.lastIndexOf('/') + 1));
  return statementOf(900 + suffix, {
    profile: 'log/1',
    event: 'source.open',
    sequence: { source, number: 0 },
    claims: {
      source,
      ...(predecessor && {
        predecessorSource: predecessor.source,
        predecessorLast: predecessor.last,
      }),
    },
  });
}

/** The statement that fills a number of the source. */
export function voiding(number: number): Uint8Array {
  const replacedDigest = 'A'.repeat(43) + '=';
  return statementOf(2000 + number, {
    profile: 'log/1',
    event: 'source.void',
    sequence: { source: SOURCE, number },
    claims: { source: SOURCE, number, replacedDigest },
  });
}

/** Short, so that tests need not wait long for that of a process that was killed. */
const LEASE_MS = 300;

/** What a test has otherwise than others. */
type Change = Partial<LogOptions> & Pick<PostgresStoreOptions, 'whenHeld'>;

/** A folder for one test, with the places of a log in it. */
export interface Place extends AsyncDisposable {
  readonly dir: string;
  readonly store: string;
  readonly guard: string;
  readonly tiles: string;
  open(change?: Change): Promise<Log>;
}

/** Make one; its store is in a folder too, unless there is a URL for it. */
export async function makePlace(url?: string): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'anchorlog-log-'));
  const [guard, tiles] = [join(dir, 'guard.json'), join(dir, 'tiles')];
  const store = url ?? join(dir, 'store');
  return {
    dir,
    store,
    guard,
    tiles,
    open: (change) => openLog({ store, guard, tiles }, change),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Open the log of these places the way that all tests do; a store in PostgreSQL is taken over from whoever has it. */
export async function openLog(
  at: { readonly store: string; readonly guard: string; readonly tiles: string },
  change: Change = {},
): Promise<Log> {
  const { whenHeld = 'takeOver', ...options } = change;
  const isUrl = at.store.startsWith('postgresql:');
  return createLog({
    origin: ORIGIN,
    signers: { checkpoint: CHECKPOINT_SIGNER, receipt: RECEIPT_SIGNER },
    guard: fileGuard(at.guard),
    tiles: directoryTiles(at.tiles),
    create: () => creationOf(),
    clock: () => NOW,
    ...(change.clock === undefined && { monotonic: () => 0 }),
    ...options,
    store:
      options.store ??
      (isUrl ? await openPostgresStore({ url: at.store, whenHeld, leaseMs: LEASE_MS }) : at.store),
  });
}
