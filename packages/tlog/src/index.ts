export {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  type Checkpoint,
  type OpenedCheckpoint,
} from './checkpoint.ts';
export { cosignatureMessage, formatCosignature, verifyCosignature } from './cosignature.ts';
export {
  MAX_ENTRY_BYTES,
  checkEntry,
  formatEntryBundle,
  parseEntryBundle,
} from './entry-bundle.ts';
export { TLOG_CODES, type TlogCode } from './error.ts';
export { Frontier } from './frontier.ts';
export {
  createProofHasher,
  createTreeHasher,
  sha256Tree,
  type ProofHasher,
  type TreeHasher,
} from './hasher.ts';
export { MAX_TREE_SIZE, type TreeHead } from './head.ts';
export { MemoryTree } from './memory-tree.ts';
export {
  MAX_NOTE_BYTES,
  MAX_NOTE_SIGNATURES,
  formatNote,
  noteSigner,
  openNote,
  parseNote,
  signNote,
  type Note,
  type NoteSignature,
  type NoteSigned,
  type NoteSigner,
  type OpenedNote,
} from './note.ts';
export {
  consistencyNodes,
  inclusionNodes,
  proveConsistency,
  proveInclusion,
  rootNodes,
  rootOf,
  type NodeReader,
} from './prove.ts';
export type { NodeCoordinate } from './range.ts';
export {
  formatReceiptText,
  openReceipt,
  parseReceiptText,
  receiptKeyName,
  type ReceiptHead,
} from './receipt.ts';
export {
  TILE_HEIGHT,
  TILE_WIDTH,
  entryBundlePath,
  newTiles,
  parseEntryBundlePath,
  parseTile,
  parseTilePath,
  tilePath,
  tilesOf,
  type TileCoordinate,
} from './tile.ts';
export { tileReader, tilesOfNodes } from './tile-reader.ts';
export type { Verified } from './verified.ts';
export {
  formatKeyId,
  formatVerifierKey,
  isKeyName,
  noteKey,
  parseVerifierKey,
  type NoteAlgorithm,
  type NoteKey,
} from './verifier-key.ts';
export {
  hashesBefore,
  rootFromInclusion,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './verify.ts';
