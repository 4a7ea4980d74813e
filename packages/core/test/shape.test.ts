import { describe, expect, test } from 'vitest';
import { pointerToken, ShapeReader } from '../src/index.ts';

const shape = new ShapeReader((at, expected) => {
  throw new Error(`${at}: expected ${expected}`);
});

describe('ShapeReader.object', () => {
  test('gives an object with its required and maybe its optional members', () => {
    const members = { required: ['a'], optional: ['b'] };
    expect(shape.object({ a: 1 }, '', members)).toEqual({ a: 1 });
    expect(shape.object({ a: 1, b: 2 }, '', members)).toEqual({ a: 1, b: 2 });
  });

  test('refuses missing and unknown members, and names where', () => {
    const members = { required: ['a'], optional: ['b'] };
    expect(() => shape.object({ b: 1 }, '/x', members)).toThrow('/x/a: expected a value');
    expect(() => shape.object({ a: 1, c: 1 }, '/x', members)).toThrow('no member other than a, b');
    expect(() => shape.object({ toString: 1 }, '', { required: [] })).toThrow('no member other');
    expect(() => shape.object({}, '', { required: ['toString'] })).toThrow('/toString: expected');
  });

  test('refuses an optional member that is inherited', () => {
    const members = { required: ['a'], optional: ['b'] };
    const inherits = Object.assign<{ b?: number }, { a: number }>(Object.create({ b: 1 }), {
      a: 1,
    });
    expect(() => shape.object(inherits, '/x', members)).toThrow(
      '/x/b: expected a member of its own',
    );
  });

  test('refuses what is no object', () => {
    for (const value of [null, [], 'a', 1, true, undefined]) {
      expect(() => shape.object(value, '/x', { required: [] })).toThrow('/x: expected an object');
    }
  });
});

describe('ShapeReader.array', () => {
  test('reads each item with its pointer, up to the limit', () => {
    expect(
      shape.array(['a', 'b'], '/x', 2, (value, at) => `${at}=${JSON.stringify(value)}`),
    ).toEqual(['/x/0="a"', '/x/1="b"']);
    expect(() => shape.array([1, 2, 3], '/x', 2, () => 0)).toThrow('/x: expected at most 2 items');
    expect(() => shape.array({ length: 0 }, '/x', 2, () => 0)).toThrow('/x: expected an array');
  });

  test('reads the holes of an array too', () => {
    const holes: string[] = [];
    holes[1] = 'b';
    expect(() => shape.array(holes, '/x', 2, (value, at) => shape.string(value, at))).toThrow(
      '/x/0: expected a string',
    );
  });
});

describe('ShapeReader.string, word, size, base64, hex', () => {
  test('give what fits', () => {
    expect(shape.string('ab', '', /^a/)).toBe('ab');
    expect(shape.word('b', '', ['a', 'b'])).toBe('b');
    expect(shape.size(0, '')).toBe(0);
    expect(shape.base64('AAE=', '', 2)).toEqual(Uint8Array.of(0, 1));
    expect(shape.hex('0x0001', '', 2)).toEqual(Uint8Array.of(0, 1));
  });

  test('refuse what does not', () => {
    expect(() => shape.string(1, '/x')).toThrow('/x: expected a string');
    expect(() => shape.string('b', '/x', /^a/, 'an a')).toThrow('/x: expected an a');
    expect(() => shape.word('c', '/x', ['a', 'b'])).toThrow('/x: expected one of a, b');
    for (const value of [-1, -0, 0.5, 2 ** 53, '1', null, undefined]) {
      expect(() => shape.size(value, '/x')).toThrow('/x: expected an integer');
    }
    expect(() => shape.base64('AAE', '/x')).toThrow('/x: expected standard base64');
    expect(() => shape.base64('AAE=', '/x', 3)).toThrow('/x: expected 3 bytes');
    expect(() => shape.hex('0001', '/x')).toThrow('/x: expected 0x hexadecimal');
    expect(() => shape.hex('0x0', '/x')).toThrow('/x: expected 0x hexadecimal');
    expect(() => shape.hex('0x0001', '/x', 3)).toThrow('/x: expected 3 bytes');
  });
});

describe('pointerToken', () => {
  test('escapes as RFC 6901 says', () => expect(pointerToken('a/b~c~1')).toBe('a~1b~0c~01'));
});
