import { createHash } from 'node:crypto';

// Trees whose leaves are all the same: the hash of a subtree depends on its size only, so that roots and proofs of huge trees are had
// at once. RFC 9162 §2.1.1 and §2.1.4.1, written down as they stand there.
const LEAF = createHash('sha256').update(Uint8Array.of(0)).digest();
const known = new Map<number, Uint8Array>();

/** Give the root of `size` equal leaves. */
export function uniformRoot(size: number): Uint8Array {
  if (size === 1) return LEAF;
  let root = known.get(size);
  if (!root) {
    const left = split(size);
    root = createHash('sha256')
      .update(Uint8Array.of(1))
      .update(uniformRoot(left))
      .update(uniformRoot(size - left))
      .digest();
    known.set(size, root);
  }
  return root;
}

/** Give the consistency proof between two sizes. */
export function uniformConsistency(olderSize: number, newerSize: number): Uint8Array[] {
  return subproof(olderSize, newerSize, true);
}

function subproof(m: number, n: number, whole: boolean): Uint8Array[] {
  if (m === n) return whole ? [] : [uniformRoot(m)];
  const k = split(n);
  return m <= k
    ? [...subproof(m, k, whole), uniformRoot(n - k)]
    : [...subproof(m - k, n - k, false), uniformRoot(k)];
}

/** The largest power of two below `size`. */
function split(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}
