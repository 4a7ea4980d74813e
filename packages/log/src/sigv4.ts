import { createHmac, hash } from 'node:crypto';

/** What a bucket's owner gave to whoever may write there. */
export interface BucketCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Where the two are for a limited time. */
  readonly sessionToken?: string | undefined;
}

/** A request to be signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** Its path is percent-encoded already, as `encodeKey` does. */
  readonly url: URL;
  /** Names in lower case. All of them are signed, conditions too. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** Give the headers to send with a request to a bucket, its signature among them (AWS Signature Version 4, service `s3`, signed payload). */
export function signRequest(
  { method, url, headers, body }: UnsignedRequest,
  by: {
    readonly credentials: BucketCredentials;
    readonly region: string;
    /** Milliseconds since 1970. */
    readonly time: number;
  },
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = by.credentials;
  const time = new Date(by.time).toISOString().replace(/[-:]|\.[0-9]{3}/g, '');
  const date = time.slice(0, 8);
  const scope = `${date}/${by.region}/s3/aws4_request`;
  const bodyHash = hash('sha256', body ?? '');
  const sent: Record<string, string> = {
    ...headers,
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const signed = Object.entries({ ...sent, host: url.host }).toSorted(byName);
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    names,
    bodyHash,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope, hash('sha256', canonical)].join('\n');
  let key: string | Buffer = `AWS4${secretAccessKey}`;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  const signature = createHmac('sha256', key).update(text).digest('hex');
  sent['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return sent;
}

/** Encode a key for the path of a URL: all but unreserved characters (RFC 3986 §2.3) and `/`. */
export function encodeKey(key: string): string {
  return key.split('/').map(encode).join('/');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .toSorted(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
