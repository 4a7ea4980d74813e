import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatUtf8 } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import { directoryTiles } from '../src/index.ts';
import { makePlace } from './support/fixture.ts';

const HASH = new Uint8Array(32).fill(7);
const PATH = 'tile/0/000.p/1';

describe('directoryTiles', () => {
  test('writes what is there already once, and refuses other bytes in its place', async () => {
    await using place = await makePlace();
    const tiles = directoryTiles(place.tiles);
    await tiles.write([{ path: PATH, bytes: HASH }]);
    await tiles.write([{ path: PATH, bytes: HASH }]);
    const other = tiles.write([{ path: PATH, bytes: new Uint8Array(32) }]);
    await expect(other).rejects.toMatchObject({
      code: 'LOG_TILE_CONFLICT',
      context: { path: PATH },
    });
    expect(await tiles.read(PATH)).toEqual(HASH);
  });

  test('replaces the checkpoint that was read, and no other', async () => {
    await using place = await makePlace();
    const tiles = directoryTiles(place.tiles);
    const [one, two] = [formatUtf8('one'), formatUtf8('two')];
    await tiles.replaceCheckpoint({ from: undefined, to: one });
    await tiles.replaceCheckpoint({ from: one, to: two });
    await tiles.replaceCheckpoint({ from: one, to: two }); // done already
    for (const from of [undefined, one]) {
      const replaced = tiles.replaceCheckpoint({ from, to: HASH });
      await expect(replaced).rejects.toMatchObject({ code: 'LOG_CHECKPOINT_MOVED' });
    }
    expect(await tiles.read('checkpoint')).toEqual(two);
  });

  test('gives the names in a folder, and none of one that is not there', async () => {
    await using place = await makePlace();
    const tiles = directoryTiles(place.tiles);
    expect(await tiles.list('tile/0')).toEqual([]);
    await tiles.write([{ path: PATH, bytes: HASH }]);
    await tiles.write([{ path: 'tile/0/000', bytes: new Uint8Array(8192) }]);
    expect((await tiles.list('tile/0')).toSorted()).toEqual(['000', '000.p/']);
    await tiles.removePartial('tile/0/000');
    await tiles.removePartial('tile/0/000');
    expect(await tiles.list('tile/0')).toEqual(['000']);
  });

  test('refuses a file that is longer than it can be, without reading it', async () => {
    await using place = await makePlace();
    await mkdir(join(place.tiles, 'tile/0'), { recursive: true });
    const path = join(place.tiles, 'tile/0/000');
    await writeFile(path, HASH);
    await truncate(path, 2 ** 40);
    const read = directoryTiles(place.tiles).read('tile/0/000');
    await expect(read).rejects.toMatchObject({ code: 'LOG_FILE_LIMIT', context: { limit: 8192 } });
  });

  test('refuses pipes and devices, which have no end, without waiting for them', async () => {
    await using place = await makePlace();
    await mkdir(place.tiles, { recursive: true });
    for (const path of ['checkpoint', 'tile/0/000']) {
      const at = join(place.tiles, path);
      await mkdir(dirname(at), { recursive: true });
      execFileSync('mkfifo', [at]);
      const pipe = directoryTiles(place.tiles).read(path);
      await expect(pipe).rejects.toMatchObject({ code: 'LOG_FILE_LIMIT', context: { path } });
      await rm(at);
      await symlink('/dev/zero', at);
      const device = directoryTiles(place.tiles).read(path);
      await expect(device).rejects.toMatchObject({ code: 'LOG_FILE_LIMIT', context: { path } });
    }
  });
});
