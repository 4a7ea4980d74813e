import { concatBytes } from '@anchorlog/core';
import { evmError } from './error.ts';
import { formatRlp, formatRlpInteger, isRlpString, parseRlp, parseRlpInteger } from './rlp.ts';
import type { RlpItem } from './rlp.ts';
import { buildTrie, type Trie } from './trie-builder.ts';
import { verifyTrieProof } from './trie.ts';

/** One log of a transaction receipt. */
export interface TxLog {
  /** The contract that wrote it, 20 bytes. */
  readonly address: Uint8Array;
  /** At most four, 32 bytes each. */
  readonly topics: readonly Uint8Array[];
  readonly data: Uint8Array;
}

/** What the chain keeps about an executed transaction. */
export interface TxReceipt {
  /** 0 legacy, 1 access list (EIP-2930), 2 fee market (EIP-1559). */
  readonly type: number;
  /** 1 executed, 0 reverted. */
  readonly status: number;
  /** Gas of this transaction and those before it in the block. */
  readonly cumulativeGasUsed: number;
  /** 256 bytes. */
  readonly logsBloom: Uint8Array;
  readonly logs: readonly TxLog[];
}

const KNOWN_TYPES = 2;
const BLOOM_BYTES = 256;

/**
 * Verify that transaction `index` of a block with `receiptsRoot` (32 bytes) has the receipt that `nodes` prove, and give the receipt,
 * whatever its status. spec/evidence §4.2
 * @throws EVM_TXRECEIPT_TYPE, EVM_TXRECEIPT_SHAPE, and what `verifyTrieProof` throws
 */
export function verifyTxReceiptProof({
  receiptsRoot: root,
  index,
  nodes,
}: {
  readonly receiptsRoot: Uint8Array;
  readonly index: number;
  readonly nodes: readonly Uint8Array[];
}): TxReceipt {
  return parseTxReceipt(verifyTrieProof({ root, key: trieKey(index), nodes }));
}

/**
 * Parse a transaction receipt from its encoding in the receipts trie (EIP-2718). spec/evidence §4.2
 * @throws EVM_TXRECEIPT_TYPE, EVM_TXRECEIPT_SHAPE, EVM_RLP_MALFORMED, EVM_RLP_TRAILING, EVM_RLP_LIMIT, EVM_RLP_INTEGER
 */
export function parseTxReceipt(encoded: Uint8Array): TxReceipt {
  const prefix = encoded[0] ?? 0x80;
  const type = prefix < 0x80 ? prefix : 0;
  if (prefix === 0 || type > KNOWN_TYPES) {
    throw evmError('EVM_TXRECEIPT_TYPE', `transaction receipt: type ${prefix} is not known`, {
      type: prefix,
    });
  }
  const [status, gas, logsBloom, logs] = list(
    parseRlp(type === 0 ? encoded : encoded.subarray(1)),
    4,
  );
  return {
    type,
    status: parseStatus(string(status)),
    cumulativeGasUsed: parseRlpInteger(string(gas)),
    logsBloom: string(logsBloom, BLOOM_BYTES),
    logs: list(logs).map((log) => {
      const [address, topics, data] = list(log, 3);
      if (list(topics).length > 4) throw shape('at most four topics');
      return {
        address: string(address, 20),
        topics: list(topics).map((topic) => string(topic, 32)),
        data: string(data),
      };
    }),
  };
}

/** Encode a transaction receipt as it stands in the receipts trie (EIP-2718). spec/evidence §4.2 */
export function encodeTxReceipt({
  type,
  status,
  cumulativeGasUsed,
  logsBloom,
  logs,
}: TxReceipt): Uint8Array {
  const fields = formatRlp([
    formatRlpInteger(status),
    formatRlpInteger(cumulativeGasUsed),
    logsBloom,
    logs.map(({ address, topics, data }) => [address, topics, data]),
  ]);
  return type === 0 ? fields : concatBytes(Uint8Array.of(type), fields);
}

/** Compute the receipts root, 32 bytes, of a block from all its encoded transaction receipts in order. spec/evidence §4.2 */
export function receiptsRoot(receipts: readonly Uint8Array[]): Uint8Array {
  return receiptsTrie(receipts).root;
}

/** Give the nodes that prove receipt `index` among all encoded transaction receipts of a block. spec/evidence §4.2 */
export function proveTxReceipt(receipts: readonly Uint8Array[], index: number): Uint8Array[] {
  if (receipts[index] === undefined)
    throw new RangeError(`no receipt ${index} among ${receipts.length}`);
  return receiptsTrie(receipts).prove(trieKey(index));
}

function receiptsTrie(receipts: readonly Uint8Array[]): Trie {
  return buildTrie(receipts.map((value, index) => ({ key: trieKey(index), value })));
}

function trieKey(index: number): Uint8Array {
  return formatRlp(formatRlpInteger(index));
}

function parseStatus(bytes: Uint8Array): number {
  if (bytes.length > 1 || (bytes.length === 1 && bytes[0] !== 1)) throw shape('a status of 0 or 1');
  return bytes.length;
}

function list(item: RlpItem | undefined, length?: number): readonly RlpItem[] {
  if (item === undefined || isRlpString(item) || (length !== undefined && item.length !== length)) {
    throw shape(length === undefined ? 'a list' : `a list of ${length}`);
  }
  return item;
}

function string(item: RlpItem | undefined, length?: number): Uint8Array {
  if (!isRlpString(item) || (length !== undefined && item.length !== length)) {
    throw shape(length === undefined ? 'a string' : `${length} bytes`);
  }
  return item;
}

function shape(expected: string): Error {
  return evmError('EVM_TXRECEIPT_SHAPE', `transaction receipt: expected ${expected}`);
}
