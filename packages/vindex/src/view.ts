import { compareBytes, parseUint64 } from '@anchorlog/core';
import { vindexError } from './error.ts';
import type { IndexHasher } from './hasher.ts';
import { outerSpans, splitOf, type IndexEntry, type Span } from './list.ts';
import { bitOf, checkHash } from './path.ts';
import { MAX_PAGE_ENTRIES, formatIndexProof, type IndexProof } from './proof.ts';
import {
  LIST_TILE,
  MORE_LEAVES,
  NO_LEAF,
  ONE_LEAF,
  countAt,
  halvesOf,
  pathAt,
  positionAt,
  recordsOf,
  rootsAt,
  subtreeHash,
  type Subtree,
} from './bucket.ts';
import type { ListStore } from './store.ts';
import type { TopNode } from './top.ts';

/** A part of a list: up to `limit` entries from place `from` on; 0 of them for the count alone. */
export interface IndexPage {
  readonly from: number;
  readonly limit: number;
}

/** What a view of an index reads from: the trie as it was at one size. */
export interface ViewSource {
  readonly size: number;
  readonly hasher: IndexHasher;
  readonly lists: ListStore;
  readonly leafHash: (index: number) => Uint8Array;
  /** Levels above the buckets: they become more. */
  bits(): number;
  node(place: number): TopNode;
  bucket(bucket: number): Uint8Array;
}

/** The index at one size of its log, which it keeps while its builder goes on, until that forgets it. */
export class IndexView {
  readonly #source: ViewSource;

  constructor(source: ViewSource) {
    this.#source = source;
  }

  /** Entries of the log that are covered. */
  get size(): number {
    return this.#source.size;
  }

  /** The root of the trie, 32 bytes (spec/index §1.3). */
  root(): Uint8Array {
    return new Uint8Array(this.#source.node(1).hash);
  }

  /** Count the entries of a key. @throws VINDEX_HASH_LENGTH */
  count(path: Uint8Array): number {
    const { leaf } = this.#find(path);
    return leaf && isOf(leaf, path) ? countAt(leaf.bucket, leaf.at) : 0;
  }

  /**
   * Prove what the index says of a key: its entries in `page`, all of them unless given; of a key without entries, that it has none. The proof
   * is encoded. @throws VINDEX_HASH_LENGTH, VINDEX_PAGE_RANGE for a page that begins beyond the list, VINDEX_PROOF_LIMIT for a page that
   *   is larger than a proof may be
   */
  prove(
    path: Uint8Array,
    page: IndexPage = { from: 0, limit: Number.MAX_SAFE_INTEGER },
  ): Uint8Array {
    return formatIndexProof(this.#prove(path, page));
  }

  /** Give the page that shows a key's list as it was at an older size: up to the first entry after it, or to the end. @throws VINDEX_HASH_LENGTH */
  pageAtSize(path: Uint8Array, size: number): IndexPage {
    const { leaf } = this.#find(path);
    if (!leaf || !isOf(leaf, path)) return { from: 0, limit: 0 };
    const count = countAt(leaf.bucket, leaf.at);
    let [low, high] = [0, count];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#position(leaf, middle) < size) low = middle + 1;
      else high = middle;
    }
    return { from: 0, limit: Math.min(low + 1, count) };
  }

  #prove(path: Uint8Array, { from, limit }: IndexPage): IndexProof {
    const { siblings, leaf } = this.#find(path);
    if (!leaf) return { form: 'empty', siblings };
    const { bucket, at } = leaf;
    const count = countAt(bucket, at);
    if (!isOf(leaf, path)) {
      const listRoot = this.#listRoot(leaf);
      return { form: 'other', siblings, leaf: { path: pathAt(bucket, at), count, listRoot } };
    }
    if (limit === 0) return { form: 'count', siblings, count, listRoot: this.#listRoot(leaf) };
    if (!Number.isSafeInteger(from) || from < 0 || from >= count || !(limit > 0)) {
      throw vindexError('VINDEX_PAGE_RANGE', `index: no page from ${from} in a list of ${count}`, {
        from,
        count,
      });
    }
    const to = Math.min(count, from + limit);
    if (to - from > MAX_PAGE_ENTRIES) {
      throw vindexError(
        'VINDEX_PROOF_LIMIT',
        `index: expected pages of at most ${MAX_PAGE_ENTRIES} entries, got ${to - from}`,
        { from, to },
      );
    }
    const entries = Array.from({ length: to - from }, (_, i) => this.#entry(leaf, from + i));
    const hashes = outerSpans({ count, from, to }).map((span) => this.#spanRoot(leaf, span));
    return { form: 'page', siblings, count, from, entries, hashes };
  }

  /** Walk from the root towards a path: the siblings on the way, and the record of the lone leaf where it ends, if it ends in one. */
  #find(path: Uint8Array): { siblings: (Uint8Array | undefined)[]; leaf: Place | undefined } {
    checkHash(path, 'path');
    const { hasher } = this.#source;
    const bits = this.#source.bits();
    const siblings: (Uint8Array | undefined)[] = [];
    let place = 1;
    let { state } = this.#source.node(place);
    while (state === MORE_LEAVES && siblings.length < bits) {
      place = 2 * place + bitOf(path, siblings.length);
      const sibling = this.#source.node(place % 2 === 0 ? place + 1 : place - 1);
      siblings.push(sibling.state === NO_LEAF ? undefined : sibling.hash);
      ({ state } = this.#source.node(place));
    }
    if (state === NO_LEAF) return { siblings, leaf: undefined };
    if (state === ONE_LEAF) return { siblings, leaf: this.#loneLeaf(place) };
    const bucket = this.#source.bucket(place - 2 ** bits);
    let subtree: Subtree = { bucket, records: recordsOf(bucket), depth: bits };
    while (subtree.records.length > 1) {
      const bit = bitOf(path, subtree.depth);
      const halves = halvesOf(subtree);
      const sibling = halves[1 - bit]!; // of two
      siblings.push(sibling.records.length === 0 ? undefined : subtreeHash(sibling, hasher));
      subtree = halves[bit];
    }
    const at = subtree.records[0];
    return { siblings, leaf: at === undefined ? undefined : { bucket, at } };
  }

  /** The only record below a node of the top. */
  #loneLeaf(node: number): Place {
    const count = 2 ** this.#source.bits();
    let place = node;
    while (place < count) {
      place = 2 * place + (this.#source.node(2 * place).state === NO_LEAF ? 1 : 0);
    }
    return { bucket: this.#source.bucket(place - count), at: 0 };
  }

  #entry(of: Place, place: number): IndexEntry {
    const index = this.#position(of, place);
    return { index, leafHash: this.#source.leafHash(index) };
  }

  #position({ bucket, at }: Place, place: number): number {
    const count = countAt(bucket, at);
    const tile = Math.floor(place / LIST_TILE);
    if (tile === Math.floor(count / LIST_TILE)) return positionAt(bucket, at, place % LIST_TILE);
    const positions = this.#source.lists.positions(pathAt(bucket, at), tile);
    return parseUint64(positions, (place % LIST_TILE) * 8);
  }

  #spanRoot(of: Place, { begin, end }: Span): Uint8Array {
    const { hasher, lists } = this.#source;
    if (end - begin === LIST_TILE && begin % LIST_TILE === 0) {
      return lists.root(pathAt(of.bucket, of.at), begin / LIST_TILE);
    }
    if (end - begin === 1) {
      const { index, leafHash } = this.#entry(of, begin);
      return hasher.element(index, leafHash);
    }
    const middle = splitOf(begin, end);
    return hasher.node(
      this.#spanRoot(of, { begin, end: middle }),
      this.#spanRoot(of, { begin: middle, end }),
    );
  }

  #listRoot({ bucket, at }: Place): Uint8Array {
    const roots = rootsAt(bucket, at);
    return roots.reduceRight((right, left) => this.#source.hasher.node(left, right));
  }
}

/** A record in a bucket. */
interface Place {
  readonly bucket: Uint8Array;
  readonly at: number;
}

function isOf({ bucket, at }: Place, path: Uint8Array): boolean {
  return compareBytes(pathAt(bucket, at), path) === 0;
}
