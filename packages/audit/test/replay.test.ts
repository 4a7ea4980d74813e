import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatUtf8, parseUtf8 } from '@anchorlog/core';
import {
  directorySource,
  headsFromFiles,
  Findings,
  replay,
  type KnownHead,
  type ReplayReport,
} from '@anchorlog/audit';
import { formatAnchorFile } from '@anchorlog/evm-proof';
import { formatEntryBundle, parseEntryBundle, type MemoryTree } from '@anchorlog/tlog';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  CHAIN_ID,
  CONTRACT,
  GENESIS,
  ORG,
  ORIGIN,
  issued,
  policy,
  publish,
  readings,
} from './published.ts';

const SIZE = 600;
const FOLDER = `anchors/${CHAIN_ID}-${CONTRACT}`;
let entries: Uint8Array[];
let dir: string;
let tree: MemoryTree;

beforeAll(async () => {
  const records = [GENESIS, ...readings(SIZE - 1)];
  entries = (await Promise.all(records.map(issued))).map(({ entry }) => entry);
  ({ dir, tree } = await publish(entries));
});

function heads(...sizes: number[]): KnownHead[] {
  return sizes.map((size, i) => ({
    chainId: CHAIN_ID,
    number: i + 1,
    size,
    rootHash: tree.root(size),
    indexRoot: new Uint8Array(32),
    from: 'chain',
  }));
}

/** Copy the log, change something, and replay it. */
async function tampered(
  change: (dir: string) => Promise<void>,
  chainHeads = heads(100, SIZE),
): Promise<ReplayReport> {
  const copy = `${dir}-copy`;
  await rm(copy, { recursive: true, force: true });
  await cp(dir, copy, { recursive: true });
  await change(copy);
  const source = await directorySource(copy);
  return replay({ source, origin: ORIGIN, policy: policy(), chainHeads, signatures: true });
}

function codes({ findings }: ReplayReport): string[] {
  return [...new Set(findings.map(({ code }) => code))];
}

async function editEntry(
  copy: string,
  index: number,
  edit: (text: string) => string,
): Promise<void> {
  const path = join(copy, 'tile/entries', String(Math.floor(index / 256)).padStart(3, '0'));
  const bundle = parseEntryBundle(await readFile(path), 256);
  bundle[index % 256] = formatUtf8(edit(parseUtf8(bundle[index % 256]!)));
  await writeFile(path, formatEntryBundle(bundle));
}

describe('replay', () => {
  test('derives every tile, head and the checkpoint from the entries', async () => {
    const source = await directorySource(dir);
    const report = await replay({
      source,
      origin: ORIGIN,
      policy: policy(),
      chainHeads: heads(1, 100, 256, 257, SIZE),
      signatures: true,
      secondOpinion: true,
    });
    expect(report.findings).toEqual([]);
    expect(report.heads.map(({ holds }) => holds)).toEqual([true, true, true, true, true]);
    expect(report).toMatchObject({
      entries: SIZE,
      chain: 'asked',
      checkpoint: 'holds',
      signatures: { verified: SIZE },
      secondOpinion: { library: 'merkletreejs', equal: 5, different: 0, skipped: 0 },
    });
  });

  test('says that the chain was not asked when there are no heads of it', async () => {
    const report = await replay({
      source: await directorySource(dir),
      origin: ORIGIN,
      policy: policy(),
    });
    expect(report).toMatchObject({ chain: 'unknown', findings: [], heads: [] });
  });

  test('finds a rewritten entry by its leaf, its signature and every head that covers it', async () => {
    const report = await tampered((copy) =>
      editEntry(copy, 42, (text) => text.replace('access.read', 'access.copy')),
    );
    expect(codes(report).toSorted()).toEqual([
      'AUDIT_CHECKPOINT',
      'AUDIT_HEAD_MISMATCH',
      'AUDIT_LEAF_MISMATCH',
      'AUDIT_SIGNATURE',
      'AUDIT_TILE_MISMATCH',
    ]);
    expect(report.findings.find(({ code }) => code === 'AUDIT_LEAF_MISMATCH')?.facts).toEqual({
      index: 42,
    });
    expect(report.heads.map(({ holds }) => holds)).toEqual([false, false]);
  });

  test('finds an entry that is no canonical statement', async () => {
    const report = await tampered((copy) => editEntry(copy, 7, (text) => `${text} `));
    expect(codes(report)).toContain('AUDIT_ENTRY_MALFORMED');
  });

  test('finds another entry 0', async () => {
    const report = await tampered((copy) =>
      editEntry(copy, 0, (text) => text.replace('"suite":"sha256"', '"suite":"sm3"')),
    );
    expect(codes(report)).toContain('AUDIT_GENESIS');
  });

  test('finds missing entries', async () => {
    const report = await tampered((copy) => rm(join(copy, 'tile/entries/001')));
    expect(report.findings).toContainEqual({
      code: 'AUDIT_ENTRY_MISSING',
      facts: { from: 256, expected: SIZE },
    });
  });

  test('finds a cut entry bundle', async () => {
    const report = await tampered(async (copy) => {
      const path = join(copy, 'tile/entries/001');
      await writeFile(path, (await readFile(path)).subarray(0, -1));
    });
    expect(codes(report)).toContain('AUDIT_ENTRY_MISSING');
  });

  test('finds a changed hash in a tile of a higher level', async () => {
    const report = await tampered(async (copy) => {
      const [name] = await readdir(join(copy, 'tile/1/000.p'));
      const path = join(copy, 'tile/1/000.p', name!);
      const bytes = await readFile(path);
      bytes[0]! ^= 1;
      await writeFile(path, bytes);
    });
    expect(codes(report)).toEqual(['AUDIT_TILE_MISMATCH']);
  });

  test('finds an absent tile', async () => {
    const report = await tampered((copy) => rm(join(copy, 'tile/0/000')));
    expect(codes(report)).toEqual(['AUDIT_TILE_MISSING']);
  });

  test('finds an anchored head of another root, a gap, and a head beyond the log', async () => {
    const [one, two] = heads(100, SIZE);
    const other = await tampered(async () => {}, [{ ...one!, rootHash: tree.root(99) }, two!]);
    expect(codes(other)).toEqual(['AUDIT_HEAD_MISMATCH']);
    expect(codes(await tampered(async () => {}, [one!, { ...two!, number: 3 }]))).toEqual([
      'AUDIT_HEAD_ORDER',
    ]);
    const beyond = await tampered(async () => {}, [one!, { ...two!, size: SIZE + 1 }]);
    expect(codes(beyond)).toEqual(['AUDIT_ENTRY_MISSING']);
    expect(beyond.heads.map(({ holds }) => holds)).toEqual([true, false]);
  });

  test('finds chain and files that know different heads under one number', async () => {
    const source = await directorySource(dir);
    const [head] = heads(100);
    const fileHeads: KnownHead[] = [
      { ...head!, size: 101, rootHash: tree.root(101), from: 'evidence' },
    ];
    const report = await replay({
      source,
      origin: ORIGIN,
      policy: policy(),
      chainHeads: [head!],
      fileHeads,
    });
    expect(codes(report)).toEqual(['AUDIT_HEAD_DISAGREE']);
  });

  test('finds a checkpoint that the log did not sign', async () => {
    const report = await tampered(async (copy) => {
      const path = join(copy, 'checkpoint');
      const note = await readFile(path, 'utf8');
      await writeFile(path, note.replace(/\n600\n/, '\n599\n'));
    });
    expect(report.findings).toContainEqual({
      code: 'AUDIT_CHECKPOINT',
      facts: { cause: 'TLOG_SIGNATURE_INVALID' },
    });
  });

  test('finds a statement that no key of the policy signed', async () => {
    const foreign = await issued({ ...readings(1)[0]!, key: 'foreign' });
    const text = parseUtf8(foreign.entry).replace(/"keyId":"./, '"keyId":"A');
    const published = await publish([entries[0]!, formatUtf8(text)]);
    const source = await directorySource(published.dir);
    const report = await replay({ source, origin: ORIGIN, policy: policy(), signatures: true });
    expect(report.findings).toContainEqual({
      code: 'AUDIT_SIGNATURE',
      facts: { index: 1, cause: 'no key of the policy' },
    });
    expect(ORG).toHaveLength(18);
  });

  test('refuses a log that the policy does not name', async () => {
    const source = await directorySource(dir);
    await expect(
      replay({ source, origin: 'example.gov/other', policy: policy() }),
    ).rejects.toMatchObject({
      code: 'AUDIT_POLICY_LOG_UNKNOWN',
    });
  });
});

describe('directorySource', () => {
  test('refuses a folder without a checkpoint', async () => {
    await expect(directorySource(join(dir, 'tile'))).rejects.toMatchObject({
      code: 'AUDIT_SOURCE_UNREADABLE',
    });
  });
});

describe('headsFromFiles', () => {
  test('takes no head whose file or evidence does not hold, and says so', async () => {
    const copy = `${dir}-anchors`;
    await mkdir(join(copy, FOLDER), { recursive: true });
    const head = heads(100)[0]!;
    await writeFile(
      join(copy, FOLDER, '1.json'),
      formatAnchorFile({ number: 1, head, evidence: [] }),
    );
    await writeFile(join(copy, FOLDER, '2.json'), '{"format":"anchorlog/anchor/1"}');
    const findings = new Findings();
    expect(await headsFromFiles(copy, { policy: policy(), origin: ORIGIN, findings })).toEqual([]);
    expect(findings.listed).toEqual([
      {
        code: 'AUDIT_EVIDENCE',
        facts: { file: `${CHAIN_ID}-${CONTRACT}/1.json`, cause: 'no evidence of this number' },
      },
      {
        code: 'AUDIT_EVIDENCE',
        facts: { file: `${CHAIN_ID}-${CONTRACT}/2.json`, cause: 'EVM_ANCHOR_FILE_SHAPE' },
      },
    ]);
  });

  test('gives none where no anchors are published', async () => {
    expect(
      await headsFromFiles(dir, { policy: policy(), origin: ORIGIN, findings: new Findings() }),
    ).toEqual([]);
  });
});
