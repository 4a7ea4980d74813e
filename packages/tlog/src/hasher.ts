import { DIGEST_BYTES, sha256, type HashSuite, type SuiteName } from '@anchorlog/core';
import { checkHash } from './head.ts';

/** The hashing of a tree one hash at a time (RFC 9162 §2.1.1, spec/log §1): all that proofs need. */
export interface ProofHasher {
  /** Hash an entry to its leaf hash, `H(0x00 ‖ entry)`. */
  leaf(entry: Uint8Array): Uint8Array;
  /** Hash two nodes of 32 bytes to their parent, `H(0x01 ‖ left ‖ right)`. @throws TLOG_HASH_LENGTH */
  node(left: Uint8Array, right: Uint8Array): Uint8Array;
}

/** The hashing of a tree in batches, since it is built from rows of hashes. All implementations of one suite give the same bytes. */
export interface TreeHasher extends ProofHasher {
  readonly suite: SuiteName;
  /** Give the root of the tree without leaves: the hash of nothing. */
  empty(): Uint8Array;
  /** Write the leaf hashes of `entries` to `out` from `offset` on, 32 bytes each. @throws RangeError when they do not fit */
  hashLeaves(entries: readonly Uint8Array[], out: Uint8Array, offset: number): void;
  /**
   * Write the parents of `pairs` pairs of nodes: reads `pairs * 64` bytes of `src`, writes `pairs * 32` bytes of `dst`. The two regions
   * must not overlap. @throws RangeError when they do not fit; a hasher that reads many pairs before it writes, also when they overlap
   */
  hashNodes(
    src: Uint8Array,
    srcOffset: number,
    dst: Uint8Array,
    dstOffset: number,
    pairs: number,
  ): void;
}

const LEAF = 0x00;
const NODE = 0x01;

/** Make the proof hasher of any hash suite: what only reads proofs need not carry more. */
export function createProofHasher(suite: HashSuite): ProofHasher {
  const pair = new Uint8Array(1 + 2 * DIGEST_BYTES);
  pair[0] = NODE;
  return {
    leaf(entry) {
      const input = new Uint8Array(1 + entry.length);
      input[0] = LEAF;
      input.set(entry, 1);
      return suite.hash(input);
    },
    node(left, right) {
      checkHash(left, 'left node');
      checkHash(right, 'right node');
      pair.set(left, 1);
      pair.set(right, 1 + DIGEST_BYTES);
      return suite.hash(pair);
    },
  };
}

/** Make the tree hasher of any hash suite. */
export function createTreeHasher(suite: HashSuite): TreeHasher {
  const proofs = createProofHasher(suite);
  const pair = new Uint8Array(1 + 2 * DIGEST_BYTES);
  pair[0] = NODE;
  return {
    ...proofs,
    suite: suite.name,
    empty: () => suite.hash(new Uint8Array(0)),
    hashLeaves(entries, out, offset) {
      for (const [i, entry] of entries.entries()) {
        out.set(proofs.leaf(entry), offset + i * DIGEST_BYTES);
      }
    },
    hashNodes(src, srcOffset, dst, dstOffset, pairs) {
      checkRoom(src, srcOffset, pairs * 2);
      checkRoom(dst, dstOffset, pairs);
      for (let i = 0; i < pairs; i++) {
        const from = srcOffset + i * 2 * DIGEST_BYTES;
        pair.set(src.subarray(from, from + 2 * DIGEST_BYTES), 1);
        dst.set(suite.hash(pair), dstOffset + i * DIGEST_BYTES);
      }
    },
  };
}

/** Check that `count` hashes lie in `bytes` from `offset` on: reading past the end would hash zeros. */
export function checkRoom(bytes: Uint8Array, offset: number, count: number): void {
  if (!(offset >= 0 && count >= 0 && offset + count * DIGEST_BYTES <= bytes.length)) {
    throw new RangeError(`expected ${count} hashes at ${offset} of ${bytes.length} bytes`);
  }
}

/** Check the arguments of `hashNodes`: both rows lie in their bytes, and no parent would be written over a node that is still to be read. */
export function checkRows(
  ...[src, from, dst, to, pairs]: Parameters<TreeHasher['hashNodes']>
): void {
  checkRoom(src, from, pairs * 2);
  checkRoom(dst, to, pairs);
  const gap = dst.byteOffset + to - src.byteOffset - from;
  if (src.buffer === dst.buffer && gap > -pairs * DIGEST_BYTES && gap < pairs * 2 * DIGEST_BYTES) {
    throw new RangeError('nodes and parents overlap');
  }
}

/** Proofs of SHA-256 trees in pure JavaScript. */
export const sha256Proof: ProofHasher = /* @__PURE__ */ createProofHasher(sha256);

/** SHA-256 trees in pure JavaScript. `@anchorlog/tlog/node` has a faster one for Node. */
export const sha256Tree: TreeHasher = /* @__PURE__ */ createTreeHasher(sha256);
