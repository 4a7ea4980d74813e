import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildTrie, verifyTrieProof } from '../src/index.ts';
import { hex, refusal } from './vectors.ts';

const entries = fc.uniqueArray(
  fc.record({
    key: fc.uint8Array({ minLength: 0, maxLength: 4 }),
    value: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  { selector: ({ key }) => hex(key), minLength: 1, maxLength: 60 },
);

describe('verifyTrieProof', () => {
  test('finds every value by its proof and by no other list of nodes', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (all, pick) => {
        const trie = buildTrie(all);
        const { key, value } = all[pick % all.length]!;
        const nodes = trie.prove(key);
        const verify = (list: readonly Uint8Array[]): Uint8Array =>
          verifyTrieProof({ root: trie.root, key, nodes: list });
        expect(hex(verify(nodes))).toBe(hex(value));
        expect(refusal(() => verify([...nodes, nodes[0]!]))).toBe('EVM_TRIE_NODE_SPARE');
        expect(refusal(() => verify(nodes.slice(0, -1)))).toBe('EVM_TRIE_NODE_MISSING');
        nodes.forEach((node, i) => {
          const altered = Uint8Array.from(node);
          altered[pick % node.length]! ^= 1;
          expect(refusal(() => verify(nodes.with(i, altered)))).toBe('EVM_TRIE_NODE_MISMATCH');
        });
      }),
    );
  });

  test('finds nothing for a key that the trie does not hold', () => {
    fc.assert(
      fc.property(entries, fc.uint8Array({ maxLength: 4 }), (all, key) => {
        fc.pre(all.every((entry) => hex(entry.key) !== hex(key)));
        const trie = buildTrie(all);
        expect(
          refusal(() => verifyTrieProof({ root: trie.root, key, nodes: trie.prove(key) })),
        ).toBe('EVM_TRIE_KEY_ABSENT');
      }),
    );
  });
});
