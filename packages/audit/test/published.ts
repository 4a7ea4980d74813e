import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  DIGEST_BYTES,
  canonicalBytes,
  ed25519Signer,
  formatBase64,
  type JsonValue,
  type SuiteName,
} from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import { issue, keyId, signStatement, type Issued, type Profile } from '@anchorlog/statement';
import {
  MemoryTree,
  entryBundlePath,
  formatCheckpoint,
  formatEntryBundle,
  formatVerifierKey,
  noteKey,
  noteSigner,
  signNote,
  tilePath,
  tilesOf,
} from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { parseTrustPolicy, type TrustPolicy } from '@anchorlog/verify';
import type { AskedRegistry, KnownHead } from '@anchorlog/audit';

export const ORIGIN = 'example.gov/audit';
export const CHAIN_ID = 1337;
export const CONTRACT = `0x${'c0'.repeat(20)}`;
export const ORG = '1199999900000006XQ';
const logSigner = ed25519Signer(new Uint8Array(32).fill(1));
export const issuerSigner = ed25519Signer(new Uint8Array(32).fill(2));
export const SECRET: Uint8Array = new Uint8Array(32).fill(3);

const title = { zh: '测试', en: 'Test' };
const text = { kind: 'string', max: 64 } as const;

/** Profiles cut to what a trail needs. */
const PROFILES: Readonly<Record<string, Profile>> = {
  'log/1': {
    name: 'log/1',
    title,
    events: ['log.create', 'source.open'].map((name) => ({ name, title })),
    fields: ['origin', 'suite', 'source'].map((name) => ({
      name,
      title,
      type: text,
      required: true,
      disclosure: 'public',
    })),
  },
  'access/1': {
    name: 'access/1',
    title,
    events: [{ name: 'access.read', title }],
    fields: [
      {
        name: 'subject',
        title,
        type: { kind: 'pseudonym' },
        required: true,
        disclosure: 'key',
        key: { kind: 'holder', role: 'self' },
      },
      { name: 'reason', title, type: text, required: false, disclosure: 'committed' },
    ],
  },
  'share.delivery/1': {
    name: 'share.delivery/1',
    title,
    events: [{ name: 'share.deliver', title }],
    fields: [
      ...['deliveryId', 'providerOrgCode', 'consumerOrgCode', 'recordCount'].map(
        (name) => ({ name, title, type: text, required: true, disclosure: 'public' }) as const,
      ),
      {
        name: 'subject',
        title,
        type: { kind: 'pseudonym' },
        required: true,
        disclosure: 'key',
        key: { kind: 'holder', role: 'self' },
      },
    ],
  },
};

export interface TestRecord {
  readonly profile: string;
  readonly event: string;
  readonly key: string;
  readonly claims: Readonly<Record<string, JsonValue>>;
  readonly org?: string | undefined;
  /** Its number in the source of the tests. */
  readonly number?: number | undefined;
}

export const SOURCE: string = `${ORG}/audit-test/1`;

export const GENESIS: TestRecord = {
  profile: 'log/1',
  event: 'log.create',
  key: 'log.create',
  claims: { origin: ORIGIN, suite: 'sha256' },
};

/** Records that each tell of a reading; the subject alternates. */
export function readings(count: number): TestRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    profile: 'access/1',
    event: 'access.read',
    key: `read-${i}`,
    claims: {
      subject: i % 2 === 0 ? '91999999000000115N' : '91999999000000123H',
      reason: `reading ${i}`,
    },
  }));
}

/** Issue and sign a record; salts are fixed by its key, so that a test tells the same story each time. */
export async function issued(record: TestRecord): Promise<Issued> {
  const { profile, event, key, claims, org = ORG, number } = record;
  let salt = 0;
  const made = issue(
    { profile, event, key, eventTime: '2026-07-08T16:00:00.000+08:00', claims },
    {
      log: ORIGIN,
      profile: PROFILES[profile]!,
      suite: nodeSha256,
      issuer: { org, system: 'audit-test' },
      idSecret: SECRET,
      keyspaces: () => ({ keyspace: 'example.gov/trail', secret: SECRET }),
      recordedTime: '2026-07-08T16:00:00.500+08:00',
      random: (length) => nodeRandom(`${key}/${salt++}`, length),
      sequence: number === undefined ? undefined : { source: SOURCE, number },
      signer: { alg: 'Ed25519', keyId: keyId(issuerSigner.publicKey) },
    },
  );
  return signStatement(made, issuerSigner);
}

function nodeRandom(seed: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += DIGEST_BYTES) {
    const block = nodeSha256.hash(canonicalBytes([seed, at]));
    bytes.set(block.subarray(0, Math.min(DIGEST_BYTES, length - at)), at);
  }
  return bytes;
}

/** Write a published log as static files and give its tree. */
export async function publish(
  entries: readonly Uint8Array[],
  {
    suite = 'sha256',
    indexRoot,
  }: { readonly suite?: SuiteName; readonly indexRoot?: Uint8Array } = {},
): Promise<{ dir: string; tree: MemoryTree }> {
  const hasher = nodeTreeHasher(suite);
  const dir = await mkdtemp(join(tmpdir(), 'anchorlog-audit-'));
  const row = new Uint8Array(entries.length * DIGEST_BYTES);
  hasher.hashLeaves(entries, row, 0);
  const tree = new MemoryTree(hasher);
  tree.append(row);
  for (const tile of tilesOf(entries.length)) {
    const hashes = Array.from({ length: tile.width }, (_, i) =>
      tree.node(tile.level * 8, tile.index * 256 + i),
    );
    await put(join(dir, tilePath(tile)), Buffer.concat(hashes));
    if (tile.level > 0) continue;
    const first = tile.index * 256;
    await put(
      join(dir, entryBundlePath(tile)),
      formatEntryBundle(entries.slice(first, first + tile.width)),
    );
  }
  const [size, rootHash] = [entries.length, tree.root()];
  const head = formatCheckpoint({ origin: ORIGIN, size, rootHash, indexRoot });
  await put(
    join(dir, 'checkpoint'),
    await signNote(head, [noteSigner({ name: ORIGIN, signer: logSigner })]),
  );
  return { dir, tree };
}

/** Publish a log of `size` entries: its creation, and readings. */
export async function publishReadings(
  size: number,
): Promise<{ dir: string; tree: MemoryTree; entries: Uint8Array[] }> {
  const items = await Promise.all([GENESIS, ...readings(size - 1)].map(issued));
  const entries = items.map(({ entry }) => entry);
  return { ...(await publish(entries)), entries };
}

async function put(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Give heads of these sizes, numbered from 1, as a node or the evidence of a file tells of them; blocks have the times, in seconds. */
export function headsOf(
  tree: MemoryTree,
  sizes: readonly number[],
  from: 'chain' | 'evidence' = 'chain',
): KnownHead[] {
  return sizes.map((size, i) => ({
    chainId: CHAIN_ID,
    contract: CONTRACT,
    number: i + 1,
    size,
    rootHash: tree.root(Math.min(size, tree.size)),
    indexRoot: new Uint8Array(DIGEST_BYTES),
    from,
  }));
}

/** What a node says that has these heads. */
export function asked(heads: readonly KnownHead[], closedNumber?: number): AskedRegistry[] {
  return [{ chainId: CHAIN_ID, contract: CONTRACT, heads, closedNumber }];
}

/** The policy of this log; its chain exists nowhere. `log` and `key`: members of the log and of the issuer's key that are other ones. */
export function policy(changes: PolicyChanges = {}): TrustPolicy {
  return parseTrustPolicy(policyJson(changes));
}

interface PolicyChanges {
  readonly log?: object | undefined;
  readonly key?: object | undefined;
}

/** The same as JSON. */
export function policyJson({ log = {}, key = {} }: PolicyChanges = {}): {
  readonly chains: readonly object[];
  readonly [member: string]: unknown;
} {
  return {
    format: 'anchorlog/policy/1',
    name: 'audit test',
    date: '2026-07-08',
    logs: [
      {
        origin: ORIGIN,
        vkey: formatVerifierKey(noteKey({ name: ORIGIN, publicKey: logSigner.publicKey })),
        suite: 'sha256',
        index: 'none',
        issuers: 'any',
        profiles: 'any',
        ...log,
      },
    ],
    issuers: [
      {
        org: ORG,
        keys: [
          {
            keyId: keyId(issuerSigner.publicKey),
            alg: 'Ed25519',
            publicKey: formatBase64(issuerSigner.publicKey),
            ...key,
          },
        ],
      },
    ],
    witnesses: [],
    indexCheckers: [],
    observers: [],
    chains: [
      {
        chainId: CHAIN_ID,
        name: 'test',
        contract: CONTRACT,
        codeHash: `0x${'c1'.repeat(32)}`,
        validatorSets: [{ fromBlock: 0, validators: [`0x${'c2'.repeat(20)}`] }],
      },
    ],
    evidence: { kind: 'sealed' },
    maxStatusAge: 86_400,
  };
}
