import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatUtf8, isCodedError } from '@anchorlog/core';
import { TILE_WIDTH, verifyConsistency, verifyInclusion, type MemoryTree } from '@anchorlog/tlog';
import {
  directoryTiles,
  httpTiles,
  openPublishedLog,
  type PublishedLog,
  type PublishedLogOptions,
  type TileSource,
} from '../src/index.ts';
import { CHECKPOINT_KEY, ORIGIN, makePlace, statementOf } from './support/fixture.ts';
import { hasher, treeOf } from './support/inspect.ts';
import { entriesOf, memoryTiles, publishedFiles, signCheckpoint } from './support/published.ts';
import { serveFolder } from './support/web-server.ts';

const BY = { origin: ORIGIN, key: CHECKPOINT_KEY };

function open(
  source: TileSource,
  change: Partial<PublishedLogOptions> = {},
): Promise<PublishedLog> {
  return openPublishedLog({ ...BY, source, ...change });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

// Three levels of tiles; the tree is made of the leaves alone.
const LARGE = entriesOf(70_000);
const large = await publishedFiles(LARGE);

describe('openPublishedLog', () => {
  test.each([0, 1, 255, 256, 257, 65_536, 65_537])(
    'opens a log of %i entries at its checkpoint',
    async (size) => {
      const { files, tree } = await publishedFiles(LARGE.slice(0, size));
      const log = await open(memoryTiles(files));
      expect(log.checkpoint).toMatchObject({ origin: ORIGIN, size, rootHash: tree.root() });
      expect(log.note).toBe(Buffer.from(files.get('checkpoint')!).toString());
      expect(await log.head()).toEqual({ size, rootHash: tree.root() });
    },
  );

  test('opens a log at an older checkpoint, though partial tiles of it are gone', async () => {
    const older = await publishedFiles(LARGE.slice(0, 66_000));
    // As a log leaves them that has grown: partial tiles stay until the full ones are there.
    const files = new Map([...older.files, ...large.files]);
    for (const path of ['tile/0/257.p/208', 'tile/entries/257.p/208']) {
      expect(files.delete(path)).toBe(true);
    }
    const checkpoint = Buffer.from(older.files.get('checkpoint')!).toString();
    const log = await open(memoryTiles(files), { checkpoint });
    expect(await log.head()).toEqual({ size: 66_000, rootHash: older.tree.root() });
    expect(await log.entry(65_999)).toEqual(LARGE[65_999]);
    await expect(log.entry(66_000)).rejects.toMatchObject({ code: 'LOG_INDEX_RANGE' });
  });

  test('refuses a checkpoint that is absent, unsigned, of another log or no note', async () => {
    const files = new Map(large.files);
    const source = memoryTiles(files);
    const other = await signCheckpoint(
      { size: 1, rootHash: large.tree.root() },
      'example.gov/other',
    );
    const note = Buffer.from(files.get('checkpoint')!).toString();
    const cases: [string | Uint8Array | undefined, string][] = [
      [undefined, 'LOG_FILE_MISSING'],
      [other, 'TLOG_ORIGIN_MISMATCH'],
      [note.replace(/— .*/, '— someone AAAAAAAA\n'), 'TLOG_NOTE_MALFORMED'],
      [note.replace('70000', '70001'), 'TLOG_SIGNATURE_INVALID'],
      [Uint8Array.of(0xff), 'TLOG_NOTE_MALFORMED'],
    ];
    for (const [published, code] of cases) {
      files.delete('checkpoint');
      if (published !== undefined)
        files.set('checkpoint', typeof published === 'string' ? formatUtf8(published) : published);
      await expect(open(source)).rejects.toMatchObject({ code });
    }
  });
});

describe('PublishedLog', () => {
  test('gives the heads and proofs of the tree for any size, and they verify', async () => {
    const log = await open(memoryTiles(large.files));
    const newest = await log.head();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: LARGE.length }),
        fc.integer({ min: 0, max: LARGE.length - 1 }),
        async (size, any) => {
          const index = any % size;
          const treeHead = await log.head(size);
          const leafHash = await log.leafHash(index);
          expect(leafHash).toEqual(hasher.leaf(LARGE[index]!));
          const hashes = await log.proveInclusion({ index, size });
          verifyInclusion({ index, leafHash, treeHead, hashes }, hasher);
          const between = await log.proveConsistency({ olderSize: size });
          verifyConsistency({ older: treeHead, newer: newest, hashes: between }, hasher);
        },
      ),
      { numRuns: 200 },
    );
    expect(await log.head(70_000)).toEqual({ size: 70_000, rootHash: large.tree.root() });
  });

  test('refuses sizes and indexes that the checkpoint does not cover', async () => {
    const log = await open(memoryTiles(large.files));
    const sizes = [
      log.head(70_001),
      log.head(-1),
      log.proveInclusion({ index: 0, size: 0 }),
      log.proveConsistency({ olderSize: 0 }),
      log.proveConsistency({ olderSize: 5, newerSize: 4 }),
    ];
    for (const each of sizes) await expect(each).rejects.toMatchObject({ code: 'LOG_SIZE_RANGE' });
    const indexes = [
      log.entry(70_000),
      log.leafHash(0.5),
      log.proveInclusion({ index: 5, size: 5 }),
      collect(log.entries({ from: 2, to: 1 })),
    ];
    for (const each of indexes) {
      await expect(each).rejects.toMatchObject({ code: 'LOG_INDEX_RANGE' });
    }
  });

  test('gives entries in order, from and to any place', async () => {
    const log = await open(memoryTiles(large.files));
    for (const [from, to] of [
      [0, 3],
      [255, 257],
      [300, 300],
      [1000, 2000],
      [69_000, 70_000],
    ]) {
      const got = await collect(log.entries({ from, to }));
      expect(got.map((entry) => Uint8Array.from(entry))).toEqual(LARGE.slice(from, to));
    }
  });

  test('asks for a tile once, and not for what is in memory', async () => {
    const source = memoryTiles(large.files);
    const log = await open(source);
    await Promise.all([1, 2, 3].map((index) => log.proveInclusion({ index })));
    expect(new Set(source.reads).size).toBe(source.reads.length);
    const before = source.reads.length;
    for (let index = 0; index < 256; index++) await log.proveInclusion({ index });
    expect(source.reads.length).toBe(before);
  });

  test('keeps no more tiles in memory than it may, and proves all the same', async () => {
    const source = memoryTiles(large.files);
    const log = await open(source, { cacheBytes: 2 * 8192 });
    for (let round = 0; round < 3; round++) {
      for (const index of [0, 300, 600, 900]) {
        const hashes = await log.proveInclusion({ index });
        const leafHash = hasher.leaf(LARGE[index]!);
        verifyInclusion({ index, leafHash, treeHead: await log.head(), hashes }, hasher);
      }
    }
    const again = source.reads.filter((path) => path === 'tile/0/000').length;
    expect(again).toBe(3);
  });

  test('has no more files under way than it may, and ends early with who reads', async () => {
    const plain = memoryTiles(large.files);
    let [now, most] = [0, 0];
    const source: TileSource = {
      async read(path, options) {
        most = Math.max(most, ++now);
        try {
          await new Promise(setImmediate);
          options?.signal?.throwIfAborted();
          return await plain.read(path);
        } finally {
          now--;
        }
      },
    };
    const log = await open(source, { concurrency: 3 });
    let seen = 0;
    for await (const _ of log.entries()) if (++seen === 5000) break;
    expect(most).toBe(3);
    await new Promise(setImmediate);
    const bundles = plain.reads.filter((path) => path.startsWith('tile/entries')).length;
    expect(bundles).toBeLessThan(5000 / TILE_WIDTH + 5);
  });

  test('ends with a signal, for the reason that it gives', async () => {
    const reason = new Error('enough');
    const log = await open(memoryTiles(large.files));
    const controller = new AbortController();
    const entries = log.entries({ signal: controller.signal });
    await entries.next();
    controller.abort(reason);
    await expect(collect(entries)).rejects.toBe(reason);
  });
});

describe('PublishedLog of a server that lies', () => {
  const SOME = entriesOf(600);

  /** Everything that a reader can ask of a log; what it gives must be true. */
  async function askAll(source: TileSource, tree: MemoryTree): Promise<string[]> {
    const codes = new Set<string>();
    const attempt = async (ask: () => Promise<unknown>): Promise<void> => {
      try {
        await ask();
      } catch (error) {
        if (!isCodedError(error)) throw error;
        codes.add(error.code);
      }
    };
    await attempt(async () => {
      const log = await open(source);
      const treeHead = await log.head();
      expect(treeHead.rootHash).toEqual(tree.root());
      for (const index of [0, 255, 256, 300, 511, 512, 599]) {
        await attempt(async () => {
          const hashes = await log.proveInclusion({ index });
          const leafHash = hasher.leaf(SOME[index]!);
          verifyInclusion({ index, leafHash, treeHead, hashes }, hasher);
        });
        await attempt(async () => {
          expect(await log.leafHash(index)).toEqual(tree.node(0, index));
        });
        await attempt(async () => {
          expect(Uint8Array.from(await log.entry(index))).toEqual(SOME[index]);
        });
        await attempt(async () => {
          const { rootHash } = await log.head(index + 1);
          expect(rootHash).toEqual(treeOf(SOME.slice(0, index + 1)).root());
        });
      }
      await attempt(async () => {
        let at = 0;
        for await (const entry of log.entries()) expect(entry).toEqual(SOME[at++]);
      });
    });
    return [...codes];
  }

  test('is believed nothing: one bit of any file anywhere is refused by whatever needs it', async () => {
    const { files, tree } = await publishedFiles(SOME);
    const paths = [...files.keys()].filter((path) => path !== 'checkpoint');
    expect(paths.length).toBe(7);
    expect(await askAll(memoryTiles(files), tree)).toEqual([]);
    for (const path of paths) {
      const bytes = files.get(path)!;
      for (const at of [0, Math.floor(bytes.length / 3), bytes.length - 1]) {
        const lie = new Map(files).set(path, flipped(bytes, at));
        const expected = path.includes('entries') ? 'LOG_BUNDLE_MISMATCH' : 'LOG_TILE_MISMATCH';
        expect(await askAll(memoryTiles(lie), tree), path).toEqual([expected]);
      }
    }
  });

  test.each(['cut short', 'too long', 'empty', 'of another log', 'absent'])(
    'is refused: files that are %s',
    async (how) => {
      const { files, tree } = await publishedFiles(SOME);
      const others = await publishedFiles(entriesOf(600, 'other'));
      for (const path of files.keys()) {
        if (path === 'checkpoint') continue;
        const bytes = files.get(path)!;
        const lie = new Map(files);
        if (how === 'cut short') lie.set(path, bytes.slice(0, -1));
        if (how === 'too long') lie.set(path, Uint8Array.from([...bytes, 0]));
        if (how === 'empty') lie.set(path, new Uint8Array(0));
        if (how === 'of another log') lie.set(path, others.files.get(path)!);
        if (how === 'absent') lie.delete(path);
        const mismatch = path.includes('entries') ? 'LOG_BUNDLE_MISMATCH' : 'LOG_TILE_MISMATCH';
        const expected = how === 'absent' ? 'LOG_FILE_MISSING' : mismatch;
        expect(await askAll(memoryTiles(lie), tree), path).toEqual([expected]);
      }
    },
  );

  test('is refused: a tile that is right by itself, and in another place', async () => {
    const { files, tree } = await publishedFiles(SOME);
    files.set('tile/0/000', files.get('tile/0/001')!);
    expect(await askAll(memoryTiles(files), tree)).toEqual(['LOG_TILE_MISMATCH']);
  });
});

describe('PublishedLog.refresh', () => {
  test('goes on with a larger checkpoint, from folder and web server', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    await log.publish();
    await using server = await serveFolder(place.tiles);
    const readers = await Promise.all([
      open(directoryTiles(place.tiles)),
      open(httpTiles(server.url)),
    ]);
    for (const count of [10, 300, 1]) {
      const from = log.size;
      await log.appendBatch(Array.from({ length: count }, (_, i) => statementOf(from + i)));
      const published = await log.publish();
      for (const reader of readers) {
        expect((await reader.refresh()).size).toBe(published.size);
        expect(reader.note).toBe(published.note);
        const index = published.size - 1;
        const hashes = await reader.proveInclusion({ index });
        expect(hashes).toEqual(await log.proveInclusion({ index, size: published.size }));
        expect((await collect(reader.entries())).length).toBe(published.size);
      }
    }
  });

  test('stays where it is when a cache gives an older checkpoint', async () => {
    const { files } = await publishedFiles(LARGE.slice(0, 600));
    const source = memoryTiles(files);
    const log = await open(source);
    const older = await publishedFiles(LARGE.slice(0, 400));
    files.set('checkpoint', older.files.get('checkpoint')!);
    expect((await log.refresh()).size).toBe(600);
    expect(await log.refresh()).toBe(log.checkpoint);
  });

  test.each([
    ['smaller', 400],
    ['as large', 600],
    ['larger', 900],
  ])('refuses a signed checkpoint of another history that is %s', async (_, size) => {
    const { files } = await publishedFiles(LARGE.slice(0, 600));
    const log = await open(memoryTiles(files));
    const before = log.note;
    const other = await publishedFiles(entriesOf(size, 'other'));
    for (const [path, bytes] of other.files) files.set(path, bytes);
    const refused = log.refresh();
    await expect(refused).rejects.toMatchObject({ code: 'LOG_CHECKPOINT_FORKED' });
    const note = Buffer.from(other.files.get('checkpoint')!).toString();
    const notes = size > 600 ? { older: before, newer: note } : { older: note, newer: before };
    await expect(refused).rejects.toMatchObject({ context: notes });
    expect(log.note).toBe(before);
  });

  test('refuses two checkpoints of one size with different index roots', async () => {
    const { files, tree } = await publishedFiles(LARGE.slice(0, 600));
    const log = await open(memoryTiles(files));
    const head = { size: 600, rootHash: tree.root(), indexRoot: new Uint8Array(32) };
    files.set('checkpoint', formatUtf8(await signCheckpoint(head)));
    await expect(log.refresh()).rejects.toMatchObject({ code: 'LOG_CHECKPOINT_FORKED' });
  });
});
