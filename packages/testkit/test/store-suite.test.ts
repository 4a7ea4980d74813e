import { describe, expect, test } from 'vitest';
import { createMemoryStore, type LogStore } from '@anchorlog/log';
import { storeSuite } from '@anchorlog/testkit';

/** Calls of a store that do something wrong: given the store, they replace its own. */
type Fault = (store: LogStore) => Partial<LogStore>;

// Each is a mistake that a store could be written with. The suite must notice every one.
const FAULTS: Readonly<Record<string, Fault>> = {
  'forgets the first entry of a range': (store) => ({
    entries: ({ from, to }) => store.entries({ from: Math.min(from + 1, to), to }),
  }),
  'ends a range in silence where entries are missing': (store) => ({
    async *entries({ from, to }) {
      yield* store.entries({ from, to: Math.min(to, (await store.last())?.size ?? 0) });
    },
  }),
  'gives the entry beside': (store) => ({ entry: (index) => store.entry(Math.max(0, index - 1)) }),
  'gives bytes that are copied by nobody': (store) => ({
    async entry(index) {
      const entry = await store.entry(index);
      return entry && Buffer.from(entry);
    },
  }),
  'cuts long entries': (store) => ({
    commit: (group) =>
      store.commit({ ...group, entries: group.entries.map((each) => each.slice(0, 65_534)) }),
  }),
  'cuts addresses at a zero': (store) => {
    const cut = (address: string): string => address.split('\0')[0]!;
    return {
      commit: (group) => store.commit({ ...group, addresses: group.addresses.map(cut) }),
      find: (addresses) => store.find(addresses.map(cut)),
    };
  },
  'takes no notice of upper case': (store) => ({
    commit: (group) =>
      store.commit({ ...group, addresses: group.addresses.map((each) => each.toLowerCase()) }),
    find: (addresses) => store.find(addresses.map((each) => each.toLowerCase())),
  }),
  'finds in another order than asked': (store) => ({
    find: async (addresses) => (await store.find(addresses)).toReversed(),
  }),
  'finds at most a thousand': (store) => ({
    find: async (addresses) =>
      (await store.find(addresses)).map((index, i) => (i < 1000 ? index : undefined)),
  }),
  'gives the group before': (store) => ({ group: (index) => store.group(Math.max(0, index - 1)) }),
  'forgets when a group came': (store) => ({
    last: async () => {
      const group = await store.last();
      return group && { ...group, time: Math.floor(group.time / 1000) * 1000 };
    },
  }),
  'takes a tile for that of another level': (store) => ({
    commit: (group) =>
      store.commit({ ...group, tiles: group.tiles.map((tile) => ({ ...tile, level: 0 })) }),
    tile: ({ index }) => store.tile({ level: 0, index }),
  }),
  'gives the newest checkpoint instead of the next': (store) => ({
    checkpoint: () => store.checkpoint(),
  }),
  'gives a checkpoint of exactly the size only': (store) => ({
    checkpoint: async (size) => {
      const found = await store.checkpoint(size);
      return size === undefined || found?.size === size ? found : undefined;
    },
  }),
  'takes any group': (store) => ({
    async commit(group) {
      const size = (await store.last())?.size ?? 0;
      await store.commit({ ...group, from: size, size: size + group.entries.length });
    },
  }),
  'keeps the notes of a group that it refuses': (store) => ({
    async commit(group) {
      await store.putReceiptNotes(group.notes);
      await store.commit(group);
    },
  }),
  'loses notes that come by themselves': () => ({ putReceiptNotes: async () => undefined }),
  'loses notes that come with a group': (store) => ({
    commit: (group) => store.commit({ ...group, notes: [] }),
  }),
  'takes checkpoints of any size': (store) => ({
    putCheckpoint: async (checkpoint) => {
      if (checkpoint.size <= ((await store.last())?.size ?? 0))
        await store.putCheckpoint(checkpoint);
    },
  }),
  'shows half of a group': (store) => ({
    async commit(group) {
      const half = group.from + Math.ceil(group.entries.length / 2);
      const part = (from: number, to: number): [number, number] => [from - group.from, to];
      for (const [from, size] of [
        [group.from, half],
        [half, group.size],
      ] as const) {
        if (from === size) continue;
        const [begin, end] = part(from, size - group.from);
        await store.commit({
          ...group,
          from,
          size,
          entries: group.entries.slice(begin, end),
          addresses: group.addresses.slice(begin, end),
        });
      }
    },
  }),
  'answers after it was closed': () => ({ close: async () => undefined }),
  'is never fenced': () => ({ checkWriter: async () => undefined }),
  'lets a replaced writer find what came after it': (store) => {
    const seen = new Map<string, number>();
    SEEN.push(seen);
    return {
      async commit(group) {
        await store.commit(group);
        for (const map of SEEN) {
          for (const [i, address] of group.addresses.entries()) map.set(address, group.from + i);
        }
      },
      find: async (addresses) =>
        (await store.find(addresses)).map((index, i) => index ?? seen.get(addresses[i]!)),
    };
  },
};
let SEEN: Map<string, number>[] = [];

async function failures(fault: Fault): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of storeSuite({ secondWriter: 'takesOver' })) {
    SEEN = [];
    const memory = createMemoryStore();
    const open = async (): Promise<LogStore> => {
      const store = await memory.open();
      const changed = fault(store);
      return new Proxy(store, {
        get(target, member) {
          const own: unknown = Reflect.get(changed, member) ?? Reflect.get(target, member);
          return typeof own === 'function'
            ? (...given: unknown[]): unknown => Reflect.apply(own, target, given)
            : own;
        },
      });
    };
    await run({ open }).catch(() => failed.push(name));
  }
  return failed;
}

describe('storeSuite', () => {
  test('finds no fault in a store that has none', async () => {
    expect(await failures(() => ({}))).toEqual([]);
  });

  test.each(Object.entries(FAULTS))('notices a store that %s', async (_, fault) => {
    expect(await failures(fault)).not.toEqual([]);
  });

  test('notices a store that lets a second writer in where it says that it does not', async () => {
    const cases = storeSuite({ secondWriter: 'refused' });
    const failed: string[] = [];
    for (const { name, run } of cases)
      await run(createMemoryStore()).catch(() => failed.push(name));
    expect(failed).toEqual(['refuses a second writer until the first has closed']);
  });
});
