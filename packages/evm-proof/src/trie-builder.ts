import { compareBytes, equalBytes } from '@anchorlog/core';
import { keccak256 } from './keccak.ts';
import { formatRlp, type RlpItem } from './rlp.ts';
import { nibbles } from './trie.ts';

/** A key and its value; the value is not empty. */
export interface TrieEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** A whole Merkle Patricia trie. */
export interface Trie {
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Give the nodes, root first, that prove the value at `key`, or that there is none. */
  prove(key: Uint8Array): Uint8Array[];
}

interface Node {
  readonly item: RlpItem;
  /** Nibbles that lead to `next`. */
  readonly part: Uint8Array;
  /** By the nibble after `part` in a branch; the one child of an extension. */
  readonly children: readonly (Node | undefined)[];
}

/** Build a trie from entries with distinct keys, in any order. spec/evidence §4.1 */
export function buildTrie(entries: readonly TrieEntry[]): Trie {
  const paths = entries
    .map(({ key, value }) => ({ path: nibbles(key), value }))
    .toSorted((a, b) => compareBytes(a.path, b.path));
  const top = paths.length === 0 ? undefined : build(paths, 0);
  return {
    root: keccak256(formatRlp(top?.item ?? new Uint8Array())),
    prove(key) {
      const path = nibbles(key);
      const nodes: Uint8Array[] = [];
      let at = 0;
      for (let node = top; node;) {
        const encoded = formatRlp(node.item);
        if (node === top || encoded.length >= 32) nodes.push(encoded);
        if (!equalBytes(node.part, path.subarray(at, at + node.part.length))) break;
        at += node.part.length;
        node = node.children.length === 16 ? node.children[path[at++] ?? 16] : node.children[0];
      }
      return nodes;
    },
  };
}

interface Path {
  readonly path: Uint8Array;
  readonly value: Uint8Array;
}

/** Build the node of sorted paths which share their first `from` nibbles. */
function build(paths: readonly Path[], from: number): Node {
  const first = paths[0]!;
  const last = paths.at(-1)!;
  if (paths.length === 1) {
    const part = first.path.subarray(from);
    return { item: [formatPath(part, true), first.value], part, children: [] };
  }
  let shared = from;
  while (shared < first.path.length && first.path[shared] === last.path[shared]) shared++;
  if (shared > from) {
    const part = first.path.subarray(from, shared);
    const child = build(paths, shared);
    return { item: [formatPath(part, false), reference(child)], part, children: [child] };
  }
  const ended = first.path.length === from ? first.value : new Uint8Array();
  const children = Array.from({ length: 16 }, (_, nibble) => {
    const below = paths.filter(({ path }) => path[from] === nibble);
    return below.length === 0 ? undefined : build(below, from + 1);
  });
  return {
    item: [...children.map((child) => (child ? reference(child) : new Uint8Array())), ended],
    part: new Uint8Array(),
    children,
  };
}

function reference(node: Node): RlpItem {
  const encoded = formatRlp(node.item);
  return encoded.length < 32 ? node.item : keccak256(encoded);
}

function formatPath(part: Uint8Array, leaf: boolean): Uint8Array {
  const odd = part.length % 2;
  const halves = [(leaf ? 2 : 0) + odd, ...(odd === 1 ? [] : [0]), ...part];
  return Uint8Array.from(
    { length: halves.length / 2 },
    (_, i) => halves[2 * i]! * 16 + halves[2 * i + 1]!,
  );
}
