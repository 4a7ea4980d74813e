import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  TILE_WIDTH,
  entryBundlePath,
  newTiles,
  parseEntryBundlePath,
  parseTile,
  parseTilePath,
  tilePath,
  tilesOf,
  type TileCoordinate,
} from '../src/index.ts';
import { sharedVector, verdictOf } from './vectors.ts';

describe('tilePath', () => {
  test.each([
    [0, 0, 256, 'tile/0/000'],
    [0, 999, 256, 'tile/0/999'],
    [1, 1000, 256, 'tile/1/x001/000'],
    [0, 1_234_067, 112, 'tile/0/x001/x234/067.p/112'],
    [63, 5, 1, 'tile/63/005.p/1'],
    [0, Number.MAX_SAFE_INTEGER, 255, 'tile/0/x009/x007/x199/x254/x740/991.p/255'],
  ])('of level %d, index %d, width %d is %s, and back', (level, index, width, path) => {
    expect(tilePath({ level, index, width })).toBe(path);
    expect(parseTilePath(path)).toEqual({ level, index, width });
    expect(entryBundlePath({ index, width })).toBe(path.replace(/^tile\/\d+/, 'tile/entries'));
  });

  test('and its parser undo each other for any tile', () => {
    const tile = fc.record({
      level: fc.integer({ min: 0, max: 63 }),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(tile, ({ level, index, width }) => {
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
        expect(parseEntryBundlePath(entryBundlePath({ index, width }))).toEqual({ index, width });
      }),
    );
  });

  test.each<TileCoordinate>([
    { level: -1, index: 0, width: 1 },
    { level: 64, index: 0, width: 1 },
    { level: 0.5, index: 0, width: 1 },
    { level: 0, index: -1, width: 1 },
    { level: 0, index: 2 ** 53, width: 1 },
    { level: 0, index: 0, width: 0 },
    { level: 0, index: 0, width: 257 },
    { level: 0, index: 0, width: 1.5 },
  ])('refuses %o', (tile) => {
    expect(verdictOf(() => tilePath(tile))).toBe('TLOG_TILE_RANGE');
  });
});

describe('parseTilePath', () => {
  test.each([
    '',
    'tile',
    'tile/0',
    'tile/0/',
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/x/000',
    '/tile/0/000',
    'tile/0/000/',
    'tile/0/000.p',
    'tile/0/000.p/',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/000.p/257',
    'tile/0/000.p/1/',
    'tile/0/000.p/1\n',
    'tile/0/x000/000',
    'tile/0/x000/x001/000',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/x001/x000',
    'tile/0/x009/x007/x199/x254/x740/992',
    'tile/0/x001/x009/x007/x199/x254/x740/991',
    'tile/0/../0/000',
    'tile/3/5/123/456/078',
    'tile/entries/000',
  ])('refuses %j', (path) => {
    expect(verdictOf(() => parseTilePath(path))).toBe('TLOG_TILE_PATH');
  });

  test('of entry bundles refuses paths of tiles', () => {
    expect(verdictOf(() => parseEntryBundlePath('tile/0/000'))).toBe('TLOG_TILE_PATH');
    expect(verdictOf(() => parseEntryBundlePath('tile/entries/00'))).toBe('TLOG_TILE_PATH');
  });
});

describe('newTiles', () => {
  test('of a tree of 70,000 are those that C2SP tlog-tiles names', () => {
    const tiles = [...tilesOf(70_000)];
    const at = (level: number): TileCoordinate[] => tiles.filter((tile) => tile.level === level);
    expect(at(0).length).toBe(274);
    expect(at(0).slice(0, 273)).toEqual(
      Array.from({ length: 273 }, (_, index) => ({ level: 0, index, width: TILE_WIDTH })),
    );
    expect(at(0)[273]).toEqual({ level: 0, index: 273, width: 112 });
    expect(at(1)).toEqual([
      { level: 1, index: 0, width: TILE_WIDTH },
      { level: 1, index: 1, width: 17 },
    ]);
    expect(at(2)).toEqual([{ level: 2, index: 0, width: 1 }]);
    expect(tiles.length).toBe(277);
  });

  test.each([
    [0, 0, []],
    [0, 1, ['tile/0/000.p/1']],
    [1, 1, []],
    [255, 256, ['tile/0/000', 'tile/1/000.p/1']],
    [256, 257, ['tile/0/001.p/1']],
    [256, 256, []],
    [300, 600, ['tile/0/001', 'tile/0/002.p/88', 'tile/1/000.p/2']],
    [65_535, 65_536, ['tile/0/255', 'tile/1/000', 'tile/2/000.p/1']],
  ])('from %d to %d are %j', (older, newer, paths) => {
    expect([...newTiles(older, newer)].map(tilePath)).toEqual(paths);
  });

  test('make every partial and full tile of a tree, however it grows', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 8 });
    fc.assert(
      fc.property(steps, (counts) => {
        const made = new Set<string>();
        let size = 0;
        for (const count of counts) {
          for (const tile of newTiles(size, size + count)) made.add(tilePath(tile));
          size += count;
        }
        for (const tile of tilesOf(size)) expect(made).toContain(tilePath(tile));
      }),
    );
  });

  test('end at the last level of the largest tree', () => {
    const last = Number.MAX_SAFE_INTEGER;
    const levels = [...newTiles(last - 1, last)].map(({ level }) => level);
    expect(levels).toEqual([0]);
    expect([...newTiles(2 ** 48 - 1, 2 ** 48)].map(({ level }) => level)).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ]);
  });

  test('refuse sizes that are none or shrink', () => {
    expect(verdictOf(() => [...newTiles(5, 4)])).toBe('TLOG_SIZE_ORDER');
    expect(verdictOf(() => [...newTiles(-1, 4)])).toBe('TLOG_SIZE_RANGE');
    expect(verdictOf(() => [...tilesOf(2 ** 53)])).toBe('TLOG_SIZE_RANGE');
  });
});

describe('parseTile', () => {
  test('gives back a tile of its width and refuses another', () => {
    const bytes = new Uint8Array(3 * 32);
    expect(parseTile(bytes, 3)).toBe(bytes);
    expect(verdictOf(() => parseTile(bytes, 2))).toBe('TLOG_TILE_LENGTH');
    expect(verdictOf(() => parseTile(bytes.subarray(1), 3))).toBe('TLOG_TILE_LENGTH');
    expect(verdictOf(() => parseTile(new Uint8Array(0), 0))).toBe('TLOG_TILE_RANGE');
  });
});

const examples = sharedVector('c2sp-specs/examples.json');
describe('paths of x/mod, which name the tile height first', () => {
  test.skipIf(examples.missing)('read the same without it', () => {
    const { goTilePaths } = JSON.parse(readFileSync(examples.url, 'utf8')) as {
      goTilePaths: { valid: Record<string, [number, number, number, number]>; invalid: string[] };
    };
    for (const [path, [height, level, index, width]] of Object.entries(goTilePaths.valid)) {
      const full = width === 2 ** height;
      expect(parseTilePath(path.replace(/^tile\/\d+/, 'tile'))).toEqual({
        level,
        index,
        width: full ? TILE_WIDTH : width,
      });
    }
    for (const path of goTilePaths.invalid) {
      const without = path.replace(/^tile\/\d+/, 'tile');
      expect(verdictOf(() => parseTilePath(without))).toBe('TLOG_TILE_PATH');
    }
  });
});
