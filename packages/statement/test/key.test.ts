import { parseHex, sha256 } from '@anchorlog/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexKey, normalizeIdentifier, recordId } from '../src/index.ts';
import { refusal } from './vectors.ts';

const secret = parseHex('0b'.repeat(32));
const place = { suite: sha256, secret, keyspace: 'city/1', kind: 'holder', identifier: 'A' };

describe('normalizeIdentifier', () => {
  test('does nothing the second time', () => {
    const kinds = fc.constantFrom('license', 'license-use', 'holder', 'actor', 'seal', 'case');
    fc.assert(
      fc.property(kinds, fc.string({ unit: 'binary' }), (kind, identifier) => {
        const once = normalizeIdentifier(kind, identifier);
        expect(normalizeIdentifier(kind, once)).toBe(once);
        expect(once).toHaveLength(identifier.length);
        if (kind === 'license') expect(once).toBe(identifier);
      }),
    );
  });

  test('changes no character beyond ASCII letters and full-width ASCII', () => {
    for (let code = 0; code < 0x1_0000; code++) {
      const character = String.fromCharCode(code);
      const isLetter = code >= 0x61 && code <= 0x7a;
      const isWide = code >= 0xff01 && code <= 0xff5e;
      const changed = normalizeIdentifier('holder', character) !== character;
      expect(changed, code.toString(16)).toBe(isLetter || isWide);
    }
  });
});

describe('indexKey', () => {
  test('refuses names that could be read in two ways', () => {
    for (const name of ['', 'A', 'a\u0000b', 'a_b', 'ａ', 'a'.repeat(65), 'a\n']) {
      expect(refusal(() => indexKey({ ...place, kind: name }))).toBe('STATEMENT_KEY_NAME');
      expect(refusal(() => indexKey({ ...place, keyspace: name }))).toBe('STATEMENT_KEY_NAME');
    }
    expect(indexKey({ ...place, kind: 'a'.repeat(64), keyspace: '0./-' })).toHaveLength(32);
  });

  test('refuses an empty identifier, one over 512 characters, and a lone surrogate', () => {
    for (const identifier of ['', 'a'.repeat(513)]) {
      expect(refusal(() => indexKey({ ...place, identifier }))).toBe('STATEMENT_KEY_VALUE');
    }
    expect(refusal(() => indexKey({ ...place, identifier: '\ud800' }))).toBe('CORE_UTF8_MALFORMED');
  });

  test('takes a secret under 32 bytes for a mistake of the caller', () => {
    expect(() => indexKey({ ...place, secret: secret.subarray(1) })).toThrow(RangeError);
  });
});

describe('recordId', () => {
  const source = { suite: sha256, secret, org: 'a', system: 'b', key: 'c' };

  test('is a UUID of version 8 for every key', () => {
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        expect(recordId({ ...source, key })).toMatch(form);
      }),
    );
  });

  test('takes an empty key, names with NUL and a short secret for mistakes of the caller', () => {
    for (const mistake of [
      { key: '' },
      { org: 'a\u0000' },
      { system: '\u0000' },
      { secret: secret.subarray(1) },
    ]) {
      expect(() => recordId({ ...source, ...mistake })).toThrow(RangeError);
    }
  });
});
