import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown. */
export const EVM_CODES = {
  EVM_RLP_MALFORMED: 'not RLP in its one canonical form: ends early, or a length is not minimal',
  EVM_RLP_TRAILING: 'bytes after the RLP item',
  EVM_RLP_LIMIT: 'RLP that is longer, deeper or has more items than the limit',
  EVM_RLP_INTEGER: 'an RLP integer with a leading zero, or beyond 2^53 - 1',
  EVM_HEADER_SHAPE: 'not a block header: too few or too many fields, or a field of another length',
  EVM_HEADER_CONSTANT:
    'a header whose ommers, difficulty, mix hash or nonce are not those of a QBFT block',
  EVM_EXTRA_SHAPE: 'extra data that is not the list of five which QBFT puts there',
  EVM_VALIDATORS_SHAPE:
    'a pinned validator set that is empty, repeats itself or holds no addresses',
  EVM_VALIDATORS_UNPINNED: 'no validator set is pinned for the height of this block',
  EVM_VALIDATORS_DIFFER: 'the header names other validators than the pinned set',
  EVM_SEAL_SHAPE:
    'a seal that is not 65 bytes of r, s and v, or from which no key can be recovered',
  EVM_SEAL_MALLEATED: 'a seal with s in the upper half: the second encoding of a signature',
  EVM_SEAL_FOREIGN: 'a seal by nobody in the pinned validator set',
  EVM_SEAL_REPEATED: 'two seals by one validator',
  EVM_SEALS_TOO_FEW: 'seals by less than two thirds of the pinned validator set',
  EVM_TRIE_NODE_MISSING: 'the trie proof ends before the key does',
  EVM_TRIE_NODE_SPARE: 'the trie proof holds nodes that the key does not need',
  EVM_TRIE_NODE_MISMATCH: 'a trie node that is not the one its parent, or the root, refers to',
  EVM_TRIE_NODE_SHAPE: 'bytes that are no node of a Merkle Patricia trie',
  EVM_TRIE_KEY_ABSENT: 'the trie does not hold the key',
  EVM_TXRECEIPT_TYPE: 'a transaction receipt of a type that this version does not know',
  EVM_TXRECEIPT_SHAPE: 'not a transaction receipt with status, gas, bloom and logs',
  EVM_TXRECEIPT_FAILED: 'the transaction was reverted',
  EVM_EVENT_ABSENT: 'the transaction receipt has no log at this place',
  EVM_EVENT_CONTRACT: 'the log was written by another contract',
  EVM_EVENT_TOPIC: 'the log is of another event than TreeHeadAnchored',
  EVM_EVENT_DATA: 'the data or topics of TreeHeadAnchored have another length or range',
  EVM_EVENT_CHAIN: 'the event names another chain',
  EVM_EVENT_LOG: 'the event names another log',
  EVM_EVENT_HEAD: 'the event names another tree head',
  EVM_EVIDENCE_SHAPE: 'not sealed evidence in its JSON form',
  EVM_ANCHOR_FILE_SHAPE: 'not an anchor file in its JSON form',
  EVM_EVIDENCE_CHAIN: 'the evidence is for another chain',
  EVM_EVIDENCE_CONTRACT: 'the evidence is for another contract',
  EVM_RPC_SHAPE:
    'a block or transaction receipt from a node that lacks a field or gives it in another form',
} as const;

export type EvmCode = keyof typeof EVM_CODES;

export const evmError: ErrorMaker<EvmCode> = /* @__PURE__ */ errorMaker();
