import assert from 'node:assert/strict';
import type { GroupWrite, LogStore } from '@anchorlog/log';
import {
  addressOf,
  checkBytes,
  checkFinds,
  checkHolds,
  entriesOf,
  groupOf,
  read,
  refuses,
  type StoreCase,
} from './store-case.ts';

/** What holds where a second writer is refused. */
export const LOCKING: readonly StoreCase[] = [
  {
    name: 'refuses a second writer until the first has closed',
    async run({ open }) {
      const first = await open();
      await refuses(open, 'LOG_LOCKED');
      await first.checkWriter();
      await first.commit(groupOf(0, 1));
      await first.close();
      const second = await open();
      await checkHolds(second, [groupOf(0, 1)]);
      await second.close();
    },
  },
];

/** What holds where a second writer takes the place of the first. */
export const FENCING: readonly StoreCase[] = [
  {
    name: 'refuses everything that a writer writes after another has taken over',
    async run({ open }) {
      const first = await open();
      await first.commit(groupOf(0, 2));
      const second = await open();
      await checkHolds(second, [groupOf(0, 2)]);
      const stale: (() => Promise<unknown>)[] = [
        () => first.commit(groupOf(2, 1, { addresses: ['stale'] })),
        () => first.putReceiptNotes([{ size: 2, note: 'stale\n' }]),
        () => first.putCheckpoint({ size: 2, note: 'stale\n' }),
        () => first.checkWriter(),
      ];
      for (const call of stale) await refuses(call, 'LOG_FENCED');
      await second.commit(groupOf(2, 3));
      for (const call of stale) await refuses(call, 'LOG_FENCED');
      await second.checkWriter();
      await checkHolds(second, [groupOf(0, 2), groupOf(2, 3)]);
      await checkFinds(second, ['stale'], [undefined]);
      assert.equal(await second.receiptNote(2), undefined);
      assert.equal(await second.checkpoint(), undefined);
      await first.close();
      await second.commit(groupOf(5, 1));
      await second.close();
    },
  },
  {
    name: 'lets a writer that was replaced read on, and find nothing that came after it',
    async run({ open }) {
      const first = await open();
      await first.commit(groupOf(0, 2));
      const second = await open();
      await second.commit(groupOf(2, 2));
      checkBytes(await read(first, 0, 2), entriesOf([groupOf(0, 2)]));
      await checkFinds(first, [addressOf(1), addressOf(2)], [1, undefined]);
      await first.close();
      await second.close();
    },
  },
  {
    name: 'holds one history however often the writer changes',
    async run({ open }) {
      const groups: GroupWrite[] = [];
      const all: LogStore[] = [];
      for (let turn = 0; turn < 6; turn++) {
        const store = await open();
        const group = groupOf(turn * 10, 10);
        // All that have ever been the writer try at the same time: the newest alone may.
        const results = await Promise.allSettled([...all, store].map((each) => each.commit(group)));
        for (const [i, { status }] of results.entries()) {
          assert.equal(status, i === all.length ? 'fulfilled' : 'rejected');
        }
        groups.push(group);
        all.push(store);
      }
      await checkHolds(all.at(-1)!, groups);
      for (const store of all) await store.close();
    },
  },
];
