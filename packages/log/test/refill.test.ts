import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TreeHead } from '@anchorlog/tlog';
import { directoryTiles, publishedEntries, refillLog, type LogReceipt } from '../src/index.ts';
import { NOW, ORIGIN, makePlace, statementOf, type Place } from './support/fixture.ts';
import { rederive, verifyReceipt, verifyTiles } from './support/inspect.ts';

interface Restored {
  readonly place: Place;
  readonly head: TreeHead;
  readonly receipts: readonly LogReceipt[];
}

/** A log of 1,202 entries, 1,201 of them published, whose store was put back as it was at 301 (or is gone). */
async function makeRestored(isGone = false): Promise<Restored> {
  const place = await makePlace();
  const append = async (from: number, to: number): Promise<LogReceipt[]> => {
    await using log = await place.open({ queue: { maxEntries: 2000 } });
    const numbers = Array.from({ length: to - from }, (_, i) => from + i);
    const receipts = await Promise.all(numbers.map((number) => log.append(statementOf(number))));
    if (to !== 1202) await log.publish();
    return receipts;
  };
  const receipts = await append(1, 301);
  const backup = join(place.dir, 'backup');
  await cp(place.store, backup, { recursive: true });
  receipts.push(...(await append(301, 1201)), ...(await append(1201, 1202)));
  const head = receipts.at(-1)!.head;
  await rm(place.store, { recursive: true });
  if (!isGone) await rename(backup, place.store);
  return { place, head, receipts };
}

/** What a mirror of the folder and the submitter of the last entry give together. */
async function* collected({ place }: Restored, from: number): AsyncGenerator<Uint8Array> {
  yield* publishedEntries(directoryTiles(place.tiles), { from, to: 1201 });
  yield statementOf(1201);
}

describe('refillLog', () => {
  test.each([false, true])(
    'fills up an older store from bundles and submitters, so that the log opens again (store gone: %s)',
    async (isGone) => {
      const restored = await makeRestored(isGone);
      await using place = restored.place;
      await expect(place.open()).rejects.toMatchObject({ code: 'LOG_BEHIND_GUARD' });
      await refillLog({
        origin: ORIGIN,
        store: place.store,
        head: restored.head,
        entries: (from) => collected(restored, from),
        clock: () => NOW,
      });
      await using log = await place.open();
      expect(await log.head()).toEqual(restored.head);
      const entries = await rederive(log);
      for (const first of restored.receipts) {
        const entry = entries[first.index]!;
        const again = await log.append(entry);
        expect(again.index).toBe(first.index);
        if (first.index % 100 === 0) verifyReceipt(again, entry);
        if (first.index % 100 === 0) verifyReceipt(first, entry);
      }
      const checkpoint = await log.publish();
      await verifyTiles(directoryTiles(place.tiles), checkpoint, entries);
    },
  );

  test('does nothing to a store that is not behind', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const head = await log.head();
    await log.close();
    const entries = (): AsyncIterable<Uint8Array> => {
      throw new Error('not asked');
    };
    await refillLog({ origin: ORIGIN, store: place.store, head, entries });
  });

  test('writes nothing when the entries end early, differ, or differ the second time', async () => {
    const restored = await makeRestored();
    await using place = restored.place;
    const { head } = restored;
    const tiles = directoryTiles(place.tiles);
    let reads = 0;
    const sources: ((from: number) => AsyncGenerator<Uint8Array>)[] = [
      (from) => publishedEntries(tiles, { from, to: 1201 }),
      async function* (from) {
        yield* publishedEntries(tiles, { from, to: 1201 });
        yield statementOf(1202);
      },
      async function* (from) {
        if (reads++ === 1) yield statementOf(4000);
        yield* collected(restored, from);
      },
    ];
    for (const entries of sources) {
      await expect(
        refillLog({ origin: ORIGIN, store: place.store, head, entries }),
      ).rejects.toMatchObject({ code: 'LOG_REFILL_MISMATCH' });
      await expect(place.open()).rejects.toMatchObject({
        code: 'LOG_BEHIND_GUARD',
        context: { size: 301 },
      });
    }
  });
});
