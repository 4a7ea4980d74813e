import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalBytes } from '@anchorlog/core';
import { nodeEd25519Signer } from '@anchorlog/core/node';
import { createLog, directoryTiles, fileGuard, type Log, type LogStore } from '@anchorlog/log';
import { parseStatement } from '@anchorlog/statement';
import { Frontier } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { quantile, type BenchRow } from './row.ts';

const ORIGIN = 'example.gov/bench';
export const GROUP = 1000;
const FIELDS = ['holderName', 'holderCode', 'address', 'legalPerson', 'caseNo', 'files'];

/**
 * Measure durable appends of `count` statements of about 1 KiB, without signatures, in groups of 1,000: beside the same work without a disk
 * (parse, canonical form, leaf hashes, root of every group), and beside writing the same bytes to a file with one fdatasync a group. All
 * three in turn, `rounds` times; the least disturbed round of each counts. Takes about 20 seconds.
 */
export async function benchAppend({
  count = 60_000,
  rounds = 3,
}: { readonly count?: number; readonly rounds?: number } = {}): Promise<BenchRow[]> {
  const dir = await mkdtemp(join(tmpdir(), 'anchorlog-bench-'));
  try {
    const entries = Array.from({ length: count }, statement);
    const best = { cpu: 0, file: 0, log: 0, batches: 0 };
    for (let round = 0; round < rounds; round++) {
      best.cpu = Math.max(best.cpu, cpuRate(entries));
      best.file = Math.max(best.file, await fileRate(join(dir, 'file'), entries));
      best.log = Math.max(best.log, await logRate(dir, entries, appendOneByOne));
      best.batches = Math.max(best.batches, await logRate(dir, entries, appendBatches));
    }
    const load = await measureUnderLoad(dir, entries);
    const held: [string, number, string][] = [
      ['durable append, one call an entry', best.log, '≥ 0.75×'],
      ['durable append, batches of 1,000', best.batches, '≥ 0.75×'],
    ];
    const name = `the same without a disk, ${thousands(best.cpu)}/s`;
    return [
      ...held.map(([what, value, goal]): BenchRow => {
        const ratio = value / best.cpu;
        return { name: what, value, unit: '/s', against: name, ratio, goal, met: ratio >= 0.75 };
      }),
      absolute('durable append, absolute', best.log, '/s', '≥ 30,000/s', best.log >= 30_000),
      {
        name: 'durable append, beside a file',
        value: best.log,
        unit: '/s',
        against: `append and fdatasync only, ${thousands(best.file)}/s`,
        ratio: best.log / best.file,
        goal: 'reported',
        met: true,
      },
      absolute('single append under load, p50', load.p50, 'ms', 'reported', true),
      absolute('single append under load, p99', load.p99, 'ms', '≤ 20 ms', load.p99 <= 20),
      absolute('proof from the store, p99', load.proof, 'ms', '≤ 2 ms', load.proof <= 2),
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A license statement with six commitments and three keys, about 1.1 kB. */
export function statement(): Uint8Array {
  const hex = randomBytes(16).toString('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  const hash = (): string => randomBytes(32).toString('base64');
  const at = '2026-03-12T10:15:02.120+08:00';
  return canonicalBytes({
    log: ORIGIN,
    profile: 'license.lifecycle/1',
    id,
    event: 'license.issue',
    eventTime: at,
    recordedTime: at,
    issuer: { org: '1199999900000006XQ', system: 'license-make' },
    claims: {
      certificateName: '食品经营许可证',
      issuerOrgCode: '1199999900000006XQ',
      statusTo: 'valid',
      effectiveTime: at,
      validFrom: '2026-03-12',
      validTo: '2031-03-11',
    },
    commitments: Object.fromEntries(FIELDS.map((field) => [`/${field}`, hash()])),
    keys: ['license', 'holder', 'case'].map((kind) => ({ kind, role: 'self', commitment: hash() })),
    links: [],
  });
}

function creation(): Uint8Array {
  const made = parseStatement(statement());
  const claims = { origin: ORIGIN, suite: 'sha256', index: 'none', anchorBy: 24 };
  const changed = {
    ...made,
    profile: 'log/1',
    event: 'log.create',
    claims,
    commitments: {},
    keys: [],
  };
  return canonicalBytes(changed as unknown as Parameters<typeof canonicalBytes>[0]); // a statement is JSON
}

function cpuRate(entries: readonly Uint8Array[]): number {
  const hasher = nodeTreeHasher();
  const frontier = new Frontier(hasher);
  const begin = performance.now();
  for (let at = 0; at < entries.length; at += GROUP) {
    const group = entries.slice(at, at + GROUP);
    for (const entry of group) parseStatement(entry);
    const leafHashes = new Uint8Array(32 * group.length);
    hasher.hashLeaves(group, leafHashes, 0);
    frontier.append(leafHashes);
    frontier.root();
  }
  return rate(entries.length, begin);
}

async function fileRate(path: string, entries: readonly Uint8Array[]): Promise<number> {
  const file = await open(path, 'w');
  try {
    const begin = performance.now();
    for (let at = 0; at < entries.length; at += GROUP) {
      await file.writev(entries.slice(at, at + GROUP));
      await file.datasync();
    }
    return rate(entries.length, begin);
  } finally {
    await file.close();
  }
}

/** Open the log of the benches in a folder, with its guard and tiles, over the embedded store or another. */
export async function openLog(
  dir: string,
  store: string | LogStore = join(dir, 'store'),
): Promise<Log> {
  return createLog({
    origin: ORIGIN,
    store,
    signers: {
      checkpoint: nodeEd25519Signer(new Uint8Array(32).fill(1)),
      receipt: nodeEd25519Signer(new Uint8Array(32).fill(2)),
    },
    guard: fileGuard(join(dir, 'guard.json')),
    tiles: directoryTiles(join(dir, 'tiles')),
    create: creation,
  });
}

/** Measure appends a second to a new log in a folder below `dir`, over the embedded store or another. */
export async function logRate(
  dir: string,
  entries: readonly Uint8Array[],
  append: (log: Log, entries: readonly Uint8Array[]) => Promise<void>,
  store?: LogStore,
): Promise<number> {
  const place = await mkdtemp(join(dir, 'anchorlog-bench-'));
  const log = await openLog(place, store);
  const begin = performance.now();
  await append(log, entries);
  const perSecond = rate(entries.length, begin);
  await log.close();
  await rm(place, { recursive: true });
  return perSecond;
}

/** Four groups are on their way at any time: one call for each entry. */
export async function appendOneByOne(log: Log, entries: readonly Uint8Array[]): Promise<void> {
  let next = 0;
  await lanes(4 * GROUP, async () => {
    while (next < entries.length) await log.append(entries[next++]!);
  });
}

export async function appendBatches(log: Log, entries: readonly Uint8Array[]): Promise<void> {
  let next = 0;
  await lanes(4, async () => {
    while (next < entries.length) {
      const from = next;
      next += GROUP;
      await log.appendBatch(entries.slice(from, from + GROUP));
    }
  });
}

/** Latencies of single appends while 64 callers append as fast as they are answered, then of proofs of any entry at any size. */
async function measureUnderLoad(
  dir: string,
  entries: readonly Uint8Array[],
): Promise<{ p50: number; p99: number; proof: number }> {
  const place = await mkdtemp(join(dir, 'load-'));
  const log = await openLog(place);
  const appends: number[] = [];
  let next = 0;
  const count = Math.min(entries.length, 20_000);
  await lanes(64, async () => {
    while (next < count) {
      const begin = performance.now();
      await log.append(entries[next++]!);
      appends.push(performance.now() - begin);
    }
  });
  await appendBatches(log, entries.slice(count));
  const proofs: number[] = [];
  for (let i = 0; i < 3000; i++) {
    const size = 1 + Math.floor(((i * 7919) % 3000) * (log.size / 3000));
    const index = Math.floor(((i * 104_729) % 3000) * (size / 3000));
    const begin = performance.now();
    await log.proveInclusion({ index, size });
    proofs.push(performance.now() - begin);
  }
  await log.close();
  await rm(place, { recursive: true });
  return {
    p50: quantile(appends, 0.5),
    p99: quantile(appends, 0.99),
    proof: quantile(proofs, 0.99),
  };
}

async function lanes(count: number, lane: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, lane));
}

function absolute(name: string, value: number, unit: string, goal: string, met: boolean): BenchRow {
  return { name, value, unit, against: '', ratio: undefined, goal, met };
}

export function rate(count: number, begin: number): number {
  return (count / (performance.now() - begin)) * 1000;
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}
