import { describe, expect, test } from 'vitest';
import { encodeHeader, encodeTxReceipt, parseHeader, parseRpcTxReceipt } from '../src/index.ts';
import { bytes, hex, readShared, refusal, sharedVector } from './vectors.ts';

const zeros = (length: number): string => `0x${'00'.repeat(length)}`;

const BLOCK = {
  parentHash: zeros(32),
  sha3Uncles: zeros(32),
  miner: zeros(20),
  stateRoot: zeros(32),
  transactionsRoot: zeros(32),
  receiptsRoot: zeros(32),
  logsBloom: zeros(256),
  difficulty: '0x1',
  number: '0x10',
  gasLimit: '0x1c9c380',
  gasUsed: '0x0',
  timestamp: '0x64000000',
  extraData: '0x',
  mixHash: zeros(32),
  nonce: zeros(8),
  // What nodes say besides:
  hash: zeros(32),
  size: '0x200',
  totalDifficulty: '0x11',
  transactions: [],
  uncles: [],
};

describe('encodeHeader', () => {
  test('reads data of any length', () => {
    const extraData = `0x${'ab'.repeat(8_000_000)}`;
    expect(encodeHeader({ ...BLOCK, extraData }).length).toBeGreaterThan(8_000_000);
    expect(refusal(() => encodeHeader({ ...BLOCK, extraData: `${extraData}c` }))).toBe(
      'EVM_RPC_SHAPE',
    );
  });

  const later = {
    baseFeePerGas: '0x0',
    withdrawalsRoot: zeros(32),
    blobGasUsed: '0x0',
    excessBlobGas: '0x20000',
    parentBeaconBlockRoot: zeros(32),
    requestsHash: zeros(32),
  };

  test('has the fields that the block has', () => {
    const names = Object.keys(later);
    for (let count = 0; count <= names.length; count++) {
      const block = { ...BLOCK, ...Object.fromEntries(Object.entries(later).slice(0, count)) };
      const header = parseHeader(encodeHeader(block));
      expect(header.fields).toHaveLength(15 + count);
      expect(header).toMatchObject({ number: 16, timestamp: 0x64000000 });
    }
    expect(parseHeader(encodeHeader({ ...BLOCK, baseFeePerGas: null })).fields).toHaveLength(15);
  });

  test.each<readonly [string, unknown]>([
    ['nothing', null],
    ['a text', 'block'],
    ['a field missing', { ...BLOCK, mixHash: undefined }],
    ['a short hash', { ...BLOCK, stateRoot: zeros(31) }],
    ['a quantity with a leading zero', { ...BLOCK, number: '0x010' }],
    ['a quantity without digits', { ...BLOCK, number: '0x' }],
    ['a decimal number', { ...BLOCK, number: 16 }],
    ['data of half a byte', { ...BLOCK, extraData: '0x1' }],
    ['a later field after a gap', { ...BLOCK, withdrawalsRoot: zeros(32) }],
    ['the last field without those before', { ...BLOCK, ...later, blobGasUsed: null }],
  ])('refuses %s', (_, block) => {
    expect(refusal(() => encodeHeader(block))).toBe('EVM_RPC_SHAPE');
  });

  test.skipIf(sharedVector('qbft/header-7528.json').missing)(
    'gives the bytes of a real header from its fields',
    () => {
      const { headerRlp } = readShared('qbft/header-7528.json') as { headerRlp: string };
      const { fields } = parseHeader(bytes(headerRlp));
      const names = Object.keys(BLOCK).slice(0, 15);
      const quantities = ['difficulty', 'number', 'gasLimit', 'gasUsed', 'timestamp'];
      const block = Object.fromEntries(
        names.map((name, i) => {
          const value = hex(fields[i]!);
          return [
            name,
            quantities.includes(name)
              ? `0x${BigInt(value === '0x' ? 0 : value).toString(16)}`
              : value,
          ];
        }),
      );
      expect(hex(encodeHeader(block))).toBe(headerRlp);
    },
  );
});

describe('parseRpcTxReceipt', () => {
  const RECEIPT = {
    type: '0x2',
    status: '0x1',
    cumulativeGasUsed: '0x5208',
    logsBloom: zeros(256),
    logs: [{ address: zeros(20), topics: [zeros(32)], data: '0x01', logIndex: '0x0' }],
    gasUsed: '0x5208',
  };

  test('reads what the receipts trie holds', () => {
    const receipt = parseRpcTxReceipt(RECEIPT);
    expect(receipt).toMatchObject({ type: 2, status: 1, cumulativeGasUsed: 21_000 });
    expect(encodeTxReceipt(receipt)[0]).toBe(2);
    expect(parseRpcTxReceipt({ ...RECEIPT, type: undefined }).type).toBe(0);
  });

  test.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['no status', { ...RECEIPT, status: undefined }],
    ['a quantity beyond 2^53 - 1', { ...RECEIPT, cumulativeGasUsed: '0x20000000000000' }],
    ['a short bloom', { ...RECEIPT, logsBloom: zeros(255) }],
    ['logs that are no array', { ...RECEIPT, logs: {} }],
    ['a log that is no object', { ...RECEIPT, logs: [1] }],
    ['a short topic', { ...RECEIPT, logs: [{ ...RECEIPT.logs[0], topics: [zeros(31)] }] }],
  ])('refuses %s', (_, receipt) => {
    expect(refusal(() => parseRpcTxReceipt(receipt))).toBe('EVM_RPC_SHAPE');
  });
});
