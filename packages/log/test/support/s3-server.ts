import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BucketTilesOptions } from '../../src/s3.ts';

/** What becomes of a request instead of an answer. */
export type S3Fault =
  /** The connection breaks; nothing is done. */
  | 'break'
  /** Nobody answers; nothing is done. */
  | 'hang'
  /** It is done, and the answer is lost. */
  | 'lose'
  /** Another status; nothing is done. */
  | number;

interface S3Object {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly headers: IncomingHttpHeaders;
}

interface S3Request {
  readonly method: string;
  /** Percent-encoded, as it came. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Seconds by which a signature's time may be off. */
const SKEW = 900;

/**
 * A server with the part of the S3 protocol that a log needs, for tests: it verifies signatures by its own reading of the rules, honours
 * conditions, and does to requests what `faults` says. It is not meant for anything else.
 */
export class S3Server implements AsyncDisposable {
  readonly accessKeyId = 'AKIDEXAMPLE';
  readonly secretAccessKey = 'a-secret/that+must=never-be-seen';
  readonly sessionToken: string | undefined;
  readonly bucket = 'tiles';
  readonly region = 'cn-test-1';
  readonly objects = new Map<string, S3Object>();
  /** Method and key of all requests that were signed rightly, in order. */
  readonly seen: string[] = [];
  /** Decides about each request; undefined lets it pass. */
  faults: (request: {
    readonly method: string;
    readonly key: string;
    readonly nth: number;
  }) => S3Fault | undefined = () => undefined;
  /** Knows no conditions, as some servers do. */
  isUnconditional = false;
  /** Says of every list that there is more of it, always the same. */
  isEndless = false;
  /** Keys in one answer to a list. */
  pageLength = 1000;
  readonly #clock: () => number;
  #server: Server | undefined;
  #port = 0;

  constructor({ clock = Date.now, sessionToken }: { clock?: () => number; sessionToken?: string }) {
    this.#clock = clock;
    this.sessionToken = sessionToken;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async up(): Promise<void> {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port; // of a TCP server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer); // no encoding is set
    const [path = '', query = ''] = (incoming.url ?? '').split('?');
    const { method = '', headers } = incoming;
    const request = { method, path, query, headers, body: Buffer.concat(parts) };
    const refuse = (status: number, code: string): void => {
      const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
      response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
    };
    const fault = this.#signatureFault(request);
    if (fault !== undefined) return refuse(403, fault);
    const name = this.#nameOf(request);
    if (name?.bucket !== this.bucket) return refuse(404, 'NoSuchBucket');
    const { key } = name;
    const nth = this.seen.length;
    this.seen.push(`${method} ${key}`);
    const met = this.faults({ method, key, nth });
    if (met === 'break') return void response.destroy();
    if (met === 'hang') return;
    if (typeof met === 'number') return refuse(met, 'Injected');
    const done = this.#do(request, key);
    if (met === 'lose') return void response.destroy();
    if ('code' in done) return refuse(done.status, done.code);
    response.writeHead(done.status, { ...done.headers }).end(done.body);
  }

  #do(
    { method, query, headers, body }: S3Request,
    key: string,
  ):
    | { status: number; code: string }
    | { status: number; headers?: IncomingHttpHeaders; body?: Buffer | string } {
    const found = this.objects.get(key);
    if (method === 'GET' && key === '') return { status: 200, body: this.#list(query) };
    if (method === 'GET') {
      if (!found) return { status: 404, code: 'NoSuchKey' };
      return { status: 200, headers: { ...found.headers, etag: found.etag }, body: found.bytes };
    }
    if (method === 'DELETE') {
      this.objects.delete(key);
      return { status: 204 };
    }
    if (method !== 'PUT') return { status: 405, code: 'MethodNotAllowed' };
    if (!this.isUnconditional) {
      if (headers['if-none-match'] === '*' && found)
        return { status: 412, code: 'PreconditionFailed' };
      const wanted = headers['if-match'];
      if (wanted !== undefined && !found) return { status: 404, code: 'NoSuchKey' };
      if (wanted !== undefined && found?.etag !== wanted)
        return { status: 412, code: 'PreconditionFailed' };
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const kept = {
      'content-type': headers['content-type'],
      'cache-control': headers['cache-control'],
    };
    this.objects.set(key, { bytes: body, etag, headers: kept });
    return { status: 200, headers: { etag } };
  }

  /** ListObjectsV2 with a delimiter. */
  #list(query: string): string {
    const asked = new URLSearchParams(query);
    const [prefix, token] = [asked.get('prefix') ?? '', asked.get('continuation-token') ?? ''];
    const names = new Set<string>();
    for (const key of this.objects.keys()) {
      if (!key.startsWith(prefix)) continue;
      const slash = key.indexOf('/', prefix.length);
      names.add(slash < 0 ? key : key.slice(0, slash + 1));
    }
    const rest = [...names].toSorted().filter((name) => token === '' || name > token.slice(0, -1));
    const page = rest.slice(0, this.pageLength);
    const isTruncated = this.isEndless || rest.length > page.length;
    const next = this.isEndless ? 'more' : `${page.at(-1)}&`;
    const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return [
      `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>${this.bucket}</Name><Prefix>${escape(prefix)}</Prefix>`,
      `<IsTruncated>${isTruncated}</IsTruncated>`,
      isTruncated ? `<NextContinuationToken>${escape(next)}</NextContinuationToken>` : '',
      ...page.map((name) =>
        name.endsWith('/')
          ? `<CommonPrefixes><Prefix>${escape(name)}</Prefix></CommonPrefixes>`
          : `<Contents><Key>${escape(name)}</Key></Contents>`,
      ),
      '</ListBucketResult>',
    ].join('');
  }

  /** Bucket and key, by host or by path. */
  #nameOf({ path, headers }: S3Request): { bucket: string; key: string } | undefined {
    const host = String(headers['host']).replace(/:[0-9]+$/, '');
    const decoded = decodeURIComponent(path).slice(1);
    const byHost = /^(.*)\.s3\.test$/.exec(host)?.[1];
    if (byHost !== undefined) return { bucket: byHost, key: decoded };
    const match = /^([^/]+)\/(.*)$/.exec(decoded);
    return match ? { bucket: match[1]!, key: match[2]! } : undefined;
  }

  /** What is wrong with a signature, if something is (AWS Signature Version 4). */
  #signatureFault({ method, path, query, headers, body }: S3Request): string | undefined {
    const sha256 = (bytes: Buffer | string): string =>
      createHash('sha256').update(bytes).digest('hex');
    const hmac = (key: Buffer | string, text: string): Buffer =>
      createHmac('sha256', key).update(text).digest();
    const form =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
    const [, id, day = '', region = '', names = '', signature = ''] =
      form.exec(String(headers['authorization'])) ?? [];
    if (id === undefined) return 'AuthorizationHeaderMalformed';
    if (id !== this.accessKeyId) return 'InvalidAccessKeyId';
    if (region !== this.region) return 'AuthorizationHeaderMalformed';
    const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date']));
    if (!stamp || !stamp[0].startsWith(day)) return 'AccessDenied';
    const [year, month, date, hour, minute, second] = stamp.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number, // the six groups
    ];
    const time = Date.UTC(year, month - 1, date, hour, minute, second);
    if (Math.abs(time - this.#clock()) > SKEW * 1000) return 'RequestTimeTooSkewed';
    if (headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch';
    if (headers['x-amz-security-token'] !== this.sessionToken) return 'InvalidToken';
    // Whatever says what is done has to be signed.
    const demanded = [
      'host',
      'x-amz-date',
      'x-amz-content-sha256',
      'x-amz-security-token',
      'if-match',
      'if-none-match',
    ];
    const isSigned = (name: string): boolean => names.split(';').includes(name);
    if (demanded.some((name) => headers[name] !== undefined && !isSigned(name)))
      return 'AccessDenied';
    const lines = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
    const parameters = query
      .split('&')
      .filter((each) => each !== '')
      .toSorted()
      .join('&');
    const canonical = `${method}\n${path}\n${parameters}\n${lines.join('')}\n${names}\n${sha256(body)}`;
    const text = `AWS4-HMAC-SHA256\n${stamp[0]}\n${day}/${region}/s3/aws4_request\n${sha256(canonical)}`;
    const dayKey = hmac(`AWS4${this.secretAccessKey}`, day);
    const key = hmac(hmac(hmac(dayKey, region), 's3'), 'aws4_request');
    const isRight = timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'));
    return isRight ? undefined : 'SignatureDoesNotMatch';
  }
}

export async function openS3Server(
  options: { clock?: () => number; sessionToken?: string } = {},
): Promise<S3Server> {
  const server = new S3Server(options);
  await server.up();
  return server;
}

/** How a log gets at the bucket of a server, without waiting long for another try. */
export function bucketOf(server: S3Server): BucketTilesOptions {
  const { url, bucket, region, accessKeyId, secretAccessKey, sessionToken } = server;
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  return { endpoint: url, bucket, region, credentials, addressing: 'path', retryDelayMs: 1 };
}
