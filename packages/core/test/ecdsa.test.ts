import { generateKeyPairSync, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { P256_ORDER, integerOf, scalarBytes } from '../src/ecdsa.ts';
import {
  concatBytes,
  formatDerSignature,
  formatHex,
  lowS,
  parseDerSignature,
  parseHex,
} from '../src/index.ts';
import { refusal } from '../../../test/refusal.ts';

const MUTANTS: Readonly<Record<string, string>> = {
  nothing: '',
  'a tag alone': '30',
  'another tag': '310602010102 0101',
  'a length that is too short': '3005020101020101',
  'a length that is too long': '3007020101020101',
  'a length in long form': '308106020101020101',
  'an indefinite length': '30800201010201010000',
  'bytes after the sequence': '300602010102010100',
  'bytes after s': '3007020101020101 00',
  'one integer': '3003020101',
  'three integers': '3009020101020101020101',
  'an integer of no bytes': '30050200020101',
  'an integer that is cut': '3006020101020201',
  'another tag of r': '3006030101020101',
  'r negative': '3006020180020101',
  's negative': '3006020101020180',
  'r with a zero too many': '300702020001020101',
  's with a zero too many': '300702010102020001',
  'r of 33 bytes that count': `3026022101${'00'.repeat(32)}020101`,
  's of 34 bytes': `30270201010222${'01'.repeat(34)}`,
};

describe('parseDerSignature', () => {
  test('reads what formatDerSignature writes, and there is no other spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.nat(64), (bytes, zeros) => {
        const signature = bytes.fill(0, 0, zeros);
        const der = formatDerSignature(signature);
        expect(parseDerSignature(der)).toEqual(signature);
        expect(formatHex(formatDerSignature(parseDerSignature(der)))).toBe(formatHex(der));
      }),
    );
  });

  test('reads what OpenSSL writes', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let i = 0; i < 20; i++) {
      const der = sign('sha256', Buffer.of(i), privateKey);
      expect(formatHex(formatDerSignature(parseDerSignature(der)))).toBe(formatHex(der));
    }
  });

  test.each(Object.entries(MUTANTS))('refuses %s', (_, hex) => {
    const der = parseHex(hex.replaceAll(' ', ''));
    expect(refusal(() => parseDerSignature(der))).toBe('CORE_SIGNATURE_DER');
  });
});

describe('formatDerSignature', () => {
  test('takes 64 bytes only', () => {
    expect(() => formatDerSignature(new Uint8Array(63))).toThrow(RangeError);
  });
});

describe('lowS', () => {
  test('brings s into the lower half, and leaves the rest as it is', () => {
    const r = scalarBytes(5n);
    const half = P256_ORDER / 2n;
    const of = (s: bigint): bigint => integerOf(lowS(concatBytes(r, scalarBytes(s))).subarray(32));
    expect([of(1n), of(half), of(half + 1n), of(P256_ORDER - 1n)]).toEqual([1n, half, half, 1n]);
    expect([of(0n), of(P256_ORDER)]).toEqual([0n, P256_ORDER]);
    expect(lowS(new Uint8Array(3))).toEqual(new Uint8Array(3));
  });
});
