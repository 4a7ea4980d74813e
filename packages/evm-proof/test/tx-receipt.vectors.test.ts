import { describe, expect, test } from 'vitest';
import {
  encodeTxReceipt,
  parseTxReceipt,
  proveTxReceipt,
  receiptsRoot,
  verifyTxReceiptProof,
  type TxReceipt,
} from '../src/index.ts';
import { bytes, hex, refusal, vectorCases, type VectorCase } from './vectors.ts';

type ProofCase = VectorCase & {
  readonly receiptsRoot: string;
  readonly index: number;
  readonly nodes: readonly string[];
  readonly txReceipt?: Readonly<Record<string, unknown>>;
};

const cases = vectorCases('receipt-proof.json') as readonly ProofCase[];

describe('verifyTxReceiptProof', () => {
  test.each(cases)('decides as the vector says: $name', (vector) => {
    const verify = (): TxReceipt =>
      verifyTxReceiptProof({
        receiptsRoot: bytes(vector.receiptsRoot),
        index: vector.index,
        nodes: vector.nodes.map(bytes),
      });
    expect(refusal(verify)).toBe(vector.code ?? 'accepted');
    if (vector.txReceipt) expect(readable(verify())).toMatchObject(vector.txReceipt);
  });

  test('is refused in the vectors for every reason there is', () => {
    const codes = new Set(cases.flatMap(({ code }) => code ?? []));
    expect([...codes].toSorted()).toEqual([
      'EVM_RLP_INTEGER',
      'EVM_RLP_TRAILING',
      'EVM_TRIE_KEY_ABSENT',
      'EVM_TRIE_NODE_MISMATCH',
      'EVM_TRIE_NODE_MISSING',
      'EVM_TRIE_NODE_SHAPE',
      'EVM_TRIE_NODE_SPARE',
      'EVM_TXRECEIPT_SHAPE',
      'EVM_TXRECEIPT_TYPE',
    ]);
  });
});

const sample = (i: number): Uint8Array =>
  encodeTxReceipt({
    type: i % 3,
    status: i % 2,
    cumulativeGasUsed: 21_000 * (i + 1),
    logsBloom: new Uint8Array(256).fill(i),
    logs: [
      {
        address: new Uint8Array(20).fill(i),
        topics: [new Uint8Array(32)],
        data: new Uint8Array(i),
      },
    ],
  });

describe('proveTxReceipt', () => {
  test.each([1, 2, 3, 16, 17, 127, 128, 129, 256, 300])('proves each of %i receipts', (count) => {
    const receipts = Array.from({ length: count }, (_, i) => sample(i));
    const root = receiptsRoot(receipts);
    for (const index of [0, 1, 15, 16, 126, 127, 128, 255, 256, count - 1]) {
      if (index >= count) continue;
      const nodes = proveTxReceipt(receipts, index);
      const proven = verifyTxReceiptProof({ receiptsRoot: root, index, nodes });
      expect(hex(encodeTxReceipt(proven))).toBe(hex(receipts[index]!));
    }
  });

  test('refuses an index that no receipt has', () => {
    expect(() => proveTxReceipt([sample(0)], 1)).toThrow(RangeError);
  });
});

describe('receiptsRoot', () => {
  test('is the known root of an empty trie where there are no receipts', () => {
    expect(hex(receiptsRoot([]))).toBe(
      '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421',
    );
  });
});

describe('parseTxReceipt', () => {
  test('reads back what was written', () => {
    for (let i = 0; i < 6; i++) {
      expect(hex(encodeTxReceipt(parseTxReceipt(sample(i))))).toBe(hex(sample(i)));
    }
    expect(refusal(() => parseTxReceipt(new Uint8Array()))).toBe('EVM_RLP_MALFORMED');
  });
});

function readable({ logs, ...rest }: TxReceipt): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    logs: logs.map(({ address, topics, data }) => ({
      address: hex(address),
      topics: topics.map(hex),
      data: hex(data),
    })),
  };
}
