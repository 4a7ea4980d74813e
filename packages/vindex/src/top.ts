import { DIGEST_BYTES } from '@anchorlog/core';
import type { NodeRow } from './bucket-nodes.ts';
import type { IndexHasher } from './hasher.ts';
import { MORE_LEAVES, NO_LEAF, ONE_LEAF, type NodeState } from './bucket.ts';

/** A node of the trie, as its parent needs to know it. */
export interface TopNode {
  readonly state: NodeState;
  readonly hash: Uint8Array;
}

/** Nodes as they were before they changed: places, ascending, with their states and hashes. */
export interface OldNodes extends NodeRow {
  readonly places: Uint32Array;
}

const WORDS = DIGEST_BYTES / 4;
/** Nodes that are hashed or copied between two pauses. */
const NODES_A_STEP = 1024;

/**
 * The upper levels of the trie, above its buckets, whole in memory: 33 bytes a node. Places are those of a heap: the root is 1, the
 * children of n are 2n and 2n + 1, and bucket b of 2^bits is the child 2^bits + b. A place means the same whatever `bits` is.
 */
export class TopNodes {
  readonly bits: number;
  readonly #states: Uint8Array;
  readonly #hashes: Uint8Array;
  readonly #words: Uint32Array;

  constructor(bits: number) {
    this.bits = bits;
    this.#states = new Uint8Array(2 ** (bits + 1));
    this.#words = new Uint32Array(2 ** (bits + 1) * WORDS);
    this.#hashes = new Uint8Array(this.#words.buffer);
  }

  /** Give the node at a place; its hash is a view, which a later change changes. */
  node(place: number): TopNode {
    const state = this.#states[place] as NodeState; // written from nodes only
    const at = place * DIGEST_BYTES;
    return { state, hash: this.#hashes.subarray(at, at + DIGEST_BYTES) };
  }

  /** Set the nodes of buckets from a place on. */
  setRow(place: number, { states, hashes }: NodeRow): void {
    this.#states.set(states, place);
    this.#hashes.set(hashes, place * DIGEST_BYTES);
  }

  /** Copy the nodes at places, which ascend, with pauses between. */
  *copy(places: Uint32Array): Generator<void, OldNodes, void> {
    const states = new Uint8Array(places.length);
    const words = new Uint32Array(places.length * WORDS);
    for (const [i, place] of places.entries()) {
      states[i] = this.#states[place]!;
      copyWords(words, i, this.#words, place);
      if (i % NODES_A_STEP === NODES_A_STEP - 1) yield;
    }
    return { places, states, hashes: new Uint8Array(words.buffer) };
  }

  /** Set nodes of buckets, sorted by place, and hash anew what lies above, level by level, with pauses between. */
  *update(
    of: { readonly places: Uint32Array } & NodeRow,
    hasher: IndexHasher,
  ): Generator<void, void, void> {
    const { places, states, hashes } = of;
    for (const [i, place] of places.entries()) {
      this.#states[place] = states[i]!;
      this.#hashes.set(
        hashes.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES),
        place * DIGEST_BYTES,
      );
      if (i % NODES_A_STEP === NODES_A_STEP - 1) yield;
    }
    yield* this.#hashAbove(places, hasher);
  }

  /** Hash all levels above the buckets, with pauses between. */
  *hashAll(hasher: IndexHasher): Generator<void, void, void> {
    for (let bit = this.bits - 1; bit >= 0; bit--) {
      const [first, end] = [2 ** bit, 2 ** (bit + 1)];
      for (let begin = first; begin < end; begin += NODES_A_STEP) {
        const count = Math.min(NODES_A_STEP, end - begin);
        this.#hashLevel(
          Uint32Array.from({ length: count }, (_, i) => begin + i),
          hasher,
        );
        yield;
      }
    }
  }

  /** Make the top of one more level, whose buckets are yet to be set. */
  deeper(): TopNodes {
    const grown = new TopNodes(this.bits + 1);
    grown.#states.set(this.#states);
    grown.#hashes.set(this.#hashes);
    return grown;
  }

  *#hashAbove(places: Uint32Array, hasher: IndexHasher): Generator<void, void, void> {
    for (let level = places; level.length > 0 && level[0]! > 1;) {
      level = parentsOf(level);
      for (let begin = 0; begin < level.length; begin += NODES_A_STEP) {
        this.#hashLevel(level.subarray(begin, begin + NODES_A_STEP), hasher);
        yield;
      }
    }
  }

  #hashLevel(places: Uint32Array, hasher: IndexHasher): void {
    const states = this.#states;
    const pairs: number[] = [];
    for (const place of places) {
      const [left, right] = [states[2 * place]!, states[2 * place + 1]!];
      const isPair = left === MORE_LEAVES || right === MORE_LEAVES || left * right === ONE_LEAF;
      // What is alone below a node stands in its place.
      if (isPair) pairs.push(place);
      else {
        states[place] = left === NO_LEAF ? right : left;
        copyWords(this.#words, place, this.#words, left === NO_LEAF ? 2 * place + 1 : 2 * place);
      }
    }
    const src = new Uint32Array(pairs.length * 2 * WORDS);
    const dst = new Uint32Array(pairs.length * WORDS);
    for (const [i, place] of pairs.entries()) {
      copyWords(src, 2 * i, this.#words, 2 * place);
      copyWords(src, 2 * i + 1, this.#words, 2 * place + 1);
    }
    hasher.innerRow(new Uint8Array(src.buffer), new Uint8Array(dst.buffer), pairs.length);
    for (const [i, place] of pairs.entries()) {
      states[place] = MORE_LEAVES;
      copyWords(this.#words, place, dst, i);
    }
  }
}

/** List the places of nodes and of all above them, ascending. */
export function placesAbove(places: Uint32Array): Uint32Array {
  const levels = [places];
  while (levels[0]!.length > 0 && levels[0]![0]! > 1) levels.unshift(parentsOf(levels[0]!));
  const all = new Uint32Array(levels.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const level of levels) {
    all.set(level, at);
    at += level.length;
  }
  return all;
}

/** Find a node among those that changed, as it was; a view. */
export function oldNode(old: OldNodes, place: number): TopNode | undefined {
  let [low, high] = [0, old.places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (old.places[middle]! < place) low = middle + 1;
    else high = middle;
  }
  if (old.places[low] !== place) return undefined;
  const state = old.states[low] as NodeState; // copied from a node
  return { state, hash: old.hashes.subarray(low * DIGEST_BYTES, (low + 1) * DIGEST_BYTES) };
}

/** Join what two changes replaced, the one after the other: where both changed a node, it was what the first replaced. */
export function joinOldNodes(first: OldNodes, second: OldNodes): OldNodes {
  const places: number[] = [];
  const from: number[] = []; // not negative: in the first; else in the second, less 1
  for (let a = 0, b = 0; a < first.places.length || b < second.places.length;) {
    const [left, right] = [first.places[a] ?? Infinity, second.places[b] ?? Infinity];
    places.push(Math.min(left, right));
    from.push(left <= right ? a : -1 - b);
    if (left <= right) a++;
    if (right <= left) b++;
  }
  const states = new Uint8Array(places.length);
  const hashes = new Uint8Array(places.length * DIGEST_BYTES);
  for (const [i, at] of from.entries()) {
    const [row, place] = at >= 0 ? [first, at] : [second, -1 - at];
    states[i] = row.states[place]!;
    hashes.set(
      row.hashes.subarray(place * DIGEST_BYTES, (place + 1) * DIGEST_BYTES),
      i * DIGEST_BYTES,
    );
  }
  return { places: Uint32Array.from(places), states, hashes };
}

function parentsOf(places: Uint32Array): Uint32Array {
  const parents = new Uint32Array(places.length);
  let count = 0;
  for (const place of places) {
    const parent = Math.floor(place / 2);
    if (count === 0 || parents[count - 1] !== parent) parents[count++] = parent;
  }
  return parents.slice(0, count);
}

function copyWords(target: Uint32Array, to: number, source: Uint32Array, from: number): void {
  for (let i = 0; i < WORDS; i++) target[to * WORDS + i] = source[from * WORDS + i]!;
}
