import { createHash } from 'node:crypto';

// RFC 9162 §2.1 word by word, in BigInt and by recursion: slow, and shares no code with the packages that it is held against.

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const leafHash = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  sha256(Buffer.of(1), left, right);

/** The largest power of two smaller than n, for n > 1. */
function split(n: bigint): bigint {
  let k = 1n;
  while (2n * k < n) k *= 2n;
  return k;
}

/**
 * A tree of any number of leaves, up to 2^53 and beyond: the leaves in `marks` have the hash given there, all others have one and the
 * same hash. So a subtree without marks depends on its width only.
 */
export class NaiveTree {
  readonly #marks: ReadonlyMap<bigint, Buffer>;
  readonly #filler: Buffer;
  readonly #plain = new Map<bigint, Buffer>();
  readonly #marked = new Map<string, Buffer>();

  constructor(
    marks: ReadonlyMap<bigint, Buffer>,
    filler: Buffer = leafHash(Buffer.from('filler')),
  ) {
    this.#marks = marks;
    this.#filler = filler;
  }

  /** A tree whose leaf i is the entry `entry(i)`. */
  static of(size: number, entry: (index: number) => Uint8Array): NaiveTree {
    return new NaiveTree(
      new Map(Array.from({ length: size }, (_, i) => [BigInt(i), leafHash(entry(i))])),
    );
  }

  leaf(index: bigint): Buffer {
    return this.#marks.get(index) ?? this.#filler;
  }

  /** MTH(D[begin:end]), RFC 9162 §2.1.1. */
  root(end: bigint, begin = 0n): Buffer {
    const n = end - begin;
    if (n === 0n) return sha256();
    if (n === 1n) return this.leaf(begin);
    if (!this.#hasMark(begin, end)) return this.#plainRoot(n);
    const name = `${begin}-${end}`;
    let hash = this.#marked.get(name);
    if (!hash) {
      const middle = begin + split(n);
      hash = nodeHash(this.root(middle, begin), this.root(end, middle));
      this.#marked.set(name, hash);
    }
    return hash;
  }

  /** PATH(index, D[begin:end]), RFC 9162 §2.1.3.1. */
  path(index: bigint, end: bigint, begin = 0n): Buffer[] {
    if (end - begin === 1n) return [];
    const middle = begin + split(end - begin);
    return index < middle
      ? [...this.path(index, middle, begin), this.root(end, middle)]
      : [...this.path(index, end, middle), this.root(middle, begin)];
  }

  /** PROOF(older, D[0:newer]), RFC 9162 §2.1.4.1. */
  proof(older: bigint, newer: bigint): Buffer[] {
    return this.#subproof(older, 0n, newer, true);
  }

  #subproof(m: bigint, begin: bigint, end: bigint, known: boolean): Buffer[] {
    if (m === end) return known ? [] : [this.root(end, begin)];
    const middle = begin + split(end - begin);
    return m <= middle
      ? [...this.#subproof(m, begin, middle, known), this.root(end, middle)]
      : [...this.#subproof(m, middle, end, false), this.root(middle, begin)];
  }

  #hasMark(begin: bigint, end: bigint): boolean {
    for (const index of this.#marks.keys()) if (index >= begin && index < end) return true;
    return false;
  }

  #plainRoot(n: bigint): Buffer {
    if (n === 1n) return this.#filler;
    let hash = this.#plain.get(n);
    if (!hash) {
      const k = split(n);
      hash = nodeHash(this.#plainRoot(k), this.#plainRoot(n - k));
      this.#plain.set(n, hash);
    }
    return hash;
  }
}

export interface InclusionClaim {
  readonly index: bigint;
  readonly size: bigint;
  readonly leafHash: Buffer;
  readonly rootHash: Buffer;
  readonly hashes: readonly Buffer[];
}

/** The code that a verifier must refuse with, undefined to accept. RFC 9162 §2.1.3.2. */
export function judgeInclusion(claim: InclusionClaim): string | undefined {
  const { index, size, rootHash, hashes } = claim;
  if (index >= size) return 'TLOG_INDEX_RANGE';
  let [fn, sn, r] = [index, size - 1n, claim.leafHash];
  for (const p of hashes) {
    if (sn === 0n) return 'TLOG_PROOF_LENGTH';
    if (fn % 2n === 1n || fn === sn) {
      r = nodeHash(p, r);
      while (fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn / 2n, sn / 2n];
    } else {
      r = nodeHash(r, p);
    }
    [fn, sn] = [fn / 2n, sn / 2n];
  }
  if (sn !== 0n) return 'TLOG_PROOF_LENGTH';
  return r.equals(rootHash) ? undefined : 'TLOG_ROOT_MISMATCH';
}

export interface ConsistencyClaim {
  readonly olderSize: bigint;
  readonly olderRoot: Buffer;
  readonly newerSize: bigint;
  readonly newerRoot: Buffer;
  readonly hashes: readonly Buffer[];
}

/** The code that a verifier must refuse with, undefined to accept. RFC 9162 §2.1.4.2; no proof starts from the empty tree. */
export function judgeConsistency(claim: ConsistencyClaim): string | undefined {
  const { olderSize, olderRoot, newerSize, newerRoot } = claim;
  if (olderSize === 0n) return 'TLOG_SIZE_RANGE';
  if (olderSize > newerSize) return 'TLOG_SIZE_ORDER';
  if (olderSize === newerSize) {
    if (claim.hashes.length > 0) return 'TLOG_PROOF_LENGTH';
    return olderRoot.equals(newerRoot) ? undefined : 'TLOG_ROOT_MISMATCH';
  }
  if (claim.hashes.length === 0) return 'TLOG_PROOF_LENGTH';
  let power = olderSize;
  while (power % 2n === 0n) power /= 2n;
  const hashes = power === 1n ? [olderRoot, ...claim.hashes] : claim.hashes;
  let [fn, sn] = [olderSize - 1n, newerSize - 1n];
  while (fn % 2n === 1n) [fn, sn] = [fn / 2n, sn / 2n];
  let [fr, sr] = [hashes[0]!, hashes[0]!];
  for (const c of hashes.slice(1)) {
    if (sn === 0n) return 'TLOG_PROOF_LENGTH';
    if (fn % 2n === 1n || fn === sn) {
      [fr, sr] = [nodeHash(c, fr), nodeHash(c, sr)];
      while (fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn / 2n, sn / 2n];
    } else {
      sr = nodeHash(sr, c);
    }
    [fn, sn] = [fn / 2n, sn / 2n];
  }
  if (sn !== 0n) return 'TLOG_PROOF_LENGTH';
  return fr.equals(olderRoot) && sr.equals(newerRoot) ? undefined : 'TLOG_ROOT_MISMATCH';
}
