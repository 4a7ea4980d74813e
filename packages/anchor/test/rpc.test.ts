import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { RpcClient, type RpcOptions } from '../src/rpc.ts';

/** Serve on a free port while `use` runs. */
async function serving<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`); // TCP
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function client(url: string | readonly string[], changes: Partial<RpcOptions> = {}): RpcClient {
  const urls = [url].flat();
  return new RpcClient({ urls, timeoutMs: 10_000, admit: () => Promise.resolve(), ...changes });
}

const answering =
  (text: string, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(text);

const FOREIGN_CODE = '{"id":1,"error":{"code":{"toString":1},"message":"no"}}';

describe('RpcClient', () => {
  test('gives the result, also where it is null', async () => {
    for (const result of ['0x1', null, [], { a: 1 }]) {
      const listener = answering(JSON.stringify({ jsonrpc: '2.0', id: 1, result, error: null }));
      expect(await serving(listener, (url) => client(url).call('m', []))).toEqual(result);
    }
  });

  test.each([
    ['not JSON', 'oops', 200, 'ANCHOR_RPC_MALFORMED'],
    ['nothing', '', 200, 'ANCHOR_RPC_MALFORMED'],
    ['bytes that are not UTF-8', '\u{fffd}', 200, 'ANCHOR_RPC_MALFORMED'],
    ['JSON of another kind', '[]', 200, 'ANCHOR_RPC_MALFORMED'],
    ['null', 'null', 200, 'ANCHOR_RPC_MALFORMED'],
    ['no id', '{"result":1}', 200, 'ANCHOR_RPC_MALFORMED'],
    ['another id', '{"id":2,"result":1}', 200, 'ANCHOR_RPC_MALFORMED'],
    ['neither result nor error', '{"id":1}', 200, 'ANCHOR_RPC_MALFORMED'],
    ['an error of no form', '{"id":1,"error":"busy"}', 200, 'ANCHOR_RPC_MALFORMED'],
    ['an error whose code is no number', FOREIGN_CODE, 200, 'ANCHOR_RPC_MALFORMED'],
    ['an error', '{"id":1,"error":{"code":-32000,"message":"no"}}', 200, 'ANCHOR_RPC_REFUSED'],
    ['another status', '{"id":1,"result":1}', 201, 'ANCHOR_RPC_STATUS'],
    ['a redirection', '', 302, 'ANCHOR_RPC_STATUS'],
  ])('refuses %s', async (_, text, status, code) => {
    const listener: RequestListener = (__, response) => {
      const bytes = text === '\u{fffd}' ? Buffer.from('{"id":1,"result":"\xff"}', 'latin1') : text;
      response.writeHead(status, status === 302 ? { location: '/' } : {}).end(bytes);
    };
    await serving(listener, async (url) => {
      await expect(client(url).call('m', [])).rejects.toMatchObject({ code });
    });
  });

  test('gives the error’s code and data, and a short message', async () => {
    const error = { code: 3, message: 'x'.repeat(1000), data: '0x1234' };
    await serving(answering(JSON.stringify({ id: 1, error })), async (url) => {
      const refusal = await client(url)
        .call('m', [])
        .catch((caught: unknown) => caught);
      expect(refusal).toMatchObject({
        code: 'ANCHOR_RPC_REFUSED',
        context: { method: 'm', rpcCode: 3, data: '0x1234' },
      });
      expect(String(refusal).length).toBeLessThan(300);
    });
  });

  test('takes out of the node’s text what would steer a terminal or turn the direction of text', async () => {
    const message = '\u001b[2J\u009b1A\r\u202eko\u2066\u200b✔ fine';
    const error = { code: 3, message };
    await serving(answering(JSON.stringify({ id: 1, error })), async (url) => {
      await expect(client(url).call('m', [])).rejects.toThrow(
        /^m: refused with 3: [\x20-\x7e✔\ufffd]*$/,
      );
    });
  });

  test('does not read an answer without end', async () => {
    const endless: RequestListener = (_, response) => {
      const chunk = Buffer.alloc(1 << 16, ' ');
      const write = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.writeHead(200).on('drain', write);
      write();
    };
    await serving(endless, async (url) => {
      const bounded = client(url, { timeoutMs: 5000 });
      await expect(bounded.call('m', [])).rejects.toMatchObject({
        code: 'ANCHOR_RPC_LIMIT',
        message: 'm: more than 1048576 bytes',
      });
    });
  });

  test.each([
    ['m', 1024 * 1024, '"', ' ', '"'],
    ['eth_getLogs', 8 * 1024 * 1024, '"', ' ', '"'],
    ['m', 50_000, '[', '{},', '0]'],
    ['m', 50_000, '[', '[],', '0]'],
    ['m', 50_000, '[', '1,', '0]'],
    ['m', 50_000, '', '[', ''],
    ['eth_getLogs', 250_000, '[', '{},', '0]'],
    ['eth_getBlockReceipts', 1_000_000, '[', '{},', '0]'],
  ])(
    'does not parse an answer to %s of more than %i times %s%s%s',
    async (method, most, ...parts) => {
      const [head, unit, tail] = parts;
      const body = `{"id":1,"result":${head}${unit.repeat(most)}${tail}}`;
      await serving(answering(body), async (url) => {
        const call = client(url, { timeoutMs: 5000 }).call(method, []);
        await expect(call).rejects.toMatchObject({ code: 'ANCHOR_RPC_LIMIT' });
      });
    },
  );

  test('takes the transaction receipts of a block that is full of events', async () => {
    const log = { topics: ['0x1', '0x2', '0x3'], data: '0x'.padEnd(300, '0'), logIndex: '0x1' };
    const result = Array.from({ length: 1000 }, () => ({
      logs: Array.from({ length: 50 }, () => log),
    }));
    await serving(answering(JSON.stringify({ id: 1, result })), async (url) => {
      const call = client(url, { timeoutMs: 5000 }).call('eth_getBlockReceipts', []);
      expect(await call).toHaveLength(1000);
    });
  });

  test('has a timeout for the whole answer, not only for its beginning', async () => {
    const dripping: RequestListener = (_, response) => {
      response.writeHead(200).write('{"id":1,');
    };
    await serving(dripping, async (url) => {
      await expect(client(url, { timeoutMs: 200 }).call('m', [])).rejects.toMatchObject({
        code: 'ANCHOR_RPC_TIMEOUT',
      });
    });
  });

  test('ends with the caller’s reason when the caller ends it', async () => {
    await serving(
      () => undefined,
      async (url) => {
        const caller = new AbortController();
        const call = client(url, { timeoutMs: 5000 }).call('m', [], caller.signal);
        caller.abort(new Error('enough'));
        await expect(call).rejects.toThrow('enough');
      },
    );
  });

  test('asks each endpoint at most once, stays with the one that answers, and admits each', async () => {
    const seen: string[] = [];
    const admitted: string[] = [];
    await serving(answering('{"id":1}', 500), async (bad) => {
      const good: RequestListener = (request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += String(chunk)));
        request.on('end', () => {
          const { id, method } = JSON.parse(body) as { id: number; method: string }; // ours
          seen.push(method);
          response.end(JSON.stringify({ id, result: method }));
        });
      };
      await serving(good, async (url) => {
        const rpc = client([bad, url], {
          admit: async (post) => void admitted.push(String(await post('hello', []))),
        });
        expect(await rpc.call('a', [])).toBe('a');
        expect(await rpc.call('b', [])).toBe('b');
        rpc.rotate();
        expect(await rpc.call('c', [])).toBe('c');
      });
      expect(seen).toEqual(['hello', 'a', 'b', 'c']);
      expect(admitted).toEqual(['hello']);
      await expect(client([bad, bad]).call('m', [])).rejects.toMatchObject({
        code: 'ANCHOR_RPC_STATUS',
      });
    });
  });
});
