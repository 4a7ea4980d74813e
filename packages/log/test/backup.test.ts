import { appendFile, cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  backupLog,
  createMemoryStore,
  openLevelSnapshot,
  readManifest,
  restoreLog,
  verifyBackup,
  type LogReceipt,
} from '../src/index.ts';
import { openPostgresReader } from '../src/postgres.ts';
import { makePlace, openLog, statementOf, type Place } from './support/fixture.ts';
import { rederive } from './support/inspect.ts';
import { describeWithPostgres, newStoreUrl } from './support/postgres.ts';

interface Backed extends AsyncDisposable {
  readonly place: Place;
  readonly backup: string;
  readonly receipts: readonly LogReceipt[];
}

/** A log of 1 + `count` entries in several groups, two checkpoints, and its backup. */
async function makeBacked(count = 40): Promise<Backed> {
  const place = await makePlace();
  const receipts: LogReceipt[] = [];
  await using log = await place.open();
  for (let number = 1; number <= count; number++) {
    receipts.push(await log.append(statementOf(number)));
    if (number % 20 === 0) await log.publish();
  }
  const backup = join(place.dir, 'backup');
  await backupLog({ from: place.store, to: backup, segmentBytes: 8192 });
  return { place, backup, receipts, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

/** Restore into a new folder, open the log over it with the same guard and files, and check all receipts. */
async function checkRestores({
  place,
  backup,
  receipts,
}: Omit<Backed, keyof AsyncDisposable>): Promise<void> {
  const store = join(place.dir, 'restored');
  await restoreLog({ from: backup, to: store, seen: [] });
  await using log = await place.open({ store });
  const entries = await rederive(log);
  for (const [i, receipt] of receipts.entries()) {
    expect(await log.receipt(receipt.index)).toEqual(receipt);
    expect(entries[receipt.index]).toEqual(statementOf(i + 1));
  }
}

describe('backupLog', () => {
  test('takes a log that is open, which goes on over what is restored, with every receipt as it was', async () => {
    await using place = await makePlace();
    const receipts: LogReceipt[] = [];
    const backup = join(place.dir, 'backup');
    {
      await using log = await place.open();
      for (let number = 1; number <= 30; number++)
        receipts.push(await log.append(statementOf(number)));
      const checkpoint = await log.publish();
      const report = await backupLog({ from: place.store, to: backup });
      expect(report).toMatchObject({ ...(await log.head()), added: 31, checkpoint: 31 });
      expect(await log.checkpoint()).toEqual(checkpoint);
    }
    expect((await readdir(place.store)).toSorted()).toEqual(['entries', 'ids']);
    await checkRestores({ place, backup, receipts });
  });

  test('takes all that was acknowledged before, while entries come and LevelDB reorganises its files', async () => {
    await using place = await makePlace();
    await using log = await place.open({ queue: { maxEntries: 2000 } });
    const large = (number: number): Uint8Array =>
      statementOf(number, {
        claims: Object.fromEntries(
          ['a', 'b', 'c'].map((name) => [name, `${number}${name}`.padEnd(16_000, name)]),
        ),
      });
    const appending: Promise<LogReceipt>[] = [];
    let rounds = 0;
    const feed = (async () => {
      for (let number = 1; number <= 1400; number++) {
        appending.push(log.append(large(number)));
        if (number % 50 === 0) await appending.at(-1);
      }
    })();
    while (appending.length < 1400) {
      const { size } = log;
      const backup = join(place.dir, `backup-${rounds++}`);
      const report = await backupLog({ from: place.store, to: backup });
      expect(report.size).toBeGreaterThanOrEqual(size);
      const { rootHash } = await verifyBackup({ from: backup, seen: [] });
      expect(rootHash).toEqual((await log.head(report.size)).rootHash);
    }
    await feed;
    await Promise.all(appending);
    const names = await readdir(join(place.store, 'entries'));
    expect(names.some((name) => name.endsWith('.ldb'))).toBe(true);
    expect(rounds).toBeGreaterThan(1);
  });

  test('adds to a backup what is new, and changes nothing that is there', async () => {
    await using backed = await makeBacked();
    const { place, backup } = backed;
    const receipts = [...backed.receipts];
    const before = await contentsOf(backup);
    const same = await backupLog({ from: place.store, to: backup });
    expect(same.added).toBe(0);
    expect(await contentsOf(backup)).toEqual(before);
    {
      await using log = await place.open();
      for (let number = 41; number <= 50; number++)
        receipts.push(await log.append(statementOf(number)));
      await log.publish();
    }
    const more = await backupLog({ from: place.store, to: backup });
    expect(more).toMatchObject({ added: 10, size: 51, checkpoint: 51 });
    const after = await contentsOf(backup);
    before.delete('manifest.json');
    for (const [name, bytes] of before) expect(after.get(name)).toEqual(bytes);
    expect(after.size).toBe(before.size + 2);
    await checkRestores({ place, backup, receipts });
  });

  test('goes on where a call was cut short, which has left files that no manifest names', async () => {
    await using backed = await makeBacked();
    const { place, backup } = backed;
    await using log = await place.open();
    await log.append(statementOf(41));
    await writeFile(join(backup, '0011223344556677.segment.new'), 'half of a segment');
    await writeFile(join(backup, `${'42'.padStart(16, '0')}-0011223344556677.segment`), 'orphan');
    await backupLog({ from: place.store, to: backup });
    expect((await verifyBackup({ from: backup, seen: [] })).size).toBe(42);
    expect((await readdir(backup)).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('refuses a folder without a store, and a store without entries', async () => {
    await using place = await makePlace();
    const [from, to] = [join(place.dir, 'nothing'), join(place.dir, 'backup')];
    await expect(backupLog({ from, to })).rejects.toMatchObject({ code: 'LOG_STORE_MISSING' });
    const empty = await createMemoryStore().read();
    await expect(backupLog({ from: empty, to })).rejects.toMatchObject({
      code: 'LOG_STORE_MISSING',
    });
  });

  test('refuses to add to the backup of another log, of another history, or of a longer one', async () => {
    await using backed = await makeBacked();
    const { place, backup } = backed;
    const check = async (from: string): Promise<void> => {
      const before = await contentsOf(backup);
      await expect(backupLog({ from, to: backup })).rejects.toMatchObject({
        code: 'LOG_BACKUP_MISMATCH',
      });
      expect(await contentsOf(backup)).toEqual(before);
    };
    const manifest = await readFile(join(backup, 'manifest.json'), 'utf8');
    await writeFile(join(backup, 'manifest.json'), manifest.replace('gov/licenses', 'gov/seals'));
    await check(place.store);
    await writeFile(join(backup, 'manifest.json'), manifest);
    for (const count of [39, 41]) {
      await using other = await makePlace();
      await using log = await other.open();
      for (let number = 1; number <= count; number++) {
        await log.append(statementOf(count === 39 ? number : 100 + number));
      }
      await check(other.store);
    }
  });

  test('refuses to add to a backup that lacks a file, or has one of another length', async () => {
    await using backed = await makeBacked();
    const { place, backup } = backed;
    const { segments } = await readManifest(backup);
    expect(segments.length).toBeGreaterThan(1);
    await appendFile(join(backup, segments[0]!.name), 'x');
    const adding = async (): Promise<unknown> => backupLog({ from: place.store, to: backup });
    await expect(adding()).rejects.toMatchObject({ code: 'LOG_BACKUP_DAMAGED' });
    await rm(join(backup, segments[0]!.name));
    await expect(adding()).rejects.toMatchObject({ code: 'LOG_BACKUP_DAMAGED' });
  });

  test('refuses a store whose entries do not lead to its roots, and writes no manifest', async () => {
    await using place = await makePlace();
    const memory = createMemoryStore();
    {
      await using log = await place.open({ store: await memory.open() });
      await log.append(statementOf(1));
    }
    const store = await memory.read();
    const changed = new Proxy(store, {
      get(target, name) {
        if (name !== 'entries') return (Reflect.get(target, name) as () => unknown).bind(target);
        return async function* (range: { from: number; to: number }) {
          for await (const entry of target.entries(range)) yield Uint8Array.of(...entry, 32);
        };
      },
    });
    const to = join(place.dir, 'backup');
    await expect(backupLog({ from: changed, to })).rejects.toMatchObject({
      code: 'LOG_STORE_DAMAGED',
    });
    await expect(readManifest(to)).rejects.toMatchObject({ code: 'LOG_BACKUP_MISSING' });
    expect(await readdir(to)).toEqual([]);
  });
});

describe('readManifest', () => {
  test.each<[string, (text: string) => string]>([
    ['no JSON', () => '{'],
    ['another format', (text) => text.replace('backup/1', 'backup/2')],
    ['an unknown member', (text) => text.replace('"origin"', '"more": 1, "origin"')],
    ['another size than its segments', (text) => text.replace('"size": 21', '"size": 20')],
    [
      'a checkpoint beyond its size',
      (text) => text.replace('"checkpoint": 21', '"checkpoint": 22'),
    ],
    ['a segment elsewhere', (text) => text.replace('.segment"', '.segment/../x"')],
    [
      'segments in another order',
      (text) => text.replace(/"size": \d+,\n {6}"bytes"/, '"size": 21, "bytes"'),
    ],
    ['no segments', (text) => text.replace(/\[[^]*\]/, '[]')],
  ])('refuses %s', async (_, change) => {
    await using backed = await makeBacked(20);
    const path = join(backed.backup, 'manifest.json');
    const text = await readFile(path, 'utf8');
    expect(change(text)).not.toBe(text);
    await writeFile(path, change(text));
    await expect(readManifest(backed.backup)).rejects.toMatchObject({
      code: 'LOG_BACKUP_MALFORMED',
    });
  });
});

describe('openLevelSnapshot', () => {
  test('removes what a process that is no more has left, and its own folder', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const left = join(place.store, 'snapshot-4194304-00112233'); // larger than any process number
    await mkdir(left);
    const snapshot = await openLevelSnapshot(place.store);
    expect((await readdir(place.store)).length).toBe(3);
    expect((await snapshot.last())?.size).toBe(log.size);
    await snapshot.close();
    expect((await readdir(place.store)).toSorted()).toEqual(['entries', 'ids']);
  });

  test('refuses a folder whose pointer names no manifest', async () => {
    await using backed = await makeBacked();
    const copy = join(backed.place.dir, 'copy');
    await cp(backed.place.store, copy, { recursive: true });
    await writeFile(join(copy, 'entries', 'CURRENT'), '../elsewhere\n');
    await expect(openLevelSnapshot(copy)).rejects.toMatchObject({ code: 'LOG_STORE_DAMAGED' });
    expect(await readdir(copy)).not.toContain(expect.stringMatching(/^snapshot/));
  });
});

describeWithPostgres('a backup of a log in PostgreSQL', (server) => {
  test('is taken beside its writer, and restored into a folder', async () => {
    const url = newStoreUrl(server());
    await using place = await makePlace(url);
    const receipts: LogReceipt[] = [];
    const backup = join(place.dir, 'backup');
    {
      await using log = await place.open();
      for (let number = 1; number <= 20; number++)
        receipts.push(await log.append(statementOf(number)));
      await backupLog({ from: await openPostgresReader({ url }), to: backup });
    }
    const restored = join(place.dir, 'restored');
    await restoreLog({ from: backup, to: restored, seen: [] });
    await using log = await openLog({ ...place, store: restored });
    for (const receipt of receipts) expect(await log.receipt(receipt.index)).toEqual(receipt);
    await rederive(log);
  });
});

async function contentsOf(dir: string): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const name of (await readdir(dir)).toSorted()) {
    const path = join(dir, name);
    const { mtimeMs, mode } = await stat(path);
    expect(mode & 0o077).toBe(0);
    contents.set(name, `${mtimeMs} ${(await readFile(path)).toString('hex')}`);
  }
  return contents;
}
