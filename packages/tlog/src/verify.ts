import { equalBytes } from '@anchorlog/core';
import { tlogError } from './error.ts';
import { checkHash, checkLeafIndex, checkTreeSize, type TreeHead } from './head.ts';
import { sha256Proof, type ProofHasher } from './hasher.ts';
import { checkSizes } from './range.ts';

/** What an inclusion proof claims: `leafHash` is leaf `index` of `treeHead`. All hashes are 32 bytes. */
export interface InclusionClaim {
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly treeHead: TreeHead;
  /** Leaf to root. */
  readonly hashes: readonly Uint8Array[];
}

/** What a consistency proof claims: `older` is a prefix of `newer`. */
export interface ConsistencyClaim {
  readonly older: TreeHead;
  readonly newer: TreeHead;
  readonly hashes: readonly Uint8Array[];
}

/**
 * Verify that `leafHash` is leaf `index` of `treeHead`. Requires 0 <= index < size, exactly as many hashes as the two demand, and the
 * same root (RFC 9162 §2.1.3.2, spec/log §2).
 * @throws TLOG_SIZE_RANGE, TLOG_INDEX_RANGE, TLOG_HASH_LENGTH, TLOG_PROOF_LENGTH, TLOG_ROOT_MISMATCH
 */
export function verifyInclusion(claim: InclusionClaim, hasher: ProofHasher = sha256Proof): void {
  const { index, leafHash, treeHead, hashes } = claim;
  const root = rootFromInclusion({ index, size: treeHead.size, leafHash, hashes }, hasher);
  matchRoot(root, treeHead, 'inclusion proof');
}

/**
 * Compute the root that an inclusion proof leads to, for a caller that has the root to compare it with somewhere else.
 * @throws TLOG_SIZE_RANGE, TLOG_INDEX_RANGE, TLOG_HASH_LENGTH, TLOG_PROOF_LENGTH
 */
export function rootFromInclusion(
  proof: {
    readonly index: number;
    readonly size: number;
    readonly leafHash: Uint8Array;
    readonly hashes: readonly Uint8Array[];
  },
  hasher: ProofHasher = sha256Proof,
): Uint8Array {
  const { index, size, leafHash, hashes } = proof;
  checkTreeSize(size, 0);
  checkLeafIndex(index, size);
  checkHash(leafHash, 'leaf hash');
  const sides = sidesOf(index, size - 1);
  checkProof(hashes, sides.length, 'inclusion proof');
  let root = leafHash;
  for (const [i, side] of sides.entries()) root = join(side, hashes[i]!, root, hasher);
  return root;
}

/**
 * Verify that `older` is a prefix of `newer` (RFC 9162 §2.1.4.2, spec/log §2). Requires 1 <= older.size <= newer.size; for equal sizes
 * equal roots and no hashes. @throws TLOG_SIZE_RANGE, TLOG_SIZE_ORDER, TLOG_HASH_LENGTH, TLOG_PROOF_LENGTH, TLOG_ROOT_MISMATCH
 */
export function verifyConsistency(
  claim: ConsistencyClaim,
  hasher: ProofHasher = sha256Proof,
): void {
  const { older, newer, hashes } = claim;
  const what = 'consistency proof';
  checkSizes(older.size, newer.size);
  checkHash(older.rootHash, 'older root');
  checkHash(newer.rootHash, 'newer root');
  if (older.size === newer.size) {
    checkProof(hashes, 0, what);
    matchRoot(older.rootHash, newer, what);
    return;
  }
  // The node over the last leaf of the older tree, as high as it stays complete there.
  let [node, last] = [older.size - 1, newer.size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  // Of a power of two that node is the older tree: its root is known, and the proof leaves it out.
  const known = node === 0;
  const sides = sidesOf(node, last);
  checkProof(hashes, sides.length + (known ? 0 : 1), what);
  const path = known ? hashes : hashes.slice(1);
  let olderRoot = known ? older.rootHash : hashes[0]!;
  let newerRoot = olderRoot;
  for (const [i, side] of sides.entries()) {
    // What lies right of the node came after the older tree.
    if (side === 'left') olderRoot = join(side, path[i]!, olderRoot, hasher);
    newerRoot = join(side, path[i]!, newerRoot, hasher);
  }
  matchRoot(olderRoot, older, what);
  matchRoot(newerRoot, newer, what);
}

/**
 * Give those hashes of an inclusion proof that lie left of the leaf, from the leaf up: together they are the whole tree of the leaves
 * before `index`, at every size of the log. Of two proofs of one leaf that differ here, one shows another history. Requires a proof that holds.
 */
export function hashesBefore(proof: {
  readonly index: number;
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}): Uint8Array[] {
  const sides = sidesOf(proof.index, proof.size - 1);
  return proof.hashes.filter((_, i) => sides[i] === 'left');
}

type Side = 'left' | 'right';

/**
 * On which side the siblings lie on the way from node `node` to the root, when the last node of its level is `last`. A last node
 * without a sibling goes up as it is. No bitwise operators: they would cut indexes at 2^32.
 */
function sidesOf(node: number, last: number): Side[] {
  const sides: Side[] = [];
  while (last > 0) {
    if (node % 2 === 1) sides.push('left');
    else if (node < last) sides.push('right');
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return sides;
}

function join(side: Side, sibling: Uint8Array, hash: Uint8Array, hasher: ProofHasher): Uint8Array {
  return side === 'left' ? hasher.node(sibling, hash) : hasher.node(hash, sibling);
}

// The length is exact: a proof with hashes to spare would let two different proofs show one fact, or hide data in a bundle.
function checkProof(hashes: readonly Uint8Array[], expected: number, what: string): void {
  if (hashes.length !== expected) {
    throw tlogError(
      'TLOG_PROOF_LENGTH',
      `${what}: expected ${expected} hashes, got ${hashes.length}`,
      { expected, got: hashes.length },
    );
  }
  for (const [i, hash] of hashes.entries()) checkHash(hash, what, i);
}

function matchRoot(root: Uint8Array, head: TreeHead, what: string): void {
  checkHash(head.rootHash, 'root');
  if (!equalBytes(root, head.rootHash)) {
    throw tlogError('TLOG_ROOT_MISMATCH', `${what}: leads to another root of size ${head.size}`, {
      size: head.size,
    });
  }
}
