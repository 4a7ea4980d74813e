import { cp, mkdir, readFile, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { describe, expect, test } from 'vitest';
import { openLevelStore } from '../src/level-store.ts';
import type { GroupWrite, LogStore } from '../src/index.ts';
import { makePlace } from './support/fixture.ts';

/** Entries of any bytes; the address is the text before the colon. */
const addressOf = (entry: Uint8Array): string => Buffer.from(entry).toString().split(':')[0]!;

function groupOf(from: number, count: number, change: Partial<GroupWrite> = {}): GroupWrite {
  const entries = Array.from({ length: count }, (_, i) =>
    Uint8Array.from(Buffer.from(`address-${from + i}:${'x'.repeat((from + i) * 7)}`)),
  );
  return {
    from,
    size: from + count,
    rootHash: new Uint8Array(32).fill(from),
    time: 1_773_281_702_480 + from,
    anchorBy: 1_773_281_702_480 + from + 5,
    entries,
    addresses: entries.map(addressOf),
    tiles: [],
    notes: [],
    ...change,
  };
}

function small(from: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`address-${from + i}:`));
}

async function read(store: LogStore, from: number, to: number): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for await (const entry of store.entries({ from, to })) entries.push(entry);
  return entries;
}

describe('openLevelStore', () => {
  test('keeps what a group writes', async () => {
    await using place = await makePlace();
    const first = await openLevelStore(place.store, addressOf);
    expect(await first.last()).toBeUndefined();
    const groups = [groupOf(0, 1), groupOf(1, 300), groupOf(301, 3)];
    const tile = { level: 1, index: 2, hashes: new Uint8Array(8192).fill(3) };
    const note = { size: 1, note: 'a note\n' };
    await first.commit(groups[0]!);
    await first.commit({ ...groups[1]!, tiles: [tile], notes: [note] });
    await first.commit(groups[2]!);
    await first.close();
    const store = await openLevelStore(place.store, addressOf);
    const all = groups.flatMap(({ entries }) => entries);
    expect(await read(store, 0, 304)).toEqual(all);
    for (const index of [0, 1, 2, 255, 300, 301, 303]) {
      expect(await store.entry(index)).toEqual(all[index]);
      expect(await read(store, index, index + 1)).toEqual([all[index]]);
    }
    expect(await store.entry(304)).toBeUndefined();
    for (const { from, size, rootHash, time, anchorBy } of groups) {
      expect(await store.group(from)).toEqual({ from, size, rootHash, time, anchorBy });
      expect(await store.group(size - 1)).toEqual({ from, size, rootHash, time, anchorBy });
    }
    expect(await store.group(304)).toBeUndefined();
    expect((await store.last())?.size).toBe(304);
    expect(await store.find(['address-0', 'address-303', 'address-304'])).toEqual([
      0,
      303,
      undefined,
    ]);
    expect(await store.tile({ level: 1, index: 2 })).toEqual(tile.hashes);
    expect(await store.tile({ level: 1, index: 1 })).toBeUndefined();
    expect(await store.receiptNote(1)).toBe('a note\n');
    expect(await store.receiptNote(2)).toBeUndefined();
    await store.close();
  });

  test('refuses a group that does not begin at its end', async () => {
    await using place = await makePlace();
    const store = await openLevelStore(place.store, addressOf);
    await store.commit(groupOf(0, 5));
    for (const from of [0, 4, 6]) {
      await expect(store.commit(groupOf(from, 1))).rejects.toMatchObject({
        code: 'LOG_STORE_BEHIND',
        context: { size: 5, from },
      });
    }
    await store.close();
  });

  test('says so when entries are asked for that it does not have', async () => {
    await using place = await makePlace();
    const store = await openLevelStore(place.store, addressOf);
    await store.commit(groupOf(0, 5));
    await expect(read(store, 3, 6)).rejects.toMatchObject({ code: 'LOG_STORE_DAMAGED' });
    expect(await read(store, 5, 5)).toEqual([]);
    await store.close();
  });

  test('reads addresses that were lost from the entries again', async () => {
    await using place = await makePlace();
    const backup = join(place.dir, 'ids');
    const first = await openLevelStore(place.store, addressOf);
    await first.commit(groupOf(0, 3));
    await first.close();
    await cp(join(place.store, 'ids'), backup, { recursive: true });
    const second = await openLevelStore(place.store, addressOf);
    await second.commit(groupOf(3, 2500));
    await second.close();
    const addresses = ['address-0', 'address-3', 'address-2502'];
    for (const left of [backup, undefined]) {
      await rm(join(place.store, 'ids'), { recursive: true });
      if (left) await rename(left, join(place.store, 'ids'));
      const store = await openLevelStore(place.store, addressOf);
      expect(await store.find(addresses)).toEqual([0, 3, 2502]);
      await store.close();
    }
  });

  test('does not take addresses of other entries for its own', async () => {
    await using place = await makePlace();
    await using other = await makePlace();
    const store = await openLevelStore(place.store, addressOf);
    await store.commit(groupOf(0, 3));
    await store.close();
    for (const [from, count] of [
      [0, 9],
      [0, 2],
    ] as const) {
      const foreign = groupOf(from, count, {
        addresses: Array.from({ length: count }, (_, i) => `foreign-${i}`),
        entries: Array.from({ length: count }, (_, i) => Buffer.from(`foreign-${i}:`)),
      });
      const made = await openLevelStore(join(other.dir, String(count)), addressOf);
      await made.commit(foreign);
      await made.close();
      await rm(join(place.store, 'ids'), { recursive: true });
      await rename(join(other.dir, String(count), 'ids'), join(place.store, 'ids'));
      const again = await openLevelStore(place.store, addressOf);
      expect(await again.find(['foreign-0', 'address-0', 'address-2'])).toEqual([undefined, 0, 2]);
      await again.close();
    }
  });

  test.each([
    ['entries', 'LOG_STORE_DAMAGED'],
    ['ids', 'LOG_IDS_DAMAGED'],
  ])('is not opened where any byte of a table of %s is another', async (part, code) => {
    await using place = await makePlace();
    for (const from of [0, 6]) {
      const store = await openLevelStore(place.store, addressOf);
      await store.commit(groupOf(from, 6, { entries: small(from, 6) }));
      await store.close();
    }
    const folder = join(place.store, part);
    const table = join(
      folder,
      (await readdir(folder)).find((name) => name.endsWith('.ldb'))!,
    );
    const sound = await readFile(table);
    for (let at = 0; at < sound.length; at++) {
      const changed = Buffer.from(sound);
      changed[at]! ^= 1 << (at % 8);
      await writeFile(table, changed);
      await expect(openLevelStore(place.store, addressOf)).rejects.toMatchObject({ code });
    }
    await truncate(table, 100);
    await expect(openLevelStore(place.store, addressOf)).rejects.toMatchObject({ code });
    await rm(table);
    await expect(openLevelStore(place.store, addressOf)).rejects.toMatchObject({ code });
    await writeFile(table, sound);
    await (await openLevelStore(place.store, addressOf)).close();
  });

  test('makes the addresses again where they were damaged and are removed', async () => {
    await using place = await makePlace();
    const store = await openLevelStore(place.store, addressOf);
    await store.commit(groupOf(0, 3));
    await store.close();
    const ids = join(place.store, 'ids');
    await rm(join(ids, 'CURRENT'));
    await expect(openLevelStore(place.store, addressOf)).rejects.toMatchObject({
      code: 'LOG_IDS_DAMAGED',
      message: expect.stringContaining('remove the folder ids') as unknown,
    });
    await rm(ids, { recursive: true });
    const again = await openLevelStore(place.store, addressOf);
    expect(await again.find(['address-2'])).toEqual([2]);
    await again.close();
  });

  test.each([
    ['CURRENT is gone', (folder: string) => rm(join(folder, '..', 'CURRENT'))],
    ['MANIFEST is gone', (folder: string) => rm(folder)],
    [
      'CURRENT names no file',
      (folder: string) => writeFile(join(folder, '..', 'CURRENT'), 'MANX\n'),
    ],
  ])('says that it is damaged where %s', async (_, damage) => {
    await using place = await makePlace();
    const store = await openLevelStore(place.store, addressOf);
    await store.commit(groupOf(0, 3));
    await store.close();
    const folder = join(place.store, 'entries');
    const name = (await readdir(folder)).find((each) => each.startsWith('MANIFEST'))!;
    await damage(join(folder, name));
    await expect(openLevelStore(place.store, addressOf)).rejects.toMatchObject({
      code: 'LOG_STORE_DAMAGED',
    });
  });

  test('says that it is damaged where a row cannot be read', async () => {
    await using place = await makePlace();
    const store = await openLevelStore(place.store, addressOf);
    await store.commit(groupOf(0, 3));
    await store.close();
    const ids = new Level<string, Uint8Array>(join(place.store, 'ids'), { valueEncoding: 'view' });
    await ids.put('address-1', new Uint8Array(8).fill(255));
    await ids.close();
    const damaged = await openLevelStore(place.store, addressOf);
    await expect(damaged.find(['address-1'])).rejects.toMatchObject({ code: 'LOG_STORE_DAMAGED' });
    await damaged.close();
  });

  test('does not take a system that refuses for damage', async () => {
    await using place = await makePlace();
    await (await openLevelStore(place.store, addressOf)).close();
    const lock = join(place.store, 'entries', 'LOCK');
    await rm(lock);
    await mkdir(lock);
    await expect(openLevelStore(place.store, addressOf)).rejects.toMatchObject({
      code: 'LOG_STORE_FAILED',
    });
  });
});
