import { formatUtf8 } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import { TILE_WIDTH, entryBundlePath, tilePath, tilesOf, type TreeHead } from '@anchorlog/tlog';
import { PartialCollector } from '../src/partials.ts';
import {
  collectPartials,
  directoryTiles,
  openPublishedLog,
  type Log,
  type LogCheckpoint,
  type TileSink,
  type TileSource,
} from '../src/index.ts';
import { bucketTiles } from '../src/s3.ts';
import { DiskError } from './support/faulty.ts';
import { CHECKPOINT_KEY, NOW, ORIGIN, makePlace, statementOf } from './support/fixture.ts';
import { allEntries, verifyTiles } from './support/inspect.ts';
import { memoryTiles, signCheckpoint } from './support/published.ts';
import { bucketOf, openS3Server } from './support/s3-server.ts';

const HOUR = 3_600_000;

async function append(log: Log, count: number): Promise<void> {
  const from = log.size;
  await log.appendBatch(Array.from({ length: count }, (_, i) => statementOf(from + i)));
}

/** Append and publish until there are 256 · 256 entries and more would take long: three checkpoints, two full tiles. */
async function publishSome(log: Log): Promise<LogCheckpoint[]> {
  const checkpoints: LogCheckpoint[] = [];
  for (const count of [99, 100, 100, 300]) {
    await append(log, count);
    checkpoints.push(await log.publish());
  }
  return checkpoints; // sizes 100, 200, 300, 600
}

/** A place that has exactly what a checkpoint demands, and gives nothing else instead of it. */
function withoutFallback(source: TileSource): TileSource {
  return {
    read: async (path) => {
      const bytes = await source.read(path);
      if (!bytes) throw new Error(`absent: ${path}`);
      return bytes;
    },
  };
}

async function partialsOf(tiles: TileSink): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ['tile/0', 'tile/1', 'tile/entries']) {
    for (const name of await tiles.list(folder)) {
      if (!name.endsWith('.p/')) continue;
      const widths = await tiles.list(`${folder}/${name.slice(0, -1)}`);
      found.push(...widths.map((width) => `${folder}/${name}${width}`));
    }
  }
  return found.toSorted();
}

const PLACES = {
  folder: async () => {
    const place = await makePlace();
    return { place, tiles: directoryTiles(place.tiles), close: () => place[Symbol.asyncDispose]() };
  },
  bucket: async () => {
    const [place, server] = [await makePlace(), await openS3Server()];
    const tiles = bucketTiles(bucketOf(server));
    const close = async (): Promise<void> => {
      await server[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    };
    return { place, tiles, close };
  },
};

describe.each(['folder', 'bucket'] as const)('collectPartials in a %s', (kind) => {
  test('removes what full tiles of the size have replaced, and nothing else', async () => {
    await using world = await worldOf(kind);
    const { log, tiles } = world;
    await publishSome(log);
    const before = await partialsOf(tiles);
    expect(before).toEqual([
      'tile/0/000.p/100',
      'tile/0/000.p/200',
      'tile/0/001.p/44',
      'tile/0/002.p/88',
      'tile/1/000.p/1',
      'tile/1/000.p/2',
      'tile/entries/000.p/100',
      'tile/entries/000.p/200',
      'tile/entries/001.p/44',
      'tile/entries/002.p/88',
    ]);
    expect(await collectPartials({ tiles, origin: ORIGIN, size: 200 })).toBe(0);
    expect(await partialsOf(tiles)).toEqual(before);
    expect(await collectPartials({ tiles, origin: ORIGIN, size: 300 })).toBe(2);
    expect(await partialsOf(tiles)).toEqual(
      before.filter((path) => !path.includes('/000.p/') || path.includes('tile/1')),
    );
    expect(await collectPartials({ tiles, origin: ORIGIN, size: 600, from: 300 })).toBe(2);
    expect(await partialsOf(tiles)).toEqual([
      'tile/0/002.p/88',
      'tile/1/000.p/1',
      'tile/1/000.p/2',
      'tile/entries/002.p/88',
    ]);
    expect(await collectPartials({ tiles, origin: ORIGIN, size: 600 })).toBe(0);
    await verifyTiles(tiles, await log.head(), await allEntries(log));
  });

  test('ends the same when it was interrupted at any step', async () => {
    await using world = await worldOf(kind);
    const { log, tiles } = world;
    const checkpoints = await publishSome(log);
    const entries = await allEntries(log);
    const steps = ['list', 'removePartial'] as const;
    let isWhole = false;
    let crashes = 0;
    for (let crash = 0; !isWhole; crash++) {
      let calls = 0;
      const sink = { ...tiles };
      for (const step of steps) {
        sink[step] = async (given: string): Promise<never> => {
          const nth = calls++;
          if (nth === crash && crash % 2 === 0) throw new DiskError('before it took effect');
          const result = await tiles[step](given);
          if (nth === crash) throw new DiskError('after it took effect');
          return result as never; // of the same step
        };
      }
      const [result] = await Promise.allSettled([
        collectPartials({ tiles: sink, origin: ORIGIN, size: 600 }),
      ]);
      isWhole = result.status === 'fulfilled';
      if (!isWhole) {
        expect(result).toMatchObject({ reason: expect.any(DiskError) as unknown });
        crashes++;
      }
      // Every checkpoint that was ever published can be read, from the full tiles where the partial ones are gone.
      for (const head of checkpoints) await verifyTiles(tiles, head, entries);
    }
    expect(crashes).toBeGreaterThan(3);
    expect((await partialsOf(tiles)).length).toBe(4);
  });

  test('removes nothing that no published checkpoint covers', async () => {
    await using world = await worldOf(kind);
    const { log, tiles } = world;
    await publishSome(log);
    const before = await partialsOf(tiles);
    const beyond = collectPartials({ tiles, origin: ORIGIN, size: 601 });
    await expect(beyond).rejects.toMatchObject({ code: 'LOG_SIZE_RANGE' });
    expect(await partialsOf(tiles)).toEqual(before);
  });
});

describe('collectPartials', () => {
  test('keeps partial tiles whose full form is not there: they are all that there is', async () => {
    await using world = await worldOf('folder');
    const { log, tiles, place } = world;
    await publishSome(log);
    const source = directoryTiles(place.tiles);
    const sink: TileSink = {
      ...source,
      list: async (folder) => (await source.list(folder)).filter((name) => name !== '001'),
    };
    const collected = collectPartials({ tiles: sink, origin: ORIGIN, size: 600 });
    await expect(collected).rejects.toMatchObject({ code: 'LOG_FILE_MISSING' });
    expect(await partialsOf(tiles)).toContain('tile/0/001.p/44');
  });

  test('goes through all folders of a large log, and those only that changed', async () => {
    const size = 256 * 2300 + 7;
    const tiles = memoryTiles();
    const none = new Uint8Array(0);
    const put = (head: Pick<TreeHead, 'size'>): void => {
      for (const tile of tilesOf(head.size)) {
        tiles.files.set(tilePath(tile), none);
        if (tile.level === 0) tiles.files.set(entryBundlePath(tile), none);
      }
    };
    put({ size });
    for (const index of [0, 999, 1000, 1999, 2000, 2299]) {
      tiles.files.set(tilePath({ level: 0, index, width: 3 }), none);
      tiles.files.set(entryBundlePath({ index, width: 3 }), none);
    }
    const note = await signCheckpoint({ size, rootHash: new Uint8Array(32) });
    tiles.files.set('checkpoint', formatUtf8(note));
    const listed: string[] = [];
    const sink: TileSink = {
      ...tiles,
      list: (folder) => {
        listed.push(folder);
        return tiles.list(folder);
      },
    };
    const from = 256 * 2000;
    expect(await collectPartials({ tiles: sink, origin: ORIGIN, size, from })).toBe(4);
    expect(listed).toEqual(['tile/0/x002', 'tile/entries/x002', 'tile/1']);
    expect(await collectPartials({ tiles: sink, origin: ORIGIN, size })).toBe(8);
    const rest = [...tiles.files.keys()].filter((path) => path.includes('.p/'));
    expect(rest.toSorted()).toEqual([
      'tile/0/x002/300.p/7',
      'tile/1/008.p/252',
      'tile/2/000.p/8',
      'tile/entries/x002/300.p/7',
    ]);
  });
});

describe('Log.publish', () => {
  test('removes partial tiles once no checkpoint of the last hour needs them', async () => {
    await using world = await worldOf('folder');
    const { place, tiles } = world;
    await world.log.close();
    let now = NOW;
    await using log = await place.open({ tiles, clock: () => now, monotonic: () => now });
    const published: [number, LogCheckpoint][] = [];
    for (let minute = 0; minute < 150; minute += 5) {
      now = NOW + minute * 60_000;
      await append(log, minute % 15 === 0 ? 200 : 3);
      published.push([now, await log.publish()]);
      // Whoever holds a checkpoint that was the newest at some time in the last hour finds just the files that it names.
      for (const [i, [, { note }]] of published.entries()) {
        const replaced = published[i + 1]?.[0] ?? Infinity;
        if (replaced <= now - HOUR) continue;
        await openPublishedLog({
          source: withoutFallback(tiles),
          origin: ORIGIN,
          key: CHECKPOINT_KEY,
          checkpoint: note,
        });
      }
    }
    // What is older is gone: the tiles that were full an hour ago have no partial forms.
    const [, hourAgo] = published.findLast(([at]) => at <= now - HOUR)!;
    const full = Math.floor(hourAgo.size / TILE_WIDTH);
    expect(full).toBeGreaterThan(3);
    const names = (await tiles.list('tile/0')).filter((name) => name.endsWith('.p/'));
    expect(names.filter((name) => Number(name.slice(0, 3)) < full)).toEqual([]);
    expect(names.length).toBeGreaterThan(0);
  });

  test('removes what an earlier run left behind, an hour after it began', async () => {
    await using world = await worldOf('folder');
    const { place, tiles } = world;
    await publishSome(world.log);
    await world.log.close();
    const before = await partialsOf(tiles);
    let now = NOW;
    await using log = await place.open({ tiles, clock: () => now, monotonic: () => now });
    await log.publish();
    now += HOUR - 1;
    await log.publish();
    expect(await partialsOf(tiles)).toEqual(before);
    now += 1;
    await log.publish();
    expect((await partialsOf(tiles)).length).toBe(4);
  });

  test('publishes though nothing can be removed, says so, and removes it the next time', async () => {
    await using world = await worldOf('folder');
    const { place, tiles } = world;
    await world.log.close();
    let isBroken = true;
    const sink: TileSink = {
      ...tiles,
      removePartial: (path) =>
        isBroken ? Promise.reject(new DiskError('no')) : tiles.removePartial(path),
    };
    const troubles: unknown[] = [];
    const onTrouble = (error: unknown): void => void troubles.push(error);
    await using log = await place.open({
      tiles: sink,
      partials: { keepMs: 0, everyMs: 0, onTrouble },
    });
    const checkpoints = await publishSome(log);
    expect(checkpoints.map(({ size }) => size)).toEqual([100, 200, 300, 600]);
    expect(troubles).toEqual([expect.any(DiskError), expect.any(DiskError)]);
    isBroken = false;
    await log.publish();
    expect((await partialsOf(tiles)).length).toBe(4);
  });

  test('removes nothing when told to keep it for ever', async () => {
    await using world = await worldOf('folder');
    const { place, tiles } = world;
    await world.log.close();
    let now = NOW;
    const partials = { keepMs: Infinity };
    await using log = await place.open({ tiles, partials, clock: () => now, monotonic: () => now });
    await publishSome(log);
    now += 1e12;
    await log.publish();
    expect((await partialsOf(tiles)).length).toBe(10);
  });
});

describe('PartialCollector', () => {
  test('looks at most so often, and goes on where many folders ended its turn', async () => {
    const size = 256 * 20_000;
    const tiles = memoryTiles();
    const listed: string[] = [];
    const sink: TileSink = {
      ...tiles,
      list: async (folder) => {
        listed.push(folder);
        return [];
      },
    };
    let now = 0;
    const collector = new PartialCollector({
      tiles: sink,
      clock: () => now,
      keepMs: 10,
      everyMs: 100,
    });
    await collector.published(size);
    expect(listed.length).toBe(0);
    now = 10;
    await collector.published(size);
    expect(listed.length).toBe(16);
    await collector.published(size);
    expect(listed.length).toBe(32);
    await collector.published(size);
    expect(listed.length).toBe(41); // 20 folders of tiles, 20 of bundles, one above
    now = 109;
    await collector.published(size + 256);
    expect(listed.length).toBe(41);
    now = 119;
    await collector.published(size + 256);
    expect(listed.slice(41)).toEqual(['tile/0/x020', 'tile/entries/x020']);
  });
});

interface World extends AsyncDisposable {
  readonly place: Awaited<ReturnType<typeof makePlace>>;
  readonly tiles: TileSink;
  readonly log: Log;
}

async function worldOf(kind: keyof typeof PLACES): Promise<World> {
  const { place, tiles, close } = await PLACES[kind]();
  const log = await place.open({ tiles });
  return {
    place,
    tiles,
    log,
    [Symbol.asyncDispose]: async () => {
      await log.close();
      await close();
    },
  };
}
