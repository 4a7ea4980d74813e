import { DIGEST_BYTES, concatBytes, formatUint64, setUint64 } from '@anchorlog/core';
import { vindexError, type VindexCode } from './error.ts';
import type { IndexLeaf } from './hasher.ts';
import { outerSpans, type IndexEntry } from './list.ts';
import { PATH_BITS } from './path.ts';

/** Entries that one page may show: longer lists are shown in several. */
export const MAX_PAGE_ENTRIES = 65_536;
const ENTRY_BYTES = 8 + DIGEST_BYTES;
/** Bytes of a proof at most: a page of that many entries in a list of any length, at any depth. */
export const MAX_PROOF_BYTES: number =
  3 + 32 + PATH_BITS * 32 + 20 + MAX_PAGE_ENTRIES * 40 + 106 * 32;

/** The way from the root to where a path ends: the sibling at each depth, from the root down; undefined where it is empty. */
export type Siblings = readonly (Uint8Array | undefined)[];

/** An index proof, read but not verified (spec/index §3). All hashes are 32 bytes. */
export type IndexProof =
  /** The path ends in an empty subtree. */
  | { readonly form: 'empty'; readonly siblings: Siblings }
  /** The path ends in a subtree that holds one leaf, of another key. */
  | { readonly form: 'other'; readonly siblings: Siblings; readonly leaf: IndexLeaf }
  /** The leaf of the key: how many entries it has. */
  | {
      readonly form: 'count';
      readonly siblings: Siblings;
      readonly count: number;
      readonly listRoot: Uint8Array;
    }
  /** Entries from place `from` of the list on, and the roots that `outerSpans` lists. */
  | {
      readonly form: 'page';
      readonly siblings: Siblings;
      readonly count: number;
      readonly from: number;
      readonly entries: readonly IndexEntry[];
      readonly hashes: readonly Uint8Array[];
    };

const FORMS = ['empty', 'other', 'count', 'page'] as const;

/** Write a proof as its one encoding. It is not checked: builders make sound ones, and `parseIndexProof` judges those of others. */
export function formatIndexProof(proof: IndexProof): Uint8Array {
  const { siblings } = proof;
  const depth = siblings.length;
  const head = new Uint8Array(3 + Math.ceil(depth / 8));
  head[0] = FORMS.indexOf(proof.form);
  head[1] = depth >>> 8;
  head[2] = depth;
  const parts: Uint8Array[] = [head];
  for (const [i, sibling] of siblings.entries()) {
    if (!sibling) continue;
    head[3 + (i >>> 3)]! |= 0x80 >>> (i & 7);
    parts.push(sibling);
  }
  if (proof.form === 'other') {
    parts.push(proof.leaf.path, formatUint64(proof.leaf.count), proof.leaf.listRoot);
  } else if (proof.form === 'count') {
    parts.push(formatUint64(proof.count), proof.listRoot);
  } else if (proof.form === 'page') {
    parts.push(formatUint64(proof.count), formatUint64(proof.from));
    parts.push(formatUint64(proof.entries.length).subarray(4), formatEntries(proof.entries));
    parts.push(...proof.hashes);
  }
  return concatBytes(...parts);
}

function formatEntries(entries: readonly IndexEntry[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
  for (const [i, { index, leafHash }] of entries.entries()) {
    setUint64(bytes, i * ENTRY_BYTES, index);
    bytes.set(leafHash, i * ENTRY_BYTES + 8);
  }
  return bytes;
}

/**
 * Read a proof from its one encoding. @throws VINDEX_PROOF_LIMIT, VINDEX_PROOF_LENGTH, VINDEX_FORM_UNKNOWN, VINDEX_DEPTH_RANGE,
 *   VINDEX_BITMAP_PADDING, VINDEX_SIBLING_ZERO, VINDEX_TRIE_COLLAPSE, VINDEX_COUNT_RANGE, VINDEX_PAGE_RANGE, VINDEX_POSITION_RANGE
 */
export function parseIndexProof(bytes: Uint8Array): IndexProof {
  if (bytes.length > MAX_PROOF_BYTES) {
    throw vindexError(
      'VINDEX_PROOF_LIMIT',
      `index proof: expected at most ${MAX_PROOF_BYTES} bytes, got ${bytes.length}`,
      { length: bytes.length },
    );
  }
  const reader = new ProofReader(bytes);
  const form = FORMS[reader.number(1)];
  if (!form) {
    throw vindexError('VINDEX_FORM_UNKNOWN', `index proof: unknown form ${bytes[0]}`, {
      form: bytes[0],
    });
  }
  const proof = readBody(form, readSiblings(reader), reader);
  reader.end();
  return proof;
}

function readSiblings(reader: ProofReader): Siblings {
  const depth = reader.number(2);
  if (depth > PATH_BITS) {
    throw vindexError(
      'VINDEX_DEPTH_RANGE',
      `index proof: expected at most ${PATH_BITS} levels, got ${depth}`,
      { depth },
    );
  }
  const bitmap = reader.bytes(Math.ceil(depth / 8));
  const has = (i: number): boolean => (bitmap[i >>> 3]! & (0x80 >>> (i & 7))) !== 0;
  for (let i = depth; i < bitmap.length * 8; i++) {
    if (has(i)) {
      throw vindexError('VINDEX_BITMAP_PADDING', 'index proof: bits beyond its depth', { depth });
    }
  }
  const siblings: (Uint8Array | undefined)[] = [];
  for (let i = 0; i < depth; i++) {
    const sibling = has(i) ? reader.bytes(DIGEST_BYTES) : undefined;
    if (sibling?.every((byte) => byte === 0)) {
      throw vindexError('VINDEX_SIBLING_ZERO', `index proof: sibling ${i} is written, but empty`, {
        depth: i,
      });
    }
    siblings.push(sibling);
  }
  // What is alone in a subtree stands where that subtree would: nothing ends beside an empty one.
  if (depth > 0 && !siblings[depth - 1]) {
    throw vindexError('VINDEX_TRIE_COLLAPSE', 'index proof: the last sibling is empty', { depth });
  }
  return siblings;
}

function readBody(
  form: (typeof FORMS)[number],
  siblings: Siblings,
  reader: ProofReader,
): IndexProof {
  if (form === 'empty') return { form, siblings };
  if (form === 'other') {
    const path = reader.bytes(DIGEST_BYTES);
    const count = readCount(reader);
    return { form, siblings, leaf: { path, count, listRoot: reader.bytes(DIGEST_BYTES) } };
  }
  const count = readCount(reader);
  if (form === 'count') return { form, siblings, count, listRoot: reader.bytes(DIGEST_BYTES) };
  const from = reader.number(8, 'VINDEX_PAGE_RANGE');
  const length = reader.number(4);
  if (length > MAX_PAGE_ENTRIES) {
    throw vindexError(
      'VINDEX_PROOF_LIMIT',
      `index proof: expected at most ${MAX_PAGE_ENTRIES} entries, got ${length}`,
      { length },
    );
  }
  if (length === 0 || from >= count || length > count - from) {
    throw vindexError('VINDEX_PAGE_RANGE', `index proof: no page of a list of ${count}`, {
      count,
      from,
      length,
    });
  }
  const entries = Array.from({ length }, () => {
    const index = reader.number(8, 'VINDEX_POSITION_RANGE');
    return { index, leafHash: reader.bytes(DIGEST_BYTES) };
  });
  const hashes = outerSpans({ count, from, to: from + length }).map(() =>
    reader.bytes(DIGEST_BYTES),
  );
  return { form, siblings, count, from, entries, hashes };
}

function readCount(reader: ProofReader): number {
  const count = reader.number(8, 'VINDEX_COUNT_RANGE');
  // A key without entries has no leaf.
  if (count === 0) throw vindexError('VINDEX_COUNT_RANGE', 'index proof: a list of no entries');
  return count;
}

class ProofReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Give the next `length` bytes, a view. */
  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      throw vindexError('VINDEX_PROOF_LENGTH', `index proof: ends at byte ${this.#bytes.length}`, {
        length: this.#bytes.length,
      });
    }
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  /** Read a number of `length` bytes, big endian; one beyond 2^53 - 1 is refused with that code. */
  number(length: number, beyond: VindexCode = 'VINDEX_PROOF_LENGTH'): number {
    let value = 0;
    for (const byte of this.bytes(length)) value = value * 256 + byte;
    if (value > Number.MAX_SAFE_INTEGER) {
      throw vindexError(beyond, 'index proof: a number beyond 2^53 - 1');
    }
    return value;
  }

  end(): void {
    if (this.#at === this.#bytes.length) return;
    throw vindexError(
      'VINDEX_PROOF_LENGTH',
      `index proof: ${this.#bytes.length - this.#at} bytes after its end`,
      { length: this.#bytes.length },
    );
  }
}
