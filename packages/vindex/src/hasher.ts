import {
  DIGEST_BYTES,
  equalBytes,
  setUint64,
  sha256,
  type HashSuite,
  type SuiteName,
} from '@anchorlog/core';

/** What the leaf of a key commits to: its place, and how many positions its list holds. All hashes are 32 bytes. */
export interface IndexLeaf {
  readonly path: Uint8Array;
  readonly count: number;
  readonly listRoot: Uint8Array;
}

/** The hashing of an index (spec/index §1 and §2). Arguments are not checked: whoever parses has done it. */
export interface IndexHasher {
  readonly suite: SuiteName;
  /** Hash bytes as the suite does. */
  hash(data: Uint8Array): Uint8Array;
  /** Hash an element of a list as a leaf of its tree, `H(0x00 ‖ 0x05 ‖ index ‖ leafHash)`. */
  element(index: number, leafHash: Uint8Array): Uint8Array;
  /** Hash two nodes of a list to their parent, `H(0x01 ‖ left ‖ right)`. */
  node(left: Uint8Array, right: Uint8Array): Uint8Array;
  /** Hash the leaf of a key, `H(0x02 ‖ path ‖ count ‖ listRoot)`. */
  leaf(leaf: IndexLeaf): Uint8Array;
  /** Hash two subtrees of the trie to their parent, `H(0x03 ‖ left ‖ right)`. */
  inner(left: Uint8Array, right: Uint8Array): Uint8Array;
  /** Write the parents of `pairs` pairs of subtrees to `dst` from 0 on: reads `pairs * 64` bytes of `src`. The two must not overlap. */
  innerRow(src: Uint8Array, dst: Uint8Array, pairs: number): void;
}

/** Stand for an empty subtree. */
export const EMPTY: Uint8Array = /* @__PURE__ */ new Uint8Array(DIGEST_BYTES);

/**
 * Writes the parents of `pairs` pairs behind a tag, `H(tag ‖ left ‖ right)`: reads `pairs * 64` bytes of `src` from `srcOffset` on, writes
 * `pairs * 32` bytes of `dst` from `dstOffset` on.
 */
export type PairRows = (
  tag: number,
  src: Uint8Array,
  srcOffset: number,
  dst: Uint8Array,
  dstOffset: number,
  pairs: number,
) => void;

const PAIR_BYTES = 2 * DIGEST_BYTES;
const INNER = 0x03;
const TEST_PAIRS = 67;

/**
 * Make the index hasher of any hash suite. `rows` may hash many pairs at once; it is compared with the suite when the first row comes, and left
 * alone if it does not hash as that does.
 */
export function createIndexHasher(suite: HashSuite, rows?: PairRows): IndexHasher {
  // One input for each shape, filled in again for every hash.
  const element = Uint8Array.of(0x00, 0x05, ...new Uint8Array(8 + DIGEST_BYTES));
  const leaf = Uint8Array.of(0x02, ...new Uint8Array(8 + PAIR_BYTES));
  const pair = new Uint8Array(1 + PAIR_BYTES);
  const hashPair = (tag: number, left: Uint8Array, right: Uint8Array): Uint8Array => {
    pair[0] = tag;
    // A loop over so few bytes is faster than two calls of set().
    for (let i = 0; i < DIGEST_BYTES; i++) {
      pair[1 + i] = left[i]!;
      pair[1 + DIGEST_BYTES + i] = right[i]!;
    }
    return suite.hash(pair);
  };
  const innerRow = (src: Uint8Array, dst: Uint8Array, pairs: number): void => {
    pair[0] = INNER;
    for (let i = 0; i < pairs; i++) {
      pair.set(src.subarray(i * PAIR_BYTES, (i + 1) * PAIR_BYTES), 1);
      dst.set(suite.hash(pair), i * DIGEST_BYTES);
    }
  };
  let lanes: PairRows | false | undefined;
  return {
    suite: suite.name,
    hash: (data) => suite.hash(data),
    element(index, leafHash) {
      setUint64(element, 2, index);
      element.set(leafHash, 10);
      return suite.hash(element);
    },
    node: (left, right) => hashPair(0x01, left, right),
    leaf({ path, count, listRoot }) {
      leaf.set(path, 1);
      setUint64(leaf, 1 + DIGEST_BYTES, count);
      leaf.set(listRoot, 9 + DIGEST_BYTES);
      return suite.hash(leaf);
    },
    inner: (left, right) => hashPair(INNER, left, right),
    innerRow(src, dst, pairs) {
      lanes ??= rows !== undefined && areAlike(rows, innerRow) && rows;
      if (lanes) lanes(INNER, src, 0, dst, 0, pairs);
      else innerRow(src, dst, pairs);
    },
  };
}

/** Tell whether `rows` gives the parents that a hasher gives: of a long row, and of short ones. */
function areAlike(rows: PairRows, innerRow: IndexHasher['innerRow']): boolean {
  const src = Uint8Array.from(
    { length: TEST_PAIRS * PAIR_BYTES },
    (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24,
  );
  try {
    return [TEST_PAIRS, 1, 2, 3, 4, 5].every((pairs) => {
      const [got, expected] = [1, 2].map(() => new Uint8Array(pairs * DIGEST_BYTES)) as [
        Uint8Array,
        Uint8Array,
      ]; // of two
      rows(INNER, src, 0, got, 0, pairs);
      innerRow(src, expected, pairs);
      return equalBytes(got, expected);
    });
  } catch {
    return false;
  }
}

/** Indexes of SHA-256 logs in pure JavaScript. */
export const sha256Index: IndexHasher = /* @__PURE__ */ createIndexHasher(sha256);
