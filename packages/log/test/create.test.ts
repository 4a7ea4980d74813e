import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Level } from 'level';
import type { TreeHead } from '@anchorlog/tlog';
import { fileGuard, type Log, type LogOptions } from '../src/index.ts';
import { creationOf, makePlace, statementOf, type Place } from './support/fixture.ts';
import { rederive } from './support/inspect.ts';

async function append(log: Log, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  await Promise.all(numbers.map((number) => log.append(statementOf(number))));
}

/** A closed log of 301 entries, published. */
async function makeClosedLog(): Promise<Place> {
  const place = await makePlace();
  await using log = await place.open();
  await append(log, 1, 301);
  await log.publish();
  return place;
}

/** Let the log go on and then put the store back as it was. */
async function restoreOldStore(place: Place, goOn: (log: Log) => Promise<void>): Promise<void> {
  const backup = join(place.dir, 'backup');
  await cp(place.store, backup, { recursive: true });
  const log = await place.open();
  await goOn(log);
  await log.close();
  await rm(place.store, { recursive: true });
  await rename(backup, place.store);
}

/** Open a log that must refuse; give the error. */
async function refusal(place: Place, change: Partial<LogOptions> = {}): Promise<unknown> {
  return place.open(change).then(
    async (log) => {
      await log.close();
      return undefined;
    },
    (error: unknown) => error,
  );
}

describe('createLog', () => {
  test('refuses to make a new log without an entry 0', async () => {
    await using place = await makePlace();
    expect(await refusal(place, { create: undefined })).toMatchObject({
      code: 'LOG_CREATE_MISSING',
    });
  });

  test('refuses to make a new log from another entry 0, and can make it afterwards', async () => {
    await using place = await makePlace();
    const create = (): Uint8Array => creationOf({ origin: 'example.gov/seals' });
    expect(await refusal(place, { create })).toMatchObject({ code: 'LOG_CREATE_MISMATCH' });
    expect(await refusal(place)).toBeUndefined();
  });

  test('refuses a log of another origin', async () => {
    await using place = await makeClosedLog();
    await rm(place.tiles, { recursive: true });
    expect(await refusal(place, { origin: 'example.gov/seals' })).toMatchObject({
      code: 'LOG_CREATE_MISMATCH',
    });
  });

  test('refuses a second writer, here and after', async () => {
    await using place = await makePlace();
    const log = await place.open();
    expect(await refusal(place)).toMatchObject({ code: 'LOG_LOCKED' });
    expect((await log.append(statementOf(1))).index).toBe(1);
    await log.close();
    expect(await refusal(place)).toBeUndefined();
  });

  test('refuses an older copy of the store, by the guard', async () => {
    await using place = await makeClosedLog();
    await restoreOldStore(place, (log) => append(log, 301, 303));
    expect(await refusal(place)).toMatchObject({
      code: 'LOG_BEHIND_GUARD',
      context: { size: 301, seen: 303 },
    });
  });

  test('refuses an older copy of store and guard, by the published checkpoint', async () => {
    await using place = await makeClosedLog();
    const guard = await readFile(place.guard);
    await restoreOldStore(place, async (log) => {
      await append(log, 301, 303);
      await log.publish();
    });
    await writeFile(place.guard, guard);
    expect(await refusal(place)).toMatchObject({
      code: 'LOG_BEHIND_CHECKPOINT',
      context: { size: 301, seen: 303 },
    });
  });

  test('refuses an older copy of everything here, by what the chain holds', async () => {
    await using place = await makeClosedLog();
    const guard = await readFile(place.guard);
    const heads: TreeHead[] = [];
    await restoreOldStore(place, async (log) => {
      heads.push(await log.head(200));
      await append(log, 301, 303);
      heads.push(await log.head());
    });
    await writeFile(place.guard, guard);
    expect(await refusal(place, { knownHeads: heads })).toMatchObject({
      code: 'LOG_BEHIND_CHAIN',
      context: { size: 301, seen: 303 },
    });
    expect(await refusal(place, { knownHeads: heads.slice(0, 1) })).toBeUndefined();
  });

  test('refuses an empty store where there was a log', async () => {
    await using place = await makeClosedLog();
    await rm(place.store, { recursive: true });
    expect(await refusal(place)).toMatchObject({ code: 'LOG_BEHIND_GUARD' });
    await rm(place.guard);
    expect(await refusal(place)).toMatchObject({ code: 'LOG_BEHIND_CHECKPOINT' });
  });

  test.each(['guard', 'checkpoint', 'chain'])(
    'refuses the store of another history, by the %s',
    async (witness) => {
      await using place = await makeClosedLog();
      await using other = await makePlace();
      const log = await other.open();
      await append(log, 2, 302);
      await log.publish();
      const head = await log.head();
      await log.close();
      if (witness === 'guard') await cp(other.guard, place.guard);
      if (witness === 'checkpoint')
        await cp(join(other.tiles, 'checkpoint'), join(place.tiles, 'checkpoint'));
      const knownHeads = witness === 'chain' ? [head] : [];
      expect(await refusal(place, { knownHeads })).toMatchObject({
        code: 'LOG_INCONSISTENT',
        context: { witness: `LOG_BEHIND_${witness.toUpperCase()}` },
      });
    },
  );

  test('refuses a store with entries when the guard has nothing', async () => {
    await using place = await makeClosedLog();
    await rm(place.guard);
    expect(await refusal(place)).toMatchObject({
      code: 'LOG_GUARD_MISSING',
      context: { size: 301 },
    });
  });

  test.each(['', '{}', 'garbled', '{"format":"anchorlog/guard/2","rootHash":"","size":1}'])(
    'refuses a guard that holds %o',
    async (text) => {
      await using place = await makeClosedLog();
      await writeFile(place.guard, text);
      expect(await refusal(place)).toMatchObject({ code: 'LOG_GUARD_MALFORMED' });
    },
  );

  test('refuses when the guard has no folder', async () => {
    await using place = await makePlace();
    const guard = fileGuard(join(place.dir, 'not-mounted', 'guard.json'));
    expect(await refusal(place, { guard })).toMatchObject({ code: 'LOG_FAILED' });
  });

  test.each(['', 'garbled', 'example.gov/licenses\n1\n'])(
    'refuses a published checkpoint that is none: %o',
    async (text) => {
      await using place = await makeClosedLog();
      await writeFile(join(place.tiles, 'checkpoint'), text);
      expect(await refusal(place)).toMatchObject({ code: 'LOG_CHECKPOINT_MALFORMED' });
    },
  );

  test('refuses a place where another log publishes', async () => {
    await using place = await makeClosedLog();
    const path = join(place.tiles, 'checkpoint');
    const note = await readFile(path, 'utf8');
    await writeFile(path, note.replaceAll('example.gov/licenses', 'example.gov/seals'));
    expect(await refusal(place)).toMatchObject({ code: 'LOG_CHECKPOINT_MALFORMED' });
  });

  test('goes on after its store ran ahead of guard, checkpoint and chain', async () => {
    await using place = await makeClosedLog();
    const [guard, first] = [await readFile(place.guard), await place.open()];
    const head = await first.head();
    await append(first, 301, 310);
    await first.close();
    await writeFile(place.guard, guard); // as after a crash between store and guard
    await using log = await place.open({ knownHeads: [head] });
    expect(log.size).toBe(310);
    expect(await fileGuard(place.guard).read()).toEqual(await log.head());
    await rederive(log);
  });

  /** Change the database below the store. */
  async function tamper(
    place: Place,
    change: (db: Level<Uint8Array, Uint8Array>) => Promise<void>,
  ): Promise<void> {
    const db = new Level<Uint8Array, Uint8Array>(join(place.store, 'entries'), {
      keyEncoding: 'view',
      valueEncoding: 'view',
    });
    await change(db);
    await db.close();
  }

  test.each([
    { what: 'an entry is changed', kind: 'e', change: true },
    { what: 'entries are missing', kind: 'e', change: false },
    { what: 'a tile is missing', kind: 't', change: false },
    { what: 'the last group is missing', kind: 'g', change: false },
  ])('refuses a damaged store: $what', async ({ kind, change }) => {
    await using place = await makeClosedLog();
    await tamper(place, async (db) => {
      const range = {
        gte: Buffer.from(kind),
        lt: Buffer.from(`${kind}\xff`),
        reverse: true,
        limit: 1,
      };
      const [last] = await db.iterator(range).all();
      const [key, value] = last!;
      value[value.length - 3]! ^= 1;
      if (change) await db.put(key, value);
      else await db.del(key);
    });
    const code = kind === 'g' ? 'LOG_BEHIND_GUARD' : 'LOG_STORE_DAMAGED';
    expect(await refusal(place)).toMatchObject({ code });
  });

  test('refuses a store that is no database', async () => {
    await using place = await makePlace();
    await mkdir(place.store);
    await writeFile(join(place.store, 'entries'), 'a file');
    expect(await refusal(place)).toMatchObject({ code: 'LOG_STORE_DAMAGED' });
  });
});
