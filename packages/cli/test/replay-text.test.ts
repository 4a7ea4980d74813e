import type { Finding, FindingCode, ReplayReport } from '@anchorlog/audit';
import { describe, expect, test } from 'vitest';
import { FINDING_TEXTS } from '../src/finding-texts.ts';
import { sayIn } from '../src/language.ts';
import { replayText } from '../src/replay-text.ts';

const CONTRACT = `0x${'c0'.repeat(20)}`;
const ROOT = new Uint8Array(32);

const head = {
  chainId: 1337,
  contract: CONTRACT,
  number: 1,
  size: 40,
  rootHash: ROOT,
  indexRoot: ROOT,
  from: 'chain',
} as const;

const REPORT: ReplayReport = {
  origin: 'example.gov/licenses',
  outcome: 'consistent',
  doubts: [],
  entries: 60,
  anchoredSize: 40,
  rootHash: ROOT,
  heads: [{ head, holds: true, counts: true }],
  asked: [{ chainId: 1337, contract: CONTRACT, number: 1, behind: false }],
  checkpoint: 'holds',
  signatures: 'notAsked',
  secondOpinion: 'notAsked',
  withheld: { entries: 0, orders: 0 },
  sources: { opened: 0, numbered: 0, voided: 0 },
  findings: [],
  counts: {},
};

function lines(changes: Partial<ReplayReport>, problems: readonly string[] = []): string[] {
  return replayText({ ...REPORT, ...changes }, problems, sayIn('en')).split('\n');
}

describe('replayText', () => {
  test('leaves no withheld entry unsaid, whatever the answer', () => {
    const withheld = { entries: 3, orders: 2 };
    for (const change of [
      {},
      { doubts: ['noAnchor'] as const },
      { counts: { AUDIT_CHECKPOINT: 1 } },
    ]) {
      expect(lines({ ...change, withheld })[1]).toMatch(/^! of 3 entries nothing was checked/);
    }
  });

  test('says yes of the anchored entries only', () => {
    expect(lines({})).toEqual([
      '✔ nothing found in the 40 entries that are anchored; the last 20 are not, and nothing vouches for them  example.gov/licenses',
      '  entries         60',
      '  root            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
      '  anchored        the first 40 of 60 entries, up to anchor 1',
      '  anchored heads  1 of 1 follow from the entries, 1 on the word of one node alone',
      "  chain           1337 asked: one node's word is that the latest anchor is 1",
      '  checkpoint      holds',
      '  signatures      not verified',
    ]);
    const zh = replayText(REPORT, [], sayIn('zh-CN')).split('\n');
    expect(zh[0]).toBe(
      '✔ 已锚定的 40 条中没有发现问题；其后 20 条尚未锚定，无从比对  example.gov/licenses',
    );
    expect(zh[4]).toBe('  锚定的树头  1 个中 1 个由条目得出，1 个仅凭一个节点所说');
    expect(zh[5]).toBe('  链          1337 已查询：一个节点称最新锚定序号为 1');
  });

  test('says each kind of finding in a sentence, before the places', () => {
    const found = (code: FindingCode, index: number): Finding => ({ code, facts: { index } });
    // What was wrong first stands first, wherever it was met.
    const findings = [
      found('AUDIT_TILE_MISSING', 0),
      found('AUDIT_LEAF_MISMATCH', 5),
      found('AUDIT_LEAF_MISMATCH', 6),
    ];
    expect(
      lines({ findings, counts: { AUDIT_LEAF_MISMATCH: 2, AUDIT_TILE_MISSING: 1 } }).slice(-5),
    ).toEqual([
      '  an entry does not match its stored hash: it was rewritten',
      '  AUDIT_LEAF_MISMATCH {"index":5}',
      '  AUDIT_LEAF_MISMATCH {"index":6}',
      '  a tile is missing',
      '  AUDIT_TILE_MISSING {"index":0}',
    ]);
    for (const [zh, en] of Object.values(FINDING_TEXTS)) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).not.toMatch(/\p{Script=Han}/u);
    }
  });

  test('names every doubt, and never says yes beside one', () => {
    const told = lines(
      {
        outcome: 'unknown',
        doubts: ['noAnchor', 'chainBehind', 'keyTimes'],
        anchoredSize: 0,
        signatures: { verified: 7, undated: 2 },
        heads: [{ head: { ...head, from: 'evidence', retired: true }, holds: true, counts: false }],
        asked: [{ chainId: 1337, contract: CONTRACT, number: 0, behind: true }],
      },
      ['ANCHOR_RPC_TIMEOUT: eth_chainId: no answer in time'],
    );
    expect(told.join('\n')).not.toContain('✔');
    expect(told.slice(0, 4)).toEqual([
      '? cannot tell: nothing anchored to compare with  example.gov/licenses',
      '? nothing found, but the node names fewer heads than validators have sealed: it is behind, or does not tell the truth',
      '? nothing found, but nothing says whether the keys of some signatures still counted when they were made',
      '? nothing found, but the chain could not be asked',
    ]);
    expect(told.slice(6, 10)).toEqual([
      '  anchored        the first 0 of 60 entries',
      '  anchored heads  1 of 1 follow from the entries, 1 by former validators alone, which do not count',
      "  chain           1337 asked: one node's word is that the latest anchor is 0, fewer than are sealed",
      '  chain           ANCHOR_RPC_TIMEOUT: eth_chainId: no answer in time',
    ]);
    expect(told[11]).toBe(
      '  signatures      7 verified, and 2 of which nothing says when they were made',
    );
  });

  test('shows what nodes and names say without obeying it', () => {
    const told = lines(
      {
        origin: 'example.gov/\u001b[2J',
        outcome: 'inconsistent',
        findings: [{ code: 'AUDIT_EVIDENCE', facts: { file: '\u202e\u009b1A.json' } }],
        counts: { AUDIT_EVIDENCE: 1 },
      },
      ['\u001b[2J✔ fine'],
    ).join('\n');
    expect(told).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(told).toContain('AUDIT_EVIDENCE {"file":"\\u202e\\u009b1A.json"}');
  });
});
