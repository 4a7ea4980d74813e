import { DIGEST_BYTES } from '@anchorlog/core';
import { MORE_LEAVES, NO_LEAF, ONE_LEAF, leafHashAt, recordsOf } from './bucket.ts';
import type { IndexHasher } from './hasher.ts';

const WORDS = DIGEST_BYTES / 4;

/** States and hashes of nodes, one after the other. */
export interface NodeRow {
  readonly states: Uint8Array;
  /** 32 bytes each. */
  readonly hashes: Uint8Array;
}

/**
 * Give the nodes of buckets whose paths share `depth` bits each: their subtrees are hashed together, row by row from the leaves up, which takes a
 * third of the time of one by one (spec/index §1.3).
 */
export function bucketNodes(
  buckets: readonly Uint8Array[],
  depth: number,
  hasher: IndexHasher,
): NodeRow {
  const forest = new Forest();
  const roots = buckets.map((bucket) => forest.plant(bucket, depth));
  forest.hash(hasher);
  const states = Uint8Array.from(roots, ({ state }) => state);
  const hashes = new Uint8Array(buckets.length * DIGEST_BYTES);
  for (const [i, { node }] of roots.entries()) hashes.set(forest.hashOf(node), i * DIGEST_BYTES);
  return { states, hashes };
}

/** Room for the nodes of a forest, of which there is one at a time. The first node is the empty subtree. */
let room = /* @__PURE__ */ new Uint32Array(0);

/** Subtrees that are hashed together. Nodes are numbers; 0 is the empty subtree. */
class Forest {
  #words = room.length > 0 ? room : (room = new Uint32Array(WORDS * 8192));
  #bytes = new Uint8Array(this.#words.buffer);
  #count = 1;
  /** By height above its leaves, less 1: an inner node and its two halves. */
  readonly #rows: number[][] = [];

  plant(bucket: Uint8Array, depth: number): { readonly state: number; readonly node: number } {
    const records = recordsOf(bucket);
    if (records.length === 0) return { state: NO_LEAF, node: 0 };
    const { node } = this.#plant({ bucket, records }, 0, records.length, depth);
    return { state: records.length === 1 ? ONE_LEAF : MORE_LEAVES, node };
  }

  hash(hasher: IndexHasher): void {
    for (const row of this.#rows) {
      const pairs = row.length / 3;
      const src = new Uint32Array(2 * WORDS * pairs);
      const dst = new Uint32Array(WORDS * pairs);
      for (let i = 0; i < pairs; i++) {
        copyWords(src, 2 * i, this.#words, row[3 * i + 1]!);
        copyWords(src, 2 * i + 1, this.#words, row[3 * i + 2]!);
      }
      hasher.innerRow(new Uint8Array(src.buffer), new Uint8Array(dst.buffer), pairs);
      for (let i = 0; i < pairs; i++) copyWords(this.#words, row[3 * i]!, dst, i);
    }
  }

  hashOf(node: number): Uint8Array {
    return this.#bytes.subarray(node * DIGEST_BYTES, (node + 1) * DIGEST_BYTES);
  }

  /** Plant the records from `begin` to before `end`, of which there are any. */
  #plant(
    of: { readonly bucket: Uint8Array; readonly records: readonly number[] },
    begin: number,
    end: number,
    depth: number,
  ): { readonly node: number; readonly height: number } {
    const { bucket, records } = of;
    if (end - begin === 1) {
      const node = this.#add();
      this.#bytes.set(leafHashAt(bucket, records[begin]!), node * DIGEST_BYTES);
      return { node, height: 0 };
    }
    const [byte, mask] = [depth >>> 3, 0x80 >>> (depth & 7)];
    let middle = begin;
    while (middle < end && (bucket[records[middle]! + byte]! & mask) === 0) middle++;
    const left = middle > begin ? this.#plant(of, begin, middle, depth + 1) : NOTHING;
    const right = end > middle ? this.#plant(of, middle, end, depth + 1) : NOTHING;
    const node = this.#add();
    const height = 1 + Math.max(left.height, right.height);
    (this.#rows[height - 1] ??= []).push(node, left.node, right.node);
    return { node, height };
  }

  #add(): number {
    if (this.#count * WORDS === this.#words.length) {
      const words = new Uint32Array(2 * this.#words.length);
      words.set(this.#words);
      this.#words = words;
      room = words;
      this.#bytes = new Uint8Array(words.buffer);
    }
    return this.#count++;
  }
}

const NOTHING = { node: 0, height: 0 };

function copyWords(target: Uint32Array, to: number, source: Uint32Array, from: number): void {
  for (let i = 0; i < WORDS; i++) target[to * WORDS + i] = source[from * WORDS + i]!;
}
