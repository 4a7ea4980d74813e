import assert from 'node:assert/strict';
import type { StoredNote, StoredTile } from '@anchorlog/log';
import {
  addressOf,
  bytesOf,
  checkBytes,
  checkFinds,
  checkGroup,
  checkHolds,
  entriesOf,
  groupOf,
  read,
  refuses,
  tileOf,
  type StoreCase,
} from './store-case.ts';
import { FENCING, LOCKING } from './store-writers.ts';

/**
 * Give the cases that every store must pass (spec/log §12.2), for any runner of tests: run each with a place of its own.
 * `secondWriter` says what opening does while there is a writer: it is `refused` with LOG_LOCKED, or `takesOver`.
 */
export function storeSuite(options: {
  readonly secondWriter: 'refused' | 'takesOver';
}): StoreCase[] {
  return [...CASES, ...(options.secondWriter === 'refused' ? LOCKING : FENCING)];
}

const ODD_ADDRESSES = [
  'a',
  'a/',
  'a/b',
  'A',
  ' ',
  'it\'s; -- "quoted"',
  'back\\slash\\x00',
  'nul \0 in between',
  'line\nfeed\ttab\r',
  '食品经营许可证',
  '😀/ａ/a\u0301',
  '{a,"b",NULL}',
  `long/${'x'.repeat(5000)}`,
  `long/${'x'.repeat(5000)}y`,
];
const ODD_ENTRIES = [
  new Uint8Array(0),
  Uint8Array.from({ length: 256 }, (_, i) => i),
  Uint8Array.of(0),
  new Uint8Array(65_535).fill(0xff),
  new Uint8Array(65_535),
  Uint8Array.from({ length: 65_535 }, (_, i) => (i * 31) % 251),
  bytesOf('{"a":"\\u0000"}\\x00\\\\'),
];

const CASES: readonly StoreCase[] = [
  {
    name: 'is empty at first',
    async run({ open }) {
      const store = await open();
      assert.equal(await store.last(), undefined);
      assert.equal(await store.entry(0), undefined);
      assert.equal(await store.group(0), undefined);
      assert.equal(await store.tile({ level: 0, index: 0 }), undefined);
      assert.equal(await store.receiptNote(1), undefined);
      assert.equal(await store.checkpoint(), undefined);
      assert.equal(await store.checkpoint(0), undefined);
      await checkFinds(store, ['address-0', ''], [undefined, undefined]);
      checkBytes(await read(store, 0, 0), []);
      await store.close();
    },
  },
  {
    name: 'gives entries and groups in the order in which they were written',
    async run({ open }) {
      const store = await open();
      const groups = [groupOf(0, 1), groupOf(1, 300), groupOf(301, 3)];
      for (const group of groups) await store.commit(group);
      await checkHolds(store, groups);
      for (const [from, to] of RANGES) {
        checkBytes(await read(store, from, to), entriesOf(groups).slice(from, to));
      }
      await store.close();
    },
  },
  {
    name: 'gives the same after it was opened again, and goes on where it ended',
    async run({ open }) {
      const tile = { level: 0, index: 0, hashes: tileOf(1) };
      const groups = [groupOf(0, 256, { tiles: [tile] }), groupOf(256, 40), groupOf(296, 1)];
      const first = await open();
      await first.commit(groups[0]!);
      await first.commit(groups[1]!);
      await first.putReceiptNotes([{ size: 256, note: 'receipt 256\n' }]);
      await first.putCheckpoint({ size: 256, note: 'checkpoint 256\n' });
      await first.close();
      const second = await open();
      await second.commit(groups[2]!);
      await second.close();
      const third = await open();
      await checkHolds(third, groups);
      checkBytes([await third.tile(tile)], [tile.hashes]);
      assert.equal(await third.receiptNote(256), 'receipt 256\n');
      assert.deepEqual(await third.checkpoint(), { size: 256, note: 'checkpoint 256\n' });
      await third.close();
    },
  },
  {
    name: 'refuses to give entries that it does not have',
    async run({ open }) {
      const store = await open();
      await store.commit(groupOf(0, 5));
      await refuses(() => read(store, 3, 6), 'LOG_STORE_DAMAGED');
      await refuses(() => read(store, 9, 10), 'LOG_STORE_DAMAGED');
      checkBytes(await read(store, 5, 5), []);
      assert.equal(await store.entry(5), undefined);
      await store.close();
    },
  },
  {
    name: 'puts what stands for withheld entries in their places, for ever, and changes nothing else',
    async run({ open }) {
      const store = await open();
      const groups = [groupOf(0, 300), groupOf(300, 40)];
      for (const group of groups) await store.commit(group);
      await refuses(
        () => store.withhold([1, 340].map((index) => ({ index, bytes: bytesOf('x') }))),
        'LOG_STORE_BEHIND',
      );
      await checkHolds(store, groups);
      const stands = (index: number): Uint8Array => bytesOf(`in the place of ${index}`);
      const places = [0, 1, 299, 300, 320];
      for (let again = 0; again < 2; again++) {
        await store.withhold(places.map((index) => ({ index, bytes: stands(index) })));
      }
      await store.withhold([]);
      await store.commit(groupOf(340, 2));
      const changed = [...groups, groupOf(340, 2)].map((group) => ({
        ...group,
        entries: group.entries.map((entry, i) =>
          places.includes(group.from + i) ? stands(group.from + i) : entry,
        ),
      }));
      await checkHolds(store, changed);
      await store.compact?.();
      await store.close();
      const again = await open();
      await checkHolds(again, changed);
      await again.close();
    },
  },
  {
    name: 'finds addresses of all groups, in the order in which they are asked for',
    async run({ open }) {
      const store = await open();
      for (const [from, count] of [
        [0, 1],
        [1, 2500],
        [2501, 2],
      ] as const)
        await store.commit(groupOf(from, count));
      const asked = [2502, 0, 2501, 9999, 0, 1, 2500, 1300];
      await checkFinds(
        store,
        asked.map(addressOf),
        asked.map((index) => (index === 9999 ? undefined : index)),
      );
      const many = Array.from({ length: 3000 }, (_, i) => i);
      await checkFinds(
        store,
        many.map(addressOf),
        many.map((index) => (index < 2503 ? index : undefined)),
      );
      await checkFinds(store, [], []);
      await store.close();
    },
  },
  {
    name: 'keeps addresses apart whatever characters they are made of',
    async run({ open }) {
      const store = await open();
      const group = groupOf(0, ODD_ADDRESSES.length, { addresses: ODD_ADDRESSES });
      await store.commit(group);
      const indexes = ODD_ADDRESSES.map((_, i) => i);
      await checkFinds(store, ODD_ADDRESSES, indexes);
      for (const [i, address] of ODD_ADDRESSES.entries()) {
        await checkFinds(store, [address], [i]);
      }
      await checkFinds(store, ['b', 'a/b/', 'nul ', "it's"], Array(4).fill(undefined));
      await store.close();
    },
  },
  {
    name: 'gives entries byte for byte, from none to 65,535 of them',
    async run({ open }) {
      const store = await open();
      const group = groupOf(0, ODD_ENTRIES.length, { entries: ODD_ENTRIES });
      await store.commit(group);
      await checkHolds(store, [group]);
      await store.close();
    },
  },
  {
    name: 'takes large groups',
    async run({ open }) {
      const store = await open();
      const long = Array.from({ length: 60 }, (_, i) => new Uint8Array(65_535 - i).fill(i));
      const groups = [groupOf(0, 3000), groupOf(3000, 60, { entries: long }), groupOf(3060, 1)];
      for (const group of groups) await store.commit(group);
      checkBytes(await read(store, 0, 3061), entriesOf(groups));
      checkBytes([await store.entry(3059)], [long[59]]);
      checkGroup(await store.group(2999), groups[0]);
      await store.close();
    },
  },
  {
    name: 'keeps full tiles by level and index',
    async run({ open }) {
      const store = await open();
      const at = [
        [0, 0],
        [0, 1],
        [1, 0],
        [6, 2 ** 40],
      ] as const;
      const tiles = at.map(([level, index], i): StoredTile => ({
        level,
        index,
        hashes: tileOf(i + 1),
      }));
      await store.commit(groupOf(0, 1, { tiles: tiles.slice(0, 3) }));
      await store.commit(groupOf(1, 1, { tiles: tiles.slice(3) }));
      for (const tile of tiles) checkBytes([await store.tile(tile)], [tile.hashes]);
      assert.equal(await store.tile({ level: 1, index: 1 }), undefined);
      assert.equal(await store.tile({ level: 2, index: 0 }), undefined);
      await store.close();
    },
  },
  {
    name: 'keeps receipt notes that come with a group, or by themselves, or twice',
    async run({ open }) {
      const store = await open();
      const noteOf = (size: number): StoredNote => ({ size, note: `回执 ${size}\n\n— log AAAA\n` });
      await store.commit(groupOf(0, 1));
      await store.putReceiptNotes([]);
      await store.commit(groupOf(1, 1, { notes: [noteOf(1)] }));
      await store.putReceiptNotes([noteOf(2)]);
      const check = async (): Promise<void> => {
        for (const size of [1, 2]) assert.equal(await store.receiptNote(size), noteOf(size).note);
      };
      await check();
      await store.commit(groupOf(2, 1, { notes: [noteOf(2), noteOf(3)] }));
      await store.putReceiptNotes([noteOf(1), noteOf(2)]);
      await check();
      assert.equal(await store.receiptNote(3), noteOf(3).note);
      assert.equal(await store.receiptNote(4), undefined);
      await store.close();
    },
  },
  {
    name: 'gives the newest sources that a group came with, if it keeps them',
    async run({ open }) {
      const store = await open();
      if (!store.sources) return store.close();
      assert.equal(await store.sources(), undefined);
      await store.commit({ ...groupOf(0, 1), sources: '{"来源":1}' });
      await store.commit({ ...groupOf(1, 1), sources: 'two' });
      await store.commit(groupOf(2, 1));
      assert.equal(await store.sources(), 'two');
      await store.close();
      const again = await open();
      assert.equal(await again.sources?.(), 'two');
      await again.close();
    },
  },
  {
    name: 'gives the checkpoint with the least size from one on, and the greatest',
    async run({ open }) {
      const store = await open();
      await store.commit(groupOf(0, 300));
      const noteOf = (size: number): string => `log\n${size}\nAAAA\n\n— log AAAA\n`;
      for (const size of [255, 256, 9, 300]) {
        await store.putCheckpoint({ size, note: noteOf(size) });
      }
      for (const [from, size] of [
        [0, 9],
        [9, 9],
        [10, 255],
        [255, 255],
        [256, 256],
        [257, 300],
        [undefined, 300],
      ] as const) {
        assert.deepEqual(await store.checkpoint(from), { size, note: noteOf(size) });
      }
      assert.equal(await store.checkpoint(301), undefined);
      await store.close();
    },
  },
  {
    name: 'keeps the first checkpoint of a size, and none of a size that it has not reached',
    async run({ open }) {
      const store = await open();
      await store.commit(groupOf(0, 3));
      await store.putCheckpoint({ size: 3, note: 'first\n' });
      await store.putCheckpoint({ size: 3, note: 'second\n' });
      await refuses(() => store.putCheckpoint({ size: 4, note: 'no\n' }), 'LOG_STORE_BEHIND');
      assert.deepEqual(await store.checkpoint(), { size: 3, note: 'first\n' });
      await store.close();
    },
  },
  {
    name: 'refuses a group that does not begin where it ends, and keeps nothing of it',
    async run({ open }) {
      const store = await open();
      await store.commit(groupOf(0, 5));
      const stray = {
        addresses: ['stray'],
        tiles: [{ level: 3, index: 3, hashes: tileOf(3) }],
        notes: [{ size: 5, note: 'stray\n' }],
      };
      for (const from of [0, 4, 6]) {
        await refuses(() => store.commit(groupOf(from, 1, stray)), 'LOG_STORE_BEHIND');
      }
      await checkHolds(store, [groupOf(0, 5)]);
      await checkFinds(store, ['stray'], [undefined]);
      assert.equal(await store.tile({ level: 3, index: 3 }), undefined);
      assert.equal(await store.receiptNote(5), undefined);
      await store.commit(groupOf(5, 2));
      await checkHolds(store, [groupOf(0, 5), groupOf(5, 2)]);
      await store.close();
    },
  },
  {
    name: 'shows a group as a whole or not at all while it is being written',
    async run({ open }) {
      const store = await open();
      let from = 0;
      for (const count of [1, 700, 2, 1000, 300]) {
        const group = groupOf(from, count);
        const state = { isOver: false };
        const committing = store.commit(group).finally(() => (state.isOver = true));
        do {
          const size = (await store.last())?.size ?? 0;
          assert.ok(size === from || size === group.size, `size ${size}`);
          if (size === 0) continue;
          assert.equal(
            (await read(store, Math.max(0, size - 50), size)).length,
            Math.min(50, size),
          );
          assert.ok(await store.group(size - 1));
          const before = from === 0 ? [] : [0, from - 1];
          await checkFinds(store, before.map(addressOf), before);
        } while (!state.isOver);
        await committing;
        from = group.size;
        await checkFinds(store, [addressOf(from - 1)], [from - 1]);
      }
      await store.close();
    },
  },
  {
    name: 'holds bytes of its own',
    async run({ open }) {
      const store = await open();
      const group = groupOf(0, 2, { tiles: [{ level: 0, index: 0, hashes: tileOf(7) }] });
      const expected = groupOf(0, 2);
      await store.commit(group);
      for (const bytes of [...group.entries, group.rootHash, group.tiles[0]!.hashes]) bytes.fill(0);
      const entry = await store.entry(1);
      entry?.slice().fill(0); // a copy, which that of a Buffer is not
      checkBytes([entry], expected.entries.slice(1));
      entry?.fill(0);
      (await store.tile({ level: 0, index: 0 }))?.fill(0);
      for await (const each of store.entries({ from: 0, to: 2 })) each.fill(0);
      await checkHolds(store, [expected]);
      checkBytes([await store.tile({ level: 0, index: 0 })], [tileOf(7)]);
      await store.close();
    },
  },
  {
    name: 'can be read by several at a time, each in its own order',
    async run({ open }) {
      const store = await open();
      const group = groupOf(0, 1500);
      await store.commit(group);
      const [one, two] = [
        store.entries({ from: 0, to: 1500 }),
        store.entries({ from: 700, to: 900 }),
      ];
      const seen: Uint8Array[] = [];
      const other: Uint8Array[] = [];
      const [walkOne, walkTwo] = [one[Symbol.asyncIterator](), two[Symbol.asyncIterator]()];
      for (;;) {
        const [a, b] = await Promise.all([walkOne.next(), walkTwo.next()]);
        if (a.done !== true) seen.push(a.value);
        if (b.done !== true) other.push(b.value);
        if (a.done === true && b.done === true) break;
      }
      checkBytes(seen, group.entries);
      checkBytes(other, group.entries.slice(700, 900));
      for await (const entry of store.entries({ from: 0, to: 1500 })) {
        checkBytes([entry], group.entries.slice(0, 1));
        break; // a reader may stop early
      }
      await store.close();
    },
  },
  {
    name: 'ends a write that is under way when it is closed, and refuses every call afterwards',
    async run({ open }) {
      const store = await open();
      await store.commit(groupOf(0, 1));
      const committing = store.commit(groupOf(1, 500));
      await Promise.all([committing, store.close()]);
      await store.close();
      const calls: (() => Promise<unknown>)[] = [
        () => store.last(),
        () => store.entry(0),
        () => read(store, 0, 1),
        () => store.find([addressOf(0)]),
        () => store.group(0),
        () => store.tile({ level: 0, index: 0 }),
        () => store.receiptNote(1),
        () => store.checkpoint(),
        () => store.commit(groupOf(501, 1)),
        () => store.putReceiptNotes([{ size: 1, note: 'late\n' }]),
        () => store.putCheckpoint({ size: 1, note: 'late\n' }),
        () => store.checkWriter(),
      ];
      for (const call of calls) await refuses(call, 'LOG_CLOSED');
      const again = await open();
      await checkHolds(again, [groupOf(0, 1), groupOf(1, 500)]);
      assert.equal(await again.receiptNote(1), undefined);
      await again.close();
    },
  },
  {
    name: 'lets others read while its writer is at work',
    async run({ open, read: openReader }) {
      if (!openReader) return;
      const store = await open();
      await store.commit(groupOf(0, 3));
      const reader = await openReader();
      await checkHolds(reader, [groupOf(0, 3)]);
      await store.commit(groupOf(3, 400));
      await store.putCheckpoint({ size: 3, note: 'checkpoint\n' });
      await checkHolds(reader, [groupOf(0, 3), groupOf(3, 400)]);
      assert.deepEqual(await reader.checkpoint(), { size: 3, note: 'checkpoint\n' });
      await store.close();
      await checkHolds(reader, [groupOf(0, 3), groupOf(3, 400)]);
      await reader.close();
      await refuses(() => reader.last(), 'LOG_CLOSED');
    },
  },
];

/** Ranges that begin and end inside of groups, at their borders, and across them. */
const RANGES: readonly (readonly [number, number])[] = [
  [0, 304],
  [0, 1],
  [1, 301],
  [17, 18],
  [255, 258],
  [300, 302],
  [303, 304],
  [304, 304],
];
