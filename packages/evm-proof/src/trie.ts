import { equalBytes } from '@anchorlog/core';
import { evmError } from './error.ts';
import { keccak256 } from './keccak.ts';
import { formatRlp, isRlpString, parseRlp, type RlpItem } from './rlp.ts';

/** Inline nodes are shorter than 32 bytes, so that lists nest a few levels at most. */
const NODE_LIMITS = { bytes: 1_048_576, depth: 16, items: 1024 };

/**
 * Verify that the Merkle Patricia trie with `root` (32 bytes) holds a value at `key`, and give the value. `nodes` are the encoded nodes
 * from the root down, each used exactly once; nodes shorter than 32 bytes stand inside their parents. spec/evidence §4.1
 * @throws EVM_TRIE_NODE_MISSING, EVM_TRIE_NODE_SPARE, EVM_TRIE_NODE_MISMATCH, EVM_TRIE_NODE_SHAPE, EVM_TRIE_KEY_ABSENT, and what
 *   `parseRlp` throws
 */
export function verifyTrieProof({
  root,
  key,
  nodes,
}: {
  readonly root: Uint8Array;
  readonly key: Uint8Array;
  readonly nodes: readonly Uint8Array[];
}): Uint8Array {
  const path = nibbles(key);
  let at = 0;
  let used = 0;

  const load = (reference: Uint8Array): RlpItem => {
    if (reference.length !== 32) throw nodeShape('a reference of 32 bytes');
    const node = nodes[used];
    if (!node)
      throw evmError('EVM_TRIE_NODE_MISSING', `trie proof: ends after ${used} nodes`, { used });
    if (!equalBytes(keccak256(node), reference)) {
      throw evmError(
        'EVM_TRIE_NODE_MISMATCH',
        `trie proof: node ${used} is not the one referred to`,
        { node: used },
      );
    }
    // A short node stands inside its parent; only the root has no parent.
    if (node.length < 32 && used > 0) throw nodeShape('a short node inside its parent');
    used++;
    return parseRlp(node, NODE_LIMITS);
  };
  const follow = (child: RlpItem): RlpItem => {
    if (isRlpString(child)) return child.length === 0 ? absent() : load(child);
    if (formatRlp(child).length >= 32) throw nodeShape('a long node by its hash');
    return child;
  };
  const value = (node: RlpItem): Uint8Array => {
    if (isRlpString(node)) throw nodeShape('a list');
    if (node.length === 17) {
      if (at < path.length) return value(follow(node[path[at++]!]!));
      return held(node[16]!);
    }
    if (node.length !== 2) throw nodeShape('a list of 2 or 17');
    const { leaf, part } = parsePath(node[0]!);
    for (const nibble of part) if (path[at++] !== nibble) return absent();
    if (!leaf) return value(follow(node[1]!));
    return at === path.length ? held(node[1]!) : absent();
  };

  const found = value(load(root));
  if (used < nodes.length) {
    throw evmError('EVM_TRIE_NODE_SPARE', `trie proof: ${nodes.length - used} nodes too many`, {
      expected: used,
      got: nodes.length,
    });
  }
  return found;
}

/** Split bytes into halves, the high one first. */
export function nibbles(bytes: Uint8Array): Uint8Array {
  const halves = new Uint8Array(2 * bytes.length);
  bytes.forEach((byte, i) => {
    halves[2 * i] = byte >>> 4;
    halves[2 * i + 1] = byte & 15;
  });
  return halves;
}

/** Read a hex-prefix path: first nibble 0 or 1 extension, 2 or 3 leaf; an odd one carries the first nibble of the part. */
function parsePath(item: RlpItem): { leaf: boolean; part: Uint8Array } {
  if (!isRlpString(item) || item.length === 0) throw nodeShape('a path');
  const all = nibbles(item);
  const flag = all[0]!;
  const odd = flag % 2 === 1;
  if (flag > 3 || (!odd && all[1] !== 0)) throw nodeShape('a path with a known prefix');
  const part = all.subarray(odd ? 1 : 2);
  if (flag < 2 && part.length === 0) throw nodeShape('an extension of one nibble or more');
  return { leaf: flag >= 2, part };
}

function held(item: RlpItem): Uint8Array {
  if (!isRlpString(item)) throw nodeShape('a value');
  return item.length === 0 ? absent() : item;
}

function absent(): never {
  throw evmError('EVM_TRIE_KEY_ABSENT', 'trie proof: the trie does not hold the key');
}

function nodeShape(expected: string): Error {
  return evmError('EVM_TRIE_NODE_SHAPE', `trie node: expected ${expected}`);
}
