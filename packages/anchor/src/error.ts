import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown. */
export const ANCHOR_CODES = {
  ANCHOR_RPC_UNREACHABLE: 'no connection to the chain node, or it broke before the whole answer',
  ANCHOR_RPC_TIMEOUT: 'the chain node, or the signer, did not answer in time',
  ANCHOR_RPC_STATUS: 'the chain node answered with an HTTP status other than 200',
  ANCHOR_RPC_LIMIT: 'the answer of the chain node is larger than the limit',
  ANCHOR_RPC_MALFORMED:
    'the answer of the chain node is not JSON-RPC, or contradicts itself or what was asked',
  ANCHOR_RPC_REFUSED: 'the chain node answered with a JSON-RPC error',
  ANCHOR_CHAIN_MISMATCH: 'the node serves another chain than the configured one',
  ANCHOR_CONTRACT_MISMATCH: 'the code at the contract address is not the pinned one',
  ANCHOR_LOG_UNREGISTERED: 'the contract knows no log of this origin',
  ANCHOR_LOG_REGISTERED:
    'the contract knows a log of this origin already, with another operator or other rules',
  ANCHOR_LOG_SUSPENDED: 'the authority has suspended anchoring of this log',
  ANCHOR_LOG_CLOSED: 'the authority has closed this log for ever',
  ANCHOR_OPERATOR_FOREIGN: 'the key is not that of the operator of this log',
  ANCHOR_STEP_TOO_LARGE: 'the log has grown by more than the contract lets one anchor grow it',
  ANCHOR_CHAIN_AHEAD:
    'the chain holds a larger head than the log has: the log is an old copy, or another one',
  ANCHOR_CHAIN_BEHIND:
    'the chain shows fewer heads than it has made final: the node is behind, or the chain was reset',
  ANCHOR_CHAIN_CONFLICT: 'the chain holds a head that is not a prefix of the log',
  ANCHOR_CHAIN_UNPROVEN:
    'the node names a head that contradicts the log, and nothing proves that the chain holds it: the node may lie',
  ANCHOR_SOURCE_BEHIND: 'the log is smaller than a head that this anchorer has journalled',
  ANCHOR_TX_REVERTED: 'the chain executed the transaction and refused it',
  ANCHOR_TX_REFUSED: 'the chain would refuse the transaction: it was not sent',
  ANCHOR_TX_PENDING: 'the transaction was sent but not mined in time',
  ANCHOR_TX_LOST:
    'the chain takes none of the transactions made for a head: further ones are made ever more rarely',
  ANCHOR_SIGNER_MISMATCH: 'the signer gave a transaction other than the asked one',
  ANCHOR_EVIDENCE_REFUSED: 'the collected evidence does not verify against the pinned validators',
  ANCHOR_JOURNAL_LOCKED: 'another process has the journal open',
  ANCHOR_JOURNAL_MALFORMED: 'a row of the journal is not of its form, or its files are damaged',
  ANCHOR_JOURNAL_FAILED:
    'the disk or the system did not do what the journal asked of it, which says nothing of what it holds',
  ANCHOR_JOURNAL_MISMATCH: 'the journal belongs to another log, chain or contract',
  ANCHOR_CLOSED: 'the anchorer is closed',
} as const;

export type AnchorCode = keyof typeof ANCHOR_CODES;

export const anchorError: ErrorMaker<AnchorCode> = /* @__PURE__ */ errorMaker();
