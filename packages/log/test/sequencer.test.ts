import { describe, expect, test } from 'vitest';
import { addressOfEntry } from '../src/admission.ts';
import { fileGuard } from '../src/index.ts';
import { openLevelStore } from '../src/level-store.ts';
import { makePlace, statementOf } from './support/fixture.ts';
import { gated } from './support/gated.ts';
import { rederive } from './support/inspect.ts';

// Entry 0 is the first commit, and the guard is written after it: the gates let these through.

describe('Sequencer', () => {
  test('answers nothing before the guard knows of it', async () => {
    await using place = await makePlace();
    const [guard, gate] = gated(fileGuard(place.guard), 'write');
    gate.open(1);
    await using log = await place.open({ guard });
    let isAnswered = false;
    const appending = log.append(statementOf(1)).then((receipt) => {
      isAnswered = true;
      return receipt;
    });
    await gate.reached(2);
    // It is in the store, and nobody may see it yet.
    await new Promise((resolve) => setImmediate(resolve));
    expect([isAnswered, log.size]).toEqual([false, 1]);
    expect(
      await log.find({
        org: '11999999000000001X',
        system: 'license-make',
        id: '5c1f0000-0000-8000-8000-000000000001',
      }),
    ).toBeUndefined();
    await expect(log.entry(1)).rejects.toMatchObject({ code: 'LOG_INDEX_RANGE' });
    gate.open(2);
    const { head } = await appending;
    expect(await fileGuard(place.guard).read()).toEqual(head);
  });

  test('stores the next group while the guard is written, and writes the guard once for all that came meanwhile', async () => {
    await using place = await makePlace();
    const [guard, guardGate] = gated(fileGuard(place.guard), 'write');
    const [store, storeGate] = gated(await openLevelStore(place.store, addressOfEntry), 'commit');
    guardGate.open(1);
    storeGate.open(100);
    await using log = await place.open({ guard, store, group: { maxEntries: 2 } });
    const entries = Array.from({ length: 8 }, (_, i) => statementOf(i + 1));
    const appending = Promise.all(entries.map((entry) => log.append(entry)));
    await storeGate.reached(1 + 4);
    expect(guardGate.calls).toBe(2);
    guardGate.open(100);
    const receipts = await appending;
    expect(new Set(receipts.map(({ head }) => head.size))).toEqual(new Set([3, 5, 7, 9]));
    expect(guardGate.calls).toBeLessThan(1 + 4);
    await rederive(log);
  });

  test('places the next group while one is being stored, and finds in it what the store does not show yet', async () => {
    await using place = await makePlace();
    const [gatedCommit, commits] = gated(
      await openLevelStore(place.store, addressOfEntry),
      'commit',
    );
    const [store, finds] = gated(gatedCommit, 'find');
    commits.open(1);
    finds.open(100);
    await using log = await place.open({ store, group: { maxEntries: 2 } });
    const other = statementOf(1, { event: 'license.revoke' });
    const appending = Promise.allSettled(
      [statementOf(1), statementOf(2), statementOf(1), other].map((entry) => log.append(entry)),
    );
    await commits.reached(2);
    await finds.reached(3);
    commits.open(100);
    expect(await appending).toMatchObject([
      { value: { index: 1 } },
      { value: { index: 2 } },
      { value: { index: 1 } },
      { reason: { code: 'LOG_ID_CONFLICT' } },
    ]);
    expect(log.size).toBe(3);
  });

  test('counts what is on its way as waiting', async () => {
    await using place = await makePlace();
    const [store, commits] = gated(await openLevelStore(place.store, addressOfEntry), 'commit');
    commits.open(1);
    await using log = await place.open({ store, queue: { maxEntries: 2 } });
    const appending = [log.append(statementOf(1)), log.append(statementOf(2))];
    await commits.reached(2);
    await expect(log.append(statementOf(3))).rejects.toMatchObject({ code: 'LOG_BUSY' });
    commits.open(100);
    await Promise.all(appending);
    expect((await log.append(statementOf(3))).index).toBe(3);
  });
});
