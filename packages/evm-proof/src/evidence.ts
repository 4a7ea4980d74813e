import {
  ShapeReader,
  equalBytes,
  formatHex,
  type JsonObject,
  type JsonValue,
} from '@anchorlog/core';
import { evmError } from './error.ts';
import { decodeTreeHeadAnchored, type AnchoredHead } from './event.ts';
import { verifySealedHeader } from './qbft.ts';
import { verifyTxReceiptProof } from './tx-receipt.ts';

/** Proof that an anchor is final on a QBFT chain: a sealed header and the anchor's transaction receipt. spec/evidence §6 */
export interface SealedEvidence {
  readonly kind: 'sealed';
  readonly chainId: number;
  /** 20 bytes. */
  readonly contract: Uint8Array;
  /** Raw RLP, with the seals. */
  readonly header: Uint8Array;
  readonly txReceipt: {
    /** Place of the transaction in its block. */
    readonly index: number;
    /** Place of the log in this transaction receipt; not in the block. */
    readonly logIndex: number;
    /** Nodes of the receipts trie, root first. */
    readonly nodes: readonly Uint8Array[];
  };
}

/** What evidence proves about an anchor. */
export interface VerifiedAnchor {
  /** The anchor's number in its log, from 1. */
  readonly number: number;
  readonly blockNumber: number;
  /** Seconds since 1970, as the validators say. */
  readonly blockTime: number;
  /** 32 bytes. */
  readonly blockHash: Uint8Array;
  readonly txIndex: number;
  /** Who sealed: addresses of 20 bytes. */
  readonly signers: readonly Uint8Array[];
  /** How many signers were needed. */
  readonly quorum: number;
  /** How many validators are pinned. */
  readonly validators: number;
  /** Whether the contract itself checked consistency with the head before. */
  readonly checked: boolean;
}

/**
 * Verify that `evidence` proves `head` anchored for the log with `logId` (32 bytes) by `contract` (20 bytes) on chain `chainId`, in a
 * block sealed by the pinned `validators`, which are those for the block's height (`validatorsAt`). spec/evidence §6.2
 * @throws EVM_EVIDENCE_CHAIN, EVM_EVIDENCE_CONTRACT, EVM_TXRECEIPT_FAILED, EVM_EVENT_ABSENT, EVM_EVENT_CONTRACT, EVM_EVENT_CHAIN,
 *   EVM_EVENT_LOG, EVM_EVENT_HEAD, and what `verifySealedHeader`, `verifyTxReceiptProof` and `decodeTreeHeadAnchored` throw
 */
export function verifyAnchorEvidence({
  evidence,
  validators,
  chainId,
  contract,
  logId,
  head,
}: {
  readonly evidence: SealedEvidence;
  readonly validators: readonly Uint8Array[];
  readonly chainId: number;
  readonly contract: Uint8Array;
  readonly logId: Uint8Array;
  readonly head: AnchoredHead;
}): VerifiedAnchor {
  if (evidence.chainId !== chainId) {
    throw evmError(
      'EVM_EVIDENCE_CHAIN',
      `evidence: expected chain ${chainId}, got ${evidence.chainId}`,
    );
  }
  if (!equalBytes(evidence.contract, contract)) {
    throw evmError('EVM_EVIDENCE_CONTRACT', 'evidence: is for another contract');
  }
  const block = verifySealedHeader({ header: evidence.header, validators });
  const { index, logIndex, nodes } = evidence.txReceipt;
  const txReceipt = verifyTxReceiptProof({ receiptsRoot: block.receiptsRoot, index, nodes });
  if (txReceipt.status !== 1) {
    throw evmError('EVM_TXRECEIPT_FAILED', `transaction ${index} was reverted`, { index });
  }
  const log = txReceipt.logs[logIndex];
  if (!log) {
    throw evmError(
      'EVM_EVENT_ABSENT',
      `expected a log ${logIndex}, got ${txReceipt.logs.length} logs`,
    );
  }
  if (!equalBytes(log.address, contract)) {
    throw evmError('EVM_EVENT_CONTRACT', 'event: was written by another contract');
  }
  const event = decodeTreeHeadAnchored(log);
  if (event.chainId !== chainId) {
    throw evmError('EVM_EVENT_CHAIN', `event: expected chain ${chainId}, got ${event.chainId}`);
  }
  if (!equalBytes(event.logId, logId)) throw evmError('EVM_EVENT_LOG', 'event: is of another log');
  if (
    event.size !== head.size ||
    !equalBytes(event.rootHash, head.rootHash) ||
    !equalBytes(event.indexRoot, head.indexRoot)
  ) {
    throw evmError(
      'EVM_EVENT_HEAD',
      `event: expected the head of size ${head.size}, got another of size ${event.size}`,
    );
  }
  return {
    number: event.number,
    blockNumber: block.number,
    blockTime: block.timestamp,
    blockHash: block.hash,
    txIndex: index,
    signers: block.signers,
    quorum: block.quorum,
    validators: validators.length,
    checked: event.checked,
  };
}

/** A key of at most 9 bytes has 18 nibbles: a node for each, and the last. */
const MOST_NODES = 19;

/** Read sealed evidence from its JSON form. spec/evidence §6.1 @throws EVM_EVIDENCE_SHAPE */
export function parseSealedEvidence(value: JsonValue): SealedEvidence {
  const read = new ShapeReader((at, expected) => {
    throw evmError('EVM_EVIDENCE_SHAPE', `evidence${at}: expected ${expected}`, { at });
  });
  const json = read.object(value, '', {
    required: ['kind', 'chainId', 'contract', 'header', 'txReceipt'],
  });
  const txReceipt = read.object(json['txReceipt'], '/txReceipt', {
    required: ['index', 'logIndex', 'nodes'],
  });
  return {
    kind: read.word(json['kind'], '/kind', ['sealed']),
    chainId: read.size(json['chainId'], '/chainId'),
    contract: read.hex(json['contract'], '/contract', 20),
    header: read.hex(json['header'], '/header'),
    txReceipt: {
      index: read.size(txReceipt['index'], '/txReceipt/index'),
      logIndex: read.size(txReceipt['logIndex'], '/txReceipt/logIndex'),
      nodes: read.array(txReceipt['nodes'], '/txReceipt/nodes', MOST_NODES, (node, at) =>
        read.hex(node, at),
      ),
    },
  };
}

/** Give sealed evidence in its JSON form. spec/evidence §6.1 */
export function formatSealedEvidence(evidence: SealedEvidence): JsonObject {
  const { index, logIndex, nodes } = evidence.txReceipt;
  return {
    kind: evidence.kind,
    chainId: evidence.chainId,
    contract: hex(evidence.contract),
    header: hex(evidence.header),
    txReceipt: { index, logIndex, nodes: nodes.map(hex) },
  };
}

function hex(bytes: Uint8Array): string {
  return `0x${formatHex(bytes)}`;
}
