import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { appendFile, cp, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FILE_LIMITS, formatUtf8, parseUtf8 } from '@anchorlog/core';
import {
  directorySource,
  headsFromFiles,
  publishedSource,
  Findings,
  replay,
  type KnownHead,
  type ReplayReport,
} from '@anchorlog/audit';
import { formatAnchorFile } from '@anchorlog/evm-proof';
import { formatEntryBundle, parseEntryBundle, type MemoryTree } from '@anchorlog/tlog';
import { parseTrustPolicy, verifyBundle } from '@anchorlog/verify';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  CHAIN_ID,
  CONTRACT,
  GENESIS,
  ORG,
  ORIGIN,
  SOURCE,
  asked,
  headsOf,
  issued,
  policy,
  publish,
  publishReadings,
  readings,
} from './published.ts';

const SIZE = 600;
const FOLDER = `anchors/${CHAIN_ID}-${CONTRACT}`;
let entries: Uint8Array[];
let dir: string;
let tree: MemoryTree;

beforeAll(async () => {
  ({ dir, tree, entries } = await publishReadings(SIZE));
});

function heads(...sizes: number[]): KnownHead[] {
  return headsOf(tree, sizes);
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
  const options = { source, origin: ORIGIN, policy: policy(), signatures: true };
  return replay({ ...options, asked: asked(chainHeads) });
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
      asked: asked(heads(1, 100, 256, 257, SIZE)),
      signatures: true,
      secondOpinion: true,
    });
    expect(report.findings).toEqual([]);
    expect(report.heads.map(({ holds }) => holds)).toEqual([true, true, true, true, true]);
    expect(report).toMatchObject({
      outcome: 'consistent',
      doubts: [],
      entries: SIZE,
      anchoredSize: SIZE,
      asked: [{ chainId: CHAIN_ID, contract: CONTRACT, number: 5, behind: false }],
      checkpoint: 'holds',
      signatures: { verified: SIZE, undated: 0 },
      secondOpinion: { library: 'merkletreejs', equal: 5, different: 0, skipped: 0 },
    });
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

  test('finds tiles that are longer than they should be', async () => {
    const report = await tampered(async (copy) => {
      for (const path of ['tile/0/001', 'tile/0/002.p/88']) {
        await appendFile(join(copy, path), 'garbage');
      }
    });
    expect(report.findings).toEqual([
      { code: 'AUDIT_TILE_MISMATCH', facts: { level: 0, index: 1, width: 256 } },
      { code: 'AUDIT_TILE_MISMATCH', facts: { level: 0, index: 2, width: 88 } },
    ]);
  });

  test('takes the beginning of a full tile where the partial one has gone', async () => {
    const published = await publish(entries.slice(0, 300));
    const path = join(published.dir, 'tile/0/001');
    await cp(join(dir, 'tile/0/001'), path, { force: true });
    await cp(join(dir, 'tile/entries/001'), join(published.dir, 'tile/entries/001'));
    for (const partial of ['tile/0/001.p', 'tile/entries/001.p'])
      await rm(join(published.dir, partial), { recursive: true });
    const run = async (): Promise<ReplayReport> =>
      replay({
        source: await directorySource(published.dir),
        origin: ORIGIN,
        policy: policy(),
        asked: asked(heads(300)),
      });
    expect((await run()).outcome).toBe('consistent');
    await appendFile(path, 'x');
    expect(codes(await run())).toEqual(['AUDIT_TILE_MISMATCH']);
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
      asked: asked([head!]),
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

  test.each([
    ['nothing', [], 0],
    ['the largest anchored head', [100, 300], 300],
  ] as const)(
    'reads a log of any size that it did not sign no further than %s',
    async (_, sizes, size) => {
      const note = await readFile(join(dir, 'checkpoint'), 'utf8');
      const endless = note.replace(/\n600\n/, `\n${Number.MAX_SAFE_INTEGER}\n`);
      const bundle = formatEntryBundle(entries.slice(0, 256));
      let bundles = 0;
      const source = await publishedSource({
        read: async (path) => {
          if (path === 'checkpoint') return formatUtf8(endless);
          const sound = await readFile(join(dir, path)).catch(() => undefined);
          if (!path.startsWith('tile/entries/')) return sound;
          if (++bundles > 50) throw new Error('reads on and on');
          return sound ?? bundle;
        },
      });
      const chain = asked(heads(...sizes));
      const report = await replay({ source, origin: ORIGIN, policy: policy(), asked: chain });
      expect(report).toMatchObject({
        entries: size,
        anchoredSize: size,
        outcome: 'inconsistent',
        checkpoint: 'fails',
      });
      expect(report.findings).toContainEqual({
        code: 'AUDIT_CHECKPOINT',
        facts: { cause: 'TLOG_SIGNATURE_INVALID' },
      });
      // What is read ahead of entry 0, which names the log.
      if (size === 0) expect(bundles).toBeLessThanOrEqual(8);
    },
  );

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

  test('derives a log of SM3 with SM3, and its second opinion too', async () => {
    const claims = { origin: ORIGIN, suite: 'sm3' };
    const own = [await issued({ ...GENESIS, claims })].map(({ entry }) => entry);
    own.push(...entries.slice(1, 300));
    const published = await publish(own, { suite: 'sm3' });
    const report = await replay({
      source: await directorySource(published.dir),
      origin: ORIGIN,
      policy: policy({ log: { suite: 'sm3' } }),
      asked: asked(headsOf(published.tree, [7, 300])),
      secondOpinion: true,
    });
    expect(report).toMatchObject({
      outcome: 'consistent',
      anchoredSize: 300,
      checkpoint: 'holds',
      secondOpinion: { equal: 2, different: 0 },
    });
    expect(report.rootHash).not.toEqual(tree.root(300));
  });

  test('finds an index root where the policy knows no index, and none where it knows one', async () => {
    const indexed = await publish(entries, { indexRoot: new Uint8Array(32).fill(9) });
    const run = (from: string, index: string, list: readonly KnownHead[]): Promise<ReplayReport> =>
      directorySource(from).then((source) =>
        replay({ source, origin: ORIGIN, policy: policy({ log: { index } }), asked: asked(list) }),
      );
    const [one, two] = heads(100, SIZE);
    const odd = { ...one!, indexRoot: new Uint8Array(32).fill(9) };
    expect((await run(dir, 'none', [odd, two!])).findings).toEqual([
      { code: 'AUDIT_INDEX_ROOT', facts: { chainId: CHAIN_ID, number: 1 } },
    ]);
    expect((await run(indexed.dir, 'none', [one!, two!])).findings).toEqual([
      { code: 'AUDIT_INDEX_ROOT', facts: { checkpoint: SIZE } },
    ]);
    expect((await run(indexed.dir, 'index/1', [one!, two!])).findings).toEqual([]);
    expect((await run(dir, 'index/1', [one!, two!])).findings).toEqual([
      { code: 'AUDIT_INDEX_ROOT', facts: { checkpoint: SIZE } },
    ]);
  });

  test('finds organisations and profiles that the policy does not admit, but for the log’s own entry 0', async () => {
    const source = await directorySource((await publish(entries.slice(0, 2))).dir);
    const run = (log: object): Promise<ReplayReport> =>
      replay({ source, origin: ORIGIN, policy: policy({ log }) });
    expect((await run({ issuers: ['nobody'], profiles: ['other/1'] })).findings).toEqual([
      { code: 'AUDIT_ISSUER', facts: { index: 1, org: ORG } },
      { code: 'AUDIT_PROFILE', facts: { index: 1, profile: 'access/1' } },
    ]);
    expect((await run({ issuers: [ORG], profiles: ['access/1'] })).findings).toEqual([]);
  });

  test('finds numbers of a source that are missing from a log that was made anew without them', async () => {
    const opening = { ...GENESIS, event: 'source.open', key: 'open', claims: { source: SOURCE } };
    const records = [opening, ...readings(9)].map((record, number) => ({ ...record, number }));
    const numbered = await Promise.all(records.map((record) => issued(record)));
    const all = [entries[0]!, ...numbered.map(({ entry }) => entry)];
    const run = async (own: readonly Uint8Array[]): Promise<ReplayReport> => {
      const source = await directorySource((await publish(own)).dir);
      return replay({ source, origin: ORIGIN, policy: policy(), signatures: true });
    };
    expect(await run(all)).toMatchObject({
      sources: { opened: 1, numbered: 10, voided: 0 },
      findings: [],
    });
    const { findings } = await run(all.filter((_, index) => index !== 4 && index !== 5));
    const facts = { index: 4, source: SOURCE, number: 5, expected: 3, cause: 'gap' };
    expect(findings).toEqual([{ code: 'AUDIT_SEQUENCE', facts }]);
  });

  test('finds an entry that is logged again', async () => {
    const again = [...entries.slice(0, 5), entries[2]!, entries[4]!, entries[2]!];
    const source = await directorySource((await publish(again)).dir);
    const report = await replay({ source, origin: ORIGIN, policy: policy() });
    expect(report.findings).toEqual(
      [
        { index: 5, earlier: 2 },
        { index: 6, earlier: 4 },
        { index: 7, earlier: 2 },
      ].map((facts) => ({ code: 'AUDIT_DUPLICATE', facts })),
    );
  });

  test('asks of a key whether it counted when the entry was anchored', async () => {
    const source = await directorySource(dir);
    const day = (date: string): number => Date.parse(`${date}T00:00:00Z`);
    const fileHeads = headsOf(tree, [100, 200, 500], 'evidence').map((head, i) => ({
      ...head,
      block: { number: i, time: day(`2026-0${i + 1}-01`) / 1000 },
    }));
    const run = async (key: object): Promise<unknown[]> => {
      const options = { source, origin: ORIGIN, policy: policy({ key }), now: day('2026-06-01') };
      const report = await replay({ ...options, fileHeads, signatures: true });
      return [report.signatures, report.counts, report.doubts];
    };
    const sums = (verified: number, undated = 0): object => ({ verified, undated });
    const at = (date: string): string => `${date}T00:00:00.000Z`;
    expect(await run({})).toEqual([sums(SIZE), {}, []]);
    // Of the last 100, nothing but the present says by when they existed.
    expect(await run({ until: at('2026-02-15') })).toEqual([
      sums(200, 100),
      { AUDIT_KEY: 300 },
      ['keyTimes'],
    ]);
    expect(await run({ from: at('2026-01-15') })).toEqual([sums(500), { AUDIT_KEY: 100 }, []]);
    expect(await run({ badFrom: [{ log: ORIGIN, size: 550 }] })).toEqual([
      sums(550),
      { AUDIT_KEY: 50 },
      [],
    ]);
    // A log that is not named: the key was stolen from its first entry on.
    expect(await run({ badFrom: [{ log: 'example.gov/other', size: 550 }] })).toEqual([
      sums(0),
      { AUDIT_KEY: SIZE },
      [],
    ]);
    // Former validators name a time at which the key counted: they prove nothing, and neither does the later time.
    fileHeads.splice(1, 2, { ...fileHeads[1]!, retired: true }, fileHeads[2]!);
    expect(await run({ until: at('2026-02-15') })).toEqual([
      sums(100, 200),
      { AUDIT_KEY: 300 },
      ['keyTimes'],
    ]);
  });

  test('refuses a log whose hash function this Node does not have', async () => {
    const source = await directorySource(dir);
    const known = policy();
    const suite = 'whirlpool' as 'sm3'; // as of a build without SM3
    const log = { ...known.logs.get(ORIGIN)!, suite };
    const without = { ...known, logs: new Map([[ORIGIN, log]]) };
    await expect(replay({ source, origin: ORIGIN, policy: without })).rejects.toMatchObject({
      code: 'AUDIT_SUITE_UNSUPPORTED',
    });
  });

  test('refuses a log that the policy does not name', async () => {
    const source = await directorySource(dir);
    await expect(
      replay({ source, origin: 'example.gov/other', policy: policy() }),
    ).rejects.toMatchObject({
      code: 'AUDIT_POLICY_LOG_UNKNOWN',
    });
  });

  test('says which log it is under the policy of another one, and accuses nobody', async () => {
    const source = await directorySource(dir);
    const known = policy();
    const origin = 'example.gov/other';
    const log = { ...known.logs.get(ORIGIN)!, origin };
    const other = { ...known, logs: new Map([[origin, log]]) };
    await expect(replay({ source, origin, policy: other })).rejects.toMatchObject({
      code: 'AUDIT_LOG_FOREIGN',
      context: { log: ORIGIN, origin },
    });
  });

  test('finds a checkpoint of another log over entries of this one', async () => {
    const report = await tampered(async (copy) => {
      const path = join(copy, 'checkpoint');
      const note = await readFile(path, 'utf8');
      await writeFile(path, note.replace(ORIGIN, 'example.gov/other'));
    });
    expect(codes(report)).toContain('AUDIT_CHECKPOINT');
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
        facts: {
          file: `${CHAIN_ID}-${CONTRACT}/1.json`,
          cause: 'no evidence of this number and a time',
        },
      },
      {
        code: 'AUDIT_EVIDENCE',
        facts: { file: `${CHAIN_ID}-${CONTRACT}/2.json`, cause: 'EVM_ANCHOR_FILE_SHAPE' },
      },
    ]);
  });

  test('goes on past a folder, a pipe and a file without end, and names each', async () => {
    const copy = `${dir}-odd`;
    const folder = join(copy, FOLDER);
    await mkdir(join(folder, '3.json'), { recursive: true });
    await writeFile(join(folder, '4.json'), Buffer.alloc(FILE_LIMITS.bytes + 2, ' '));
    await promisify(execFile)('mkfifo', [join(folder, '5.json')]);
    await symlink('nowhere', join(folder, '6.json'));
    const findings = new Findings();
    expect(await headsFromFiles(copy, { policy: policy(), origin: ORIGIN, findings })).toEqual([]);
    const causes = findings.listed.map(({ facts }) => [facts['file'], facts['cause']]);
    const expected = [
      ['3.json', 'not a file'],
      ['4.json', 'CORE_JSON_LIMIT'],
      ['5.json', 'not a file'],
      ['6.json', 'ENOENT'],
    ].map(([name, cause]) => [`${CHAIN_ID}-${CONTRACT}/${name}`, cause]);
    expect(new Set(causes)).toEqual(new Set(expected)); // a folder is read in no order
  });

  test('says whether validators in office or retired ones sealed a head', async () => {
    const { bundle, policyJson, number } = sealedVector();
    const { head, evidence } = bundle.anchors[0]!;
    const [chain] = policyJson.chains;
    const copy = `${dir}-sealed`;
    const folder = join(copy, `anchors/${chain!.chainId}-${chain!.contract}`);
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, '1.json'),
      JSON.stringify({ format: 'anchorlog/anchor/1', number, head, evidence }),
    );
    const read = (untilBlock?: number): Promise<KnownHead[]> => {
      const [set] = chain!.validatorSets;
      const chains = [{ ...chain, validatorSets: [{ ...set, untilBlock }] }];
      const json = JSON.parse(JSON.stringify({ ...policyJson, chains })) as object;
      const { origin } = policyJson.logs[0]!;
      const findings = new Findings();
      return headsFromFiles(copy, { policy: parseTrustPolicy(json), origin, findings });
    };
    const seen = { number, size: head.size, from: 'evidence' };
    expect(await read()).toMatchObject([{ ...seen, retired: false }]);
    expect(await read(1_000_000)).toMatchObject([{ ...seen, retired: true }]);
  });

  test('gives none where no anchors are published', async () => {
    expect(
      await headsFromFiles(dir, { policy: policy(), origin: ORIGIN, findings: new Findings() }),
    ).toEqual([]);
  });
});

interface VectorBundle {
  readonly anchors: readonly {
    readonly head: { readonly size: number };
    readonly evidence: readonly unknown[];
  }[];
}

interface VectorPolicy {
  readonly logs: readonly { readonly origin: string }[];
  readonly chains: readonly {
    readonly chainId: number;
    readonly contract: string;
    readonly validatorSets: readonly object[];
  }[];
}

/** A bundle whose anchor validators in office have sealed, its policy, and the anchor's number. */
function sealedVector(): { bundle: VectorBundle; policyJson: VectorPolicy; number: number } {
  const read = (name: string): unknown =>
    JSON.parse(
      readFileSync(new URL(`../../../vectors/bundle/${name}.json`, import.meta.url), 'utf8'),
    );
  const policyJson = read('policy') as VectorPolicy;
  const { cases } = read('good') as { cases: { bundle: VectorBundle; now: string }[] };
  const { bundle, now } = cases[0]!;
  const verdict = verifyBundle(bundle, parseTrustPolicy(policyJson), { now: new Date(now) });
  return { bundle, policyJson, number: verdict.anchors[0]!.number };
}
