import { tlogError } from './error.ts';
import { checkHash, checkTreeSize } from './head.ts';
import { sha256Tree, type TreeHasher } from './hasher.ts';
import {
  consistencyRanges,
  inclusionRanges,
  rangeNodes,
  type LeafRange,
  type NodeCoordinate,
} from './range.ts';

/**
 * Gives the hash (32 bytes, not changed afterwards) of the complete subtree of `2^level` leaves at `index`. Proving asks it only for the
 * nodes that `rootNodes`, `inclusionNodes` and `consistencyNodes` list, so that a slow store can fetch them beforehand.
 */
export type NodeReader = (level: number, index: number) => Uint8Array;

/** List the complete nodes that the root of a tree of `size` is made of, largest first. @throws TLOG_SIZE_RANGE */
export function rootNodes(size: number): NodeCoordinate[] {
  checkTreeSize(size, 0);
  return rangeNodes({ begin: 0, end: size });
}

/** List the complete nodes that the inclusion proof of leaf `index` in the tree of `size` needs. @throws TLOG_SIZE_RANGE, TLOG_INDEX_RANGE */
export function inclusionNodes(of: {
  readonly index: number;
  readonly size: number;
}): NodeCoordinate[] {
  return inclusionRanges(of.index, of.size).flatMap(rangeNodes);
}

/** List the complete nodes that the consistency proof between two sizes needs. @throws TLOG_SIZE_RANGE, TLOG_SIZE_ORDER */
export function consistencyNodes(of: {
  readonly olderSize: number;
  readonly newerSize: number;
}): NodeCoordinate[] {
  return consistencyRanges(of.olderSize, of.newerSize).flatMap(rangeNodes);
}

/** Compute the root of the tree of `size` (RFC 9162 §2.1.1). @throws TLOG_SIZE_RANGE, TLOG_HASH_LENGTH, and what `read` throws */
export function rootOf(
  size: number,
  read: NodeReader,
  hasher: TreeHasher = sha256Tree,
): Uint8Array {
  checkTreeSize(size, 0);
  return size === 0 ? hasher.empty() : fold({ begin: 0, end: size }, read, hasher);
}

/**
 * Prove that leaf `index` is in the tree of `size`: hashes of 32 bytes, leaf to root (RFC 9162 §2.1.3.1).
 * @throws TLOG_SIZE_RANGE, TLOG_INDEX_RANGE, TLOG_HASH_LENGTH, and what `read` throws
 */
export function proveInclusion(
  of: { readonly index: number; readonly size: number },
  read: NodeReader,
  hasher: TreeHasher = sha256Tree,
): Uint8Array[] {
  return inclusionRanges(of.index, of.size).map((range) => fold(range, read, hasher));
}

/**
 * Prove that the tree of `olderSize` (at least 1) is a prefix of the tree of `newerSize`: hashes of 32 bytes, none for equal sizes
 * (RFC 9162 §2.1.4.1). @throws TLOG_SIZE_RANGE, TLOG_SIZE_ORDER, TLOG_HASH_LENGTH, and what `read` throws
 */
export function proveConsistency(
  of: { readonly olderSize: number; readonly newerSize: number },
  read: NodeReader,
  hasher: TreeHasher = sha256Tree,
): Uint8Array[] {
  return consistencyRanges(of.olderSize, of.newerSize).map((range) => fold(range, read, hasher));
}

function fold(range: LeafRange, read: NodeReader, hasher: TreeHasher): Uint8Array {
  let root: Uint8Array | undefined;
  for (const { level, index } of rangeNodes(range).toReversed()) {
    const hash = read(level, index);
    checkHash(hash, 'node of level', level);
    root = root ? hasher.node(hash, root) : hash;
  }
  // A range is never empty: the ranges of a proof hold at least one leaf.
  if (!root) throw tlogError('TLOG_SIZE_RANGE', 'a range without leaves has no root');
  return root;
}
