import { directorySource, replay, type KnownHead, type ReplayReport } from '@anchorlog/audit';
import type { MemoryTree } from '@anchorlog/tlog';
import type { TrustPolicy } from '@anchorlog/verify';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  CHAIN_ID,
  CONTRACT,
  ORIGIN,
  asked,
  headsOf,
  policy,
  publishReadings,
} from './published.ts';

const SIZE = 60;
let dir: string;
let tree: MemoryTree;

beforeAll(async () => {
  ({ dir, tree } = await publishReadings(SIZE));
});

async function replayed(options: {
  asked?: ReturnType<typeof asked>;
  fileHeads?: readonly KnownHead[];
  policy?: TrustPolicy;
}): Promise<ReplayReport> {
  const source = await directorySource(dir);
  return replay({ source, origin: ORIGIN, policy: policy(), ...options });
}

/** Heads as the evidence of files tells of them. */
function sealed(...sizes: number[]): KnownHead[] {
  return headsOf(tree, sizes, 'evidence');
}

function retired(head: KnownHead): KnownHead {
  return { ...head, retired: true };
}

describe('replay, of anchored heads', () => {
  test('cannot tell of a log that nothing anchors: it signs its checkpoint itself', async () => {
    expect(await replayed({})).toMatchObject({
      outcome: 'unknown',
      doubts: ['noAnchor'],
      checkpoint: 'holds',
      anchoredSize: 0,
      findings: [],
    });
  });

  test('says up to where the entries are anchored', async () => {
    expect(await replayed({ fileHeads: sealed(10, 40) })).toMatchObject({
      outcome: 'consistent',
      entries: SIZE,
      anchoredSize: 40,
      asked: [],
    });
    expect(await replayed({ asked: asked(headsOf(tree, [10, SIZE])) })).toMatchObject({
      outcome: 'consistent',
      anchoredSize: SIZE,
    });
  });

  test('counts what a retired set sealed only where a set in office has sealed over it', async () => {
    const [one, two, three] = sealed(10, 40, SIZE);
    const alone = await replayed({ fileHeads: [one!, two!, three!].map(retired) });
    expect(alone).toMatchObject({ outcome: 'unknown', doubts: ['noAnchor'], anchoredSize: 0 });
    expect(alone.heads.map(({ holds, counts }) => [holds, counts])).toEqual([
      [true, false],
      [true, false],
      [true, false],
    ]);
    const confirmed = await replayed({ fileHeads: [retired(one!), two!, retired(three!)] });
    expect(confirmed).toMatchObject({ outcome: 'consistent', anchoredSize: 40 });
    expect(confirmed.heads.map(({ counts }) => counts)).toEqual([true, true, false]);
    // A head in office that does not hold confirms nothing.
    const other = { ...two!, rootHash: tree.root(39) };
    expect(await replayed({ fileHeads: [retired(one!), other] })).toMatchObject({
      outcome: 'inconsistent',
      anchoredSize: 0,
    });
  });

  test('counts what a retired set sealed where the node that was asked says the same today', async () => {
    const report = await replayed({
      asked: asked(headsOf(tree, [10])),
      fileHeads: sealed(10).map(retired),
    });
    expect(report).toMatchObject({ outcome: 'consistent', anchoredSize: 10 });
    expect(report.heads[0]).toMatchObject({ head: { from: 'both', retired: true }, counts: true });
  });

  test('doubts a node that names fewer heads than validators have sealed', async () => {
    for (const heads of [[], headsOf(tree, [10])]) {
      const report = await replayed({ asked: asked(heads), fileHeads: sealed(10, 40) });
      expect(report).toMatchObject({
        outcome: 'unknown',
        doubts: ['chainBehind'],
        asked: [{ chainId: CHAIN_ID, contract: CONTRACT, number: heads.length, behind: true }],
        anchoredSize: 40,
      });
    }
    const whole = asked(headsOf(tree, [10, 40, SIZE]));
    expect(await replayed({ asked: whole, fileHeads: sealed(10, 40) })).toMatchObject({
      outcome: 'consistent',
      asked: [{ number: 3, behind: false }],
    });
  });

  test('finds heads after the one with which the log was closed, and counts none of them', async () => {
    const heads = headsOf(tree, [10, 40, 1_000_000]);
    const report = await replayed({ asked: asked(heads, 1) });
    expect(report).toMatchObject({ outcome: 'inconsistent', anchoredSize: 10 });
    expect(report.findings).toEqual(
      [2, 3].map((number) => ({
        code: 'AUDIT_HEAD_VOID',
        facts: { chainId: CHAIN_ID, number, closedNumber: 1 },
      })),
    );
    const never = await replayed({ asked: asked(headsOf(tree, [10]), 0), fileHeads: sealed(10) });
    expect(never).toMatchObject({ anchoredSize: 0, counts: { AUDIT_HEAD_VOID: 1 } });
    const last = await replayed({ asked: asked(headsOf(tree, [10, 40]), 2) });
    expect(last).toMatchObject({ outcome: 'consistent', anchoredSize: 40 });
  });

  test('knows from the policy too with which head the log was closed', async () => {
    const closed = (number: number): TrustPolicy =>
      policy({ log: { closedAt: [{ chainId: CHAIN_ID, contract: CONTRACT, number }] } });
    const run = (number: number, told?: number): Promise<ReplayReport> =>
      replayed({
        policy: closed(number),
        fileHeads: sealed(10, 40),
        asked: asked(headsOf(tree, [10, 40]), told),
      });
    const found = { counts: { AUDIT_HEAD_VOID: 1 }, anchoredSize: 10 };
    expect(await run(1)).toMatchObject(found);
    // A node that lies about the closure opens nothing again.
    expect(await run(1, 2)).toMatchObject(found);
    expect(await run(2)).toMatchObject({ outcome: 'consistent', anchoredSize: 40 });
  });

  test('keeps the numbers of two registries apart', async () => {
    const other = sealed(20, 30).map((head) => ({ ...head, contract: `0x${'d0'.repeat(20)}` }));
    const report = await replayed({ fileHeads: [...sealed(10, 40), ...other] });
    expect(report).toMatchObject({ outcome: 'consistent', findings: [], anchoredSize: 40 });
    expect(report.heads).toHaveLength(4);
  });

  test('compares as many heads as there are entries', async () => {
    const sizes = Array.from({ length: SIZE }, (_, i) => i + 1);
    const other = headsOf(tree, sizes).map((head) => ({ ...head, chainId: 7 }));
    const report = await replayed({ fileHeads: [...sealed(...sizes), ...other] });
    expect(report.heads.filter(({ counts }) => counts)).toHaveLength(2 * SIZE);
  });
});
