import { formatHex } from '@anchorlog/core';
import type { FullTile } from './grow-bucket.ts';

/** Two buckets that one becomes. */
export type Halves = readonly [Uint8Array, Uint8Array];

/** Where a builder keeps its buckets: bucket b holds all keys whose paths begin with the `bits` bits of b. Bytes given are not changed afterwards. */
export interface BucketStore {
  /** Give a bucket; one that was never written is empty. */
  read(bucket: number): Uint8Array;
  write(bucket: number, bytes: Uint8Array): void;
  /**
   * Replace each of the `count` buckets there are by two, 2b and 2b + 1. Gives the halves of each, in order; until the last is taken the buckets
   * are what they were, and are not written.
   */
  grow(count: number, split: (bytes: Uint8Array) => Halves): Iterable<Halves>;
}

/** Where a builder keeps the full tiles of long lists. A tile never changes; to write it again changes nothing. */
export interface ListStore {
  write(tile: FullTile): void;
  /** Give the positions of a tile that was written, 8 bytes each. */
  positions(path: Uint8Array, number: number): Uint8Array;
  /** Give the root over a tile that was written. */
  root(path: Uint8Array, number: number): Uint8Array;
}

const NOTHING = /* @__PURE__ */ new Uint8Array(0);

/** Keep buckets in memory. */
export function memoryBuckets(): BucketStore {
  let buckets: Uint8Array[] = [];
  return {
    read: (bucket) => buckets[bucket] ?? NOTHING,
    write(bucket, bytes) {
      buckets[bucket] = bytes;
    },
    *grow(count, split) {
      const grown: Uint8Array[] = [];
      for (let bucket = 0; bucket < count; bucket++) {
        const halves = split(buckets[bucket] ?? NOTHING);
        grown.push(...halves);
        yield halves;
      }
      buckets = grown;
    },
  };
}

/** Keep tiles of lists in memory. */
export function memoryLists(): ListStore {
  const lists = new Map<string, FullTile[]>();
  const tile = (path: Uint8Array, number: number): FullTile => {
    const found = lists.get(formatHex(path))?.[number];
    if (!found) throw new RangeError(`list: expected a tile ${number} that was written`);
    return found;
  };
  return {
    write(full) {
      const name = formatHex(full.path);
      const list = lists.get(name) ?? [];
      list[full.number] = full;
      lists.set(name, list);
    },
    positions: (path, number) => tile(path, number).positions,
    root: (path, number) => tile(path, number).root,
  };
}
