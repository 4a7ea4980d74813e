import { DIGEST_BYTES, equalBytes, parseBase64 } from '@anchorlog/core';
import { MAX_PAIRS, NODE_LANES, PAIRS_OFFSET } from './generated/node-lanes.ts';
import type { TreeHasher } from './hasher.ts';

const PAIR_BYTES = 2 * DIGEST_BYTES;
const TEST_PAIRS = 67;

/** `hashNodes` as a tree hasher has it, but without checks of its rows. */
export type HashNodes = (...row: Parameters<TreeHasher['hashNodes']>) => void;

/** As much of WebAssembly as is used: the pure packages see no declarations of a platform. */
interface WebAssemblyEngine {
  readonly Module: new (wasm: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

interface NodeLanesExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly hashPairs: (end: number) => void;
}

let shared: HashNodes | false | undefined;

/** Give the one `hashNodes` in WebAssembly that all hashers share, made at the first call; undefined where it cannot be made. */
export function sharedNodeLanes(): HashNodes | undefined {
  shared ??= createNodeLanes(parseBase64(NODE_LANES)) ?? false;
  return shared === false ? undefined : shared;
}

/**
 * Make `hashNodes` from the bytes of the module: undefined where there is no WebAssembly, where it lacks vectors, and where a page's policy
 * forbids it. That is no fault, but a reason to hash with something else.
 */
export function createNodeLanes(wasm: Uint8Array): HashNodes | undefined {
  // Looked up when it is needed: not every platform has it.
  const { WebAssembly: engine } = globalThis as { readonly WebAssembly?: WebAssemblyEngine };
  if (!engine) return undefined;
  try {
    const { exports } = new engine.Instance(new engine.Module(wasm));
    return hashNodesOf(exports as NodeLanesExports); // as scripts/hasher/node-lanes.ts has them
  } catch {
    return undefined;
  }
}

function hashNodesOf({ memory, hashPairs }: NodeLanesExports): HashNodes {
  const room = new Uint8Array(memory.buffer, PAIRS_OFFSET, MAX_PAIRS * PAIR_BYTES); // stays: the memory never grows
  return (src, srcOffset, dst, dstOffset, pairs) => {
    for (let begin = 0; begin < pairs; begin += MAX_PAIRS) {
      const count = Math.min(MAX_PAIRS, pairs - begin);
      const from = srcOffset + begin * PAIR_BYTES;
      room.set(src.subarray(from, from + count * PAIR_BYTES));
      hashPairs(PAIRS_OFFSET + count * PAIR_BYTES);
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
