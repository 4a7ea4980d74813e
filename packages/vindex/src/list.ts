import { EMPTY, type IndexHasher } from './hasher.ts';

/** One position of a key: the index of an entry in the log, and its leaf hash, 32 bytes. */
export interface IndexEntry {
  readonly index: number;
  readonly leafHash: Uint8Array;
}

/** A part of a list of `count` positions: those from `from` to before `to`. Requires 0 <= from < to <= count. */
export interface ListRange {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** The positions from `begin` to before `end` of a list. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/**
 * List the spans outside a range whose roots its proof consists of, left to right: the largest subtrees of the list's tree that hold
 * nothing of the range (spec/index §2.2). Those before it are complete, and the ones that every tree with these positions has.
 */
export function outerSpans({ count, from, to }: ListRange): Span[] {
  const spans: Span[] = [];
  const visit = (begin: number, end: number): void => {
    if (end <= from || begin >= to) spans.push({ begin, end });
    else if (end - begin > 1) {
      const middle = splitOf(begin, end);
      visit(begin, middle);
      visit(middle, end);
    }
  };
  visit(0, count);
  return spans;
}

/**
 * Compute the root of a list's tree (RFC 9162 §2.1.1) from the entries of a range, as many as it has, and the roots of `outerSpans`, in
 * their order.
 */
export function rangeRoot(
  of: {
    readonly count: number;
    readonly from: number;
    readonly entries: readonly IndexEntry[];
    readonly hashes: readonly Uint8Array[];
  },
  hasher: IndexHasher,
): Uint8Array {
  const { count, from, entries, hashes } = of;
  let used = 0;
  const root = (begin: number, end: number): Uint8Array => {
    if (end <= from || begin >= from + entries.length) return hashes[used++]!;
    if (end - begin === 1) {
      const { index, leafHash } = entries[begin - from]!;
      return hasher.element(index, leafHash);
    }
    const middle = splitOf(begin, end);
    return hasher.node(root(begin, middle), root(middle, end));
  };
  return count === 0 ? EMPTY : root(0, count);
}

/** Where RFC 9162 splits a span of more than one leaf: after the largest power of two that is smaller than its width. */
export function splitOf(begin: number, end: number): number {
  let width = 1;
  while (2 * width < end - begin) width *= 2; // not bitwise: lists may be longer than 2^31
  return begin + width;
}
