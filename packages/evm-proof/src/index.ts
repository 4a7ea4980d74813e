export { anchorFolder, formatAnchorFile, parseAnchorFile, type AnchorFile } from './anchor-file.ts';
export { EVM_CODES, type EvmCode } from './error.ts';
export {
  TREE_HEAD_ANCHORED,
  decodeTreeHeadAnchored,
  encodeTreeHeadAnchored,
  type AnchoredHead,
  type TreeHeadAnchored,
} from './event.ts';
export {
  formatSealedEvidence,
  parseSealedEvidence,
  verifyAnchorEvidence,
  type SealedEvidence,
  type VerifiedAnchor,
} from './evidence.ts';
export { HEADER_FIELD, formatHeader, headerHash, parseHeader, type BlockHeader } from './header.ts';
export { keccak256, logId } from './keccak.ts';
export {
  QBFT_CONSTANTS,
  formatQbftExtra,
  parseQbftExtra,
  qbftBlockHash,
  qbftQuorum,
  qbftSealDigest,
  validatorsAt,
  verifySealedHeader,
  type QbftExtra,
  type SealedHeader,
  type ValidatorSet,
} from './qbft.ts';
export {
  RLP_LIMITS,
  formatRlp,
  formatRlpInteger,
  parseRlp,
  parseRlpInteger,
  type RlpItem,
  type RlpLimits,
} from './rlp.ts';
export { encodeHeader, parseRpcTxReceipt } from './rpc.ts';
export { recoverAddress } from './secp256k1.ts';
export { buildTrie, type Trie, type TrieEntry } from './trie-builder.ts';
export { verifyTrieProof } from './trie.ts';
export {
  encodeTxReceipt,
  parseTxReceipt,
  proveTxReceipt,
  receiptsRoot,
  verifyTxReceiptProof,
  type TxLog,
  type TxReceipt,
} from './tx-receipt.ts';
