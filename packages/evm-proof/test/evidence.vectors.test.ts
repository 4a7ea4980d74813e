import { parseBase64, type JsonValue } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import {
  formatSealedEvidence,
  parseSealedEvidence,
  verifyAnchorEvidence,
  type VerifiedAnchor,
} from '../src/index.ts';
import { bytes, hex, refusal, vectorCases, type VectorCase } from './vectors.ts';

type EvidenceCase = VectorCase & {
  readonly evidence: JsonValue;
  readonly validators: readonly string[];
  readonly asked: {
    readonly chainId: number;
    readonly contract: string;
    readonly logId: string;
    readonly head: { readonly size: number; readonly rootHash: string; readonly indexRoot: string };
  };
  readonly anchor?: Readonly<Record<string, unknown>>;
};

const cases = vectorCases('anchor-evidence.json') as readonly EvidenceCase[];

describe('verifyAnchorEvidence', () => {
  test.each(cases)('decides as the vector says: $name', (vector) => {
    const { asked } = vector;
    const verify = (): VerifiedAnchor =>
      verifyAnchorEvidence({
        evidence: parseSealedEvidence(vector.evidence),
        validators: vector.validators.map(bytes),
        chainId: asked.chainId,
        contract: bytes(asked.contract),
        logId: bytes(asked.logId),
        head: {
          size: asked.head.size,
          rootHash: parseBase64(asked.head.rootHash),
          indexRoot: parseBase64(asked.head.indexRoot),
        },
      });
    expect(refusal(verify)).toBe(vector.code ?? 'accepted');
    if (vector.anchor) expect(readable(verify())).toEqual(vector.anchor);
  });

  test('is refused in the vectors for every reason there is', () => {
    const codes = new Set(cases.flatMap(({ code }) => code ?? []));
    expect([...codes].toSorted()).toEqual([
      'EVM_EVENT_ABSENT',
      'EVM_EVENT_CHAIN',
      'EVM_EVENT_CONTRACT',
      'EVM_EVENT_DATA',
      'EVM_EVENT_HEAD',
      'EVM_EVENT_LOG',
      'EVM_EVENT_TOPIC',
      'EVM_EVIDENCE_CHAIN',
      'EVM_EVIDENCE_CONTRACT',
      'EVM_RLP_TRAILING',
      'EVM_SEALS_TOO_FEW',
      'EVM_SEAL_FOREIGN',
      'EVM_SEAL_MALLEATED',
      'EVM_SEAL_REPEATED',
      'EVM_TRIE_NODE_MISMATCH',
      'EVM_TRIE_NODE_MISSING',
      'EVM_TRIE_NODE_SPARE',
      'EVM_TXRECEIPT_FAILED',
      'EVM_TXRECEIPT_TYPE',
      'EVM_VALIDATORS_DIFFER',
    ]);
  });
});

describe('parseSealedEvidence', () => {
  const json = cases[0]!.evidence as Readonly<Record<string, JsonValue>>;
  const txReceipt = json['txReceipt'] as Readonly<Record<string, JsonValue>>;

  test('reads what it writes', () => {
    for (const { evidence } of cases) {
      expect(formatSealedEvidence(parseSealedEvidence(evidence))).toEqual(evidence);
    }
  });

  test.each<readonly [string, JsonValue]>([
    ['no object', 'sealed'],
    ['another kind', { ...json, kind: 'observed' }],
    ['an unknown member', { ...json, note: '' }],
    ['a member missing', { kind: 'sealed' }],
    ['a chain id in text', { ...json, chainId: '1337' }],
    ['a negative chain id', { ...json, chainId: -1 }],
    ['a contract of 19 bytes', { ...json, contract: `0x${'00'.repeat(19)}` }],
    ['upper-case hexadecimal', { ...json, contract: `0x${'AB'.repeat(20)}` }],
    ['a header without 0x', { ...json, header: 'f9' }],
    ['an unknown member within', { ...json, txReceipt: { ...txReceipt, proof: [] } }],
    ['too many nodes', { ...json, txReceipt: { ...txReceipt, nodes: Array(20).fill('0x') } }],
    ['a fraction for an index', { ...json, txReceipt: { ...txReceipt, index: 0.5 } }],
    ['an index beyond 2^53 - 1', { ...json, txReceipt: { ...txReceipt, logIndex: 2 ** 53 } }],
  ])('refuses %s', (_, value) => {
    expect(refusal(() => parseSealedEvidence(value))).toBe('EVM_EVIDENCE_SHAPE');
  });
});

function readable(anchor: VerifiedAnchor): Readonly<Record<string, unknown>> {
  return { ...anchor, blockHash: hex(anchor.blockHash), signers: anchor.signers.map(hex) };
}
