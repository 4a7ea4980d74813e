import { checkLeafIndex, checkTreeSize } from './head.ts';
import { tlogError } from './error.ts';

/** A complete subtree: the node over the `2^level` leaves from `index * 2^level` on. Leaves are level 0. */
export interface NodeCoordinate {
  readonly level: number;
  readonly index: number;
}

/** The leaves from `begin` to before `end`; `begin` is a multiple of a power of two that is at least `end - begin`. */
export interface LeafRange {
  readonly begin: number;
  readonly end: number;
}

// Sizes go beyond 2^32, where bitwise operators would cut them: all arithmetic here is on powers of two and exact up to 2^53.

/**
 * List the complete nodes that make up a range, left to right, each smaller than the one before. The root of the range is their fold
 * from the right (RFC 9162 §2.1.1).
 */
export function rangeNodes({ begin, end }: LeafRange): NodeCoordinate[] {
  const nodes: NodeCoordinate[] = [];
  let width = 1;
  let level = 0;
  while (2 * width <= end - begin) {
    width *= 2;
    level++;
  }
  for (let at = begin; at < end; level--, width /= 2) {
    if (width > end - at) continue;
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** List the ranges whose roots are the inclusion proof of `index` in a tree of `size`, leaf to root: PATH of RFC 9162 §2.1.3.1. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  checkTreeSize(size, 0);
  checkLeafIndex(index, size);
  const ranges: LeafRange[] = [];
  let [begin, end] = [0, size];
  for (let k = splitOf(size); end - begin > 1; k /= 2) {
    if (k >= end - begin) continue; // the split is the largest power of two smaller than the width
    const middle = begin + k;
    if (index < middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  return ranges.toReversed();
}

/** List the ranges whose roots are the consistency proof between two sizes, in order: PROOF of RFC 9162 §2.1.4.1. */
export function consistencyRanges(olderSize: number, newerSize: number): LeafRange[] {
  checkSizes(olderSize, newerSize);
  const ranges: LeafRange[] = [];
  let [begin, end] = [0, newerSize];
  for (let k = splitOf(newerSize); olderSize < end; k /= 2) {
    if (k >= end - begin) continue;
    const middle = begin + k;
    if (olderSize <= middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  // Here end = olderSize. From 0 on it is the older tree itself, whose root the verifier has.
  if (begin > 0) ranges.push({ begin, end });
  return ranges.toReversed();
}

/** Check the sizes of a consistency proof. @throws TLOG_SIZE_RANGE (no proof starts from the empty tree), TLOG_SIZE_ORDER */
export function checkSizes(olderSize: number, newerSize: number): void {
  checkTreeSize(olderSize, 1);
  checkTreeSize(newerSize, 0);
  if (olderSize > newerSize) {
    throw tlogError(
      'TLOG_SIZE_ORDER',
      `consistency: expected the older size first, got ${olderSize} and ${newerSize}`,
      { olderSize, newerSize },
    );
  }
}

/** The largest power of two smaller than `n`; 1 for the sizes that are not split. */
function splitOf(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}
