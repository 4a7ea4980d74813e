import { DIGEST_BYTES, setUint64, sha256, type HashSuite, type SuiteName } from '@anchorlog/core';

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

const PAIR_BYTES = 2 * DIGEST_BYTES;

/** Make the index hasher of any hash suite. */
export function createIndexHasher(suite: HashSuite): IndexHasher {
  // One input for each shape, filled in again for every hash.
  const element = Uint8Array.of(0x00, 0x05, ...new Uint8Array(8 + DIGEST_BYTES));
  const leaf = Uint8Array.of(0x02, ...new Uint8Array(8 + PAIR_BYTES));
  const pair = new Uint8Array(1 + PAIR_BYTES);
  const hashPair = (tag: number, left: Uint8Array, right: Uint8Array): Uint8Array => {
    pair[0] = tag;
    pair.set(left, 1);
    pair.set(right, 1 + DIGEST_BYTES);
    return suite.hash(pair);
  };
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
    inner: (left, right) => hashPair(0x03, left, right),
    innerRow(src, dst, pairs) {
      pair[0] = 0x03;
      for (let i = 0; i < pairs; i++) {
        pair.set(src.subarray(i * PAIR_BYTES, (i + 1) * PAIR_BYTES), 1);
        dst.set(suite.hash(pair), i * DIGEST_BYTES);
      }
    },
  };
}

/** Indexes of SHA-256 logs in pure JavaScript. */
export const sha256Index: IndexHasher = /* @__PURE__ */ createIndexHasher(sha256);
