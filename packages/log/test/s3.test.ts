import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { formatUtf8, isCodedError } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import type { TileSink } from '../src/index.ts';
import { bucketTiles, type BucketTilesOptions } from '../src/s3.ts';
import { bucketCases, type S3Kind } from './support/bucket-cases.ts';
import { NOW, makePlace, statementOf } from './support/fixture.ts';
import { installedServers } from './support/foreign-s3.ts';
import { bucketOf, openS3Server, type S3Server } from './support/s3-server.ts';

const bytes = (text: string): Uint8Array => formatUtf8(text);
const TILE = 'tile/0/000.p/1';
const BUNDLE = 'tile/entries/000.p/1';
const HASH = new Uint8Array(32).fill(7);

const OWN: S3Kind = {
  name: 'the server of the tests',
  isStrict: true,
  open: async () => {
    const server = await openS3Server();
    server.pageLength = 3;
    return {
      options: bucketOf(server),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

// Others are tried where they are installed: they decide what the protocol is, this project's own server what happens when it fails.
for (const kind of [OWN, ...installedServers()]) bucketCases(kind);

describe('bucketTiles', () => {
  test('names the content of files, and for how long caches may keep them', async () => {
    await using server = await openS3Server();
    const tiles = bucketTiles(bucketOf(server));
    await tiles.write([{ path: TILE, bytes: HASH }]);
    await tiles.replaceCheckpoint({ from: undefined, to: bytes('note') });
    const headersOf = (key: string): unknown => server.objects.get(key)?.headers;
    expect(headersOf(TILE)).toEqual({
      'content-type': 'application/octet-stream',
      'cache-control': 'max-age=31536000, immutable',
    });
    expect(headersOf('checkpoint')).toEqual({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
    });
  });

  test('writes nothing to a server that ignores conditions', async () => {
    await using server = await openS3Server();
    server.isUnconditional = true;
    const tiles = bucketTiles(bucketOf(server));
    const code = 'LOG_BUCKET_UNCONDITIONAL';
    await expect(tiles.write([{ path: TILE, bytes: HASH }])).rejects.toMatchObject({ code });
    const replaced = tiles.replaceCheckpoint({ from: undefined, to: HASH });
    await expect(replaced).rejects.toMatchObject({ code });
    expect([...server.objects.keys()]).toEqual(['conditions-probe']);
    server.isUnconditional = false;
    await tiles.write([{ path: TILE, bytes: HASH }]);
    server.faults = ({ method }) => (method === 'PUT' ? 501 : undefined);
    const next = tiles.write([{ path: 'tile/0/000.p/2', bytes: new Uint8Array(64) }]);
    await expect(next).rejects.toMatchObject({ code });
  });

  test('replaces a bundle that is there, once, and makes none', async () => {
    await using server = await openS3Server();
    const tiles = bucketTiles(bucketOf(server));
    await tiles.replaceBundle({ path: BUNDLE, bytes: bytes('withheld') });
    expect(await tiles.read(BUNDLE)).toBeUndefined();
    await tiles.write([{ path: BUNDLE, bytes: bytes('whole') }]);
    const { headers } = server.objects.get(BUNDLE)!;
    await tiles.replaceBundle({ path: BUNDLE, bytes: bytes('withheld') });
    expect(await tiles.read(BUNDLE)).toEqual(bytes('withheld'));
    expect(server.objects.get(BUNDLE)!.headers).toEqual(headers);
    const puts = server.seen.filter((each) => each === `PUT ${BUNDLE}`).length;
    await tiles.replaceBundle({ path: BUNDLE, bytes: bytes('withheld') });
    expect(server.seen.filter((each) => each === `PUT ${BUNDLE}`).length).toBe(puts);
  });

  test.each(['break', 'lose', 503, 409] as const)(
    'replaces a bundle when the request meets a fault once: %s',
    async (fault) => {
      await using server = await openS3Server();
      const tiles = bucketTiles(bucketOf(server));
      await tiles.write([{ path: BUNDLE, bytes: bytes('whole') }]);
      let met = 0;
      server.faults = ({ method }) => (method === 'PUT' && met++ === 0 ? fault : undefined);
      await tiles.replaceBundle({ path: BUNDLE, bytes: bytes('withheld') });
      expect(met).toBe(2);
      expect(await tiles.read(BUNDLE)).toEqual(bytes('withheld'));
    },
  );

  test('does not put a bundle over what somebody else has written or removed since it was read', async () => {
    await using server = await openS3Server();
    const tiles = bucketTiles(bucketOf(server));
    const code = 'LOG_TILE_CONFLICT';
    for (const theirs of [bytes('of somebody else'), undefined]) {
      server.faults = () => undefined;
      server.objects.delete(BUNDLE);
      await tiles.write([{ path: BUNDLE, bytes: bytes('whole') }]);
      server.faults = ({ method, key }) => {
        if (method !== 'PUT') return undefined;
        const found = server.objects.get(key)!;
        if (theirs) server.objects.set(key, { ...found, bytes: Buffer.from(theirs), etag: '"x"' });
        else server.objects.delete(key);
        return undefined;
      };
      const replaced = tiles.replaceBundle({ path: BUNDLE, bytes: bytes('withheld') });
      await expect(replaced).rejects.toMatchObject({ code, context: { path: BUNDLE } });
      expect(await tiles.read(BUNDLE)).toEqual(theirs);
    }
  });

  test('replaces no bundle on a server that ignores conditions, or names no versions', async () => {
    await using server = await openS3Server();
    const known = bucketTiles(bucketOf(server));
    await known.write([{ path: BUNDLE, bytes: bytes('whole') }]);
    const code = 'LOG_BUCKET_UNCONDITIONAL';
    const replace = (tiles: TileSink): Promise<void> =>
      tiles.replaceBundle({ path: BUNDLE, bytes: bytes('withheld') });
    server.isUnconditional = true;
    await expect(replace(bucketTiles(bucketOf(server)))).rejects.toMatchObject({ code });
    server.isUnconditional = false;
    server.faults = ({ method }) => (method === 'PUT' ? 501 : undefined);
    await expect(replace(known)).rejects.toMatchObject({ code });
    server.faults = () => undefined;
    server.objects.set(BUNDLE, { ...server.objects.get(BUNDLE)!, etag: '' });
    await expect(replace(known)).rejects.toMatchObject({ code });
    expect(await known.read(BUNDLE)).toEqual(bytes('whole'));
  });

  test('speaks of a bucket that is not there, and does not take it for an empty one', async () => {
    await using server = await openS3Server();
    const tiles = bucketTiles({ ...bucketOf(server), bucket: 'other' });
    const refused = { code: 'LOG_REMOTE_REFUSED', message: /404 NoSuchBucket$/ };
    await expect(tiles.read('checkpoint')).rejects.toMatchObject({ code: refused.code });
    await expect(tiles.read('checkpoint')).rejects.toThrow(refused.message);
    await expect(tiles.write([{ path: TILE, bytes: HASH }])).rejects.toThrow(refused.message);
    await expect(tiles.removePartial('tile/0/000')).rejects.toThrow(refused.message);
  });

  test.each(['break', 'lose', 500, 503, 429, 409] as const)(
    'comes through when each of its requests meets a fault once: %s',
    async (fault) => {
      await using server = await openS3Server();
      const times = new Map<string, number>();
      server.faults = ({ method, key }) => {
        if (fault === 409 && method !== 'PUT') return undefined;
        const before = times.get(`${method} ${key}`) ?? 0;
        times.set(`${method} ${key}`, before + 1);
        return before % 2 === 0 ? fault : undefined;
      };
      const tiles = bucketTiles(bucketOf(server));
      await tiles.write([{ path: TILE, bytes: HASH }]);
      await tiles.replaceCheckpoint({ from: undefined, to: bytes('one') });
      await tiles.replaceCheckpoint({ from: bytes('one'), to: bytes('two') });
      expect(await tiles.read('checkpoint')).toEqual(bytes('two'));
      expect(await tiles.list('tile/0')).toEqual(['000.p/']);
      await tiles.removePartial('tile/0/000');
      expect(await tiles.list('tile/0')).toEqual([]);
    },
  );

  test.each(['break', 'hang', 500, 429] as const)(
    'gives up after as many tries as it may, with a code that is no verdict: %s',
    async (fault) => {
      await using server = await openS3Server();
      server.faults = () => fault;
      const tiles = bucketTiles({ ...bucketOf(server), retries: 2, timeoutMs: 200 });
      const code = 'LOG_REMOTE_UNREACHABLE';
      await expect(tiles.read('checkpoint')).rejects.toMatchObject({ code });
      expect(server.seen.length).toBe(3);
      await expect(tiles.write([{ path: TILE, bytes: HASH }])).rejects.toMatchObject({ code });
      // What could not be found out is found out the next time.
      server.faults = () => undefined;
      await tiles.write([{ path: TILE, bytes: HASH }]);
    },
  );

  test('sends the same bytes again, signed anew', async () => {
    let now = NOW;
    await using server = await openS3Server({ clock: () => now });
    server.faults = ({ nth }) => {
      if (nth !== 3) return undefined;
      now += 3_600_000; // the first signature would not be taken any more
      return 503;
    };
    const tiles = bucketTiles({ ...bucketOf(server), clock: () => now });
    await tiles.write([{ path: TILE, bytes: HASH }]);
    expect(server.seen.filter((each) => each === `PUT ${TILE}`).length).toBe(2);
    expect(server.objects.get(TILE)?.bytes).toEqual(Buffer.from(HASH));
  });

  test('asks for credentials before each request, and sends a session token', async () => {
    await using server = await openS3Server({ sessionToken: 'token/of+a=session' });
    const { credentials, ...options } = bucketOf(server);
    let asked = 0;
    const given = credentials as { accessKeyId: string; secretAccessKey: string }; // not a function here
    const tiles = bucketTiles({
      ...options,
      credentials: async () => ({
        ...given,
        secretAccessKey: asked++ === 0 ? 'old' : given.secretAccessKey,
      }),
    });
    await expect(tiles.read('checkpoint')).rejects.toMatchObject({ code: 'LOG_REMOTE_REFUSED' });
    expect(await tiles.read('checkpoint')).toBeUndefined();
    const stale = bucketTiles({ ...options, credentials: { ...given, sessionToken: 'other' } });
    await expect(stale.read('checkpoint')).rejects.toThrow(/InvalidToken$/);
  });

  test('puts secrets into no error', async () => {
    await using server = await openS3Server({ sessionToken: 'session-token-secret' });
    const errors: unknown[] = [];
    for (const fault of ['break', 403, 500, 302, 400] as const) {
      server.faults = () => fault;
      const tiles = bucketTiles({ ...bucketOf(server), retries: 0 });
      errors.push(await tiles.read('checkpoint').catch((error: unknown) => error));
      errors.push(
        await tiles.write([{ path: TILE, bytes: HASH }]).catch((error: unknown) => error),
      );
    }
    for (const error of errors) {
      expect(isCodedError(error)).toBe(true);
      const text = everythingOf(error);
      for (const secret of [
        server.secretAccessKey,
        server.accessKeyId,
        'session-token-secret',
        'AWS4-HMAC',
      ])
        expect(text).not.toContain(secret);
    }
  });

  test('names the bucket in front of the host, where that is asked for', async () => {
    await using server = await openS3Server();
    // No name server knows this host: the test takes its requests to the server itself.
    const send: typeof fetch = async (input, init) => {
      const url = input instanceof URL ? input : new URL(server.url);
      expect(url.hostname).toBe('tiles.s3.test');
      const headers = { ...(init?.headers as Record<string, string>), host: url.host };
      const { hostname, port } = new URL(server.url);
      const path = url.pathname + url.search;
      const sent = httpRequest({ method: init?.method, headers, hostname, port, path });
      sent.end(init?.body as Uint8Array | undefined); // what the client gives
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      const { statusCode = 0, headers: got } = answer;
      const body = statusCode === 204 ? null : await buffer(answer);
      return new Response(body, { status: statusCode, headers: { etag: got.etag ?? '' } });
    };
    const { addressing: _, ...options } = bucketOf(server);
    const tiles = bucketTiles({ ...options, endpoint: 'http://s3.test:9000', fetch: send });
    await tiles.write([{ path: TILE, bytes: HASH }]);
    expect(await tiles.read(TILE)).toEqual(HASH);
    expect(await tiles.list('tile/0')).toEqual(['000.p/']);
    expect(server.objects.has(TILE)).toBe(true);
  });

  test('refuses names that would lead elsewhere', async () => {
    await using server = await openS3Server();
    const options = bucketOf(server);
    const wrong: Partial<BucketTilesOptions>[] = [
      { bucket: '' },
      { bucket: 'a/b' },
      { bucket: 'UPPER', addressing: 'host', endpoint: 'https://s3.example.gov' },
      { addressing: 'host' }, // below a number
      { prefix: '/a' },
      { prefix: 'a/' },
      { prefix: 'a/../b' },
      { prefix: 'a b' },
      { endpoint: 'ftp://s3.example.gov' },
      { endpoint: 'https://user:word@s3.example.gov' },
      { endpoint: 'https://s3.example.gov/?x=1' },
    ];
    for (const change of wrong) {
      expect(() => bucketTiles({ ...options, ...change }), JSON.stringify(change)).toThrow(
        TypeError,
      );
    }
  });

  test('refuses a list that does not end, and an object longer than it can be', async () => {
    await using server = await openS3Server();
    const tiles = bucketTiles(bucketOf(server));
    await tiles.write([{ path: TILE, bytes: HASH }]);
    const longer = { ...server.objects.get(TILE)!, bytes: Buffer.alloc(8193) };
    server.objects.set(TILE, longer);
    await expect(tiles.read(TILE)).rejects.toMatchObject({ code: 'LOG_FILE_LIMIT' });
    server.isEndless = true;
    await expect(tiles.list('tile/0')).rejects.toThrow(/a list without end$/);
  });
});

describe('Log.publish to a bucket', () => {
  async function twoLogs(server: S3Server): Promise<{
    readonly tiles: TileSink;
    readonly race: (before: () => Promise<void>) => TileSink;
  }> {
    const tiles = bucketTiles(bucketOf(server));
    /** The same, with something that happens between what was read and the checkpoint that is written for it. */
    const race = (before: () => Promise<void>): TileSink => ({
      ...tiles,
      replaceCheckpoint: async (change) => {
        await before();
        await tiles.replaceCheckpoint(change);
      },
    });
    return { tiles, race };
  }

  test('does not put its older checkpoint over a newer one of a second writer', async () => {
    await using server = await openS3Server();
    await using place = await makePlace();
    await using copy = await makePlace();
    const { tiles, race } = await twoLogs(server);
    await using second = await copy.open({ tiles });
    const entries = [statementOf(1), statementOf(2), statementOf(3)];
    await using first = await place.open({
      tiles: race(async () => {
        if (second.size === 1) await second.appendBatch(entries);
        await second.publish();
      }),
    });
    await first.appendBatch(entries.slice(0, 2));
    await expect(first.publish()).rejects.toMatchObject({ code: 'LOG_CHECKPOINT_MOVED' });
    await expect(first.publish()).rejects.toMatchObject({ code: 'LOG_BEHIND_CHECKPOINT' });
    expect(await tiles.read('checkpoint')).toEqual(bytes((await second.checkpoint())!.note));
  });

  test('refuses loudly where another log has published other entries', async () => {
    await using server = await openS3Server();
    await using place = await makePlace();
    const tiles = bucketTiles(bucketOf(server));
    await tiles.write([{ path: TILE, bytes: HASH }]);
    await using log = await place.open({ tiles });
    await expect(log.publish()).rejects.toMatchObject({ code: 'LOG_TILE_CONFLICT' });
    expect(await tiles.read('checkpoint')).toBeUndefined();
  });
});

/** All that an error says anywhere, its causes too. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).filter((name) => name !== 'cause');
  const members = own.map((name) => JSON.stringify(Reflect.get(error, name)) ?? '');
  return [
    String(error),
    ...members,
    error.cause === undefined ? '' : everythingOf(error.cause),
  ].join('\n');
}
