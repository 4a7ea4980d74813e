import { cp, mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { Level } from 'level';
import { describe, expect, test } from 'vitest';
import { crc32c } from '../src/crc32c.ts';
import { LevelCheck } from '../src/level-check.ts';
import { checkLevelTable } from '../src/level-table.ts';
import { nodeLevelFolder } from '../src/node.ts';

const NOW = 1_700_000_000_000;
const DAY = 24 * 60 * 60 * 1000;
const DAMAGED = { code: 'CORE_LEVEL_DAMAGED' };

interface Settings {
  readonly compression?: boolean;
  readonly blockSize?: number;
  readonly writeBufferSize?: number;
}

/** A folder for one database, removed at the end. */
class Place {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async make(): Promise<Place> {
    return new Place(await mkdtemp(join(tmpdir(), 'anchorlog-level-')));
  }

  /** Write rows, and then once more nothing, so that all of them are in tables. */
  static async with(rows: number, settings: Settings = {}): Promise<Place> {
    const place = await Place.make();
    const db = await place.open(settings);
    for (let i = 0; i < rows; i++) await db.put(`key-${i}`, `${'value '.repeat(i % 9)}${i}`);
    await db.close();
    await (await place.open(settings)).close();
    return place;
  }

  get db(): string {
    return join(this.dir, 'db');
  }

  async open(settings: Settings = {}): Promise<Level> {
    const db = new Level(this.db, settings);
    await db.open();
    return db;
  }

  check(now = NOW): Promise<LevelCheck> {
    return LevelCheck.of(nodeLevelFolder(this.db), now);
  }

  async tables(): Promise<string[]> {
    const names = (await readdir(this.db)).filter((name) => name.endsWith('.ldb')).toSorted();
    return names.map((name) => join(this.db, name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true });
  }
}

/** Change a byte as a disk does it, which notes no change. */
async function rot(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at]! ^= 1;
  await writeFile(path, bytes);
  await utimes(path, 1, 1);
}

describe('crc32c', () => {
  test('gives the check value, and the same in pieces of eight as in others', () => {
    const bytes = new TextEncoder().encode('..123456789..');
    expect(crc32c(bytes, 2, 11)).toBe(0xe306_9283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a91_36aa); // RFC 3720 appendix B.4
    expect(crc32c(new Uint8Array())).toBe(0);
  });
});

describe('checkLevelTable', () => {
  test.each([
    ['packed', { compression: true, blockSize: 512 }],
    ['plain', { compression: false }],
  ])(
    'finds each bit of a table that is another, and each end that is missing: %s',
    async (_, settings) => {
      await using place = await Place.with(40, settings);
      const table = new Uint8Array(await readFile((await place.tables())[0]!));
      checkLevelTable(table, 'table');
      for (let at = 0; at < table.length; at++) {
        expect(() => checkLevelTable(table.subarray(0, at), 'table')).toThrow(/^table/);
        for (let bit = 0; bit < 8; bit++) {
          table[at]! ^= 1 << bit;
          expect(() => checkLevelTable(table, 'table')).toThrow(/^table/);
          table[at]! ^= 1 << bit;
        }
      }
    },
  );

  test('refuses any other bytes in their place, and says so', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const end = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
        for (const table of [bytes, Buffer.concat([bytes, end])]) {
          expect(() => checkLevelTable(table, 'table')).toThrow(expect.objectContaining(DAMAGED));
        }
      }),
    );
  });
});

describe('LevelCheck', () => {
  test('takes whatever LevelDB writes, packed or not, in one table or many, while it writes it and after', async () => {
    const rows = fc.array(
      fc.tuple(fc.string({ maxLength: 40 }), fc.string({ maxLength: 2000 }), fc.nat(40)),
      { minLength: 1, maxLength: 60 },
    );
    const settings = fc.record({
      compression: fc.boolean(),
      blockSize: fc.constantFrom(256, 4096),
      writeBufferSize: fc.constant(65_536),
    });
    const law = fc.asyncProperty(rows, settings, async (all, options) => {
      await using place = await Place.make();
      for (let round = 0; round < 3; round++) {
        const db = await place.open(options);
        const writing = (async () => {
          for (const [key, value, times] of all) {
            await db.put(`${round % 2}${key}`, value.repeat(times));
            if (times === 0) await db.del(`0${key}`);
          }
        })();
        await place.check();
        await writing;
        await db.close();
        await (await place.check()).closed();
      }
    });
    await fc.assert(law, { numRuns: 12 });
  });

  test('begins a database where there is none, also where a crash cut its beginning off', async () => {
    await using place = await Place.make();
    await (await place.check()).closed();
    expect(await readdir(place.dir)).toEqual([]);
    await (await place.open()).close();
    for (const name of await readdir(place.db)) {
      if (name !== 'LOCK') await rm(join(place.db, name));
    }
    await writeFile(join(place.db, 'MANIFEST-000001'), '');
    await writeFile(join(place.db, '000001.dbtmp'), 'MANIFEST-0000');
    await place.check();
  });

  test('refuses a database whose CURRENT or manifest is gone or changed, or that misses a table', async () => {
    await using place = await Place.with(9);
    const [table] = await place.tables();
    const [current, manifest] = (await readdir(place.db))
      .filter((name) => /^CURRENT|^MANIFEST/.test(name))
      .map((name) => join(place.db, name));
    for (const path of [current!, manifest!, table!]) {
      const sound = await readFile(path);
      await rm(path);
      await expect(place.check()).rejects.toMatchObject(DAMAGED);
      for (let at = 0; at < sound.length; at++) {
        // The length of the last record, made larger, is that of one that a crash has cut off.
        const changed = Buffer.from(sound);
        changed[at]! ^= 0x80;
        await writeFile(path, changed);
        await place.check().then(
          () => expect(path).toBe(manifest),
          (error: unknown) => expect(error).toMatchObject(DAMAGED),
        );
      }
      await writeFile(path, sound);
    }
    await place.check();
  });

  test('refuses a table in the place of another, and leaves alone what belongs to no database', async () => {
    await using place = await Place.with(9);
    const db = await place.open();
    await db.put('z', 'z'.repeat(1000));
    await db.close();
    await (await place.open()).close();
    const [first, second] = await place.tables();
    await writeFile(join(place.db, '999999.ldb'), 'what a crash has left of a table');
    await place.check();
    await cp(first!, second!);
    await expect(place.check()).rejects.toMatchObject(DAMAGED);
  });

  test('believes what it has checked for a week, if all was closed properly and nothing written since', async () => {
    await using place = await Place.with(9);
    const [table] = await place.tables();
    const properly = async (now: number): Promise<void> => {
      const check = await place.check(now);
      await (await place.open()).close();
      await check.closed();
    };
    await utimes(table!, 1, 1);
    await properly(NOW);
    await rot(table!, 7);
    await properly(NOW + 6 * DAY); // not looked at, and noted as of the day on which it was
    await expect(place.check(NOW + 7 * DAY)).rejects.toMatchObject(DAMAGED);
    await rot(table!, 7);
    await properly(NOW);
    await rot(table!, 7);
    await expect(place.check(NOW - 1)).rejects.toMatchObject(DAMAGED);
    await rot(table!, 7);
    await properly(NOW);
    await rot(table!, 7);
    await place.check(NOW); // and whatever ended the process then
    await expect(place.check(NOW)).rejects.toMatchObject(DAMAGED);
    await rot(table!, 7);
    await properly(NOW);
    const changed = await readFile(table!);
    changed[7]! ^= 1;
    await writeFile(table!, changed);
    await expect(place.check(NOW)).rejects.toMatchObject(DAMAGED);
  });

  test('says that it cannot read what the system does not let it read', async () => {
    await using place = await Place.with(9);
    const current = join(place.db, 'CURRENT');
    await rm(current);
    await mkdir(current);
    await expect(place.check()).rejects.toMatchObject({ code: 'CORE_LEVEL_UNREADABLE' });
  });
});
