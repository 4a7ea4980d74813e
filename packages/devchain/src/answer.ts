import { formatHex } from '@anchorlog/core';
import { HEADER_FIELD, formatRlp, parseHeader, parseRlp } from '@anchorlog/evm-proof';
import type { TypedTransaction } from '@ethereumjs/tx';
import type { MinedBlock, MinedTx } from './chain.ts';
import type { PendingTx } from './pool.ts';

/** Where each field stands in a header's list. */
const FIELD = {
  ...HEADER_FIELD,
  parentHash: 0,
  coinbase: 2,
  transactionsRoot: 4,
  logsBloom: 6,
  gasLimit: 9,
  gasUsed: 10,
} as const;

type Answer = Readonly<Record<string, unknown>>;

/** Give bytes as `0x` data. */
export function hexData(bytes: Uint8Array): string {
  return `0x${formatHex(bytes)}`;
}

/** Give an integer as a `0x` quantity. */
export function hexQuantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** Give a block as `eth_getBlockByNumber` does, with its transactions or their hashes. */
export function blockAnswer(block: MinedBlock, { full }: { readonly full: boolean }): Answer {
  const { fields } = parseHeader(block.header);
  const data = (name: keyof typeof FIELD): string => hexData(fields[FIELD[name]]!);
  const quantity = (bytes: Uint8Array): string =>
    bytes.length === 0 ? '0x0' : hexQuantity(BigInt(hexData(bytes)));
  const number = (name: keyof typeof FIELD): string => quantity(fields[FIELD[name]]!);
  return {
    number: number('number'),
    hash: hexData(block.hash),
    parentHash: data('parentHash'),
    sha3Uncles: data('ommersHash'),
    miner: data('coinbase'),
    stateRoot: data('stateRoot'),
    transactionsRoot: data('transactionsRoot'),
    receiptsRoot: data('receiptsRoot'),
    logsBloom: data('logsBloom'),
    difficulty: number('difficulty'),
    totalDifficulty: hexQuantity(block.number + 1),
    gasLimit: number('gasLimit'),
    gasUsed: number('gasUsed'),
    timestamp: number('timestamp'),
    extraData: data('extraData'),
    mixHash: data('mixHash'),
    nonce: data('nonce'),
    baseFeePerGas: quantity(fields[FIELD.nonce + 1]!),
    size: hexQuantity(blockSize(block)),
    uncles: [],
    transactions: block.txs.map((tx) => (full ? txAnswer(tx, block) : `0x${tx.hash}`)),
  };
}

/** Give a mined transaction with its block, or a waiting one without, as `eth_getTransactionByHash` does. */
export function txAnswer(pending: MinedTx | PendingTx, block?: MinedBlock): Answer {
  const { tx } = pending;
  return {
    hash: `0x${pending.hash}`,
    type: hexQuantity(tx.type),
    chainId: hexQuantity(tx.common.chainId()),
    nonce: hexQuantity(tx.nonce),
    from: `0x${pending.from}`,
    to: tx.to ? hexData(tx.to.bytes) : null,
    value: hexQuantity(tx.value),
    gas: hexQuantity(tx.gasLimit),
    ...priceAnswer(tx),
    input: hexData(tx.data),
    v: hexQuantity(tx.v!), // only signed transactions come in
    r: hexQuantity(tx.r!),
    s: hexQuantity(tx.s!),
    blockHash: block ? hexData(block.hash) : null,
    blockNumber: block ? hexQuantity(block.number) : null,
    transactionIndex: 'index' in pending ? hexQuantity(pending.index) : null,
  };
}

/** Give a transaction receipt as `eth_getTransactionReceipt` does. */
export function txReceiptAnswer(tx: MinedTx, block: MinedBlock): Answer {
  const { receipt } = tx;
  return {
    ...placeAnswer(tx, block),
    type: hexQuantity(receipt.type),
    from: `0x${tx.from}`,
    to: tx.tx.to ? hexData(tx.tx.to.bytes) : null,
    status: hexQuantity(receipt.status),
    gasUsed: hexQuantity(tx.gasUsed),
    cumulativeGasUsed: hexQuantity(receipt.cumulativeGasUsed),
    effectiveGasPrice: hexQuantity(effectiveGasPrice(tx.tx)),
    contractAddress: tx.created ? hexData(tx.created) : null,
    logsBloom: hexData(receipt.logsBloom),
    logs: logAnswers(tx, block),
  };
}

/** Give all logs of a transaction as `eth_getLogs` does. */
export function logAnswers(tx: MinedTx, block: MinedBlock): Answer[] {
  return tx.receipt.logs.map(({ address, topics, data }, i) => ({
    ...placeAnswer(tx, block),
    address: hexData(address),
    topics: topics.map(hexData),
    data: hexData(data),
    logIndex: hexQuantity(tx.firstLog + i),
    removed: false,
  }));
}

function placeAnswer(tx: MinedTx, block: MinedBlock): Answer {
  return {
    transactionHash: `0x${tx.hash}`,
    transactionIndex: hexQuantity(tx.index),
    blockHash: hexData(block.hash),
    blockNumber: hexQuantity(block.number),
  };
}

function priceAnswer(tx: TypedTransaction): Answer {
  const listed =
    'accessList' in tx
      ? {
          accessList: tx.accessList.map(([address, keys]) => ({
            address: hexData(address),
            storageKeys: keys.map(hexData),
          })),
          yParity: hexQuantity(tx.v!),
        }
      : {};
  return 'maxFeePerGas' in tx
    ? {
        ...listed,
        gasPrice: hexQuantity(effectiveGasPrice(tx)),
        maxFeePerGas: hexQuantity(tx.maxFeePerGas),
        maxPriorityFeePerGas: hexQuantity(tx.maxPriorityFeePerGas),
      }
    : { ...listed, gasPrice: hexQuantity(tx.gasPrice) };
}

/** What a transaction pays for gas when the base fee is zero. */
function effectiveGasPrice(tx: TypedTransaction): bigint {
  return 'maxFeePerGas' in tx ? tx.maxPriorityFeePerGas : tx.gasPrice;
}

/** Bytes of the block as it would travel: header, transactions, no ommers. */
function blockSize({ header, txs }: MinedBlock): number {
  const bodies = txs.map(({ tx }) => (tx.type === 0 ? parseRlp(tx.serialize()) : tx.serialize()));
  return formatRlp([parseRlp(header), bodies, []]).length;
}
