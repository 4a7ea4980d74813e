import { DIGEST_BYTES, equalBytes, parseBase64 } from '@anchorlog/core';
import { MAX_PAIRS, NODE_LANES, PAIRS_OFFSET } from './generated/node-lanes.ts';
import type { TreeHasher } from './hasher.ts';

const PAIR_BYTES = 2 * DIGEST_BYTES;
const TEST_PAIRS = 67;

/** `hashNodes` as a tree hasher has it, but without checks of its rows. */
export type HashNodes = (...row: Parameters<TreeHasher['hashNodes']>) => void;

/** `HashNodes` for nodes behind another tag than 0x01: what it hashes is `tag ‖ left ‖ right`. */
export type HashTaggedPairs = (tag: number, ...row: Parameters<HashNodes>) => void;

const NODE_TAG = 0x01;

/** As much of WebAssembly as is used: the pure packages see no declarations of a platform. */
interface WebAssemblyEngine {
  readonly Module: new (wasm: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

interface NodeLanesExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly hashPairs: (end: number, tag: number) => void;
}

let shared: HashTaggedPairs | false | undefined;
let sharedNodes: HashNodes | undefined;

/** Give the one module that all hashers share, made at the first call; undefined where it cannot be made. */
export function sharedPairLanes(): HashTaggedPairs | undefined {
  shared ??= createPairLanes(parseBase64(NODE_LANES)) ?? false;
  return shared === false ? undefined : shared;
}

/** Give the one `hashNodes` in WebAssembly that all hashers share; undefined where it cannot be made. */
export function sharedNodeLanes(): HashNodes | undefined {
  const lanes = sharedPairLanes();
  sharedNodes ??= lanes && ((...row) => lanes(NODE_TAG, ...row));
  return sharedNodes;
}

/** As `createPairLanes`, for the nodes of a tree. */
export function createNodeLanes(wasm: Uint8Array): HashNodes | undefined {
  const lanes = createPairLanes(wasm);
  return lanes && ((...row) => lanes(NODE_TAG, ...row));
}

/**
 * Make what hashes pairs from the bytes of the module: undefined where there is no WebAssembly, where it lacks vectors, and where a page's policy
 * forbids it. That is no fault, but a reason to hash with something else.
 */
export function createPairLanes(wasm: Uint8Array): HashTaggedPairs | undefined {
  // Looked up when it is needed: not every platform has it.
  const { WebAssembly: engine } = globalThis as { readonly WebAssembly?: WebAssemblyEngine };
  if (!engine) return undefined;
  try {
    const { exports } = new engine.Instance(new engine.Module(wasm));
    return hashPairsOf(exports as NodeLanesExports); // as scripts/hasher/node-lanes.ts has them
  } catch {
    return undefined;
  }
}

function hashPairsOf({ memory, hashPairs }: NodeLanesExports): HashTaggedPairs {
  const room = new Uint8Array(memory.buffer, PAIRS_OFFSET, MAX_PAIRS * PAIR_BYTES); // stays: the memory never grows
  return (tag, src, srcOffset, dst, dstOffset, pairs) => {
    for (let begin = 0; begin < pairs; begin += MAX_PAIRS) {
      const count = Math.min(MAX_PAIRS, pairs - begin);
      const from = srcOffset + begin * PAIR_BYTES;
      room.set(src.subarray(from, from + count * PAIR_BYTES));
      hashPairs(PAIRS_OFFSET + count * PAIR_BYTES, tag << 24);
      dst.set(room.subarray(0, count * DIGEST_BYTES), dstOffset + begin * DIGEST_BYTES);
    }
  };
}

/** Tell whether lanes give the parents that `hasher` gives: of a long row, and of short ones that leave some lanes unused. */
export function areAlike(lanes: HashNodes, hasher: TreeHasher): boolean {
  const row = Uint8Array.from(
    { length: TEST_PAIRS * PAIR_BYTES },
    (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24,
  );
  try {
    return [TEST_PAIRS, 1, 2, 3, 4, 5].every((pairs) => {
      const got = new Uint8Array(pairs * DIGEST_BYTES);
      const expected = new Uint8Array(pairs * DIGEST_BYTES);
      const from = (TEST_PAIRS - pairs) * PAIR_BYTES;
      lanes(row, from, got, 0, pairs);
      hasher.hashNodes(row, from, expected, 0, pairs);
      return equalBytes(got, expected);
    });
  } catch {
    return false;
  }
}
