import { DIGEST_BYTES, concatBytes } from '@anchorlog/core';
import { tlogError } from './error.ts';
import { checkHash, checkTreeSize, copyBytes, countHashes } from './head.ts';
import { sha256Tree, type TreeHasher } from './hasher.ts';
import { rootNodes } from './prove.ts';

/**
 * The right edge of an append-only tree: the roots of the complete subtrees that its leaves fall into. Enough to append and to give the
 * root, in memory that grows with the logarithm of the size; proofs need the nodes left behind.
 */
export class Frontier {
  readonly #hasher: TreeHasher;
  #size = 0;
  /** By level: the root of the complete subtree that waits for its sibling. */
  #waiting: (Uint8Array | undefined)[] = [];

  constructor(hasher: TreeHasher = sha256Tree) {
    this.#hasher = hasher;
  }

  /**
   * Take up a tree of `size` where it was left: `hashes` as `hashes` gave them, 32 bytes each, largest subtree first.
   * @throws TLOG_SIZE_RANGE, TLOG_FRONTIER_LENGTH, TLOG_HASH_LENGTH
   */
  static from(
    state: { readonly size: number; readonly hashes: readonly Uint8Array[] },
    hasher: TreeHasher = sha256Tree,
  ): Frontier {
    const nodes = rootNodes(state.size);
    if (state.hashes.length !== nodes.length) {
      throw tlogError(
        'TLOG_FRONTIER_LENGTH',
        `frontier of size ${state.size}: expected ${nodes.length} hashes, got ${state.hashes.length}`,
        { size: state.size, expected: nodes.length, got: state.hashes.length },
      );
    }
    const frontier = new Frontier(hasher);
    frontier.#size = state.size;
    for (const [i, { level }] of nodes.entries()) {
      const hash = state.hashes[i]!;
      checkHash(hash, 'frontier', i);
      frontier.#waiting[level] = copyBytes(hash);
    }
    return frontier;
  }

  /** Leaves appended so far. */
  get size(): number {
    return this.#size;
  }

  /** The roots of the complete subtrees, largest first: the nodes that `rootNodes(size)` lists. Copies. */
  get hashes(): Uint8Array[] {
    return rootNodes(this.#size).map(({ level }) => copyBytes(this.#waiting[level]!));
  }

  /** Append a row of leaf hashes, 32 bytes each; all or none. @throws TLOG_HASH_LENGTH, TLOG_SIZE_RANGE */
  append(leafHashes: Uint8Array): void {
    const size = this.#size + countHashes(leafHashes);
    checkTreeSize(size, 0);
    const waiting = [...this.#waiting];
    let row = leafHashes;
    for (let level = 0; row.length > 0; level++) {
      const first = waiting[level];
      if (first) row = concatBytes(first, row);
      const count = row.length / DIGEST_BYTES;
      const pairs = Math.floor(count / 2);
      const parents = new Uint8Array(pairs * DIGEST_BYTES);
      this.#hasher.hashNodes(row, 0, parents, 0, pairs);
      waiting[level] = count % 2 === 1 ? copyBytes(row, pairs * 2 * DIGEST_BYTES) : undefined;
      row = parents;
    }
    this.#waiting = waiting;
    this.#size = size;
  }

  /** Compute the root, 32 bytes (RFC 9162 §2.1.1). */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const hash of this.#waiting) {
      if (hash) root = root ? this.#hasher.node(hash, root) : copyBytes(hash);
    }
    return root ?? this.#hasher.empty();
  }

  /** Make a copy that grows on its own. */
  clone(): Frontier {
    const copy = new Frontier(this.#hasher);
    copy.#size = this.#size;
    copy.#waiting = [...this.#waiting]; // the hashes themselves are never written to
    return copy;
  }
}
