import { DIGEST_BYTES } from '@anchorlog/core';
import type { IndexHasher } from './hasher.ts';
import { MORE_LEAVES, NO_LEAF, ONE_LEAF, type NodeState } from './bucket.ts';

/** A node of the trie, as its parent needs to know it. */
export interface TopNode {
  readonly state: NodeState;
  readonly hash: Uint8Array;
}

/** A node and its place in the top. */
export interface PlacedNode extends TopNode {
  readonly place: number;
}

/** Nodes as they were before they changed: places, ascending, with their states and hashes. */
export interface OldNodes {
  readonly places: Uint32Array;
  readonly states: Uint8Array;
  readonly hashes: Uint8Array;
}

/**
 * The upper levels of the trie, above its buckets, whole in memory: 33 bytes a node. Places are those of a heap: the root is 1, the
 * children of n are 2n and 2n + 1, and bucket b of 2^bits is the child 2^bits + b. A place means the same whatever `bits` is.
 */
export class TopNodes {
  readonly bits: number;
  readonly #states: Uint8Array;
  readonly #hashes: Uint8Array;

  constructor(bits: number) {
    this.bits = bits;
    this.#states = new Uint8Array(2 ** (bits + 1));
    this.#hashes = new Uint8Array(2 ** (bits + 1) * DIGEST_BYTES);
  }

  /** Give the node at a place; its hash is a view, which a later `update` changes. */
  node(place: number): TopNode {
    const state = this.#states[place] as NodeState; // written from nodes only
    const at = place * DIGEST_BYTES;
    return { state, hash: this.#hashes.subarray(at, at + DIGEST_BYTES) };
  }

  /** Set nodes of buckets, sorted by place, and hash anew what lies above, level by level. Gives what all these nodes were before. */
  update(buckets: readonly PlacedNode[], hasher: IndexHasher): OldNodes {
    const levels = [buckets.map(({ place }) => place)];
    while (levels[0]!.length > 0 && levels[0]![0]! > 1) levels.unshift(parentsOf(levels[0]!));
    const old = oldNodesOf(levels.flat().map((place) => ({ place, ...this.node(place) })));
    for (const { place, state, hash } of buckets) this.#set(place, state, hash);
    for (const level of levels.slice(0, -1).toReversed()) this.#hashLevel(level, hasher);
    return old;
  }

  /** Make the top of one more level, whose buckets are `nodes` in order. */
  grow(nodes: Iterable<TopNode>): TopNodes {
    const grown = new TopNodes(this.bits + 1);
    grown.#states.set(this.#states);
    grown.#hashes.set(this.#hashes);
    let place = 2 ** grown.bits;
    for (const { state, hash } of nodes) grown.#set(place++, state, hash);
    return grown;
  }

  #hashLevel(places: readonly number[], hasher: IndexHasher): void {
    const pairs: number[] = [];
    for (const place of places) {
      const [left, right] = [this.node(2 * place), this.node(2 * place + 1)];
      // What is alone below a node stands in its place.
      if (left.state === MORE_LEAVES || right.state === MORE_LEAVES) pairs.push(place);
      else if (left.state === NO_LEAF) this.#set(place, right.state, right.hash);
      else if (right.state === NO_LEAF) this.#set(place, ONE_LEAF, left.hash);
      else pairs.push(place);
    }
    const src = new Uint8Array(pairs.length * 2 * DIGEST_BYTES);
    const dst = new Uint8Array(pairs.length * DIGEST_BYTES);
    for (const [i, place] of pairs.entries()) {
      const at = 2 * place * DIGEST_BYTES;
      src.set(this.#hashes.subarray(at, at + 2 * DIGEST_BYTES), i * 2 * DIGEST_BYTES);
    }
    hasher.innerRow(src, dst, pairs.length);
    for (const [i, place] of pairs.entries()) {
      this.#set(place, MORE_LEAVES, dst.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES));
    }
  }

  #set(place: number, state: NodeState, hash: Uint8Array): void {
    this.#states[place] = state;
    this.#hashes.set(hash, place * DIGEST_BYTES);
  }
}

/** Copy nodes, sorted by place. */
export function oldNodesOf(nodes: readonly PlacedNode[]): OldNodes {
  const places = Uint32Array.from(nodes, ({ place }) => place);
  const states = Uint8Array.from(nodes, ({ state }) => state);
  const hashes = new Uint8Array(nodes.length * DIGEST_BYTES);
  for (const [i, { hash }] of nodes.entries()) hashes.set(hash, i * DIGEST_BYTES);
  return { places, states, hashes };
}

/** Give a node as it was, if it is among those that changed; a view. */
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

function parentsOf(places: readonly number[]): number[] {
  const parents: number[] = [];
  for (const place of places) {
    const parent = Math.floor(place / 2);
    if (parents.at(-1) !== parent) parents.push(parent);
  }
  return parents;
}
