import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { httpTiles, type HttpTilesOptions, type TileSource } from '../src/index.ts';
import { serve, type WebServer } from './support/web-server.ts';

const HASHES = Buffer.alloc(8192, 7);
const PATH = 'tile/0/000';

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

async function answering(answer: Answer): Promise<WebServer> {
  return serve(answer);
}

function sourceOf({ url }: WebServer, options: HttpTilesOptions = {}): TileSource {
  return httpTiles(url, { retryDelayMs: 1, retries: 2, ...options });
}

describe('httpTiles', () => {
  test('reads files below its URL, compressed or not', async () => {
    await using server = await answering((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip, identity');
      const isPacked = request.url?.endsWith('001');
      if (isPacked) response.setHeader('content-encoding', 'gzip');
      response.end(isPacked ? gzipSync(HASHES) : HASHES);
    });
    for (const url of [`${server.url}a/log`, `${server.url}a/log/`]) {
      const source = httpTiles(url);
      expect(await source.read(PATH)).toEqual(Uint8Array.from(HASHES));
      expect(await source.read('tile/0/001')).toEqual(Uint8Array.from(HASHES));
    }
    expect(new Set(server.asked)).toEqual(new Set(['/a/log/tile/0/000', '/a/log/tile/0/001']));
  });

  test.each([404, 410])('gives nothing for a file that is not there: %i', async (status) => {
    await using server = await answering((_, response) => response.writeHead(status).end('no'));
    expect(await sourceOf(server).read(PATH)).toBeUndefined();
  });

  test.each([201, 204, 206, 400, 401, 403, 501])(
    'takes no other status for an answer: %i',
    async (status) => {
      await using server = await answering((_, response) => response.writeHead(status).end());
      await expect(sourceOf(server).read(PATH)).rejects.toMatchObject({
        code: 'LOG_REMOTE_REFUSED',
        context: { status, url: `${server.url}${PATH}` },
      });
      expect(server.asked.length).toBe(1);
    },
  );

  test('tells what is withheld (451) from what is not there', async () => {
    await using server = await answering((_, response) => response.writeHead(451).end('by order'));
    await expect(httpTiles(server.url).read(PATH)).rejects.toMatchObject({
      code: 'LOG_ENTRY_WITHHELD',
      context: { path: PATH },
    });
  });

  test.each([301, 302, 303, 307, 308])('follows no redirect: %i', async (status) => {
    await using elsewhere = await answering((_, response) => response.end(HASHES));
    await using server = await answering((_, response) =>
      response.writeHead(status, { location: `${elsewhere.url}${PATH}` }).end(),
    );
    await expect(sourceOf(server).read(PATH)).rejects.toMatchObject({
      code: 'LOG_REMOTE_REFUSED',
      context: { status },
    });
    expect(elsewhere.asked).toEqual([]);
  });

  test.each([408, 429, 500, 502, 503, 504])(
    'asks again when a server says that it cannot, and gives up: %i',
    async (status) => {
      let left = 2;
      await using server = await answering((_, response) =>
        left-- > 0
          ? response.writeHead(status, { 'retry-after': '0' }).end()
          : response.end(HASHES),
      );
      const source = sourceOf(server);
      expect((await source.read(PATH))?.length).toBe(8192);
      expect(server.asked.length).toBe(3);
      left = 3;
      await expect(source.read(PATH)).rejects.toMatchObject({
        code: 'LOG_REMOTE_UNREACHABLE',
        context: { status },
      });
      expect(server.asked.length).toBe(6);
    },
  );

  const BREAKS: Record<string, Answer> = {
    'breaks the connection': (_, response) => response.destroy(),
    'ends in the middle': (_, response) => {
      response.writeHead(200, { 'content-length': 8192 });
      response.write(HASHES.subarray(0, 100), () => response.destroy());
    },
    'says gzip and sends something else': (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(HASHES),
    'says nothing': () => undefined,
    'stops in the middle': (_, response) => {
      response.writeHead(200, { 'content-length': 8192 });
      response.write(HASHES.subarray(0, 100));
    },
  };
  test.each(Object.keys(BREAKS))('knows nothing from a server that %s', async (how) => {
    await using server = await answering(BREAKS[how]!);
    const read = sourceOf(server, { timeoutMs: 200, retries: 1 }).read(PATH);
    await expect(read).rejects.toMatchObject({ code: 'LOG_REMOTE_UNREACHABLE' });
    expect(server.asked.length).toBe(2);
  });

  test('knows nothing from a server that is not there', async () => {
    const gone = await answering(() => undefined);
    const source = sourceOf(gone);
    await gone[Symbol.asyncDispose]();
    await expect(source.read(PATH)).rejects.toMatchObject({ code: 'LOG_REMOTE_UNREACHABLE' });
  });

  const LONG: Record<string, Answer> = {
    'that is said to be longer': (_, response) => {
      response.writeHead(200, { 'content-length': 2 ** 40 });
      response.write(HASHES);
    },
    'longer by one byte': (_, response) => response.end(Buffer.alloc(8193)),
    'without end': (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(HASHES));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
    'that a few bytes grow into': (_, response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(2 ** 28), { level: 9 })),
  };
  test.each(Object.keys(LONG))('refuses a file %s', async (how) => {
    await using server = await answering(LONG[how]!);
    const read = sourceOf(server).read(PATH);
    await expect(read).rejects.toMatchObject({
      code: 'LOG_FILE_LIMIT',
      context: { limit: 8192 },
    });
    expect(server.asked.length).toBe(1);
  });

  test('has a limit for each kind of file', async () => {
    await using server = await answering((_, response) => response.end(Buffer.alloc(2 ** 24 + 1)));
    const limits: [string, number][] = [
      ['checkpoint', 1_000_000],
      ['tile/3/000.p/5', 160],
      ['tile/entries/000.p/2', 2 * 65_537],
      ['anchors/1-0x00/1.json', 2 ** 24],
    ];
    for (const [path, limit] of limits) {
      await expect(sourceOf(server).read(path)).rejects.toMatchObject({ context: { limit } });
    }
    await expect(sourceOf(server).read('tile/0/0')).rejects.toMatchObject({
      code: 'TLOG_TILE_PATH',
    });
  });

  test.each(['br', 'gzip, gzip', 'deflate', 'x-unknown'])(
    'takes no encoding that it has not asked for: %s',
    async (encoding) => {
      const body = encoding === 'br' ? brotliCompressSync(HASHES) : gzipSync(gzipSync(HASHES));
      await using server = await answering((_, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(body),
      );
      const read = sourceOf(server).read(PATH);
      await expect(read).rejects.toMatchObject({ code: 'LOG_REMOTE_REFUSED' });
    },
  );

  test('ends with a signal, of one request or of all, also while it waits for another try', async () => {
    const reason = new Error('enough');
    const controllers: AbortController[] = [];
    const end = (): void => controllers.at(-1)?.abort(reason);
    await using hanging = await answering(end);
    await using failing = await answering((_, response) => {
      response.writeHead(503, { 'retry-after': '3600' }).end(() => setImmediate(end));
    });
    for (const server of [hanging, failing]) {
      for (const isOfAll of [true, false]) {
        const controller = new AbortController();
        controllers.push(controller);
        const { signal } = controller;
        const source = sourceOf(server, isOfAll ? { signal } : {});
        await expect(source.read(PATH, isOfAll ? {} : { signal })).rejects.toSatisfy(
          (error: unknown) => error === reason || (error as Error).cause === reason,
        );
        await expect(source.read(PATH, { signal })).rejects.toBe(reason);
      }
    }
  });

  test('sends the headers that it is given, and tells nobody', async () => {
    await using server = await answering((request, response) =>
      response.writeHead(request.headers['authorization'] === 'Bearer s3cret' ? 403 : 200).end(),
    );
    const source = sourceOf(server, { headers: { authorization: 'Bearer s3cret' } });
    const error: unknown = await source.read(PATH).catch((refused: unknown) => refused);
    expect(error).toMatchObject({ code: 'LOG_REMOTE_REFUSED' });
    expect(String(error) + JSON.stringify(error)).not.toContain('s3cret');
  });

  test.each([
    'ftp://log.example.gov',
    'file:///etc',
    'https://user:word@log.example.gov',
    'https://log.example.gov/?a=b',
    'https://log.example.gov/#a',
    'not a URL',
  ])('refuses an address that is none of a log: %s', (url) => {
    expect(() => httpTiles(url)).toThrow(TypeError);
  });
});
