import { concat, dataSlice, encodeRlp, id, keccak256, type RlpStructuredData } from 'ethers';
import {
  word,
  zeros,
  type Case,
  string,
  prove,
  receiptFields,
  receipt,
  CONTRACT,
  anchored,
  among,
} from './naive-evm.ts';

export function receiptCases(): Case[] {
  const cases: Case[] = [];
  const good = (
    name: string,
    receipts: readonly string[],
    index: number,
    txReceipt: unknown,
  ): void => {
    const { root, nodes } = prove(receipts, index);
    cases.push({ name, receiptsRoot: root, index, nodes, accept: true, txReceipt });
  };
  const log = anchored();
  for (const [type, index, count] of [
    [0, 0, 1],
    [1, 0, 2],
    [2, 1, 3],
    [0, 15, 17],
    [0, 127, 129],
    [2, 128, 130],
    [0, 300, 301],
  ] as const) {
    good(
      `receipt ${index} of ${count}, type ${type}`,
      among(receipt(type, 1, 50_000, [log]), index, count),
      index,
      { type, status: 1, cumulativeGasUsed: 50_000, logs: [log] },
    );
  }
  good('a failed transaction is proven too', [receipt(0, 0, 30_000, [])], 0, {
    type: 0,
    status: 0,
    cumulativeGasUsed: 30_000,
    logs: [],
  });
  good(
    'a log with four topics and much data',
    [receipt(2, 1, 1, [{ address: CONTRACT, topics: [1, 2, 3, 4].map(word), data: string(3000) }])],
    0,
    {
      type: 2,
      status: 1,
      cumulativeGasUsed: 1,
      logs: [{ address: CONTRACT, topics: [1, 2, 3, 4].map(word), data: string(3000) }],
    },
  );

  const receipts = among(receipt(2, 1, 50_000, [log]), 20, 40);
  const { root, nodes } = prove(receipts, 20);
  const refuse = (name: string, code: string, change: Readonly<Record<string, unknown>>): void => {
    cases.push({ name, receiptsRoot: root, index: 20, nodes, ...change, accept: false, code });
  };
  refuse('a spare node at the end', 'EVM_TRIE_NODE_SPARE', { nodes: [...nodes, nodes.at(-1)] });
  refuse('a spare node of the same trie', 'EVM_TRIE_NODE_SPARE', {
    nodes: [...nodes, prove(receipts, 21).nodes.at(-1)],
  });
  refuse('a spare node at the start', 'EVM_TRIE_NODE_MISMATCH', {
    nodes: [nodes.at(-1), ...nodes],
  });
  refuse('the last node missing', 'EVM_TRIE_NODE_MISSING', { nodes: nodes.slice(0, -1) });
  refuse('the first node missing', 'EVM_TRIE_NODE_MISMATCH', { nodes: nodes.slice(1) });
  refuse('no nodes', 'EVM_TRIE_NODE_MISSING', { nodes: [] });
  refuse('nodes in another order', 'EVM_TRIE_NODE_MISMATCH', { nodes: nodes.toReversed() });
  refuse('another root', 'EVM_TRIE_NODE_MISMATCH', { receiptsRoot: id('another root') });
  refuse('a root of 31 bytes', 'EVM_TRIE_NODE_SHAPE', { receiptsRoot: dataSlice(root, 1) });
  refuse('the proof of another index', 'EVM_TRIE_NODE_MISMATCH', {
    nodes: prove(receipts, 21).nodes,
  });
  refuse('an index beyond the block', 'EVM_TRIE_KEY_ABSENT', {
    index: 127,
    nodes: nodes.slice(0, 1),
  });
  refuse('a node altered', 'EVM_TRIE_NODE_MISMATCH', {
    nodes: nodes.map((node, i) =>
      i === 1 ? `${node.slice(0, -1)}${node.endsWith('0') ? '1' : '0'}` : node,
    ),
  });
  const alone = (name: string, code: string, value: string): void => {
    const made = prove([value], 0);
    refuse(name, code, { receiptsRoot: made.root, nodes: made.nodes, index: 0 });
  };
  alone('a receipt of type 3', 'EVM_TXRECEIPT_TYPE', concat(['0x03', receiptFields(1, 1, [])]));
  alone(
    'a receipt of type 0 with a prefix',
    'EVM_TXRECEIPT_TYPE',
    concat(['0x00', receiptFields(1, 1, [])]),
  );
  alone('a receipt of type 127', 'EVM_TXRECEIPT_TYPE', concat(['0x7f', receiptFields(1, 1, [])]));
  alone('a state root for a status', 'EVM_TXRECEIPT_SHAPE', receiptFields(id('state root'), 1, []));
  alone('a status of 2', 'EVM_TXRECEIPT_SHAPE', receiptFields(2, 1, []));
  alone('five fields', 'EVM_TXRECEIPT_SHAPE', encodeRlp(['0x01', '0x01', zeros(256), [], []]));
  alone('a short bloom', 'EVM_TXRECEIPT_SHAPE', encodeRlp(['0x01', '0x01', zeros(255), []]));
  alone(
    'logs that are a string',
    'EVM_TXRECEIPT_SHAPE',
    encodeRlp(['0x01', '0x01', zeros(256), '0x']),
  );
  alone(
    'a log of four fields',
    'EVM_TXRECEIPT_SHAPE',
    encodeRlp(['0x01', '0x01', zeros(256), [[CONTRACT, [], '0x', '0x']]]),
  );
  alone(
    'five topics',
    'EVM_TXRECEIPT_SHAPE',
    receipt(2, 1, 1, [{ ...log, topics: [1, 2, 3, 4, 5].map(word) }]),
  );
  alone(
    'a topic of 31 bytes',
    'EVM_TXRECEIPT_SHAPE',
    receipt(2, 1, 1, [{ ...log, topics: [zeros(31)] }]),
  );
  alone(
    'an address of 19 bytes',
    'EVM_TXRECEIPT_SHAPE',
    receipt(2, 1, 1, [{ ...log, address: zeros(19) }]),
  );
  alone(
    'gas with a leading zero',
    'EVM_RLP_INTEGER',
    encodeRlp(['0x01', '0x0001', zeros(256), []]),
  );
  alone('bytes after a legacy receipt', 'EVM_RLP_TRAILING', concat([receipt(0, 1, 1, []), '0x00']));
  alone('bytes after a typed receipt', 'EVM_RLP_TRAILING', concat([receipt(2, 1, 1, []), '0x00']));
  alone('a value that is a string', 'EVM_TXRECEIPT_SHAPE', encodeRlp(string(60)));

  // Tries that no chain would build.
  const odd = (
    name: string,
    code: string,
    structure: RlpStructuredData,
    more: readonly string[] = [],
  ): void => {
    const node = encodeRlp(structure);
    refuse(name, code, { receiptsRoot: keccak256(node), nodes: [node, ...more], index: 0 });
  };
  const value = receipt(2, 1, 1, []);
  const short: RlpStructuredData = ['0x20', '0x61'];
  odd('a root that is a string', 'EVM_TRIE_NODE_SHAPE', string(40));
  odd('a node of three', 'EVM_TRIE_NODE_SHAPE', ['0x2080', value, '0x']);
  odd('a path with an unknown prefix', 'EVM_TRIE_NODE_SHAPE', ['0x4080', value]);
  odd('a path with a padding that is not zero', 'EVM_TRIE_NODE_SHAPE', ['0x2180', value]);
  odd('a path that is empty', 'EVM_TRIE_NODE_SHAPE', ['0x', value]);
  odd('a path that is a list', 'EVM_TRIE_NODE_SHAPE', [[], value]);
  odd('an extension of no nibbles', 'EVM_TRIE_NODE_SHAPE', ['0x00', keccak256(value)]);
  odd('a reference of 33 bytes', 'EVM_TRIE_NODE_SHAPE', ['0x0080', string(33)]);
  odd('a long node inside its parent', 'EVM_TRIE_NODE_SHAPE', ['0x18', ['0x30', value]]);
  odd(
    'a short node outside its parent',
    'EVM_TRIE_NODE_SHAPE',
    ['0x0080', keccak256(encodeRlp(short))],
    [encodeRlp(short)],
  );
  odd('a value that is a list', 'EVM_TRIE_NODE_SHAPE', ['0x2080', [value]]);
  odd('an empty value', 'EVM_TRIE_KEY_ABSENT', ['0x2080', '0x']);
  odd('a leaf for a shorter key', 'EVM_TRIE_KEY_ABSENT', ['0x38', value]);
  odd('a leaf for a longer key', 'EVM_TRIE_KEY_ABSENT', ['0x208000', value]);
  odd('a leaf for another key', 'EVM_TRIE_KEY_ABSENT', ['0x2081', value]);
  return cases;
}
