import { DIGEST_BYTES } from '@anchorlog/core';
import { tlogError } from './error.ts';
import { checkTreeSize, copyBytes, countHashes } from './head.ts';
import { sha256Tree, type TreeHasher } from './hasher.ts';
import { rootOf, type NodeReader } from './prove.ts';

// Blocks instead of one array per level: growing never copies, and 64 bytes a leaf are all there is. Even, so that no pair is torn.
const BLOCK = 256;
const BLOCK_BYTES = BLOCK * DIGEST_BYTES;
const MOST_BLOCKS_AT_ONCE = 32;
// Long rows are hashed in slices, level by level, while they are in the processor's cache.
const SLICE_BYTES = 32 * BLOCK_BYTES;

/** A whole tree in memory: every complete node, 64 bytes a leaf, for proofs at any size up to its own. */
export class MemoryTree {
  readonly #hasher: TreeHasher;
  #size = 0;
  /** By level: the hashes of the complete nodes, in blocks. */
  readonly #levels: Uint8Array[][] = [];
  #blocks = 0;
  /** Room for the next blocks. */
  #spare = new Uint8Array(0);

  constructor(hasher: TreeHasher = sha256Tree) {
    this.#hasher = hasher;
  }

  /** Leaves appended so far. */
  get size(): number {
    return this.#size;
  }

  /** Append a row of leaf hashes, 32 bytes each. @throws TLOG_HASH_LENGTH, TLOG_SIZE_RANGE */
  append(leafHashes: Uint8Array): void {
    const count = countHashes(leafHashes);
    checkTreeSize(this.#size + count, 0);
    for (let at = 0; at < leafHashes.length; at += SLICE_BYTES) {
      this.#appendSlice(leafHashes.subarray(at, at + SLICE_BYTES));
    }
  }

  /** Compute the root of the tree as it was at `size`, 32 bytes. @throws TLOG_SIZE_RANGE beyond its own size */
  root(size: number = this.#size): Uint8Array {
    checkTreeSize(size, 0);
    if (size > this.#size) {
      throw tlogError('TLOG_SIZE_RANGE', `tree of ${this.#size} leaves has no root at ${size}`, {
        size,
      });
    }
    return rootOf(size, this.node, this.#hasher);
  }

  /** Give a complete node, a copy. @throws TLOG_NODE_MISSING */
  readonly node: NodeReader = (level, index) => {
    const isNode =
      Number.isSafeInteger(index) && index >= 0 && Number.isInteger(level) && level >= 0;
    if (!isNode || (index + 1) * 2 ** level > this.#size) {
      throw tlogError(
        'TLOG_NODE_MISSING',
        `tree of ${this.#size} leaves has no complete node ${level}/${index}`,
        { level, index, size: this.#size },
      );
    }
    const at = (index % BLOCK) * DIGEST_BYTES;
    return copyBytes(this.#block(level, index), at, at + DIGEST_BYTES);
  };

  #appendSlice(leafHashes: Uint8Array): void {
    const [older, newer] = [this.#size, this.#size + leafHashes.length / DIGEST_BYTES];
    this.#copyLeaves(leafHashes, older, newer);
    let [begin, end] = [Math.floor(older / 2), Math.floor(newer / 2)];
    for (let level = 1; begin < end; level++) {
      this.#hashLevel(level, begin, end);
      [begin, end] = [Math.floor(begin / 2), Math.floor(end / 2)];
    }
    this.#size = newer;
  }

  #copyLeaves(leafHashes: Uint8Array, begin: number, end: number): void {
    for (let index = begin; index < end;) {
      const stop = Math.min(end, blockEnd(index));
      const row = leafHashes.subarray(
        (index - begin) * DIGEST_BYTES,
        (stop - begin) * DIGEST_BYTES,
      );
      this.#block(0, index).set(row, (index % BLOCK) * DIGEST_BYTES);
      index = stop;
    }
  }

  /** Compute the nodes from `begin` to before `end` of a level from the level below. */
  #hashLevel(level: number, begin: number, end: number): void {
    for (let index = begin; index < end;) {
      const stop = Math.min(end, blockEnd(index * 2) / 2); // the children of one block, which are half a block or less
      const [src, dst] = [this.#block(level - 1, index * 2), this.#block(level, index)];
      const [from, to] = [((index * 2) % BLOCK) * DIGEST_BYTES, (index % BLOCK) * DIGEST_BYTES];
      this.#hasher.hashNodes(src, from, dst, to, stop - index);
      index = stop;
    }
  }

  #block(level: number, index: number): Uint8Array {
    const blocks = (this.#levels[level] ??= []);
    return (blocks[Math.floor(index / BLOCK)] ??= this.#newBlock());
  }

  /** Memory is taken for many blocks at once, an eighth of what there are: thousands of small pieces take longer to get than to fill. */
  #newBlock(): Uint8Array {
    if (this.#spare.length === 0) {
      const count = Math.min(MOST_BLOCKS_AT_ONCE, Math.floor(this.#blocks / 8) + 1);
      this.#spare = new Uint8Array(count * BLOCK_BYTES);
    }
    const block = this.#spare.subarray(0, BLOCK_BYTES);
    this.#spare = this.#spare.subarray(BLOCK_BYTES);
    this.#blocks++;
    return block;
  }
}

function blockEnd(index: number): number {
  return (Math.floor(index / BLOCK) + 1) * BLOCK;
}
