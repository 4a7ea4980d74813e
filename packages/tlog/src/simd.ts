import { checkRows, sha256Tree, type TreeHasher } from './hasher.ts';
import {
  areAlike,
  sharedNodeLanes,
  sharedPairLanes,
  type HashNodes,
  type HashTaggedPairs,
} from './node-lanes.ts';

export type { HashTaggedPairs } from './node-lanes.ts';

/**
 * Make a tree hasher that hashes rows of nodes four at a time, in WebAssembly, and leaves the rest to `base`. All is left to `base` where
 * WebAssembly or its vectors are missing or forbidden, where they do not hash as `base` does (tested once, before they are used), and in
 * suites other than sha256: the bytes are always the same.
 */
export function simdTreeHasher(base: TreeHasher = sha256Tree): TreeHasher {
  if (base.suite !== 'sha256') return base;
  let lanes: HashNodes | false | undefined;
  return {
    suite: base.suite,
    empty: () => base.empty(),
    leaf: (entry) => base.leaf(entry),
    node: (left, right) => base.node(left, right),
    hashLeaves: (entries, out, offset) => base.hashLeaves(entries, out, offset),
    hashNodes(src, srcOffset, dst, dstOffset, pairs) {
      checkRows(src, srcOffset, dst, dstOffset, pairs); // whoever hashes them: no engine may show a mistake that another hides
      lanes ??= lanesLike(base) ?? false; // when the first row comes: many programs only verify, and never hash one
      if (lanes) lanes(src, srcOffset, dst, dstOffset, pairs);
      else base.hashNodes(src, srcOffset, dst, dstOffset, pairs);
    },
  };
}

function lanesLike(base: TreeHasher): HashNodes | undefined {
  const lanes = sharedNodeLanes();
  return lanes && areAlike(lanes, base) ? lanes : undefined;
}

/**
 * Give what hashes rows of pairs four at a time behind any tag, in WebAssembly, for other trees of SHA-256 than a log's; undefined where it cannot
 * be made. Rows are not checked, and whoever uses it compares it with another hasher first.
 */
export function simdPairs(): HashTaggedPairs | undefined {
  return sharedPairLanes();
}
