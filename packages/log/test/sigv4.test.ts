import { describe, expect, test } from 'vitest';
import { formatUtf8 } from '@anchorlog/core';
import { encodeKey, signRequest, type UnsignedRequest } from '../src/sigv4.ts';

// The examples of the Amazon S3 API reference, "Signature Calculations for the Authorization Header".
const BY = {
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
  region: 'us-east-1',
  time: Date.UTC(2013, 4, 24),
};
const HOST = 'https://examplebucket.s3.amazonaws.com/';

function signatureOf(request: UnsignedRequest): string | undefined {
  return signRequest(request, BY)['authorization']?.slice(-64);
}

describe('signRequest', () => {
  test('gives the signatures of the published examples', () => {
    const get = (url: string, headers: Record<string, string> = {}): UnsignedRequest => ({
      method: 'GET',
      url: new URL(url, HOST),
      headers,
    });
    expect(signatureOf(get('test.txt', { range: 'bytes=0-9' }))).toBe(
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
    expect(signatureOf(get('?lifecycle'))).toBe(
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    );
    expect(signatureOf(get('?prefix=J&max-keys=2'))).toBe(
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );
    const put = {
      method: 'PUT',
      url: new URL(encodeKey('test$file.text'), HOST),
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      body: formatUtf8('Welcome to Amazon S3.'),
    };
    expect(signatureOf(put)).toBe(
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    );
  });

  test('signs every header that it sends, a session token too, and the host', () => {
    const sent = signRequest(
      { method: 'PUT', url: new URL('a', HOST), headers: { 'if-match': '"x"' } },
      { ...BY, credentials: { ...BY.credentials, sessionToken: 'token' } },
    );
    expect(sent['x-amz-security-token']).toBe('token');
    expect(sent['x-amz-date']).toBe('20130524T000000Z');
    expect(sent['authorization']).toContain(
      'SignedHeaders=host;if-match;x-amz-content-sha256;x-amz-date;x-amz-security-token,',
    );
  });
});

describe('encodeKey', () => {
  test('encodes all but unreserved characters and slashes', () => {
    expect(encodeKey("tile/0/x001/000.p/1 ~_-'()*!é")).toBe(
      'tile/0/x001/000.p/1%20~_-%27%28%29%2A%21%C3%A9',
    );
  });
});
