import { parseHex } from '@anchorlog/core';
import { evmError } from './error.ts';
import { formatRlp } from './rlp.ts';
import type { TxReceipt } from './tx-receipt.ts';

type Members = Readonly<Record<string, unknown>>;
type Read = (value: unknown, name: string) => Uint8Array;

/** A field's name and its bytes: so many, or as many as it says. Plain data, so that a verifier, who needs none of it, is not handed it. */
type Field = readonly [name: string, form: number | Read];

/** The first 15 fields of every header, by their JSON names. */
const FIRST_FIELDS: readonly Field[] = [
  ['parentHash', 32],
  ['sha3Uncles', 32],
  ['miner', 20],
  ['stateRoot', 32],
  ['transactionsRoot', 32],
  ['receiptsRoot', 32],
  ['logsBloom', 256],
  ['difficulty', quantity],
  ['number', quantity],
  ['gasLimit', quantity],
  ['gasUsed', quantity],
  ['timestamp', quantity],
  ['extraData', data],
  ['mixHash', 32],
  ['nonce', 8],
];

/** The fields that forks added, in order: a block has them up to its own fork. */
const LATER_FIELDS: readonly Field[] = [
  ['baseFeePerGas', quantity],
  ['withdrawalsRoot', 32],
  ['blobGasUsed', quantity],
  ['excessBlobGas', quantity],
  ['parentBeaconBlockRoot', 32],
  ['requestsHash', 32],
];

/**
 * Encode the header of a block as `eth_getBlockByNumber` gives it, as raw RLP; fields of later forks by presence. Whether the node told
 * the truth shows when the hash of the result equals the block's. spec/evidence §2.2
 * @throws EVM_RPC_SHAPE
 */
export function encodeHeader(block: unknown): Uint8Array {
  const json = members(block, 'block');
  const read = ([name, form]: Field): Uint8Array =>
    (typeof form === 'number' ? fixed(form) : form)(json[name], name);
  const fields = FIRST_FIELDS.map(read);
  const present = LATER_FIELDS.filter(([name]) => (json[name] ?? null) !== null);
  present.forEach(([name], i) => {
    if (LATER_FIELDS[i]![0] !== name) throw shape(LATER_FIELDS[i]![0], `a value before ${name}`);
  });
  return formatRlp([...fields, ...present.map(read)]);
}

/** Read a transaction receipt as `eth_getTransactionReceipt` gives it. spec/evidence §4.2 @throws EVM_RPC_SHAPE */
export function parseRpcTxReceipt(value: unknown): TxReceipt {
  const json = members(value, 'transaction receipt');
  const integer = (name: string, otherwise?: string): number => {
    const digits = json[name] ?? otherwise;
    quantity(digits, name);
    const number = Number(digits);
    if (!Number.isSafeInteger(number)) throw shape(name, 'a quantity up to 2^53 - 1');
    return number;
  };
  return {
    type: integer('type', '0x0'),
    status: integer('status'),
    cumulativeGasUsed: integer('cumulativeGasUsed'),
    logsBloom: fixed(256)(json['logsBloom'], 'logsBloom'),
    logs: items(json['logs'], 'logs').map((item) => {
      const log = members(item, 'logs');
      return {
        address: fixed(20)(log['address'], 'address'),
        topics: items(log['topics'], 'topics').map((topic) => fixed(32)(topic, 'topics')),
        data: data(log['data'], 'data'),
      };
    }),
  };
}

function members(value: unknown, name: string): Members {
  if (typeof value !== 'object' || value === null) throw shape(name, 'an object');
  return value as Members; // narrowed
}

function items(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw shape(name, 'an array');
  return value;
}

function data(value: unknown, name: string): Uint8Array {
  // Pairs are counted, not matched: a repeated group overflows the stack on a long answer.
  if (typeof value !== 'string' || value.length % 2 !== 0 || !/^0x[0-9a-f]*$/i.test(value)) {
    throw shape(name, '0x hexadecimal of whole bytes');
  }
  return parseHex(value.slice(2).toLowerCase());
}

function fixed(length: number): Read {
  return (value, name) => {
    const bytes = data(value, name);
    if (bytes.length !== length) throw shape(name, `${length} bytes`);
    return bytes;
  };
}

function quantity(value: unknown, name: string): Uint8Array {
  if (typeof value !== 'string' || !/^0x(0|[1-9a-f][0-9a-f]*)$/i.test(value)) {
    throw shape(name, 'a quantity in 0x hexadecimal without leading zero');
  }
  const digits = value.slice(2).toLowerCase();
  return digits === '0'
    ? new Uint8Array()
    : parseHex(digits.length % 2 === 1 ? `0${digits}` : digits);
}

function shape(name: string, expected: string): Error {
  return evmError('EVM_RPC_SHAPE', `node's answer: ${name}: expected ${expected}`, { name });
}
