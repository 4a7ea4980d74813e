export { VINDEX_CODES, type VindexCode } from './error.ts';
export {
  createIndexHasher,
  sha256Index,
  type IndexHasher,
  type IndexLeaf,
  type PairRows,
} from './hasher.ts';
export type { IndexEntry } from './list.ts';
export { indexPath, type IndexKeyName } from './path.ts';
export {
  MAX_PAGE_ENTRIES,
  MAX_PROOF_BYTES,
  formatIndexProof,
  parseIndexProof,
  type IndexProof,
  type Siblings,
} from './proof.ts';
export {
  listAtSize,
  openIndexProof,
  verifyIndexProof,
  type IndexAnswer,
  type IndexHead,
} from './verify.ts';
