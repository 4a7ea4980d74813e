import { readFile } from 'node:fs/promises';
import { canonicalBytes, type JsonObject } from '@anchorlog/core';
import { nodeEd25519Signer, nodeSha256 } from '@anchorlog/core/node';
import { checkRecord, profileByName } from '@anchorlog/profiles';
import { issue, keyId, parseRecord, signStatement, type LogRecord } from '@anchorlog/statement';
import { randomFillSync } from 'node:crypto';
import { cpuTimed, type BenchRow } from './row.ts';

const RECORD = new URL('../../packages/profiles/records/license-issue.json', import.meta.url);
const ROUNDS = 5000;

/** Measure one license record on its way to an entry, beside what JSON itself costs. */
export async function benchIssue(): Promise<BenchRow[]> {
  const text = await readFile(RECORD, 'utf8');
  const { links: _, ...record } = parseRecord(text);
  const value = JSON.parse(text) as JsonObject;
  const seed = nodeSha256.hash(new Uint8Array(1));
  const signer = nodeEd25519Signer(Uint8Array.from(seed));
  const name = keyId(signer.publicKey);

  // In turn, several times; the least disturbed round of each counts.
  const best = { stringify: Infinity, canonicalize: Infinity, check: Infinity, issue: Infinity };
  for (let round = 0; round < 5; round++) {
    best.stringify = Math.min(
      best.stringify,
      each(() => JSON.stringify(value)),
    );
    best.canonicalize = Math.min(
      best.canonicalize,
      each(() => canonicalBytes(value)),
    );
    best.check = Math.min(
      best.check,
      each(() => checkRecord(record, profileByName(record.profile))),
    );
    best.issue = Math.min(
      best.issue,
      each(() => issueOne(record)),
    );
  }
  let signed = 0;
  const began = process.cpuUsage();
  for (; signed < ROUNDS; signed++) await signStatement(issueOne(record, name), signer);
  const { user, system } = process.cpuUsage(began);
  const signedUs = (user + system) / ROUNDS;
  const claims = Object.keys(record.claims).length;
  const ratio = best.canonicalize / best.stringify;
  return [
    row(
      'canonical JSON of a record (JCS)',
      best.canonicalize,
      `JSON.stringify ${best.stringify.toFixed(1)} µs`,
      1 / ratio,
      '≤ 2.3× its time',
      ratio <= 2.3,
    ),
    row(`check a record of ${claims} claims by its profile`, best.check, '', undefined, '', true),
    row(
      'record → statement, salts, commitments, entry',
      best.issue,
      `${Math.round(1e6 / best.issue).toLocaleString('en')}/s`,
      undefined,
      '≤ 50 µs',
      best.issue <= 50,
    ),
    row(
      'the same with an Ed25519 signature',
      signedUs,
      `${Math.round(1e6 / signedUs).toLocaleString('en')}/s`,
      undefined,
      '',
      true,
    ),
  ];
}

function issueOne(record: LogRecord, signer?: string): ReturnType<typeof issue> {
  return issue(record, {
    log: 'bench.example.gov/log',
    profile: profileByName(record.profile),
    suite: nodeSha256,
    issuer: { org: record.issuer?.org ?? '', system: record.issuer?.system ?? '' },
    idSecret: SECRET,
    keyspaces: () => KEYSPACE,
    recordedTime: '2026-04-15T07:20:34.000Z',
    random: (length) => randomFillSync(new Uint8Array(length)),
    ...(signer !== undefined && { signer: { alg: 'Ed25519', keyId: signer } }),
  });
}

const SECRET = new Uint8Array(32).fill(7);
const KEYSPACE = { keyspace: 'bench/keys', secret: SECRET };

function each(run: () => unknown): number {
  const ms = cpuTimed(() => {
    for (let i = 0; i < ROUNDS; i++) run();
  });
  return (ms * 1000) / ROUNDS;
}

function row(
  name: string,
  value: number,
  against: string,
  ratio: number | undefined,
  goal: string,
  met: boolean,
): BenchRow {
  return { name, value, unit: 'µs', against, ratio, goal, met };
}
