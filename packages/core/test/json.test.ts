import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkJsonLimits, formatUtf8, parseJson, type JsonLimits } from '../src/index.ts';
import { refusal } from '../../../test/refusal.ts';

/** JSON values as hashed text may hold them: integers only. */
const { value: anyJson } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map((n) => n + 0),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 6 }), tie('value'), { maxKeys: 4 }),
  ),
}));

describe('parseJson', () => {
  test('reads what the platform reads, from text and from bytes', () => {
    fc.assert(
      fc.property(anyJson, fc.constantFrom(undefined, 1, '\t', '\r\n '), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseJson(text)).toEqual(JSON.parse(text));
        expect(parseJson(formatUtf8(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('refuses whatever the platform refuses', () => {
    const piece = fc.constantFrom(
      ...'{}[],:"\\tfn019-+.eE \n'.split(''),
      'true',
      'null',
      '"a"',
      '\\u0041',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        if (refusal(() => parseJson(text)) !== 'accepted') return;
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['a single quote', "'a'"],
    ['a bare name', '{a:1}'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['a trailing comma in an array', '[1,]'],
    ['a leading comma', '[,1]'],
    ['an object left open', '{"a":1'],
    ['an array left open', '[1'],
    ['a string left open', '"a'],
    ['a line break in a string', '"a\nb"'],
    ['a NUL in a string', '"a\u0000b"'],
    ['an unknown escape', '"\\x41"'],
    ['an escape cut short', '"\\u00"'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['a comment', '/* a */ 1'],
    ['a byte order mark', '\ufeff1'],
    ['a no-break space', '\u00a01'],
    ['True', 'True'],
    ['a plus sign', '+1'],
    ['a colon missing', '{"a" 1}'],
    ['a name that is a number', '{1:1}'],
  ])('refuses %s', (_, text) => {
    expect(refusal(() => parseJson(text))).toBe('CORE_JSON_SYNTAX');
  });

  test.each([
    ['a fraction', '1.5'],
    ['a fraction of zero', '1.0'],
    ['an exponent', '1e3'],
    ['minus zero', '-0'],
    ['2^53', '9007199254740992'],
    ['-2^53', '-9007199254740992'],
    ['more digits than a number holds', '123456789012345678901234567890'],
    ['beyond every number', '1e999'],
  ])('refuses %s', (_, text) => {
    expect(refusal(() => parseJson(text))).toBe('CORE_JSON_NUMBER');
    expect(refusal(() => parseJson(`{"a":[${text}]}`))).toBe('CORE_JSON_NUMBER');
  });

  test('refuses a leading zero, whatever follows it', () => {
    expect(refusal(() => parseJson('01'))).toBe('CORE_JSON_TRAILING');
    expect(refusal(() => parseJson('[01]'))).toBe('CORE_JSON_SYNTAX');
    expect(refusal(() => parseJson('[-01]'))).toBe('CORE_JSON_NUMBER');
  });

  test('reads the largest integers', () => {
    expect(parseJson('[9007199254740991,-9007199254740991]')).toEqual([
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
    ]);
  });

  test.each([
    ['a second value', '1 2'],
    ['a second object', '{}{}'],
    ['a closing bracket', '[]]'],
    ['a NUL', '1\u0000'],
  ])('refuses %s after the first', (_, text) => {
    expect(refusal(() => parseJson(text))).toBe('CORE_JSON_TRAILING');
  });

  test.each([
    ['the same', '{"a":1,"a":1}'],
    ['spelled by an escape', '{"a":1,"\\u0061":2}'],
    ['inside an array', '[{"b":1,"a":1,"b":2}]'],
    ['__proto__', '{"__proto__":1,"__proto__":2}'],
    ['empty', '{"":1,"":2}'],
  ])('refuses two members of one name: %s', (_, text) => {
    expect(refusal(() => parseJson(text))).toBe('CORE_JSON_DUPLICATE');
  });

  test('reads __proto__, constructor and toString as ordinary members', () => {
    const text = '{"__proto__":{"a":1},"constructor":2,"toString":3}';
    const value = parseJson(text);
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toString']);
    expect((value as { a?: unknown }).a).toBe(undefined);
    expect(JSON.stringify(value)).toBe(text);
  });

  test('refuses lone surrogates, escaped or not, and bytes that are not UTF-8', () => {
    expect(refusal(() => parseJson('"\\ud800"'))).toBe('CORE_UTF8_MALFORMED');
    expect(refusal(() => parseJson('"\\udc00\\ud800"'))).toBe('CORE_UTF8_MALFORMED');
    expect(refusal(() => parseJson('{"\\ud800":1}'))).toBe('CORE_UTF8_MALFORMED');
    expect(refusal(() => parseJson('"\ud800"'))).toBe('CORE_UTF8_MALFORMED');
    expect(refusal(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22)))).toBe('CORE_UTF8_MALFORMED');
    expect(parseJson('"\\ud83d\\ude00"')).toBe('😀');
  });

  test('holds every limit exactly', () => {
    const limits: JsonLimits = { bytes: 20, depth: 2, items: 3, string: 4 };
    const fits = ['[[1,2]]', '{"a":[]}', '"abcd"', '[1,2,3]', '"\\u0041BCD"', `${' '.repeat(19)}1`];
    const exceeds = ['[[[]]]', '{"a":[{}]}', '"abcde"', '{"abcde":1}', '[1,2,3,4]', '[[1,2,3]]'];
    for (const text of fits) expect(refusal(() => parseJson(text, limits))).toBe('accepted');
    for (const text of [...exceeds, `${' '.repeat(20)}1`]) {
      expect(refusal(() => parseJson(text, limits))).toBe('CORE_JSON_LIMIT');
    }
    // Bytes count, not characters: seven of three bytes each.
    expect(refusal(() => parseJson(`"${'字'.repeat(7)}"`, { ...limits, string: 9 }))).toBe(
      'CORE_JSON_LIMIT',
    );
  });

  test('reads a string of many megabytes without overflowing the stack of a regular expression', () => {
    const limits = { bytes: 40_000_000, depth: 1, items: 1, string: 40_000_000 };
    const long = 'a'.repeat(32_000_000);
    expect(parseJson(`"${long}"`, limits)).toHaveLength(32_000_000);
    expect(refusal(() => parseJson(`"${long}`, limits))).toBe('CORE_JSON_SYNTAX');
  });

  test('refuses deep nesting before the stack overflows', () => {
    for (const open of ['[', '{"a":']) {
      expect(refusal(() => parseJson(open.repeat(1_000_000)))).toBe('CORE_JSON_LIMIT');
    }
  });
});

describe('checkJsonLimits', () => {
  const limits = { bytes: 40, depth: 3, items: 5, string: 10 };

  test('lets through what a text of the same limits can say', () => {
    for (const value of [null, 'a'.repeat(40), [[[]]], { a: { b: { c: 1 } } }, [1, 2, 3, 4, 5]]) {
      expect(() => checkJsonLimits(value, limits)).not.toThrow();
    }
  });

  test('refuses one level, item or character more', () => {
    for (const value of [
      'a'.repeat(41),
      [[[[]]]],
      [1, 2, 3, 4, 5, 6],
      { a: [1, 2, 3, 4, 5] },
      { ['a'.repeat(20)]: 'b'.repeat(21) },
    ]) {
      expect(refusal(() => checkJsonLimits(value, limits))).toBe('CORE_JSON_LIMIT');
    }
  });

  test('refuses few objects that stand for very many, and one that holds itself', () => {
    let value: unknown = [];
    for (let i = 0; i < 30; i++) value = [value, value];
    expect(refusal(() => checkJsonLimits(value, { ...limits, depth: 64 }))).toBe('CORE_JSON_LIMIT');
    const circle: unknown[] = [];
    circle.push(circle);
    expect(refusal(() => checkJsonLimits(circle))).toBe('CORE_JSON_LIMIT');
    expect(refusal(() => checkJsonLimits(Array(1e9)))).toBe('CORE_JSON_LIMIT');
    expect(() => checkJsonLimits({ a: new Uint8Array(2 ** 24) })).not.toThrow();
  });
});
