import { equalBytes, formatBase64 } from '@anchorlog/core';
import { parseStatement } from '@anchorlog/statement';
import {
  Frontier,
  TILE_WIDTH,
  entryBundlePath,
  formatEntryBundle,
  parseEntryBundle,
  type TreeHasher,
} from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { addressOfEntry, readCreation } from './admission.ts';
import { bundlesOf } from './ahead.ts';
import { logError } from './error.ts';
import { openLevelStore } from './level-store.ts';
import type { LogStore, StoreReader, StoredEntry } from './store.ts';
import type { TileSink } from './tiles.ts';
import {
  formatWithheld,
  hashEntries,
  parseWithheld,
  parseWithholdingOrder,
  type WithholdingOrder,
} from './withheld.ts';

/** What is withheld where. */
export interface WithholdOptions {
  /** As `LogOptions.store`; it is closed at the end. */
  readonly store: string | LogStore;
  /** Where the log is published. */
  readonly tiles: TileSink;
  /** Index of the entry that orders it; every order of the log unless given, as after restoring an older backup. */
  readonly order?: number | undefined;
}

/** What was withheld. */
export interface WithholdReport {
  readonly orders: number;
  /** Entries whose bytes were there and are no more. */
  readonly withheld: number;
  /** Entry bundles that were replaced. */
  readonly bundles: number;
}

const AT_ONCE = 1000;

/**
 * Withhold the entries that the log itself has an order for: in the store, and then in the entry bundles, something else stands in their places from
 * then on, with their leaf hashes. Tree, proofs and receipts stay. After a crash, or if it was done before, the same call does what is
 * left. spec/log §16 @throws LOG_WITHHOLD_REFUSED, LOG_STORE_MISSING, LOG_LOCKED, LOG_FENCED, LOG_STORE_DAMAGED
 */
export async function withholdLog(options: WithholdOptions): Promise<WithholdReport> {
  const store =
    typeof options.store === 'string'
      ? await openLevelStore(options.store, addressOfEntry)
      : options.store;
  try {
    const [newest, first] = [await store.last(), await store.entry(0)];
    if (!newest || !first) throw logError('LOG_STORE_MISSING', 'the store holds no log');
    const world = {
      store,
      operator: issuerOf(first),
      hasher: nodeTreeHasher(readCreation(first).suite),
    };
    const { order } = options;
    const orders =
      order === undefined ? await ordersIn(world, newest.size) : [await orderAt(world, order)];
    let [withheld, bundles] = [0, 0];
    for (const each of orders) withheld += await replaceInStore(world, each);
    // What LevelDB has written over stands in its files until then.
    if (orders.length > 0) await store.compact?.();
    // A crash before this shows what the store has no more: the next call finds it there.
    for (const each of orders) bundles += await replacePublished(options.tiles, each, store);
    return { orders: orders.length, withheld, bundles };
  } finally {
    await store.close();
  }
}

/** Give entries on, until one comes that may not be withheld on this ground. @throws LOG_WITHHOLD_REFUSED */
export async function* withholdable(
  entries: AsyncIterable<Uint8Array>,
  ground: WithholdingOrder['ground'],
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const entry of entries) {
    if (ground === 'order' && !parseWithheld(entry) && isOfLog(entry)) {
      throw refused('what the log says of itself is never withheld');
    }
    yield entry;
  }
}

/** Compute what an order has to name: the RFC 9162 root over the leaf hashes of some entries, by themselves. */
export async function rootOfEntries(
  entries: AsyncIterable<Uint8Array>,
  hasher: TreeHasher,
): Promise<Uint8Array> {
  const frontier = new Frontier(hasher);
  for await (const some of inPieces(entries)) frontier.append(hashEntries(some, hasher));
  return frontier.root();
}

/** Find how many entries of a log are older than a time, in milliseconds since 1970: the size of its tree then. */
export async function sizeBefore(
  store: Pick<StoreReader, 'last' | 'group'>,
  time: number,
): Promise<number> {
  const newest = await store.last();
  let [low, high] = [0, newest?.size ?? 0];
  // No group has an earlier time than the one before it.
  while (low < high) {
    const group = await store.group(Math.floor((low + high) / 2));
    if (!group) break;
    if (group.time < time) low = group.size;
    else high = group.from;
  }
  return low;
}

interface World {
  readonly store: LogStore;
  /** `<org>/<system>` of entry 0. */
  readonly operator: string;
  readonly hasher: TreeHasher;
}

interface PlacedOrder extends WithholdingOrder {
  readonly index: number;
}

/** Read the order at an index. @throws LOG_WITHHOLD_REFUSED */
async function orderAt(world: World, index: number): Promise<PlacedOrder> {
  const { store, operator, hasher } = world;
  const entry = await store.entry(index);
  const order = entry && parseWithholdingOrder(entry);
  if (!order) throw refused(`entry ${index} is no order`);
  if (order.issuer !== operator) throw refused(`order ${index} is not of the operator of the log`);
  const { from, to, rootHash } = order;
  if (to > index) throw refused(`order ${index} names entries that come after it`);
  const root = await rootOfEntries(store.entries({ from, to }), hasher);
  if (!equalBytes(root, rootHash)) {
    throw refused(`order ${index} names another root than ${formatBase64(root)}`);
  }
  return { ...order, index };
}

/** Find all orders of the operator that hold. What is none is an entry like others, which an audit finds. */
async function ordersIn(world: World, size: number): Promise<PlacedOrder[]> {
  const orders: PlacedOrder[] = [];
  let index = 0;
  for await (const entry of world.store.entries({ from: 0, to: size })) {
    if (parseWithholdingOrder(entry)?.issuer === world.operator) {
      orders.push(await orderAt(world, index));
    }
    index++;
  }
  return orders;
}

async function replaceInStore({ store, hasher }: World, order: PlacedOrder): Promise<number> {
  let [at, count] = [order.from, 0];
  for await (const some of inPieces(withholdable(store.entries(order), order.ground))) {
    const leafHashes = hashEntries(some, hasher);
    const replaced: StoredEntry[] = [];
    for (const [i, entry] of some.entries()) {
      if (parseWithheld(entry) || isOfLog(entry)) continue;
      const leafHash = leafHashes.slice(32 * i, 32 * i + 32);
      const { sequence } = parseStatement(entry);
      const stands = { address: addressOfEntry(entry), leafHash, order: order.index, sequence };
      replaced.push({ index: at + i, bytes: formatWithheld(stands) });
    }
    await store.withhold(replaced);
    at += some.length;
    count += replaced.length;
  }
  return count;
}

/** Rewrite the bundles, full and partial, that hold what the store has no more. */
async function replacePublished(
  tiles: TileSink,
  { from, to }: PlacedOrder,
  store: StoreReader,
): Promise<number> {
  let count = 0;
  for (const index of bundlesOf(from, to)) {
    const full = entryBundlePath({ index, width: TILE_WIDTH });
    const widths = (await tiles.list(`${full}.p`)).map(Number);
    for (const width of [TILE_WIDTH, ...widths]) {
      const path = entryBundlePath({ index, width });
      const bytes = await tiles.read(path);
      if (!bytes) continue;
      const entries = parseEntryBundle(bytes, width);
      let place = 0;
      const begin = index * TILE_WIDTH;
      for await (const stored of store.entries({ from: begin, to: begin + width })) {
        if (parseWithheld(stored)) entries[place] = stored;
        place++;
      }
      const next = formatEntryBundle(entries);
      if (equalBytes(next, bytes)) continue;
      await tiles.replaceBundle({ path, bytes: next });
      count++;
    }
  }
  return count;
}

async function* inPieces(
  entries: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array[], void, undefined> {
  let some: Uint8Array[] = [];
  for await (const entry of entries) {
    some.push(entry);
    if (some.length < AT_ONCE) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

function isOfLog(entry: Uint8Array): boolean {
  return parseStatement(entry).profile === 'log/1';
}

function issuerOf(entry: Uint8Array): string {
  const { org, system } = parseStatement(entry).issuer;
  return `${org}/${system}`;
}

function refused(why: string): Error {
  return logError('LOG_WITHHOLD_REFUSED', `${why}: nothing was withheld by it`);
}
