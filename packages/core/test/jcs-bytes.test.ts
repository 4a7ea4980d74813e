import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalBytes,
  canonicalEach,
  canonicalize,
  formatUtf8,
  parseJson,
  parseUtf8,
  type JsonValue,
} from '../src/index.ts';
import { refusal } from '../../../test/refusal.ts';
import { anyJson } from './any-json.ts';

function textOf(value: JsonValue): string {
  return parseUtf8(canonicalBytes(value));
}

describe('canonicalBytes', () => {
  test('writes what canonicalize writes', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalBytes(value)).toEqual(formatUtf8(canonicalize(value)));
      }),
    );
  });

  test('writes every character as canonicalize does', () => {
    for (let from = 0; from < 0x10000; from += 0x20) {
      const codes = Array.from({ length: 0x20 }, (_, i) => from + i);
      for (const value of [String.fromCharCode(...codes), { [String.fromCharCode(from)]: 0 }]) {
        const expected = refusal(() => canonicalize(value));
        expect(refusal(() => canonicalBytes(value))).toBe(expected);
        if (expected === 'accepted') expect(textOf(value)).toBe(canonicalize(value));
      }
    }
  });

  test.each([
    ['NaN', Number.NaN],
    ['undefined', undefined],
    ['undefined inside', { a: undefined }],
    ['a function', () => 1],
    ['a bigint', 1n],
    ['a date', new Date(0)],
    ['bytes', new Uint8Array(2)],
    ['a hole in an array', [1, , 2]], // oxlint-disable-line no-sparse-arrays
    ['a lone surrogate', '\ud800'],
    ['a name with a lone surrogate', { '\udc00': 1 }],
  ])('refuses %s as canonicalize does', (_, value) => {
    const expected = refusal(() => canonicalize(value as unknown as JsonValue));
    expect(expected).toMatch(/^CORE_/);
    expect(refusal(() => canonicalBytes(value as unknown as JsonValue))).toBe(expected);
  });

  test('refuses a cycle by its depth', () => {
    const cycle: JsonValue[] = [];
    cycle.push(cycle);
    expect(refusal(() => canonicalBytes(cycle))).toBe('CORE_JSON_LIMIT');
  });

  test('writes shapes that take turns as if each came alone', () => {
    const names = fc.subarray(['a', 'b', 'aa', 'ab', 'ba', '字', '0', '__proto__', 'a"']);
    const shape = names.map((some) => Object.fromEntries(some.map((name, i) => [name, i])));
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 20 }), (shapes) => {
        for (const each of shapes) {
          const sorted = Object.keys(each).toSorted();
          const members = sorted.map((name) => `${JSON.stringify(name)}:${each[name]}`);
          expect(textOf(each)).toBe(`{${members.join(',')}}`);
        }
      }),
    );
  });

  test('writes objects of more names than it remembers, and longer ones', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`name${i}`, i]));
    for (const value of [many, { ['n'.repeat(5000)]: 1 }, many]) {
      expect(parseJson(textOf(value))).toEqual(value);
    }
  });

  test('writes a value whose getter writes another one', () => {
    const inner = { b: 'x'.repeat(40), a: [1, 2] };
    const value = {
      get z(): string {
        return textOf(inner);
      },
      y: 'before',
    };
    expect(textOf(value)).toBe(`{"y":"before","z":${JSON.stringify(canonicalize(inner))}}`);
  });

  test('writes on after it has refused', () => {
    expect(refusal(() => canonicalBytes([1, Number.NaN]))).toBe('CORE_JCS_VALUE');
    expect(textOf([1])).toBe('[1]');
  });
});

describe('canonicalEach', () => {
  test('writes each value as canonicalBytes does', () => {
    fc.assert(
      fc.property(fc.array(anyJson, { maxLength: 6 }), (values) => {
        expect(canonicalEach(values)).toEqual(values.map((value) => canonicalBytes(value)));
      }),
    );
  });

  test('gives bytes that what is written later leaves alone', () => {
    const [first] = canonicalEach(['first', 'x'.repeat(20_000)]);
    canonicalEach(['later']);
    expect(parseUtf8(first!)).toBe('"first"');
  });
});
