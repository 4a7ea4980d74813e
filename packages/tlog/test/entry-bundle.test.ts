import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_ENTRY_BYTES, formatEntryBundle, parseEntryBundle } from '../src/index.ts';
import { verdictOf } from './vectors.ts';

describe('formatEntryBundle', () => {
  test('and parseEntryBundle undo each other', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 256 });
    fc.assert(
      fc.property(entries, (list) => {
        expect(parseEntryBundle(formatEntryBundle(list), list.length)).toEqual(list);
      }),
    );
  });

  test('writes the length in two bytes, big endian', () => {
    const bundle = formatEntryBundle([new Uint8Array(0), new Uint8Array(258).fill(7)]);
    expect([...bundle.subarray(0, 5)]).toEqual([0, 0, 1, 2, 7]);
  });

  test('takes entries up to 65,535 bytes', () => {
    const longest = new Uint8Array(MAX_ENTRY_BYTES);
    expect(parseEntryBundle(formatEntryBundle([longest]), 1)).toEqual([longest]);
    const longer = new Uint8Array(MAX_ENTRY_BYTES + 1);
    expect(verdictOf(() => formatEntryBundle([longer]))).toBe('TLOG_ENTRY_LENGTH');
  });

  test('refuses none and more than 256 entries', () => {
    const many = Array.from({ length: 257 }, () => new Uint8Array(1));
    expect(verdictOf(() => formatEntryBundle([]))).toBe('TLOG_TILE_RANGE');
    expect(verdictOf(() => formatEntryBundle(many))).toBe('TLOG_TILE_RANGE');
  });
});

describe('parseEntryBundle', () => {
  const bundle = formatEntryBundle([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);

  test.each([
    ['empty', new Uint8Array(0), 2],
    ['one entry too few', bundle.subarray(0, 5), 2],
    ['one entry too many', bundle, 1],
    ['cut in an entry', bundle.subarray(0, 4), 1],
    ['cut in a length', bundle.subarray(0, 6), 2],
    ['the last byte missing', bundle.subarray(0, -1), 2],
    ['a byte to spare', Uint8Array.of(...bundle, 0), 2],
    ['a length to spare', Uint8Array.of(...bundle, 0, 0), 2],
  ])('refuses a bundle with %s', (_, bytes, width) => {
    expect(verdictOf(() => parseEntryBundle(bytes, width))).toBe('TLOG_BUNDLE_MALFORMED');
  });

  test('refuses a width that no bundle has', () => {
    expect(verdictOf(() => parseEntryBundle(bundle, 0))).toBe('TLOG_TILE_RANGE');
  });
});
