import { describe, expect, test } from 'vitest';
import { buildTrie, keccak256, verifyTrieProof } from '../src/index.ts';
import { bytes, hex, readShared, sharedVector } from './vectors.ts';

interface TrieCase {
  readonly in: Readonly<Record<string, string>> | readonly (readonly [string, string | null])[];
  readonly root: string;
}

const FILES = [
  'trieanyorder.json',
  'trieanyorder_secureTrie.json',
  'trietest.json',
  'trietest_secureTrie.json',
  'hex_encoded_securetrie_test.json',
];

describe('buildTrie', () => {
  test.skipIf(sharedVector('ethereum-tests').missing).each(FILES)(
    'has the published roots, and proves every key: %s',
    (file) => {
      const cases = Object.entries(
        readShared(`ethereum-tests/TrieTests/${file}`) as Record<string, TrieCase>,
      );
      expect(cases.length).toBeGreaterThanOrEqual(3);
      for (const [name, { in: steps, root }] of cases) {
        const entries = settle(steps, /secure/i.test(file));
        const trie = buildTrie(entries);
        expect(hex(trie.root), name).toBe(root);
        for (const { key, value } of entries) {
          const nodes = trie.prove(key);
          expect(hex(verifyTrieProof({ root: trie.root, key, nodes })), name).toBe(hex(value));
        }
      }
    },
  );
});

/** What is left when all steps are done: null deletes. */
function settle(steps: TrieCase['in'], secure: boolean): { key: Uint8Array; value: Uint8Array }[] {
  const left = new Map<string, string>();
  for (const [key, value] of Array.isArray(steps) ? steps : Object.entries(steps)) {
    if (value === null) left.delete(key);
    else left.set(key, value);
  }
  return [...left].map(([key, value]) => ({
    key: secure ? keccak256(raw(key)) : raw(key),
    value: raw(value),
  }));
}

function raw(text: string): Uint8Array {
  return text.startsWith('0x') ? bytes(text) : new Uint8Array(Buffer.from(text));
}
