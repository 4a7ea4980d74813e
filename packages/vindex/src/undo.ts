import { DIGEST_BYTES } from '@anchorlog/core';
import { bucketNodes } from './bucket-nodes.ts';
import { splitBucket } from './bucket.ts';
import type { IndexHasher } from './hasher.ts';
import { joinOldNodes, oldNode, type OldNodes, type TopNode } from './top.ts';

/** What a commit changed, as it was before: enough to prove at the head before. Never changed, only replaced. */
export interface Undo {
  /** Of the head before. */
  readonly size: number;
  readonly nodes: readonly OldNodes[];
  readonly buckets: ReadonlyMap<number, Uint8Array>;
}

/** Find a node as it was before it changed, if it did. */
export function undoneNode({ nodes }: Undo, place: number): TopNode | undefined {
  for (const each of nodes) {
    const found = oldNode(each, place);
    if (found) return found;
  }
  return undefined;
}

/** Make one undo of two that follow each other: the head between them is forgotten. */
export function joinUndos(first: Undo, second: Undo): Undo {
  const rows = [...first.nodes, ...second.nodes];
  return {
    size: first.size,
    nodes: [rows.reduce((joined, row) => joinOldNodes(joined, row))],
    buckets: new Map([...second.buckets, ...first.buckets]),
  };
}

/** Make the undo that fits twice as many buckets. `bits` is what they had before. */
export function* splitUndo(
  undo: Undo,
  bits: number,
  hasher: IndexHasher,
): Generator<void, Undo, void> {
  const buckets = new Map<number, Uint8Array>();
  const places: number[] = [];
  for (const bucket of [...undo.buckets.keys()].toSorted((a, b) => a - b)) {
    for (const [i, half] of splitBucket(undo.buckets.get(bucket)!, bits).entries()) {
      buckets.set(2 * bucket + i, half);
      places.push(2 ** (bits + 1) + 2 * bucket + i);
    }
    if (buckets.size % 256 === 0) yield;
  }
  const rows = {
    states: new Uint8Array(places.length),
    hashes: new Uint8Array(places.length * DIGEST_BYTES),
  };
  const halves = [...buckets.values()];
  for (let begin = 0; begin < halves.length; begin += 256) {
    const { states, hashes } = bucketNodes(halves.slice(begin, begin + 256), bits + 1, hasher);
    rows.states.set(states, begin);
    rows.hashes.set(hashes, begin * DIGEST_BYTES);
    yield;
  }
  const nodes = [...undo.nodes, { places: Uint32Array.from(places), ...rows }];
  return { size: undo.size, nodes, buckets };
}
