import { formatUtf8 } from '@anchorlog/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPublishedLog, type TileSink } from '../../src/index.ts';
import { bucketTiles, type BucketTilesOptions } from '../../src/s3.ts';
import { CHECKPOINT_KEY, ORIGIN, makePlace, statementOf } from './fixture.ts';
import { allEntries, verifyTiles } from './inspect.ts';

/** A kind of S3 server, and how one is opened with an empty bucket. */
export interface S3Kind {
  readonly name: string;
  /** Verifies signatures, and decides between requests that come at the same time. */
  readonly isStrict: boolean;
  open(): Promise<OpenBucket>;
}

export interface OpenBucket extends AsyncDisposable {
  readonly options: BucketTilesOptions;
}

const bytes = (text: string): Uint8Array => formatUtf8(text);
const TILE = 'tile/0/000.p/1';
const HASH = new Uint8Array(32).fill(7);

/** What holds of a bucket on every server, whoever wrote it. */
export function bucketCases(kind: S3Kind): void {
  const { name, isStrict } = kind;
  describe(`bucketTiles of ${name}`, () => {
    let world: OpenBucket;
    let tests = 0;
    beforeAll(async () => void (world = await kind.open()), 120_000);
    afterAll(() => world[Symbol.asyncDispose]());
    /** Each test under a prefix of its own. */
    const tilesOf = (): TileSink =>
      bucketTiles({ ...world.options, prefix: `log-${tests++}/of.a_test` });

    test('publishes a log that is read from the bucket again', async () => {
      await using place = await makePlace();
      const tiles = tilesOf();
      await using log = await place.open({ tiles, partials: { keepMs: 0, everyMs: 0 } });
      for (const count of [1, 254, 300]) {
        const from = log.size;
        await log.appendBatch(Array.from({ length: count }, (_, i) => statementOf(from + i)));
        const checkpoint = await log.publish();
        await verifyTiles(tiles, checkpoint, await allEntries(log));
        const key = CHECKPOINT_KEY;
        const reader = await openPublishedLog({ source: tiles, origin: ORIGIN, key });
        expect(reader.note).toBe(checkpoint.note);
        expect(await reader.entry(from)).toEqual(statementOf(from));
      }
      expect((await tiles.list('tile/0')).toSorted()).toEqual(['000', '001', '002.p/']);
    });

    test('writes what is there already once, and refuses other bytes in its place', async () => {
      const tiles = tilesOf();
      await tiles.write([{ path: TILE, bytes: HASH }]);
      await tiles.write([{ path: TILE, bytes: HASH }]);
      const other = tiles.write([{ path: TILE, bytes: HASH.map((byte) => byte + 1) }]);
      await expect(other).rejects.toMatchObject({
        code: 'LOG_TILE_CONFLICT',
        context: { path: TILE },
      });
      expect(await tiles.read(TILE)).toEqual(HASH);
    });

    test('replaces the checkpoint that was read, and no other', async () => {
      const tiles = tilesOf();
      const [one, two, three] = [bytes('one'), bytes('two'), bytes('three')];
      await tiles.replaceCheckpoint({ from: undefined, to: one });
      await tiles.replaceCheckpoint({ from: one, to: two });
      await tiles.replaceCheckpoint({ from: one, to: two }); // done already
      const moved = { code: 'LOG_CHECKPOINT_MOVED' };
      for (const from of [undefined, one, three]) {
        await expect(tiles.replaceCheckpoint({ from, to: bytes('x') })).rejects.toMatchObject(
          moved,
        );
      }
      expect(await tiles.read('checkpoint')).toEqual(two);
    });

    test.runIf(isStrict)(
      'lets one of many win who replace a checkpoint at the same time',
      async () => {
        const tiles = tilesOf();
        for (const from of [undefined, bytes('start')]) {
          if (from) {
            const found = await tiles.read('checkpoint');
            await tiles.replaceCheckpoint({ from: found, to: from });
          }
          const results = await Promise.allSettled(
            [0, 1, 2, 3, 4, 5].map((i) => tiles.replaceCheckpoint({ from, to: bytes(`by ${i}`) })),
          );
          const won = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
          expect(won.length).toBe(1);
          expect(await tiles.read('checkpoint')).toEqual(bytes(`by ${won[0]}`));
          for (const result of results) {
            if (result.status === 'fulfilled') continue;
            expect(result.reason).toMatchObject({ code: 'LOG_CHECKPOINT_MOVED' });
          }
        }
      },
    );

    test('lists names of files and folders, on several pages, and removes partial forms', async () => {
      const tiles = tilesOf();
      const paths = [...Array(9).keys()].flatMap((i) => [`tile/0/00${i}`, `tile/0/00${i}.p/3`]);
      await tiles.write(
        paths.map((path) => ({ path, bytes: new Uint8Array(path.includes('.p') ? 96 : 8192) })),
      );
      await tiles.write([{ path: 'tile/0/000.p/4', bytes: new Uint8Array(128) }]);
      const names = [...Array(9).keys()].flatMap((i) => [`00${i}`, `00${i}.p/`]);
      expect((await tiles.list('tile/0')).toSorted()).toEqual(names);
      expect(await tiles.list('tile/5')).toEqual([]);
      expect((await tiles.list('tile/0/000.p')).toSorted()).toEqual(['3', '4']);
      await tiles.removePartial('tile/0/000');
      await tiles.removePartial('tile/0/000');
      expect((await tiles.list('tile/0')).toSorted()).toEqual(names.filter((n) => n !== '000.p/'));
      expect((await tiles.read('tile/0/000'))?.length).toBe(8192);
    });

    test.runIf(isStrict)(
      'is refused with a wrong secret, and says so without the secret',
      async () => {
        const { accessKeyId } = world.options.credentials as { accessKeyId: string }; // not a function here
        const secretAccessKey = 'wrong+secret';
        const tiles = bucketTiles({
          ...world.options,
          credentials: { accessKeyId, secretAccessKey },
        });
        const refused = await tiles.read('checkpoint').catch((error: unknown) => error);
        expect(refused).toMatchObject({ code: 'LOG_REMOTE_REFUSED', context: { status: 403 } });
        expect(JSON.stringify(refused) + String(refused)).not.toContain('wrong');
      },
    );
  });
}
