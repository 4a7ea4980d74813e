import assert from 'node:assert/strict';
import type { GroupWrite, LogStore, StoreReader, StoredGroup } from '@anchorlog/log';

/** A place for one store, which is empty at first and keeps what is written until the case is over. */
export interface StorePlace {
  /** Open the store as its writer. */
  readonly open: () => Promise<LogStore>;
  /** Open it for reading, beside a writer; left out where that cannot be. */
  readonly read?: (() => Promise<StoreReader>) | undefined;
}

/** One thing that a store must do. `run` rejects when it does not. */
export interface StoreCase {
  readonly name: string;
  readonly run: (place: StorePlace) => Promise<void>;
}

// Groups for the suite of stores, and checks that stay short and fast when they fail: a difference between thousands of entries, shown as
// a whole, would take longer than the suite.

/** The address of entry `index` in groups of `groupOf`. */
export function addressOf(index: number): string {
  return `address-${index}`;
}

/** Make a group of `count` entries of different lengths; `change` replaces parts of it. */
export function groupOf(from: number, count: number, change: Partial<GroupWrite> = {}): GroupWrite {
  const places = Array.from({ length: count }, (_, i) => from + i);
  return {
    from,
    size: from + count,
    rootHash: Uint8Array.from({ length: 32 }, (_, i) => (from + i * 7) % 256),
    time: 1_773_281_702_480 + from,
    anchorBy: 1_773_368_102_480 + from,
    entries: places.map((place) =>
      bytesOf(`${addressOf(place)}:${'x'.repeat((place * 7) % 1500)}`),
    ),
    addresses: places.map(addressOf),
    tiles: [],
    notes: [],
    ...change,
  };
}

/** What a store gives of a group. */
export function headOf({ from, size, rootHash, time, anchorBy }: StoredGroup): object {
  return { from, size, rootHash: Buffer.from(rootHash).toString('hex'), time, anchorBy };
}

export function entriesOf(groups: readonly GroupWrite[]): Uint8Array[] {
  return groups.flatMap(({ entries }) => entries);
}

/** A full tile that holds one byte again and again. */
export function tileOf(byte: number): Uint8Array {
  return new Uint8Array(8192).fill(byte);
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

/** Read a range of entries. */
export async function read(store: StoreReader, from: number, to: number): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for await (const entry of store.entries({ from, to })) entries.push(new Uint8Array(entry));
  return entries;
}

/** Check that a store holds these groups and nothing else of entries, groups and addresses. */
export async function checkHolds(store: StoreReader, groups: readonly GroupWrite[]): Promise<void> {
  const entries = entriesOf(groups);
  checkBytes(await read(store, 0, entries.length), entries);
  assert.equal(await store.entry(entries.length), undefined);
  assert.equal(await store.group(entries.length), undefined);
  const addresses = groups.flatMap((group) => group.addresses);
  const places = addresses.map((_, i) => i);
  await checkFinds(store, addresses, places);
  for (const group of groups) {
    for (const index of [group.from, group.size - 1]) {
      checkBytes([await store.entry(index)], [entries[index]]);
      checkGroup(await store.group(index), group);
    }
  }
  checkGroup(await store.last(), groups.at(-1));
}

/** Check a group that a store gives. */
export function checkGroup(got: StoredGroup | undefined, expected: StoredGroup | undefined): void {
  assert.deepEqual(got && headOf(got), expected && headOf(expected));
}

/** Check that a store finds addresses at these indexes. */
export async function checkFinds(
  store: StoreReader,
  addresses: readonly string[],
  expected: readonly (number | undefined)[],
): Promise<void> {
  const got = await store.find(addresses);
  assert.equal(got.length, expected.length, 'one answer for each address');
  const place = got.findIndex((index, i) => index !== expected[i]);
  if (place < 0) return;
  assert.fail(`address ${place} of ${got.length}: expected ${expected[place]}, got ${got[place]}`);
}

/** Check lists of byte arrays, whatever class they are of. */
export function checkBytes(
  got: readonly (Uint8Array | undefined)[],
  expected: readonly (Uint8Array | undefined)[],
): void {
  assert.equal(got.length, expected.length, `${got.length} instead of ${expected.length}`);
  for (const [i, bytes] of got.entries()) {
    const wanted = expected[i];
    assert.ok(bytes && wanted && Buffer.compare(bytes, wanted) === 0, `bytes ${i} are others`);
  }
}

export async function refuses(call: () => Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(call, { code });
}
