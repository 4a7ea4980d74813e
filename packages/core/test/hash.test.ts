import { createHash, createHmac } from 'node:crypto';
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
import { nodeSha256 } from '../src/node.ts';

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

    test('agrees with OpenSSL on messages and keys of every length around a block', () => {
      fc.assert(
        fc.property(
          fc.uint8Array({ maxLength: 150 }),
          fc.uint8Array({ maxLength: 150 }),
          (key, data) => {
            const hash = createHash('sha256').update(data).digest();
            const mac = createHmac('sha256', key).update(data).digest();
            expect(Buffer.from(suite.hash(data))).toEqual(hash);
            expect(Buffer.from(hmac(suite, key, data))).toEqual(mac);
            expect(suite.hash(data)).toHaveLength(DIGEST_BYTES);
            const digest = parseBase64(hashBase64(suite, data), DIGEST_BYTES);
            expect(Buffer.from(digest)).toEqual(hash);
          },
        ),
      );
      for (const length of [0, 1, 55, 56, 63, 64, 65, 128, 200]) {
        const key = new Uint8Array(length).fill(0xaa);
        const expected = createHmac('sha256', key).update(key).digest();
        expect(Buffer.from(hmac(suite, key, key)), `key of ${length}`).toEqual(expected);
      }
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

    test('does not change its input', () => {
      const key = new Uint8Array(32).fill(7);
      hmac(suite, key, key);
      expect(key).toEqual(new Uint8Array(32).fill(7));
    });
  });
}
