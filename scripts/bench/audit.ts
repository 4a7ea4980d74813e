import { readFile } from 'node:fs/promises';
import { replay, type AuditSource } from '@anchorlog/audit';
import { DIGEST_BYTES, ed25519Signer } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import { profileByName } from '@anchorlog/profiles';
import { issue, parseRecord } from '@anchorlog/statement';
import { Frontier, MemoryTree, formatVerifierKey, noteKey } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { parseTrustPolicy } from '@anchorlog/verify';
import type { BenchRow } from './row.ts';

const RECORD = new URL('../../packages/profiles/records/access-read.json', import.meta.url);
const ENTRIES = 100_000;
const ORIGIN = 'bench.example.gov/audit';

/** Measure a replay in memory: hashes alone, and with every statement read. */
export async function benchAudit(): Promise<BenchRow[]> {
  const { links: _, ...record } = parseRecord(await readFile(RECORD, 'utf8'));
  const entries: Uint8Array[] = [];
  for (let i = 0; i < ENTRIES; i++) {
    const { entry } = issue(
      { ...record, key: String(i) },
      {
        log: ORIGIN,
        profile: profileByName(record.profile),
        suite: nodeSha256,
        issuer: { org: record.issuer?.org ?? '', system: record.issuer?.system ?? '' },
        idSecret: SECRET,
        keyspaces: () => ({ keyspace: 'bench/keys', secret: SECRET }),
        recordedTime: '2026-04-15T07:20:34.000Z',
        random: (length) => new Uint8Array(length).fill(i % 251),
      },
    );
    entries.push(entry);
  }
  const hasher = nodeTreeHasher();
  const row = new Uint8Array(ENTRIES * DIGEST_BYTES);
  hasher.hashLeaves(entries, row, 0);
  const tree = new MemoryTree(hasher);
  tree.append(row);

  const hashes = await rate(async () => {
    const frontier = new Frontier(hasher);
    for (let i = 0; i < ENTRIES; i += 4096) {
      const chunk = entries.slice(i, i + 4096);
      const leaves = new Uint8Array(chunk.length * DIGEST_BYTES);
      hasher.hashLeaves(chunk, leaves, 0);
      frontier.append(leaves);
    }
    frontier.root();
  });
  const source = memorySource(entries, tree);
  const whole = await rate(async () => {
    const report = await replay({ source, origin: ORIGIN, policy: POLICY });
    if (report.entries !== ENTRIES) throw new Error('the replay lost entries');
  });
  return [
    {
      name: 'replay, hashes alone',
      value: hashes,
      unit: 'entries/s',
      against: '',
      ratio: undefined,
      goal: '≥ 500,000/s',
      met: hashes >= 500_000,
    },
    {
      name: 'replay, tiles compared, every statement read',
      value: whole,
      unit: 'entries/s',
      against: `hashes alone ${Math.round(hashes).toLocaleString('en')}/s`,
      ratio: whole / hashes,
      goal: '≥ 50,000/s',
      met: whole >= 50_000,
    },
  ];
}

const SECRET = new Uint8Array(32).fill(7);
const KEY = ed25519Signer(new Uint8Array(32).fill(9)).publicKey;

const POLICY = parseTrustPolicy({
  format: 'anchorlog/policy/1',
  name: 'bench',
  date: '2026-04-15',
  logs: [
    {
      origin: ORIGIN,
      vkey: formatVerifierKey(noteKey({ name: ORIGIN, publicKey: KEY })),
      suite: 'sha256',
      index: 'none',
      issuers: 'any',
      profiles: 'any',
    },
  ],
  issuers: [],
  witnesses: [],
  indexCheckers: [],
  observers: [],
  chains: [],
  evidence: { kind: 'sealed' },
  maxStatusAge: 86_400,
});

function memorySource(entries: readonly Uint8Array[], tree: MemoryTree): AuditSource {
  return {
    size: entries.length,
    checkpoint: undefined,
    async *entries(begin, end) {
      yield* entries.slice(begin, end);
    },
    async tile({ level, index, width }) {
      const bytes = new Uint8Array(width * DIGEST_BYTES);
      for (let i = 0; i < width; i++)
        bytes.set(tree.node(level * 8, index * 256 + i), i * DIGEST_BYTES);
      return bytes;
    },
  };
}

/** Entries a second of processor time, the best of three. */
async function rate(run: () => Promise<void>): Promise<number> {
  let best = 0;
  for (let i = 0; i < 3; i++) {
    const began = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(began);
    best = Math.max(best, ENTRIES / ((user + system) / 1e6));
  }
  return best;
}
