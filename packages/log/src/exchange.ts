import { setTimeout as delay } from 'node:timers/promises';
import { logError } from './error.ts';
import { fileLimit } from './tiles.ts';

/** How requests are made; all have their defaults. */
export interface ExchangeOptions {
  /** Milliseconds for one try, the whole answer included: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Further tries when a server cannot be reached or says that it cannot: 4. */
  readonly retries?: number | undefined;
  /** Milliseconds before the first further try, twice as many before each one after it: 200. At most 10,000, which a server may ask for. */
  readonly retryDelayMs?: number | undefined;
  /** Ends all that is under way. */
  readonly signal?: AbortSignal | undefined;
  /** Instead of Node's own, to go through a proxy for instance. */
  readonly fetch?: typeof fetch | undefined;
}

/** A request that may be sent again as it is: what it does twice is done once. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly url: URL;
  /** Made anew for each try, since a signature holds for minutes only. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly body?: Uint8Array | undefined;
  /** Bytes of the answer at most. */
  readonly maxBytes: number;
  /** Statuses beyond those of `CANNOT` after which it is sent again. */
  readonly again?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** The server is there and cannot: what it says of the file is nothing. */
const CANNOT: readonly number[] = [408, 429, 500, 502, 503, 504];
const MAX_DELAY_MS = 10_000;

/**
 * Send a request, again if need be, and give the answer, whatever its status but those of `CANNOT`. Redirects are not followed: where a
 * log is published is the reader's knowledge, not the server's. Nothing of the headers gets into errors.
 * @throws LOG_REMOTE_UNREACHABLE, LOG_REMOTE_REFUSED, LOG_FILE_LIMIT, and the reason of a signal
 */
export async function exchange(
  request: ExchangeRequest,
  options: ExchangeOptions,
): Promise<Answer> {
  const { retries = 4, retryDelayMs = 200 } = options;
  const signals = [options.signal, request.signal].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(signals);
  for (let tried = 0; ; tried++) {
    const tryAgain = tried < retries;
    const outcome = await attempt(request, options, signal);
    if (!('fault' in outcome)) return outcome;
    if (!tryAgain) throw unreachable(request, outcome);
    const asked = outcome.retryAfterMs ?? retryDelayMs * 2 ** tried;
    // Not all at the same time, should many wait for one server.
    await delay(Math.min(asked, MAX_DELAY_MS) * (1 - Math.random() / 2), undefined, { signal });
  }
}

/** Why a try came to nothing that can be told. */
interface Fault {
  readonly fault: string;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

async function attempt(
  request: ExchangeRequest,
  { timeoutMs = 30_000, fetch: send = fetch }: ExchangeOptions,
  signal: AbortSignal,
): Promise<Answer | Fault> {
  signal.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  // Whatever ends this try also ends what is left of its answer.
  const ended = new AbortController();
  const headers = await request.headers();
  let response: Response;
  let body: Uint8Array | undefined;
  try {
    response = await send(request.url, {
      method: request.method,
      headers: { 'accept-encoding': 'gzip, identity', ...headers },
      body: (request.body ?? null) as NonNullable<RequestInit['body']> | null, // bytes of whatever buffer
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout, ended.signal]),
    });
    const { status } = response;
    if (CANNOT.includes(status) || request.again?.includes(status)) {
      return { fault: `status ${status}`, status, retryAfterMs: retryAfter(response.headers) };
    }
    const refusal = refusalOf(response);
    if (refusal !== undefined) throw refused(request, refusal, status);
    body = await readBounded(response, request);
  } catch (cause) {
    signal.throwIfAborted();
    if (timeout.aborted) return { fault: `no answer within ${timeoutMs} ms`, cause };
    if (cause instanceof Error && cause.name === 'CodedError') throw cause;
    return { fault: 'no answer', cause };
  } finally {
    if (!body) ended.abort();
  }
  return { status: response.status, headers: response.headers, body };
}

/** Why an answer is not one to the request, if so. */
function refusalOf({ status, headers }: Response): string | undefined {
  if (status >= 300 && status < 400) return `a redirect, status ${status}`;
  // One layer, the one that was asked for: each further one would multiply what a few bytes become.
  const encoding = (headers.get('content-encoding') ?? 'identity').toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip') return 'an encoding that was not asked for';
  return undefined;
}

/** Read a body as far as it is not too long, after what it was compressed from. */
async function readBounded(response: Response, request: ExchangeRequest): Promise<Uint8Array> {
  const { maxBytes, url } = request;
  // What was compressed is longer only by a frame.
  const said = Number(response.headers.get('content-length') ?? 0);
  if (said > maxBytes + 1024) throw fileLimit(nameOf(url), maxBytes);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > maxBytes) throw fileLimit(nameOf(url), maxBytes);
    parts.push(part);
  }
  return joined(parts, length);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  return value !== null && /^[0-9]{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
}

/** Make the error for an answer that is none to the request. */
export function refused(
  { method, url }: { readonly method: string; readonly url: URL },
  got: string,
  status?: number,
): Error {
  return logError('LOG_REMOTE_REFUSED', `${method} ${nameOf(url)}: got ${got}`, {
    url: nameOf(url),
    status,
  });
}

function unreachable({ method, url }: ExchangeRequest, { fault, status, cause }: Fault): Error {
  return logError(
    'LOG_REMOTE_UNREACHABLE',
    `${method} ${nameOf(url)}: ${fault}`,
    { url: nameOf(url), status },
    { cause },
  );
}

/** A URL without what may be secret in it. */
function nameOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/** Read the address of a server. @throws TypeError unless it is http or https, without user, password, query and fragment */
export function serverUrl(address: string | URL): URL {
  const url = new URL(address);
  const isPlain =
    url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isPlain || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TypeError('expected an http or https URL without user, password, query and fragment');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
