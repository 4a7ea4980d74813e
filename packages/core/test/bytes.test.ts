import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkSize,
  compareBytes,
  concatBytes,
  encodeUtf8,
  equalBytes,
  formatBase64,
  formatBase64Url,
  formatHex,
  formatUint64,
  formatUtf8,
  isBase64,
  isWellFormed,
  parseBase64,
  parseBase64Url,
  parseDecimal,
  parseHex,
  parseUint64,
  parseUtf8,
  setBase64Url,
} from '../src/index.ts';
import { refusal } from '../../../test/refusal.ts';

const anyBytes = fc.uint8Array({ maxLength: 100 });
const anySize = fc.maxSafeNat();

describe('isBase64', () => {
  const FORMS: readonly (readonly [number, RegExp])[] = [
    [16, /^[A-Za-z0-9+/]{21}[AQgw]==$/],
    [32, /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/],
    [48, /^[A-Za-z0-9+/]{64}$/],
    [64, /^[A-Za-z0-9+/]{85}[AQgw]==$/],
  ];
  const character = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...Array.from('AQgwEIMUYckos048=')) },
    { weight: 1, arbitrary: fc.constantFrom(...Array.from('+/-_ \n\0\u007f\u0080\uff21\ud800')) },
  );

  test.each(FORMS)(
    'takes what parseBase64 takes for %i bytes, and says so by itself',
    (length, form) => {
      fc.assert(
        fc.property(
          fc.uint8Array({ minLength: length - 1, maxLength: length + 1 }),
          fc.nat(90),
          character,
          fc.nat(2),
          (bytes, at, each, cut) => {
            const sound = formatBase64(bytes);
            const changed = sound.slice(0, at) + each + sound.slice(at + cut);
            for (const text of [sound, changed, `${sound}\n`, `${sound}=`]) {
              const isSound = refusal(() => parseBase64(text, length)) === 'accepted';
              expect([isBase64(text, length), form.test(text)]).toEqual([isSound, isSound]);
            }
          },
        ),
        { numRuns: 500 },
      );
    },
  );

  test('takes every last character whose trailing bits are zero, and no other', () => {
    for (const [length, form] of FORMS) {
      const sound = formatBase64(new Uint8Array(length));
      const last = sound.replaceAll('=', '').length - 1;
      for (let code = 0; code < 256; code++) {
        const text = sound.slice(0, last) + String.fromCharCode(code) + sound.slice(last + 1);
        expect(isBase64(text, length)).toBe(form.test(text));
      }
    }
  });
});

describe('formatBase64, parseBase64', () => {
  test('agree with the platform on every length, and give the bytes back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const text = formatBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(parseBase64(text, bytes.length)).toEqual(bytes);
      }),
    );
  });

  test.each([
    ['no padding', 'Zg'],
    ['half the padding', 'Zg='],
    ['too much padding', 'Zm9v===='],
    ['padding alone', '===='],
    ['padding inside', 'Zg==Zg=='],
    ['trailing bits of one byte', 'Zh=='],
    ['trailing bits of two bytes', 'Zm9='],
    ['the alphabet of base64url', '_-8='],
    ['a line break', 'Zm9v\nZm9v'],
    ['a space', 'Zm9 '],
    ['a character beyond ASCII', 'Zm9ö'],
    ['a full-width character', 'Zm9Ａ'],
  ])('refuse %s', (_, text) => {
    expect(refusal(() => parseBase64(text))).toBe('CORE_BASE64_MALFORMED');
  });

  test('accept no second spelling of any bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ABQgwZz019+/=-_ '.split('')), maxLength: 8 }),
        (text) => {
          if (refusal(() => parseBase64(text)) === 'accepted') {
            expect(formatBase64(parseBase64(text))).toBe(text);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('refuse another length than asked', () => {
    expect(refusal(() => parseBase64('Zm9v', 4))).toBe('CORE_BASE64_MALFORMED');
    expect(refusal(() => parseBase64('', 1))).toBe('CORE_BASE64_MALFORMED');
    expect(parseBase64('', 0)).toEqual(new Uint8Array());
  });
});

describe('formatBase64Url, parseBase64Url', () => {
  test('agree with the platform on every length, and give the bytes back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const text = formatBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(parseBase64Url(text, bytes.length)).toEqual(bytes);
      }),
    );
  });

  test.each([
    ['padding', 'Zg=='],
    ['trailing bits', 'Zh'],
    ['a lone character', 'Z'],
    ['the alphabet of base64', '+/8'],
  ])('refuse %s', (_, text) => {
    expect(refusal(() => parseBase64Url(text))).toBe('CORE_BASE64_MALFORMED');
  });
});

describe('setBase64Url', () => {
  test('writes what formatBase64Url gives, and nothing beside it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 5 }), (bytes, at) => {
        const text = formatBase64Url(bytes);
        const ascii = new Uint8Array(at + text.length + 1).fill(0x21);
        setBase64Url(ascii, at, bytes);
        expect(parseUtf8(ascii)).toBe(`${'!'.repeat(at)}${text}!`);
      }),
    );
  });
});

describe('formatHex, parseHex', () => {
  test('agree with the platform and give the bytes back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const text = formatHex(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('hex'));
        expect(parseHex(text, bytes.length)).toEqual(bytes);
      }),
    );
  });

  test.each([
    ['upper case', 'AB'],
    ['an odd digit', 'abc'],
    ['a prefix', '0xab'],
    ['another letter', 'ag'],
    ['a line break at the end', 'ab\n'],
  ])('refuse %s', (_, text) => {
    expect(refusal(() => parseHex(text))).toBe('CORE_HEX_MALFORMED');
  });

  test('read megabytes without overflowing the stack of a regular expression', () => {
    expect(parseHex('0'.repeat(32_000_000))).toHaveLength(16_000_000);
  });

  test('refuse another length than asked', () => {
    expect(refusal(() => parseHex('abcd', 3))).toBe('CORE_HEX_MALFORMED');
  });
});

describe('parseDecimal', () => {
  test('reads every size in the form that String gives it, and no other', () => {
    fc.assert(
      fc.property(anySize, (value) => {
        expect(parseDecimal(String(value))).toBe(value);
      }),
    );
    expect(parseDecimal('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.each([
    '',
    ' 7',
    '7 ',
    '7\n',
    '+7',
    '-7',
    '-0',
    '07',
    '00',
    '0x7',
    '7.0',
    '7e0',
    '７',
    '1_0',
  ])('refuses %j', (text) =>
    expect(refusal(() => parseDecimal(text))).toBe('CORE_DECIMAL_MALFORMED'),
  );

  test.each(['9007199254740992', '9007199254740993', '18446744073709551616'])(
    'refuses %s, which a number cannot hold exactly',
    (text) => expect(refusal(() => parseDecimal(text))).toBe('CORE_DECIMAL_MALFORMED'),
  );
});

describe('formatUint64, parseUint64', () => {
  test('agree with the platform on every size', () => {
    fc.assert(
      fc.property(anySize, fc.nat(9), (value, offset) => {
        const expected = Buffer.alloc(8);
        expected.writeBigUInt64BE(BigInt(value));
        expect(Buffer.from(formatUint64(value))).toEqual(expected);
        expect(parseUint64(concatBytes(new Uint8Array(offset), expected), offset)).toBe(value);
      }),
    );
  });

  test('refuse what is no size, what is beyond 2^53 - 1, and a read past the end', () => {
    for (const value of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(refusal(() => formatUint64(value))).toBe('CORE_INTEGER_RANGE');
    }
    const beyond = parseHex('0020000000000000');
    expect(refusal(() => parseUint64(beyond))).toBe('CORE_INTEGER_RANGE');
    expect(refusal(() => parseUint64(new Uint8Array(8), 1))).toBe('CORE_INTEGER_RANGE');
    expect(parseUint64(parseHex('001fffffffffffff'))).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('checkSize', () => {
  test('gives back a size and refuses everything else', () => {
    expect(checkSize(0, 'size')).toBe(0);
    expect(refusal(() => checkSize(-1, 'size'))).toBe('CORE_INTEGER_RANGE');
    expect(refusal(() => checkSize(2 ** 53, 'size'))).toBe('CORE_INTEGER_RANGE');
  });
});

describe('formatUtf8, parseUtf8', () => {
  test('agree with the platform and give the text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        const bytes = formatUtf8(text);
        expect(Buffer.from(bytes)).toEqual(Buffer.from(text));
        expect(encodeUtf8(text)).toEqual(bytes);
        expect(parseUtf8(bytes)).toBe(text);
      }),
    );
  });

  test('refuse lone surrogates', () => {
    for (const text of ['\ud800', 'a\udc00b', '\udc00\ud800']) {
      expect(isWellFormed(text)).toBe(false);
      expect(refusal(() => formatUtf8(text))).toBe('CORE_UTF8_MALFORMED');
    }
  });

  test.each([
    ['a lone continuation', '80'],
    ['a sequence cut short', 'e4bd'],
    ['an overlong form', 'c0af'],
    ['a surrogate', 'eda080'],
    ['a code point beyond Unicode', 'f4908080'],
  ])('refuse %s', (_, hex) => {
    expect(refusal(() => parseUtf8(parseHex(hex)))).toBe('CORE_UTF8_MALFORMED');
  });

  test('keep a byte order mark', () => {
    expect(parseUtf8(parseHex('efbbbf41'))).toBe('\ufeffA');
  });
});

describe('compareBytes', () => {
  test('orders as the platform does, and equalBytes agrees with it', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(equalBytes(a, Uint8Array.from(a))).toBe(true);
      }),
    );
  });
});

describe('concatBytes', () => {
  test('joins as the platform does', () => {
    fc.assert(
      fc.property(fc.array(anyBytes, { maxLength: 5 }), (parts) => {
        expect(Buffer.from(concatBytes(...parts))).toEqual(Buffer.concat(parts));
      }),
    );
  });
});
