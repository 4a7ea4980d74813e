import { createHash, createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DIGEST_BYTES,
  formatHex,
  formatUtf8,
  hashBase64,
  hmac,
  parseBase64,
  parseHex,
  sha256,
} from '../src/index.ts';
import { nodeSha256, nodeSm3, nodeSuite } from '../src/node.ts';
import { sm3 } from '../src/sm3.ts';

/** Third-party vectors, which lie beside the checkout, if at all. */
const OPENSSL = new URL('../../../../shared/vectors/sm2-sm3/sm3.json', import.meta.url);

interface OpenSslVectors {
  readonly hash: readonly { readonly inputHex: string; readonly sm3: string }[];
  readonly hmac: readonly {
    readonly keyHex: string;
    readonly inputHex: string;
    readonly hmacSm3: string;
  }[];
}

for (const [name, suite] of [
  ['sha256', sha256],
  ['nodeSha256', nodeSha256],
  ['sm3', sm3],
  ['nodeSm3', nodeSm3],
] as const) {
  describe(name, () => {
    test('agrees with OpenSSL on messages and keys of every length around a block', () => {
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 150 }),
          fc.uint8Array({ maxLength: 150 }),
          (key, data) => {
            const hash = createHash(suite.name).update(data).digest();
            const mac = createHmac(suite.name, key).update(data).digest();
            expect(Buffer.from(suite.hash(data))).toEqual(hash);
            expect(Buffer.from(hmac(suite, key, data))).toEqual(mac);
            expect(suite.hash(data)).toHaveLength(DIGEST_BYTES);
            const digest = parseBase64(hashBase64(suite, data), DIGEST_BYTES);
            expect(Buffer.from(digest)).toEqual(hash);
          },
        ),
      );
      for (const length of [0, 1, 55, 56, 63, 64, 65, 128, 200, 70_000]) {
        const key = new Uint8Array(length).fill(0xaa);
        const expected = createHmac(suite.name, key).update(key).digest();
        expect(Buffer.from(hmac(suite, key, key)), `key of ${length}`).toEqual(expected);
      }
    });

    test('hashes a view of other bytes, and changes neither', () => {
      const whole = new Uint8Array(200).fill(7);
      const view = whole.subarray(3, 67);
      const expected = createHash(suite.name).update(view).digest();
      expect(Buffer.from(suite.hash(view))).toEqual(expected);
      hmac(suite, view, view);
      expect(whole).toEqual(new Uint8Array(200).fill(7));
    });
  });
}

for (const [name, suite] of [
  ['sha256', sha256],
  ['nodeSha256', nodeSha256],
] as const) {
  describe(name, () => {
    test('hashes the empty message and abc as FIPS 180-4 says', () => {
      expect(formatHex(suite.hash(new Uint8Array()))).toBe(
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      );
      expect(formatHex(suite.hash(formatUtf8('abc')))).toBe(
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      );
    });

    test('makes the HMAC of RFC 4231 test cases 2 and 6', () => {
      const data = formatUtf8('what do ya want for nothing?');
      expect(formatHex(hmac(suite, formatUtf8('Jefe'), data))).toBe(
        '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
      );
      const long = formatUtf8('Test Using Larger Than Block-Size Key - Hash Key First');
      expect(formatHex(hmac(suite, parseHex('aa'.repeat(131)), long))).toBe(
        '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
      );
    });
  });
}

for (const [name, suite] of [
  ['sm3', sm3],
  ['nodeSm3', nodeSm3],
] as const) {
  describe(name, () => {
    test('hashes the messages of GB/T 32905 Annex A', () => {
      expect(formatHex(suite.hash(formatUtf8('abc')))).toBe(
        '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
      );
      expect(formatHex(suite.hash(formatUtf8('abcd'.repeat(16))))).toBe(
        'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
      );
    });

    test.skipIf(!existsSync(OPENSSL))('gives the digests and MACs that OpenSSL publishes', () => {
      const { hash, hmac: macs } = JSON.parse(readFileSync(OPENSSL, 'utf8')) as OpenSslVectors;
      expect(hash.length + macs.length).toBeGreaterThan(20);
      for (const { inputHex, sm3: expected } of hash) {
        expect(formatHex(suite.hash(parseHex(inputHex)))).toBe(expected);
      }
      for (const { keyHex, inputHex, hmacSm3 } of macs) {
        expect(formatHex(hmac(suite, parseHex(keyHex), parseHex(inputHex)))).toBe(hmacSm3);
      }
    });
  });
}

describe('nodeSuite', () => {
  test('gives the suite of that name', () => {
    expect(nodeSuite('sha256')).toBe(nodeSha256);
    expect(nodeSuite('sm3')).toBe(nodeSm3);
  });
});
