import { exchange, refused, serverUrl, type Answer, type ExchangeOptions } from './exchange.ts';
import { encodeKey, signRequest, type BucketCredentials } from './sigv4.ts';

/** How a bucket is reached. */
export interface BucketOptions extends ExchangeOptions {
  /** Such as `https://s3.example.gov` or `http://127.0.0.1:7070`. */
  readonly endpoint: string | URL;
  readonly bucket: string;
  /** `us-east-1` unless given: many servers know one region. */
  readonly region?: string | undefined;
  /** `path`: the bucket is named in the path; `host`, the default: in front of the endpoint's host. */
  readonly addressing?: 'path' | 'host' | undefined;
  /** Asked before each try, where they change. */
  readonly credentials: BucketCredentials | (() => BucketCredentials | Promise<BucketCredentials>);
  /** Milliseconds since 1970; a server refuses signatures that are some minutes off its own time. */
  readonly clock?: (() => number) | undefined;
}

/** Under which condition an object is written. */
export type PutCondition =
  | { readonly if: 'absent' }
  /** Its entity tag, as it was read. */
  | { readonly if: 'unchanged'; readonly etag: string };

export interface BucketObject {
  readonly bytes: Uint8Array;
  /** Its entity tag, empty if the server gives none. */
  readonly etag: string;
}

const MAX_LIST_BYTES = 4 * 2 ** 20;
const MAX_ANSWER_BYTES = 2 ** 16;

/** An S3-compatible bucket, as far as a log needs one. Every method throws LOG_REMOTE_UNREACHABLE and LOG_REMOTE_REFUSED. */
export class Bucket {
  readonly #options: BucketOptions;
  readonly #base: URL;

  /** @throws TypeError for an endpoint or a name that is none */
  constructor(options: BucketOptions) {
    const { endpoint, bucket, addressing = 'host' } = options;
    const isName =
      addressing === 'host'
        ? /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
        : /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket);
    if (!isName) throw new TypeError('bucket: expected the name of one');
    this.#base = serverUrl(endpoint);
    if (addressing === 'path') {
      this.#base.pathname += `${bucket}/`;
    } else {
      const host = `${bucket}.${this.#base.hostname}`;
      this.#base.hostname = host; // left as it is if this is none
      if (this.#base.hostname !== host) {
        throw new TypeError(
          'endpoint: a number has no hosts below it, which takes addressing by path',
        );
      }
    }
    this.#options = options;
  }

  /** Give an object, undefined if there is none. @throws LOG_FILE_LIMIT */
  async get(
    key: string,
    { maxBytes, signal }: { readonly maxBytes: number; readonly signal?: AbortSignal | undefined },
  ): Promise<BucketObject | undefined> {
    const call = { method: 'GET', url: this.#url(key), maxBytes, signal } as const;
    const answer = await this.#send(call);
    if (answer.status === 200) {
      return { bytes: answer.body, etag: answer.headers.get('etag') ?? '' };
    }
    if (answer.status === 404 && codeOf(answer) !== 'NoSuchBucket') return undefined;
    throw refusedBy(call, answer);
  }

  /** Write an object, and tell whether its condition held. `ignored`: the server says that it knows no conditions. */
  async put(
    key: string,
    put: {
      readonly bytes: Uint8Array;
      readonly headers: Readonly<Record<string, string>>;
      readonly condition: PutCondition;
    },
  ): Promise<'written' | 'not met' | 'ignored'> {
    const { bytes, condition } = put;
    const headers = {
      ...put.headers,
      ...(condition.if === 'absent' ? { 'if-none-match': '*' } : { 'if-match': condition.etag }),
    };
    const call = {
      method: 'PUT',
      url: this.#url(key),
      headers,
      body: bytes,
      maxBytes: MAX_ANSWER_BYTES,
      again: [409], // two of them at the same time: who is sent again finds out how it ended
    } as const;
    const answer = await this.#send(call);
    const { status } = answer;
    if (status === 200) return 'written';
    // Without the object there is nothing that could be unchanged.
    const isGone = condition.if === 'unchanged' && codeOf(answer) === 'NoSuchKey';
    if (status === 412 || isGone) return 'not met';
    if (status === 501) return 'ignored';
    throw refusedBy(call, answer);
  }

  /** Remove an object; none is no error. */
  async delete(key: string): Promise<void> {
    const call = { method: 'DELETE', url: this.#url(key), maxBytes: MAX_ANSWER_BYTES } as const;
    const answer = await this.#send(call);
    if (answer.status === 200 || answer.status === 204) return;
    if (answer.status === 404 && codeOf(answer) !== 'NoSuchBucket') return;
    throw refusedBy(call, answer);
  }

  /** Give the keys that begin with `prefix`, and once what stands before the next slash where there is one. */
  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for (let token: string | undefined = ''; token !== undefined;) {
      const url = new URL(this.#base);
      url.searchParams.set('list-type', '2');
      url.searchParams.set('delimiter', '/');
      url.searchParams.set('prefix', prefix);
      if (token !== '') url.searchParams.set('continuation-token', token);
      const call = { method: 'GET', url, maxBytes: MAX_LIST_BYTES } as const;
      const answer = await this.#send(call);
      if (answer.status !== 200) throw refusedBy(call, answer);
      const xml = new TextDecoder().decode(answer.body);
      keys.push(...textsOf(xml, 'Key'), ...textsOf(xml, 'Prefix').filter((key) => key !== prefix));
      // A token that is empty or came before would ask for the same for ever.
      const [next = ''] = textsOf(xml, 'NextContinuationToken');
      const isMore = textsOf(xml, 'IsTruncated')[0] === 'true';
      if (isMore && (next === '' || next === token)) throw refused(call, 'a list without end');
      token = isMore ? next : undefined;
    }
    return keys;
  }

  #url(key: string): URL {
    return new URL(encodeKey(key), this.#base);
  }

  #send(call: {
    readonly method: 'GET' | 'PUT' | 'DELETE';
    readonly url: URL;
    readonly headers?: Readonly<Record<string, string>> | undefined;
    readonly body?: Uint8Array | undefined;
    readonly maxBytes: number;
    readonly again?: readonly number[] | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<Answer> {
    const { credentials, region = 'us-east-1', clock = Date.now } = this.#options;
    const headers = async (): Promise<Record<string, string>> => {
      const given = typeof credentials === 'function' ? await credentials() : credentials;
      const unsigned = { ...call, headers: call.headers ?? {} };
      return signRequest(unsigned, { credentials: given, region, time: clock() });
    };
    return exchange({ ...call, headers }, this.#options);
  }
}

function refusedBy(call: { readonly method: string; readonly url: URL }, answer: Answer): Error {
  const code = codeOf(answer);
  return refused(
    call,
    `status ${answer.status}${code === undefined ? '' : ` ${code}`}`,
    answer.status,
  );
}

/** The server's own word for what is wrong, one word and nothing else of its text. */
function codeOf({ body }: Answer): string | undefined {
  return /<Code>([A-Za-z]{1,64})<\/Code>/.exec(new TextDecoder().decode(body))?.[1];
}

function textsOf(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'));
  return Array.from(found, ([, text = '']) => text.replace(/&(#?\w+);/g, entity));
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function entity(whole: string, name: string): string {
  const code = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
  if (!code) return ENTITIES[name] ?? whole;
  const point = code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
  return point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
}
