import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { RpcMethod } from './methods.ts';
import { RPC_CODES, RpcError, type RpcCode } from './rpc-error.ts';

/** A JSON-RPC server that answers. */
export interface RpcServer {
  readonly url: string;
  /** End the open connections and stop listening. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const MOST_BYTES = 5 * 1024 * 1024;
const MOST_CALLS = 1000;

/** Serve JSON-RPC 2.0 over HTTP on this machine only; port 0 means any free one. */
export async function serveRpc({
  methods,
  port,
}: {
  /** Make the methods for one request, which shares what they count. */
  readonly methods: () => ReadonlyMap<string, RpcMethod>;
  readonly port: number;
}): Promise<RpcServer> {
  const server = createServer((request, response) => {
    void reply(methods(), request, response); // answers or ends the connection itself, never rejects
  });
  server.listen(port, HOST);
  await once(server, 'listening');
  const bound = server.address() as AddressInfo; // listening on TCP
  return {
    url: `http://${HOST}:${bound.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function reply(
  methods: ReadonlyMap<string, RpcMethod>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  try {
    if (request.method !== 'POST') {
      return send(405, failure(null, 'request', 'expected a POST request'));
    }
    const foreign = foreignness(request);
    if (foreign !== undefined) return send(403, failure(null, 'request', foreign));
    if (!/^application\/json *(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
      return send(415, failure(null, 'request', 'expected content of type application/json'));
    }
    const body = await readBody(request);
    if (body === undefined) {
      response.shouldKeepAlive = false; // the rest of the body is not read
      return send(413, failure(null, 'request', `expected at most ${MOST_BYTES} bytes`));
    }
    const answer = await answerBody(methods, body);
    send(answer === undefined ? 204 : 200, answer);
  } catch (error) {
    response.destroy(error as Error); // the client is gone, or its request was cut off
  }
}

/**
 * Say what is foreign about a request. Every page that the developer's browser shows can send requests to this machine: some say where they
 * come from, and one whose name was made to lead here names that as the host.
 */
function foreignness({ headers }: IncomingMessage): string | undefined {
  if (!isLocal(headers.host ?? '')) return 'expected a host of this machine';
  if (headers.origin === undefined) return undefined;
  const isOwn = URL.canParse(headers.origin) && isLocal(new URL(headers.origin).host);
  return isOwn ? undefined : 'expected an origin of this machine';
}

function isLocal(host: string): boolean {
  return /^(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?$/i.test(host);
}

/** Give the body; none when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Answer one call or a batch, in order; none for notifications alone. JSON-RPC 2.0 §4 to §6 */
async function answerBody(methods: ReadonlyMap<string, RpcMethod>, body: string): Promise<unknown> {
  let calls: unknown;
  try {
    calls = JSON.parse(body);
  } catch {
    return failure(null, 'parse', 'expected JSON');
  }
  if (!Array.isArray(calls)) return answerCall(methods, calls);
  if (calls.length === 0 || calls.length > MOST_CALLS) {
    return failure(null, 'request', `expected 1 to ${MOST_CALLS} calls in a batch`);
  }
  const answers: unknown[] = [];
  for (const call of calls) {
    await setImmediate(); // other requests have their turn between two calls
    const answer = await answerCall(methods, call);
    if (answer !== undefined) answers.push(answer);
  }
  return answers.length > 0 ? answers : undefined;
}

interface Call {
  readonly jsonrpc?: unknown;
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

async function answerCall(
  methods: ReadonlyMap<string, RpcMethod>,
  value: unknown,
): Promise<unknown> {
  const { jsonrpc, id, method, params = [] }: Call = Object(value);
  const named = id === null || typeof id === 'string' || typeof id === 'number';
  if (jsonrpc !== '2.0' || typeof method !== 'string' || !(named || id === undefined)) {
    return failure(named ? id : null, 'request', 'expected a JSON-RPC 2.0 call');
  }
  const answer = await run(methods, method, params).then(
    (result) => ({ jsonrpc, id, result: result ?? null }),
    (error: unknown) =>
      error instanceof RpcError
        ? { jsonrpc, id, error: { code: error.code, message: error.message, data: error.data } }
        : failure(id, 'internal', `internal error: ${String(error)}`),
  );
  return named ? answer : undefined;
}

async function run(
  methods: ReadonlyMap<string, RpcMethod>,
  name: string,
  params: unknown,
): Promise<unknown> {
  const method = methods.get(name);
  if (!method) {
    throw new RpcError('method', `the method ${name} does not exist/is not available`);
  }
  if (!Array.isArray(params)) throw new RpcError('params', 'expected params in an array');
  const result: unknown = await method(...(params as readonly unknown[])); // any array will do
  return result;
}

function failure(id: unknown, code: RpcCode, message: string): unknown {
  return { jsonrpc: '2.0', id, error: { code: RPC_CODES[code], message } };
}
