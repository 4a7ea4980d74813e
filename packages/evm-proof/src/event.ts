import { concatBytes, equalBytes, formatUint64, parseHex, parseUint64 } from '@anchorlog/core';
import { evmError } from './error.ts';
import type { TxLog } from './tx-receipt.ts';

/** A tree head as the chain keeps it. */
export interface AnchoredHead {
  readonly size: number;
  /** 32 bytes. */
  readonly rootHash: Uint8Array;
  /** 32 bytes; zero where the log has no index. */
  readonly indexRoot: Uint8Array;
}

/** What the contract says when it takes a tree head. spec/evidence §5 */
export interface TreeHeadAnchored extends AnchoredHead {
  /** 32 bytes. */
  readonly logId: Uint8Array;
  /** The anchor's number in its log, from 1. */
  readonly number: number;
  readonly chainId: number;
  /** Whether the contract itself checked consistency with the head before. */
  readonly checked: boolean;
}

/** Topic 0, 32 bytes: the hash of `TreeHeadAnchored(bytes32,uint64,uint256,uint64,bytes32,bytes32,bool)`. */
export const TREE_HEAD_ANCHORED: Uint8Array = /* @__PURE__ */ parseHex(
  '49bb05df5b148c3dd1656b76c4fd4f1a9ce1db04ab25a0261b06f48c0432ede3',
);

/**
 * Decode a log as `TreeHeadAnchored`: three topics and five words, each in its range. spec/evidence §5
 * @throws EVM_EVENT_TOPIC, EVM_EVENT_DATA
 */
export function decodeTreeHeadAnchored({ topics, data }: TxLog): TreeHeadAnchored {
  if (topics[0] === undefined || !equalBytes(topics[0], TREE_HEAD_ANCHORED)) {
    throw evmError('EVM_EVENT_TOPIC', 'event: is not TreeHeadAnchored');
  }
  if (topics.length !== 3 || data.length !== 160) {
    throw evmError(
      'EVM_EVENT_DATA',
      `event: expected 3 topics and 160 bytes, got ${topics.length} and ${data.length}`,
    );
  }
  const checked = integer(data, 4);
  if (checked > 1) throw evmError('EVM_EVENT_DATA', 'event: checked is neither 0 nor 1');
  return {
    logId: topics[1]!,
    number: integer(topics[2]!, 0),
    chainId: integer(data, 0),
    size: integer(data, 1),
    rootHash: data.subarray(64, 96),
    indexRoot: data.subarray(96, 128),
    checked: checked === 1,
  };
}

/** Encode the log that the contract at `address` (20 bytes) writes for an anchor. spec/evidence §5 */
export function encodeTreeHeadAnchored(address: Uint8Array, event: TreeHeadAnchored): TxLog {
  return {
    address,
    topics: [TREE_HEAD_ANCHORED, event.logId, word(event.number)],
    data: concatBytes(
      word(event.chainId),
      word(event.size),
      event.rootHash,
      event.indexRoot,
      word(event.checked ? 1 : 0),
    ),
  };
}

function word(value: number): Uint8Array {
  return concatBytes(new Uint8Array(24), formatUint64(value));
}

function integer(words: Uint8Array, index: number): number {
  const bytes = words.subarray(32 * index, 32 * index + 32);
  const high =
    bytes.subarray(0, 24).some((byte) => byte !== 0) || bytes[24] !== 0 || bytes[25]! > 31;
  if (high) throw evmError('EVM_EVENT_DATA', `event: word ${index} is beyond 2^53 - 1`);
  return parseUint64(bytes, 24);
}
