import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown. */
export const TLOG_CODES = {
  TLOG_SIZE_RANGE:
    'a tree size that is not an integer up to 2^53 - 1, or is 0 where a tree with leaves is needed',
  TLOG_SIZE_ORDER: 'a consistency proof from a larger tree to a smaller one',
  TLOG_INDEX_RANGE: 'a leaf or node index that the tree does not have',
  TLOG_HASH_LENGTH: 'a hash that is not 32 bytes, or several that are not a multiple of 32',
  TLOG_PROOF_LENGTH: 'a proof with another number of hashes than index and sizes demand',
  TLOG_ROOT_MISMATCH: 'a proof that leads to another root than the one given',
  TLOG_FRONTIER_LENGTH: 'a frontier with another number of hashes than its size demands',
  TLOG_NODE_MISSING: 'a node that a proof needs and the store does not give',
  TLOG_TILE_RANGE: 'a tile coordinate out of range: level 0 to 63, width 1 to 256',
  TLOG_TILE_PATH: 'a path that is not the canonical path of a tile or an entry bundle',
  TLOG_TILE_LENGTH: 'a tile that does not hold as many hashes as its width says',
  TLOG_ENTRY_LENGTH: 'an entry of more than 65,535 bytes',
  TLOG_BUNDLE_MALFORMED:
    'an entry bundle that ends inside an entry or holds another number of entries than expected',
  TLOG_KEY_MALFORMED: 'a verifier key that is not name+id+key in canonical form',
  TLOG_KEY_ID: 'a verifier key whose id is not the hash of its name and key',
  TLOG_KEY_ALGORITHM: 'a verifier key of another algorithm than Ed25519 or the Ed25519 cosignature',
  TLOG_KEY_NAME: 'a key whose name is not the one that its use demands',
  TLOG_KEY_AMBIGUOUS: 'two different or repeated known keys that share name and id, and are used',
  TLOG_NOTE_MALFORMED: 'a text that is not a signed note',
  TLOG_NOTE_LIMIT: 'a note of more than 1,000,000 bytes or 100 signatures',
  TLOG_NOTE_UNSIGNED: 'a note without a signature by the key that must sign it',
  TLOG_SIGNATURE_INVALID: 'a note with a signature by a known key that does not verify',
  TLOG_CHECKPOINT_MALFORMED: 'a note text that is not a checkpoint',
  TLOG_ORIGIN_MISMATCH: 'a checkpoint or receipt of another log than the one expected',
  TLOG_RECEIPT_MALFORMED: 'a note text that is not a receipt',
} as const;

export type TlogCode = keyof typeof TLOG_CODES;

export const tlogError: ErrorMaker<TlogCode> = /* @__PURE__ */ errorMaker();
