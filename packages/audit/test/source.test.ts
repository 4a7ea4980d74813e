import { once } from 'node:events';
import { cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  Findings,
  directorySource,
  headsFromFiles,
  httpSource,
  replay,
  type ReplayReport,
} from '@anchorlog/audit';
import { formatAnchorFile } from '@anchorlog/evm-proof';
import { httpTiles } from '@anchorlog/log';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHAIN_ID, CONTRACT, ORIGIN, policy, publishReadings } from './published.ts';

const SIZE = 600;
const FOLDER = `anchors/${CHAIN_ID}-${CONTRACT}`;
let dir: string;

beforeAll(async () => {
  ({ dir } = await publishReadings(SIZE));
});

interface Server extends AsyncDisposable {
  readonly url: string;
  readonly asked: string[];
}

/** Serve a folder; `statusOf` says what else to answer than the file. */
async function serveFolder(
  folder: string,
  statusOf: (path: string) => number | undefined = () => undefined,
): Promise<Server> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1);
    asked.push(path);
    const status = statusOf(path);
    if (status !== undefined) return void response.writeHead(status).end();
    readFile(join(folder, path)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a TCP server
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const QUICK = { retryDelayMs: 1, retries: 1 };
const OF = { origin: ORIGIN, policy: policy(), signatures: true };

async function replayFrom(url: string): Promise<ReplayReport> {
  return replay({ ...OF, source: await httpSource(url, QUICK) });
}

async function copyOf(name: string): Promise<string> {
  const copy = `${dir}-${name}`;
  await rm(copy, { recursive: true, force: true });
  await cp(dir, copy, { recursive: true });
  return copy;
}

describe('httpSource', () => {
  const changes: Record<string, (copy: string) => Promise<void>> = {
    nothing: async () => undefined,
    'a bundle rewritten': async (copy) => {
      const path = join(copy, 'tile/entries/001');
      const bytes = await readFile(path);
      bytes[bytes.length - 100]! ^= 1;
      await writeFile(path, bytes);
    },
    'a tile rewritten': async (copy) => {
      const bytes = await readFile(join(copy, 'tile/0/001'));
      bytes[40]! ^= 1;
      await writeFile(join(copy, 'tile/0/001'), bytes);
    },
    'a tile of another length': (copy) => truncate(join(copy, 'tile/1/000.p/2'), 63),
    'a tile longer than tiles can be': (copy) => truncate(join(copy, 'tile/1/000.p/2'), 9000),
    'a bundle longer than bundles can be': (copy) =>
      truncate(join(copy, 'tile/entries/001'), 2 ** 25),
    'a tile removed': (copy) => rm(join(copy, 'tile/0/002.p/88')),
    'a bundle removed': (copy) => rm(join(copy, 'tile/entries/001')),
    'an old checkpoint of another key': (copy) =>
      writeFile(join(copy, 'checkpoint'), `${ORIGIN}\n600\n${'A'.repeat(43)}=\n\n— x AAAAAAAA\n`),
  };
  test.each(Object.keys(changes))('finds what the folder shows: %s', async (name) => {
    const copy = await copyOf('served');
    await changes[name]!(copy);
    await using server = await serveFolder(copy);
    const report = await replayFrom(server.url);
    expect(report).toEqual(await replay({ ...OF, source: await directorySource(copy) }));
    expect(report.findings.length === 0).toBe(name === 'nothing');
  });

  test('reads several files at a time', async () => {
    let [now, most] = [0, 0];
    await using server = await serveFolder(dir);
    const source = await httpSource(server.url, {
      fetch: async (input, init) => {
        most = Math.max(most, ++now);
        try {
          return await fetch(input, init);
        } finally {
          now--;
        }
      },
    });
    expect((await replay({ ...OF, source })).findings).toEqual([]);
    expect(most).toBeGreaterThan(2);
  });

  const NO_ANSWER: [number, string][] = [
    [503, 'LOG_REMOTE_UNREACHABLE'],
    [403, 'LOG_REMOTE_REFUSED'],
    [302, 'LOG_REMOTE_REFUSED'],
  ];
  test.each(NO_ANSWER)('takes no answer for no finding: %i', async (status, code) => {
    for (const failing of ['checkpoint', 'tile/entries/001', 'tile/0/001', 'tile/1/000.p/2']) {
      await using server = await serveFolder(dir, (path) =>
        path === failing ? status : undefined,
      );
      await expect(replayFrom(server.url)).rejects.toMatchObject({ code });
    }
  });

  test('refuses a server without a published log', async () => {
    await using server = await serveFolder(join(dir, 'tile'));
    await expect(httpSource(server.url)).rejects.toMatchObject({ code: 'AUDIT_SOURCE_UNREADABLE' });
    await expect(httpSource('ftp://127.0.0.1')).rejects.toThrow(TypeError);
  });
});

describe('headsFromFiles of a web server', () => {
  const head = { size: 100, rootHash: new Uint8Array(32), indexRoot: new Uint8Array(32) };

  async function anchorsOf(url: string): Promise<Findings> {
    const findings = new Findings();
    const by = { policy: policy(), origin: ORIGIN, findings };
    expect(await headsFromFiles(httpTiles(url, QUICK), by)).toEqual([]);
    return findings;
  }

  test('asks for numbers until one is not there', async () => {
    const copy = await copyOf('anchors');
    await mkdir(join(copy, FOLDER), { recursive: true });
    for (const number of [1, 2, 4]) {
      const text = formatAnchorFile({ number, head, evidence: [] });
      await writeFile(join(copy, FOLDER, `${number}.json`), text);
    }
    await using server = await serveFolder(copy);
    const files = (await anchorsOf(server.url)).listed.map(({ facts }) => facts['file']);
    expect(files).toEqual([1, 2].map((number) => `${CHAIN_ID}-${CONTRACT}/${number}.json`));
    await using none = await serveFolder(dir);
    expect((await anchorsOf(none.url)).listed).toEqual([]);
  });

  test('stops where a server goes on for ever, and takes no file that says another number', async () => {
    const text = formatAnchorFile({ number: 1, head, evidence: [] });
    const server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // of a TCP server
    const findings = await anchorsOf(`http://127.0.0.1:${port}`);
    expect(findings.counts).toEqual({ AUDIT_EVIDENCE: 16 });
    server.close();
    server.closeAllConnections();
  });

  test('does not take a server that cannot for one without anchors', async () => {
    await using server = await serveFolder(dir, () => 500);
    await expect(anchorsOf(server.url)).rejects.toMatchObject({ code: 'LOG_REMOTE_UNREACHABLE' });
  });
});
