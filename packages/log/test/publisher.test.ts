import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckpoint, verifyConsistency } from '@anchorlog/tlog';
import { addressOfEntry } from '../src/admission.ts';
import { directoryTiles, type Log, type LogStore, type TileSink } from '../src/index.ts';
import { openLevelStore } from '../src/level-store.ts';
import { CHECKPOINT_KEY, ORIGIN, makePlace, statementOf } from './support/fixture.ts';
import { DiskError } from './support/faulty.ts';
import { allEntries, hasher, verifyTiles } from './support/inspect.ts';

async function append(log: Log, count: number): Promise<void> {
  const from = log.size;
  await log.appendBatch(Array.from({ length: count }, (_, i) => statementOf(from + i)));
}

/** All files below a folder, by path, without what a crash may have left unfinished. */
async function filesOf(dir: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const each of await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])) {
    const path = join(each.parentPath, each.name);
    if (each.isFile() && !path.endsWith('.new'))
      files.set(path.slice(dir.length + 1), await readFile(path));
  }
  return files;
}

describe('Log.publish', () => {
  test('publishes exactly the tiles and bundles of its entries, and a checkpoint that can be opened', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const source = directoryTiles(place.tiles);
    for (const count of [0, 1, 253, 1, 1, 300, 600]) {
      if (count > 0) await append(log, count);
      const checkpoint = await log.publish();
      expect(checkpoint).toMatchObject(await log.head());
      const opened = openCheckpoint(checkpoint.note, { origin: ORIGIN, key: CHECKPOINT_KEY });
      expect(opened).toMatchObject(await log.head());
      expect(opened.extensions).toEqual([]);
      expect(opened.indexRoot).toBeUndefined();
      expect(await readFile(join(place.tiles, 'checkpoint'), 'utf8')).toBe(checkpoint.note);
      await verifyTiles(source, checkpoint, await allEntries(log));
    }
  });

  test('names files as C2SP tlog-tiles does, and removes partial ones that a full one replaces', async () => {
    await using place = await makePlace();
    await using log = await place.open({ partials: { keepMs: 0, everyMs: 0 } });
    await append(log, 254);
    await log.publish();
    expect([...(await filesOf(place.tiles)).keys()].toSorted()).toEqual([
      'checkpoint',
      'tile/0/000.p/255',
      'tile/entries/000.p/255',
    ]);
    await append(log, 257);
    await log.publish();
    await append(log, 1);
    await log.publish();
    expect([...(await filesOf(place.tiles)).keys()].toSorted()).toEqual([
      'checkpoint',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/1',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002.p/1',
    ]);
  });

  test('gives the same again while nothing is appended, and writes nothing', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await append(log, 10);
    const checkpoint = await log.publish();
    const before = await filesOf(place.tiles);
    const sink: TileSink = {
      ...directoryTiles(place.tiles),
      write: () => Promise.reject(new DiskError('nothing to write')),
    };
    expect(await Promise.all([log.publish(), log.publish()])).toEqual([checkpoint, checkpoint]);
    await log.close();
    await using again = await place.open({ tiles: sink });
    expect(await again.publish()).toEqual(checkpoint);
    expect(await filesOf(place.tiles)).toEqual(before);
  });

  test('fills another folder with the same bytes', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    await append(log, 700);
    const checkpoint = await log.publish();
    const before = await filesOf(place.tiles);
    await rm(place.tiles, { recursive: true });
    expect(await log.publish()).toEqual(checkpoint);
    expect(await filesOf(place.tiles)).toEqual(before);
  });

  test('publishes the same bytes after a crash at any point', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await append(log, 200);
    await log.publish();
    await append(log, 500);
    await log.close();
    const steps = ['write', 'replaceCheckpoint', 'list', 'removePartial'] as const;
    let isWhole = false;
    const seen: Map<string, Buffer>[] = [];
    for (let crash = 0; !isWhole; crash++) {
      const real = directoryTiles(place.tiles);
      let calls = 0;
      const troubles: unknown[] = [];
      const sink = { ...real };
      for (const step of steps) {
        sink[step] = async (given: never): Promise<never> => {
          // Half of the files of a write may have come through.
          const isCrash = calls++ === crash;
          const some: unknown = given;
          if (isCrash && Array.isArray(some)) await real.write(some.slice(0, some.length / 2));
          if (isCrash) throw new DiskError('crash');
          return (await real[step](given)) as never; // of the same step
        };
      }
      const onTrouble = (error: unknown): void => void troubles.push(error);
      const partials = { keepMs: 0, everyMs: 0, onTrouble };
      const again = await place.open({ tiles: sink, partials });
      const [result] = await Promise.allSettled([again.publish()]);
      isWhole = result.status === 'fulfilled' && troubles.length === 0;
      if (result.status === 'rejected') troubles.push(result.reason);
      if (!isWhole) expect(troubles).toEqual([expect.any(DiskError)]);
      await again.close();
      const checkpoint = await readFile(join(place.tiles, 'checkpoint'), 'utf8');
      const head = openCheckpoint(checkpoint, { origin: ORIGIN, key: CHECKPOINT_KEY });
      await using third = await place.open();
      // Whatever is published at any time is whole.
      await verifyTiles(directoryTiles(place.tiles), head, await allEntries(third));
      await third.close();
      seen.push(await filesOf(place.tiles));
    }
    const final = seen.at(-1)!;
    for (const files of seen) {
      for (const [path, bytes] of files) {
        if (path === 'checkpoint' || !final.has(path)) continue;
        expect(bytes).toEqual(final.get(path));
      }
    }
    expect(seen.length).toBeGreaterThan(3);
  });

  test('refuses to go back behind a checkpoint that somebody else published', async () => {
    await using place = await makePlace();
    await using other = await makePlace();
    await using log = await place.open();
    await using ahead = await other.open();
    await append(ahead, 5);
    await ahead.publish();
    const note = await readFile(join(other.tiles, 'checkpoint'));
    await append(log, 3);
    await log.publish();
    await writeFile(join(place.tiles, 'checkpoint'), note);
    await expect(log.publish()).rejects.toMatchObject({ code: 'LOG_BEHIND_CHECKPOINT' });
    await log.appendBatch([statementOf(100), statementOf(101)]);
    await expect(log.publish()).rejects.toMatchObject({ code: 'LOG_INCONSISTENT' });
    expect(await readFile(join(place.tiles, 'checkpoint'))).toEqual(note);
  });
});

describe('Log.publish of a store that was changed below it', () => {
  const changes = ['an entry', 'a tile', 'an entry and its tile'] as const;
  test.each(changes)('signs nothing: %s', async (what) => {
    await using place = await makePlace();
    const real = await openLevelStore(place.store, addressOfEntry);
    let isChanged = false;
    const changed = statementOf(3, { event: 'license.revoke' });
    const store: LogStore = new Proxy(real, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        const call = (...given: unknown[]): unknown => Reflect.apply(member, target, given);
        if (!isChanged) return call;
        if (name === 'entries' && what !== 'a tile') {
          return async function* (range: { from: number }): AsyncGenerator<Uint8Array> {
            let index = range.from;
            for await (const entry of call(range) as AsyncIterable<Uint8Array>) {
              yield index++ === 3 ? changed : entry;
            }
          };
        }
        if (name === 'tile' && what !== 'an entry') {
          return async (at: unknown) => {
            const tile = (await call(at)) as Uint8Array;
            tile.set(hasher.leaf(changed), 3 * 32);
            return tile;
          };
        }
        return call;
      },
    });
    await using log = await place.open({ store });
    await append(log, 300);
    isChanged = true;
    await expect(log.publish()).rejects.toMatchObject({ code: 'LOG_STORE_DAMAGED' });
    expect(await directoryTiles(place.tiles).read('checkpoint')).toBeUndefined();
  });
});

describe('Log.checkpoint', () => {
  test('gives every published checkpoint again, and none for other sizes', async () => {
    await using place = await makePlace();
    const first = await place.open();
    expect(await first.checkpoint()).toBeUndefined();
    const published = [];
    for (const count of [3, 4, 5]) {
      await append(first, count);
      published.push(await first.publish());
    }
    await first.close();
    await using log = await place.open();
    for (const checkpoint of published) {
      expect(await log.checkpoint(checkpoint.size)).toEqual(checkpoint);
      const { size } = checkpoint;
      const hashes = await log.proveConsistency({ olderSize: size });
      verifyConsistency({ older: checkpoint, newer: await log.head(), hashes }, hasher);
    }
    expect(await log.checkpoint()).toEqual(published[2]);
    expect(await log.checkpoint(5)).toBeUndefined();
  });
});

describe('Log.checkpointCovering', () => {
  test('gives the oldest checkpoint that holds an entry', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    await append(log, 3);
    const first = await log.publish();
    await append(log, 1);
    const second = await log.publish();
    await append(log, 1);
    expect(await log.checkpointCovering(0)).toEqual(first);
    expect(await log.checkpointCovering(3)).toEqual(first);
    expect(await log.checkpointCovering(4)).toEqual(second);
    expect(await log.checkpointCovering(5)).toBeUndefined();
    await expect(log.checkpointCovering(6)).rejects.toMatchObject({ code: 'LOG_INDEX_RANGE' });
  });
});
