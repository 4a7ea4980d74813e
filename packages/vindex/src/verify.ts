import { DIGEST_BYTES, equalBytes } from '@anchorlog/core';
import { vindexError } from './error.ts';
import { EMPTY, sha256Index, type IndexHasher, type IndexLeaf } from './hasher.ts';
import { outerSpans, rangeRoot, type IndexEntry } from './list.ts';
import { bitOf, checkHash } from './path.ts';
import { parseIndexProof, type IndexProof, type Siblings } from './proof.ts';

/** The index at one size of its log: all that an index proof refers to. `indexRoot` is 32 bytes. */
export interface IndexHead {
  readonly size: number;
  readonly indexRoot: Uint8Array;
}

/** What is known of a key's list: how many entries it has, and those from place `from` on, as many as were asked for. */
export interface IndexAnswer {
  /** Of the log, at the head that was asked. */
  readonly size: number;
  /** 0 when the key is absent. */
  readonly count: number;
  /** 32 bytes; undefined when the key is absent. */
  readonly listRoot: Uint8Array | undefined;
  readonly from: number;
  /** In the order of the log. All there are when `from` is 0 and their number is `count`. */
  readonly entries: readonly IndexEntry[];
  /** Roots of the complete subtrees of the list before `from`, largest first. */
  readonly before: readonly Uint8Array[];
}

/**
 * Verify what the index of `head` says of the key at `path` (32 bytes, by `indexPath`), and give it: absence, a count, or entries.
 * `proof` is the encoded proof, of which there is one for each answer (spec/index §4).
 * @throws VINDEX_SIZE_RANGE, VINDEX_HASH_LENGTH, as `parseIndexProof`, VINDEX_OTHER_PATH, VINDEX_ROOT_MISMATCH, VINDEX_COUNT_RANGE,
 *   VINDEX_POSITION_RANGE, VINDEX_POSITION_ORDER
 */
export function verifyIndexProof(
  claim: { readonly head: IndexHead; readonly path: Uint8Array; readonly proof: Uint8Array },
  hasher: IndexHasher = sha256Index,
): IndexAnswer {
  const { head, path, proof } = claim;
  checkIndexSize(head.size);
  checkHash(head.indexRoot, 'index root');
  const { indexRoot, answer, counted } = openIndexProof({ size: head.size, path, proof }, hasher);
  if (!equalBytes(indexRoot, head.indexRoot)) {
    throw vindexError(
      'VINDEX_ROOT_MISMATCH',
      `index proof: leads to another root of size ${head.size}`,
      { size: head.size },
    );
  }
  // What is refused from here on is in the index itself: whoever signed its root made it wrong.
  if (counted > head.size) {
    throw vindexError(
      'VINDEX_COUNT_RANGE',
      `index: a list of ${counted} in a log of ${head.size}`,
      {
        count: counted,
        size: head.size,
      },
    );
  }
  checkPositions(answer);
  return answer;
}

/**
 * Compute the index root that a proof leads to and what it says, for a caller that compares the root itself: to show that an index is
 * wrong, its positions must be read without being judged.
 * @throws VINDEX_HASH_LENGTH, as `parseIndexProof`, VINDEX_OTHER_PATH
 */
export function openIndexProof(
  of: { readonly size: number; readonly path: Uint8Array; readonly proof: Uint8Array },
  hasher: IndexHasher = sha256Index,
): {
  readonly indexRoot: Uint8Array;
  readonly answer: IndexAnswer;
  /** How many entries the leaf in the proof has, of whichever key. */
  readonly counted: number;
} {
  const { size, path } = of;
  checkHash(path, 'path');
  const proof = parseIndexProof(of.proof);
  const { siblings } = proof;
  const { answer, leaf } = read(proof, { size, path }, hasher);
  const end = leaf ? hasher.leaf(leaf) : EMPTY;
  return { indexRoot: climb(end, path, siblings, hasher), answer, counted: leaf?.count ?? 0 };
}

/**
 * Give a key's list as it was when its log had `size` entries, from an answer for a head of that size or more: positions ascend, so that
 * it is a prefix. The answer must show the border, an entry on each side of it, or the end of the list on one (spec/index §5).
 * @throws VINDEX_SIZE_RANGE, VINDEX_SIZE_ORDER, VINDEX_BORDER_UNSEEN
 */
export function listAtSize(
  answer: IndexAnswer,
  size: number,
  hasher: IndexHasher = sha256Index,
): IndexAnswer {
  checkIndexSize(size);
  const { count, from, entries, before } = answer;
  if (size > answer.size) {
    throw vindexError('VINDEX_SIZE_ORDER', `index: asked at ${answer.size}, not yet at ${size}`, {
      size,
      asked: answer.size,
    });
  }
  const found = entries.findIndex(({ index }) => index >= size);
  const shown = found < 0 ? entries.length : found;
  const end = from + shown;
  const beginSeen = shown > 0 || from === 0;
  const endSeen = found >= 0 || end === count;
  if (!beginSeen || !endSeen) {
    throw vindexError('VINDEX_BORDER_UNSEEN', `index: the list at size ${size} ends elsewhere`, {
      size,
    });
  }
  if (end === 0) return absence(size);
  const older = { size, count: end, from, entries: entries.slice(0, shown), before };
  return { ...older, listRoot: rangeRoot({ ...older, hashes: before }, hasher) };
}

function absence(size: number): IndexAnswer {
  return { size, count: 0, listRoot: undefined, from: 0, entries: [], before: [] };
}

/** What a proof says of the key, and the leaf that it ends in. */
function read(
  proof: IndexProof,
  { size, path }: { readonly size: number; readonly path: Uint8Array },
  hasher: IndexHasher,
): { readonly answer: IndexAnswer; readonly leaf: IndexLeaf | undefined } {
  const absent = absence(size);
  switch (proof.form) {
    case 'empty':
      return { answer: absent, leaf: undefined };
    case 'other':
      checkOther(proof.leaf.path, path, proof.siblings.length);
      return { answer: absent, leaf: proof.leaf };
    case 'count': {
      const { count, listRoot } = proof;
      const answer = { size, count, listRoot, from: 0, entries: [], before: [] };
      return { answer, leaf: { path, count, listRoot } };
    }
    case 'page': {
      const { count, from, entries, hashes } = proof;
      const listRoot = rangeRoot(proof, hasher);
      const spans = outerSpans({ count, from, to: from + entries.length });
      const before = hashes.filter((_, i) => spans[i]!.end <= from);
      const answer = { size, count, listRoot, from, entries, before };
      return { answer, leaf: { path, count, listRoot } };
    }
  }
}

function climb(
  end: Uint8Array,
  path: Uint8Array,
  siblings: Siblings,
  hasher: IndexHasher,
): Uint8Array {
  let hash = end;
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const sibling = siblings[depth] ?? EMPTY;
    hash = bitOf(path, depth) === 0 ? hasher.inner(hash, sibling) : hasher.inner(sibling, hash);
  }
  return hash;
}

/** Another key's leaf shows that a key is absent if it is alone in the subtree where that key's would be. */
function checkOther(other: Uint8Array, path: Uint8Array, depth: number): void {
  let shared = 0;
  while (shared < 8 * DIGEST_BYTES && bitOf(other, shared) === bitOf(path, shared)) shared++;
  if (shared < depth || shared === 8 * DIGEST_BYTES) {
    throw vindexError(
      'VINDEX_OTHER_PATH',
      'index proof: absence shown by the leaf of no such key',
      {
        depth,
        shared,
      },
    );
  }
}

// A list holds a log's indexes once each and in order, so that place `at` has at least `at` before it, and room for the rest behind.
function checkPositions({ size, count, from, entries }: IndexAnswer): void {
  for (const [i, { index }] of entries.entries()) {
    const at = from + i;
    if (i > 0 && index <= entries[i - 1]!.index) {
      throw vindexError('VINDEX_POSITION_ORDER', `index: position ${at} is not after ${at - 1}`, {
        at,
      });
    }
    if (index < at || index > size - (count - at)) {
      throw vindexError('VINDEX_POSITION_RANGE', `index: no room for position ${at} at ${index}`, {
        at,
        index,
        size,
      });
    }
  }
}

function checkIndexSize(size: number): void {
  if (Number.isSafeInteger(size) && size >= 0) return;
  throw vindexError(
    'VINDEX_SIZE_RANGE',
    `size: expected an integer from 0 to 2^53 - 1, got ${size}`,
    {
      size,
    },
  );
}
