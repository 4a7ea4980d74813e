import { describe, expect, test } from 'vitest';
import type { Signer } from '@anchorlog/core';
import { addressOfEntry } from '../src/admission.ts';
import { directoryTiles, fileGuard, type Log, type LogReceipt } from '../src/index.ts';
import { openLevelStore } from '../src/level-store.ts';
import {
  CHECKPOINT_SIGNER,
  RECEIPT_SIGNER,
  makePlace,
  statementOf,
  type Place,
} from './support/fixture.ts';
import { DiskError, faulty, type Fault } from './support/faulty.ts';
import { rederive, verifyReceipt, verifyTiles } from './support/inspect.ts';

const COUNT = 60;

const NUMBERS = Array.from({ length: COUNT }, (_, i) => i + 1);

/** Append until something fails; give what was acknowledged, by number. */
async function appendMany(log: Log, atOnce: number): Promise<Map<number, LogReceipt>> {
  const acknowledged = new Map<number, LogReceipt>();
  for (let at = 0; at < COUNT; at += atOnce) {
    const numbers = NUMBERS.slice(at, at + atOnce);
    const appending = numbers.map((number) => log.append(statementOf(number)));
    for (const [i, result] of (await Promise.allSettled(appending)).entries()) {
      if (result.status === 'fulfilled') acknowledged.set(numbers[i]!, result.value);
      else {
        const cause = expect.any(DiskError) as unknown;
        expect(result.reason).toMatchObject({ code: 'LOG_FAILED', cause });
      }
    }
  }
  expect(acknowledged.size).toBeLessThan(COUNT);
  return acknowledged;
}

/** Open the log again without fault: all that was acknowledged must be there, the tree whole, and the log must go on. */
async function checkRecovery(
  place: Place,
  acknowledged: ReadonlyMap<number, LogReceipt>,
): Promise<void> {
  await using log = await place.open();
  const entries = await rederive(log);
  for (const [number, receipt] of acknowledged) {
    expect(entries[receipt.index]).toEqual(statementOf(number));
    verifyReceipt(receipt, statementOf(number));
    expect(await log.receipt(receipt.index)).toEqual(receipt);
  }
  for (const number of NUMBERS) {
    const again = await log.append(statementOf(number));
    verifyReceipt(again, statementOf(number));
    const first = acknowledged.get(number);
    if (first) expect(again).toEqual(first);
  }
  expect(log.size).toBe(1 + COUNT);
  const checkpoint = await log.publish();
  await verifyTiles(directoryTiles(place.tiles), checkpoint, await rederive(log));
}

const group = { maxEntries: 8 };

describe('a store that fails', () => {
  const calls = ['commit', 'find'];
  const faults = calls.flatMap((call) =>
    (['before', 'after'] as const).flatMap((when) =>
      [1, 2, 5].map((nth): Fault => ({ call, nth, when })),
    ),
  );
  test.each(faults)(
    'at $call $nth, $when it took effect, loses nothing acknowledged',
    async (fault) => {
      await using place = await makePlace();
      const store = faulty(await openLevelStore(place.store, addressOfEntry), fault);
      const log = await place.open({ store, group });
      const acknowledged = await appendMany(log, COUNT);
      await expect(log.append(statementOf(1))).rejects.toMatchObject({ code: 'LOG_FAILED' });
      const { size } = log;
      await rederive(log); // what was acknowledged can still be read
      expect(size).toBeGreaterThan(acknowledged.size);
      await log.close();
      await checkRecovery(place, acknowledged);
    },
  );

  test('while it makes a new log, leaves a place where the log can be made', async () => {
    for (const when of ['before', 'after'] as const) {
      await using place = await makePlace();
      const real = await openLevelStore(place.store, addressOfEntry);
      const store = faulty(real, { call: 'commit', nth: 0, when });
      await expect(place.open({ store })).rejects.toMatchObject({ code: 'LOG_FAILED' });
      await checkRecovery(place, new Map());
    }
  });

  test.each(
    ['putCheckpoint', 'checkpoint', 'tile', 'entries'].flatMap((call) =>
      (['before', 'after'] as const).map((when): Fault => ({ call, nth: 0, when })),
    ),
  )('at $call, $when it took effect, fails the publishing and not the log', async (fault) => {
    await using place = await makePlace();
    let isArmed = false;
    const real = await openLevelStore(place.store, addressOfEntry);
    const store = faulty(real, fault, () => isArmed);
    await using log = await place.open({ store });
    await log.appendBatch(Array.from({ length: 300 }, (_, i) => statementOf(i + 1)));
    isArmed = true;
    await expect(log.publish()).rejects.toThrow(DiskError);
    isArmed = false;
    await log.append(statementOf(1000));
    const checkpoint = await log.publish();
    expect(checkpoint.size).toBe(302);
    await verifyTiles(directoryTiles(place.tiles), checkpoint, await rederive(log));
  });

  test.each(
    ['last', 'entries', 'entry'].flatMap((call) =>
      (['before', 'after'] as const).map((when): Fault => ({ call, nth: 0, when })),
    ),
  )(
    'at $call, $when it took effect, while it is opened, leaves the store closed and whole',
    async (fault) => {
      await using place = await makePlace();
      const first = await place.open();
      const receipt = await first.append(statementOf(1));
      await first.close();
      const store = faulty(await openLevelStore(place.store, addressOfEntry), fault);
      await expect(place.open({ store })).rejects.toThrow(DiskError);
      await checkRecovery(place, new Map([[1, receipt]]));
    },
  );

  test.each(
    ['group', 'receiptNote', 'entry'].flatMap((call) =>
      (['before', 'after'] as const).map((when): Fault => ({ call, nth: 0, when })),
    ),
  )('at $call, $when it took effect, while it is read, fails the reading only', async (fault) => {
    await using place = await makePlace();
    let isArmed = false;
    const real = await openLevelStore(place.store, addressOfEntry);
    const log = await place.open({ store: faulty(real, fault, () => isArmed) });
    const receipt = await log.append(statementOf(1));
    await log.append(statementOf(2)); // stores the note of the first
    await log.append(statementOf(3));
    isArmed = true;
    await expect(Promise.all([log.receipt(1), log.entry(1)])).rejects.toThrow(DiskError);
    expect(await log.receipt(1)).toEqual(receipt);
    await log.close();
    await checkRecovery(place, new Map([[1, receipt]]));
  });

  test.each(['before', 'after'] as const)(
    'while it is closed, %s it took effect, loses no receipt',
    async (when) => {
      await using place = await makePlace();
      const real = await openLevelStore(place.store, addressOfEntry);
      const store = faulty(real, { call: 'putReceiptNotes', nth: 0, when });
      const log = await place.open({ store });
      const receipt = await log.append(statementOf(1));
      await expect(log.close()).rejects.toThrow(DiskError);
      await checkRecovery(place, new Map([[1, receipt]]));
    },
  );
});

describe('a guard that fails', () => {
  // One write may serve several groups, so that the later ones are only reached when groups come one by one.
  const faults = (['before', 'after'] as const).flatMap((when) => [
    { atOnce: COUNT, call: 'write', nth: 1, when },
    { atOnce: 10, call: 'write', nth: 2, when },
    { atOnce: 10, call: 'write', nth: 4, when },
  ]);
  test.each(faults)(
    'at write $nth, $when it took effect, $atOnce entries at once, loses nothing acknowledged',
    async ({ atOnce, ...fault }) => {
      await using place = await makePlace();
      const log = await place.open({ guard: faulty(fileGuard(place.guard), fault), group });
      const acknowledged = await appendMany(log, atOnce);
      await expect(log.append(statementOf(1))).rejects.toMatchObject({ code: 'LOG_FAILED' });
      await log.close();
      await checkRecovery(place, acknowledged);
    },
  );

  test.each(['claim', 'write'])('at the start, at its first %s, stops the start', async (call) => {
    await using place = await makePlace();
    const guard = faulty(fileGuard(place.guard), { call, nth: 0, when: 'before' });
    await expect(place.open({ guard })).rejects.toMatchObject({ code: 'LOG_FAILED' });
    await checkRecovery(place, new Map());
  });
});

describe('a signer that fails', () => {
  function failing(real: Signer, calls: readonly number[]): Signer {
    let count = 0;
    return {
      publicKey: real.publicKey,
      sign: async (message) => {
        if (calls.includes(count++)) throw new Error('the key is far away');
        return real.sign(message);
      },
    };
  }

  test('leaves the entry in the log, and signs when asked again', async () => {
    await using place = await makePlace();
    const receipt = failing(RECEIPT_SIGNER, [1]);
    const signers = { checkpoint: CHECKPOINT_SIGNER, receipt };
    await using log = await place.open({ signers });
    await expect(log.append(statementOf(1))).rejects.toMatchObject({ code: 'LOG_SIGNER_FAILED' });
    expect(log.size).toBe(2);
    const again = await log.append(statementOf(1));
    expect(again.index).toBe(1);
    verifyReceipt(again, statementOf(1));
    expect((await log.append(statementOf(2))).index).toBe(2);
  });

  test('fails the publishing, which can be tried again', async () => {
    await using place = await makePlace();
    const signers = { checkpoint: failing(CHECKPOINT_SIGNER, [0]), receipt: RECEIPT_SIGNER };
    await using log = await place.open({ signers });
    await expect(log.publish()).rejects.toMatchObject({ code: 'LOG_SIGNER_FAILED' });
    expect(await directoryTiles(place.tiles).read('checkpoint')).toBeUndefined();
    expect((await log.publish()).size).toBe(1);
  });
});
