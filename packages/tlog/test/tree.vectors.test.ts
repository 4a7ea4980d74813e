import { readFileSync } from 'node:fs';
import { concatBytes, formatHex, parseHex } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import { Frontier, MemoryTree, sha256Tree } from '../src/index.ts';
import { sharedVector } from './vectors.ts';

const reference = sharedVector('transparency-dev-merkle/reference-tree.json');
const vector = reference.missing
  ? undefined
  : (JSON.parse(readFileSync(reference.url, 'utf8')) as {
      hashes: Record<string, string>;
      leafInputsHex: string[];
      rootsBySize: string[];
    });
const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

describe.skipIf(!vector)('the reference tree of transparency-dev', () => {
  test('sha256Tree gives its hashes', () => {
    const { hashes } = vector!;
    expect(formatHex(sha256Tree.empty())).toBe(hashes['emptyRoot']);
    expect(formatHex(sha256Tree.leaf(new Uint8Array(0)))).toBe(hashes['emptyLeaf']);
    expect(formatHex(sha256Tree.leaf(ascii('L123456')))).toBe(hashes['leaf(utf8 L123456)']);
  });

  test('Frontier and MemoryTree give its roots at every size', () => {
    const leaves = vector!.leafInputsHex.map((hex) => sha256Tree.leaf(parseHex(hex)));
    const [frontier, tree] = [new Frontier(), new MemoryTree()];
    tree.append(concatBytes(...leaves));
    for (const [size, root] of vector!.rootsBySize.entries()) {
      expect(formatHex(frontier.root())).toBe(root);
      expect(formatHex(tree.root(size))).toBe(root);
      if (leaves[size]) frontier.append(leaves[size]);
    }
  });
});
