import { formatHex } from '@anchorlog/core';
import { MemoryTree, sha256Tree } from '../src/index.ts';
import { simdTreeHasher } from '../src/simd.ts';

// Bundled by simd.test.ts and run where engines differ: builds a tree, and counts the rows that the hasher left to its base.
let rowsOfBase = 0;
const tree = new MemoryTree(
  simdTreeHasher({
    ...sha256Tree,
    hashNodes(...row) {
      rowsOfBase++;
      sha256Tree.hashNodes(...row);
    },
  }),
);
for (let i = 0; i < 10; i++) tree.append(new Uint8Array(100 * 32).fill(i));

export const probed: string = JSON.stringify({ root: formatHex(tree.root()), rowsOfBase });
