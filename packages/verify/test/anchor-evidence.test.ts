import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logId } from '@anchorlog/evm-proof';
import { agree, createExaminer, type Sealed } from '../src/anchor-evidence.ts';
import { parseBundle, parseTrustPolicy } from '../src/index.ts';
import { NOW, ORIGIN, fullBundle, policyOf } from './world.ts';

const policy = parseTrustPolicy(policyOf());
const log = policy.logs.get(ORIGIN)!;
const examiner = (): ReturnType<typeof createExaminer> =>
  createExaminer({ id: logId(ORIGIN), log, policy, now: Date.parse(NOW) });

describe('createExaminer', () => {
  test('examines equal evidence for one head once, and for another head again', () => {
    const [first, second] = [parseBundle(fullBundle()), parseBundle(fullBundle())];
    const examine = examiner();
    const [before, after] = first.anchors;
    const found = examine(after!.evidence[0]!, after!.head);
    expect(found.code).toBe('anchor.sealed');
    expect(examine(second.anchors[1]!.evidence[0]!, second.anchors[1]!.head)).toBe(found);
    expect(examine(after!.evidence[0]!, before!.head).code).toBe('anchor.eventHead');
    expect(examine(before!.evidence[0]!, before!.head)).not.toBe(found);
  });
});

describe('agree', () => {
  const [sealed] = parseBundle(fullBundle()).anchors.map(
    ({ evidence, head }) => examiner()(evidence[0]!, head).sealed!,
  );
  const at = (number: number, block: number, changes: Partial<Sealed> = {}): Sealed => ({
    ...sealed!,
    head: { ...sealed!.head, size: number * 10, rootHash: new Uint8Array(32).fill(number) },
    anchor: {
      ...sealed!.anchor,
      number,
      blockNumber: block,
      blockHash: new Uint8Array(32).fill(block),
    },
    time: block * 1000,
    ...changes,
  });
  const place = fc.nat(9);

  test('anchors whose numbers, sizes, blocks and times grow together agree, others do not', () => {
    fc.assert(
      fc.property(place, place, place, place, (a, b, blockA, blockB) => {
        const grows = a === b ? blockA === blockB : (a - b) * (blockA - blockB) >= 0;
        expect(agree(at(a, blockA), at(b, blockB))).toBe(grows);
      }),
    );
  });

  test('is the same from both sides, and of one with itself', () => {
    const some = fc
      .record({ number: place, block: place, time: place, size: place, contract: fc.boolean() })
      .map(({ number, block, time, size, contract }) =>
        at(number, block, {
          time,
          head: { ...sealed!.head, size },
          ...(contract ? { contract: new Uint8Array(20) } : {}),
        }),
      );
    fc.assert(
      fc.property(some, some, (a, b) => {
        expect(agree(a, b)).toBe(agree(b, a));
        expect(agree(a, a)).toBe(true);
      }),
    );
  });

  test('asks nothing of anchors on two chains', () => {
    const elsewhere = at(1, 9, { chain: { ...sealed!.chain } });
    expect(agree(at(2, 1), elsewhere)).toBe(true);
    expect(agree(at(2, 1), at(1, 9))).toBe(false);
  });

  test('keeps the order of transactions of one block', () => {
    const second = at(2, 5);
    const inFront: Sealed = { ...second, anchor: { ...second.anchor, txIndex: 0 } };
    const first = at(1, 5);
    const behind: Sealed = { ...first, anchor: { ...first.anchor, txIndex: 1 } };
    expect(agree(behind, inFront)).toBe(false);
    expect(agree({ ...first, anchor: { ...first.anchor, txIndex: 0 } }, inFront)).toBe(true);
  });
});
