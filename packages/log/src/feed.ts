import { DIGEST_BYTES, parseUint64, setUint64 } from '@anchorlog/core';
import { TILE_WIDTH } from '@anchorlog/tlog';
import type { Posting } from '@anchorlog/vindex/builder';
import type { TreeEdge } from './edge.ts';
import type { IndexFeed } from './index-keeper.ts';
import type { IndexedKeys } from './key-admission.ts';
import { logError } from './error.ts';
import type { LogStore } from './store.ts';
import type { TreeReader } from './tree-reader.ts';

/** What a group adds to the feed of an index, for the store to keep with it (spec/log §12.3). */
export interface GroupFeed {
  /** Index (8) and path (32) of each posting, in the order of the log. */
  readonly postings: Uint8Array;
  /** By entry that has any: its index (8), their number (2), and each after its length (4). */
  readonly openings: Uint8Array;
}

/** The openings of one entry, in the order of its keys. */
export interface EntryOpenings {
  readonly index: number;
  readonly openings: readonly Uint8Array[];
}

/** The first entry that may have keys. */
const FIRST = 1;
const POSTING_BYTES = 8 + DIGEST_BYTES;

/** Write the feed of entries from an index on, also if it is empty; undefined in a log without index, whose entries have not even no keys. */
export function formatFeed(
  from: number,
  keys: readonly (IndexedKeys | undefined)[],
): GroupFeed | undefined {
  let [postingBytes, openingBytes] = [0, 0];
  let isIndexed = false;
  for (const each of keys) {
    if (each) isIndexed = true;
    if (!each || each.openings.length === 0) continue;
    postingBytes += each.paths.length * POSTING_BYTES;
    openingBytes += 10;
    for (const opening of each.openings) openingBytes += 4 + opening.length;
  }
  if (!isIndexed) return undefined;
  const postings = new Uint8Array(postingBytes);
  const openings = Buffer.alloc(openingBytes);
  let [at, to] = [0, 0];
  for (const [i, each] of keys.entries()) {
    if (!each || each.openings.length === 0) continue;
    for (const path of each.paths) {
      setUint64(postings, at, from + i);
      postings.set(path, at + 8);
      at += POSTING_BYTES;
    }
    setUint64(openings, to, from + i);
    openings.writeUInt16BE(each.openings.length, to + 8);
    to += 10;
    for (const opening of each.openings) {
      openings.writeUInt32BE(opening.length, to);
      openings.set(opening, to + 4);
      to += 4 + opening.length;
    }
  }
  return { postings, openings };
}

/** Read the postings of a group that are of entries `from` to before `to`. */
export function parsePostings(
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): Posting[] {
  const postings: Posting[] = [];
  for (let at = 0; at < bytes.length; at += POSTING_BYTES) {
    const index = parseUint64(bytes, at);
    if (index < from || index >= to) continue;
    postings.push({ index, path: new Uint8Array(bytes.subarray(at + 8, at + POSTING_BYTES)) });
  }
  return postings;
}

/** Read the openings of a group. @throws LOG_STORE_DAMAGED */
export function* parseOpenings(bytes: Uint8Array): Generator<EntryOpenings, void, void> {
  const row = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < row.length;) {
    if (at + 10 > row.length) throw cut();
    const index = parseUint64(row, at);
    const count = row.readUInt16BE(at + 8);
    at += 10;
    const openings: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const end = at + 4 <= row.length ? at + 4 + row.readUInt32BE(at) : Infinity;
      if (end > row.length) throw cut();
      openings.push(new Uint8Array(row.subarray(at + 4, end)));
      at = end;
    }
    yield { index, openings };
  }
}

/** The feed of an index from the store of its log; `edge` gives the tree as far as it may be shown. */
export function storeFeed(of: {
  readonly store: LogStore;
  readonly reader: TreeReader;
  readonly edge: () => TreeEdge;
}): IndexFeed {
  const { store, reader, edge } = of;
  return {
    get size() {
      return edge().size;
    },
    async *postings(range) {
      // Entry 0 has no keys, and is the only one that may have none without a word: a row that is missing would change the index.
      let from = Math.max(range.from, FIRST);
      for await (const row of store.postings?.(range) ?? []) {
        if (row.from > from) break;
        const to = Math.min(row.size, range.to);
        yield { to, postings: parsePostings(row.postings, { from, to }) };
        from = to;
      }
      if (from < range.to) {
        throw logError('LOG_STORE_DAMAGED', `store: expected postings of entry ${from}, got none`);
      }
      if (range.to <= FIRST) yield { to: range.to, postings: [] };
    },
    async leafHashes(indexes) {
      const now = edge();
      const tiles = new Map<number, Uint8Array>();
      for (const index of indexes) {
        const tile = Math.floor(index / TILE_WIDTH);
        if (tiles.has(tile)) continue;
        const width = Math.min(TILE_WIDTH, now.size - tile * TILE_WIDTH);
        tiles.set(tile, await reader.tile({ level: 0, index: tile, width }, now));
      }
      return indexes.map((index) => {
        const at = (index % TILE_WIDTH) * DIGEST_BYTES;
        return tiles.get(Math.floor(index / TILE_WIDTH))!.slice(at, at + DIGEST_BYTES);
      });
    },
    rootHash: async (size) => (await reader.head(size, edge())).rootHash,
  };
}

function cut(): Error {
  return logError('LOG_STORE_DAMAGED', 'store: expected openings, got some that are cut');
}
