import { equalBytes, type SuiteName } from '@anchorlog/core';
import { TILE_WIDTH, type TreeHasher, type TreeHead } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { addressOfEntry, checkCreation } from './admission.ts';
import { ahead, bundlesOf } from './ahead.ts';
import { EMPTY_EDGE, grow, type Growth, type TreeEdge } from './edge.ts';
import { logError } from './error.ts';
import { openLevelStore } from './level-store.ts';
import type { LogStore } from './store.ts';
import { readEntryBundle, type TileSource } from './tiles.ts';
import { readEdge } from './tree-reader.ts';
import { hashEntries } from './withheld.ts';

/** How a store is filled up. */
export interface RefillOptions {
  readonly origin: string;
  /** As `LogOptions.store`; it is closed at the end. */
  readonly store: string | LogStore;
  readonly suite?: SuiteName | undefined;
  /** The head to reach, as the guard, the published checkpoint, the chain or a receipt has it. */
  readonly head: TreeHead;
  /** Gives the entries from an index on, in order: `publishedEntries`, a mirror, or what submitters kept, by the index in their receipts. */
  readonly entries: (from: number) => AsyncIterable<Uint8Array>;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
}

const GROUP = 1000;

/**
 * Fill a store that is behind up to a head that somebody else holds, byte for byte. The entries are read twice: nothing is written unless
 * they lead to that head. Afterwards the log opens as usual; receipts that it gives again for these entries are new ones, the first ones
 * stay valid. @throws LOG_REFILL_MISMATCH, LOG_LOCKED, LOG_STORE_DAMAGED, LOG_CREATE_MISMATCH
 */
export async function refillLog(options: RefillOptions): Promise<void> {
  const { origin, suite = 'sha256', head, entries, clock = Date.now } = options;
  const store =
    typeof options.store === 'string'
      ? await openLevelStore(options.store, addressOfEntry)
      : options.store;
  try {
    const hasher = nodeTreeHasher(suite);
    const newest = await store.last();
    const edge = newest ? await readEdge(store, newest, hasher) : EMPTY_EDGE;
    if (head.size <= edge.size) return;
    const source = (): AsyncIterable<Uint8Array[]> =>
      groupsOf(entries(edge.size), edge.size, head.size);

    const roots: Uint8Array[] = [];
    for await (const { growth } of grown(source(), edge, hasher)) roots.push(growth.head.rootHash);
    if (!roots.at(-1) || !equalBytes(roots.at(-1)!, head.rootHash)) throw mismatch(head.size);

    let first = await store.entry(0);
    let at = edge.size;
    for await (const { group, growth } of grown(source(), edge, hasher)) {
      first ??= group[0]!; // a group is never empty
      const { anchorByMs } = checkCreation(first, { origin, suite });
      // The second reading must be the first one again.
      const expected = roots.shift();
      if (!expected || !equalBytes(expected, growth.head.rootHash))
        throw mismatch(growth.head.size);
      const time = Math.max(newest?.time ?? 0, Math.floor(clock()));
      await store.commit({
        from: at,
        ...growth.head,
        time,
        anchorBy: time + anchorByMs,
        entries: group,
        addresses: group.map(addressOfEntry),
        tiles: growth.tiles,
        notes: [],
      });
      // A crash here leaves a store that is less behind: filling it up again goes on from there.
      at = growth.head.size;
    }
  } finally {
    await store.close();
  }
}

/**
 * Give the entries of a published log from one index to before another, in order, as far as there are any; they are not verified. With a
 * `concurrency` above 1 (the default) as many bundles are read ahead.
 */
export async function* publishedEntries(
  source: TileSource,
  range: {
    readonly from: number;
    readonly to: number;
    readonly concurrency?: number | undefined;
  },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { from, to, concurrency = 1 } = range;
  const read = (index: number, signal: AbortSignal): Promise<Uint8Array[] | undefined> => {
    const width = Math.min(TILE_WIDTH, to - index * TILE_WIDTH);
    return readEntryBundle(source, { index, width }, { signal });
  };
  let begin = Math.floor(from / TILE_WIDTH) * TILE_WIDTH;
  for await (const entries of ahead(bundlesOf(from, to), concurrency, read)) {
    if (!entries) return;
    yield* entries.slice(Math.max(0, from - begin));
    begin += TILE_WIDTH;
  }
}

async function* grown(
  groups: AsyncIterable<Uint8Array[]>,
  begin: TreeEdge,
  hasher: TreeHasher,
): AsyncGenerator<{ group: Uint8Array[]; growth: Growth }, void, undefined> {
  let edge = begin;
  for await (const group of groups) {
    const leafHashes = hashEntries(group, hasher);
    const growth = grow(edge, leafHashes, hasher);
    yield { group, growth };
    edge = growth.edge;
  }
}

/** Cut entries into groups, up to `to`. */
async function* groupsOf(
  entries: AsyncIterable<Uint8Array>,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array[], void, undefined> {
  let group: Uint8Array[] = [];
  let at = from;
  for await (const entry of entries) {
    group.push(entry);
    at++;
    if (group.length === GROUP || at === to) {
      yield group;
      group = [];
    }
    if (at === to) return;
  }
  throw mismatch(to, at);
}

function mismatch(size: number, got?: number): Error {
  const what = got === undefined ? 'other entries' : `entries up to ${got} only`;
  return logError(
    'LOG_REFILL_MISMATCH',
    `refill: expected the entries of size ${size}, got ${what}`,
    {
      size,
      got,
    },
  );
}
