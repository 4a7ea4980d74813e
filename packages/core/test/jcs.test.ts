import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalBytes,
  canonicalize,
  formatUtf8,
  parseCanonical,
  parseJson,
  parseUtf8,
  type JsonValue,
} from '../src/index.ts';
import { refusal } from '../../../test/refusal.ts';
import { anyJson } from './any-json.ts';

describe('canonicalize', () => {
  test('writes a text that reads back as the same value and is canonical itself', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalize(value);
        expect(parseJson(text)).toEqual(value);
        expect(canonicalize(parseJson(text))).toBe(text);
      }),
    );
  });

  test('does not depend on the order of members', () => {
    expect(canonicalize({ b: 1, a: { d: 1, c: 2 } })).toBe(
      canonicalize({ a: { c: 2, d: 1 }, b: 1 }),
    );
  });

  test('orders names by UTF-16 code units, not by code points', () => {
    expect(canonicalize({ '\ufb33': 1, '😀': 2, a: 3, '10': 4, '9': 5 })).toBe(
      '{"10":4,"9":5,"a":3,"😀":2,"\ufb33":1}',
    );
  });

  test('escapes what RFC 8785 escapes and nothing else', () => {
    expect(canonicalize('\u0000\b\t\n\f\r\u001f"\\/\u007f\u2028é')).toBe(
      '"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\u007f\u2028é"',
    );
  });

  test('never normalises: composed and decomposed stay apart', () => {
    expect(canonicalize('\u00e9')).not.toBe(canonicalize('e\u0301'));
    expect(canonicalize('\uf900')).not.toBe(canonicalize('\u8c48'));
  });

  test('writes minus zero as zero', () => expect(canonicalize([-0])).toBe('[0]'));

  test.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['undefined', undefined],
    ['undefined inside', { a: undefined }],
    ['a function', () => 1],
    ['a bigint', 1n],
    ['a symbol', Symbol('a')],
    ['a date', new Date(0)],
    ['bytes', new Uint8Array(2)],
    ['a map', new Map()],
    ['a hole in an array', [1, , 2]], // oxlint-disable-line no-sparse-arrays
  ])('refuses %s', (_, value) => {
    expect(refusal(() => canonicalize(value as unknown as JsonValue))).toBe('CORE_JCS_VALUE');
  });

  test('refuses lone surrogates in strings and names', () => {
    expect(refusal(() => canonicalize('\ud800'))).toBe('CORE_UTF8_MALFORMED');
    expect(refusal(() => canonicalize({ '\udc00': 1 }))).toBe('CORE_UTF8_MALFORMED');
  });

  test('refuses a cycle by its depth', () => {
    const cycle: JsonValue[] = [];
    cycle.push(cycle);
    expect(refusal(() => canonicalize(cycle))).toBe('CORE_JSON_LIMIT');
  });
});

describe('parseCanonical', () => {
  test('reads what canonicalBytes writes', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(parseCanonical(canonicalBytes(value))).toEqual(value);
      }),
    );
  });

  test('accepts exactly what the strict parser accepts and canonicalize gives back', () => {
    const limits = { bytes: 60, depth: 3, items: 6, string: 5 };
    const piece = fc.constantFrom(
      ...'{ } [ ] , : "a" "b" "__proto__" "10" "9" 0 -0 1 1.0 1.5 1e3 9007199254740992 null true'.split(
        ' ',
      ),
      ...'"\\u0061" "\\n" "字" "abcdef" "\\ud800" {"a":1,"a":1} {"a":1,"b":[]} [[[ ]]] [[]] [1,'.split(
        ' ',
      ),
      ...'100 1e2 10e1 110 11e1 0e1 -100 -1e2 10 1e1 false {"10":1,"9":1} {"9":1,"a":1} {"a":1,"9":1} ["a"] 1.00'.split(
        ' ',
      ),
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const bytes = formatUtf8(pieces.join(''));
        const strict = refusal(() => parseJson(bytes, limits));
        const isSame =
          strict === 'accepted' && canonicalize(parseJson(bytes, limits)) === parseUtf8(bytes);
        const expected =
          strict !== 'accepted' ? strict : isSame ? 'accepted' : 'CORE_JCS_NOT_CANONICAL';
        expect(refusal(() => parseCanonical(bytes, limits))).toBe(expected);
        if (isSame) expect(parseCanonical(bytes, limits)).toEqual(parseJson(bytes, limits));
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ['null', 'null'],
    ['false', 'false'],
    ['zero', '0'],
    ['an empty string', '""'],
  ])('reads %s alone', (_, text) => {
    expect(parseCanonical(formatUtf8(text))).toEqual(JSON.parse(text));
  });

  test.each([
    ['white space', '{"a": 1}', 'CORE_JCS_NOT_CANONICAL'],
    ['a line break at the end', '{"a":1}\n', 'CORE_JCS_NOT_CANONICAL'],
    ['another order', '{"b":1,"a":1}', 'CORE_JCS_NOT_CANONICAL'],
    ['an escape that is not needed', '"\\u0061"', 'CORE_JCS_NOT_CANONICAL'],
    ['an escaped solidus', '"\\/"', 'CORE_JCS_NOT_CANONICAL'],
    ['a long escape', '"\\u000a"', 'CORE_JCS_NOT_CANONICAL'],
    ['upper-case escape digits', '"\\u001F"', 'CORE_JCS_NOT_CANONICAL'],
    ['a duplicate member', '{"a":1,"a":1}', 'CORE_JSON_DUPLICATE'],
    ['a fraction in canonical form', '1.5', 'CORE_JSON_NUMBER'],
    ['an integer that is too large, in canonical form', '9007199254740992', 'CORE_JSON_NUMBER'],
    ['minus zero', '-0', 'CORE_JSON_NUMBER'],
    ['an exponent that is as long', '[1e2]', 'CORE_JSON_NUMBER'],
    ['an exponent that is shorter, and a space', '[1e3 ]', 'CORE_JSON_NUMBER'],
    ['names of indexes out of order', '{"a":1,"9":1}', 'CORE_JCS_NOT_CANONICAL'],
    ['names of indexes in the order of numbers', '{"9":1,"10":1}', 'CORE_JCS_NOT_CANONICAL'],
    ['a duplicate member of another length', '{"a":1,"a":22}', 'CORE_JSON_DUPLICATE'],
    ['trailing data', '1 1', 'CORE_JSON_TRAILING'],
    ['no JSON', '{', 'CORE_JSON_SYNTAX'],
    ['too deep', `${'['.repeat(17)}${']'.repeat(17)}`, 'CORE_JSON_LIMIT'],
    ['too many', `[${'0,'.repeat(4096)}0]`, 'CORE_JSON_LIMIT'],
    ['too long a string', `"${'a'.repeat(16_385)}"`, 'CORE_JSON_LIMIT'],
    ['too long a name', `{"${'a'.repeat(16_385)}":1}`, 'CORE_JSON_LIMIT'],
  ])('refuses %s', (_, text, code) => {
    expect(refusal(() => parseCanonical(formatUtf8(text)))).toBe(code);
  });

  test('refuses one byte too many', () => {
    const fits = formatUtf8(`["${'a'.repeat(16_384)}","${'字'.repeat(16_380)}",1]`);
    const limits = { bytes: fits.length, depth: 16, items: 4096, string: 16_384 };
    expect(refusal(() => parseCanonical(fits, limits))).toBe('accepted');
    expect(refusal(() => parseCanonical(fits, { ...limits, bytes: fits.length - 1 }))).toBe(
      'CORE_JSON_LIMIT',
    );
  });
});
