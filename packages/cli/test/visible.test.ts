import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { formatJson, visible } from '../src/visible.ts';

describe('visible', () => {
  test('leaves what people read', () => {
    const text = '✔ 未发现问题  example.gov/licenses {"a":1} Ünïcôdé 😀 \\';
    expect(visible(text)).toBe(text);
  });

  test.each([
    ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
    ['one of a single character', '\u009b1A', '\\u009b1A'],
    ['a line of its own', 'a\r\nb\u2028c', 'a\\u000d\\u000ab\\u2028c'],
    ['text in the other direction', '\u202egnp.exe\u2066', '\\u202egnp.exe\\u2066'],
    ['what has no width', 'a\u200bb\u00adc\u3164', 'a\\u200bb\\u00adc\\u3164'],
    ['tags beyond the first plane', '\u{e0041}', '\\udb40\\udc41'],
    ['half a character', '\ud800', '\\ud800'],
  ])('shows %s', (_, raw, shown) => {
    expect(visible(raw)).toBe(shown);
  });
});

describe('formatJson', () => {
  test('means what it was made of, and has nothing unseen', () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ unit: 'binary' }), (json, text) => {
        const value: unknown = [JSON.parse(json), text, { [text]: '\u009b' }];
        const formatted = formatJson(value);
        expect(JSON.parse(formatted)).toEqual(value);
        expect(formatted).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
