import { decodeRlp, encodeRlp } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRlp, formatRlpInteger, parseRlp, parseRlpInteger } from '../src/index.ts';
import { bytes, hex, hexItem, refusal, rlpItem, type HexItem } from './vectors.ts';

const item = fc.letrec<{ item: HexItem }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    fc.uint8Array({ maxLength: 300 }).map(hex),
    fc.array(tie('item'), { maxLength: 8 }),
  ),
})).item;

describe('formatRlp', () => {
  test('gives what another implementation reads as the same item', () => {
    fc.assert(
      fc.property(item, (given) => {
        const encoded = formatRlp(rlpItem(given));
        expect(decodeRlp(encoded)).toEqual(given);
        expect(encodeRlp(given as string)).toBe(hex(encoded));
        expect(hexItem(parseRlp(encoded))).toEqual(given);
      }),
    );
  });
});

describe('parseRlp', () => {
  test('accepts bytes only where writing the item gives the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (given) => {
        if (refusal(() => parseRlp(given)) !== 'accepted') return;
        expect(hex(formatRlp(parseRlp(given)))).toBe(hex(given));
      }),
      { numRuns: 2000 },
    );
  });

  test('refuses a good encoding with a byte more or less', () => {
    fc.assert(
      fc.property(item, (given) => {
        const encoded = formatRlp(rlpItem(given));
        expect(refusal(() => parseRlp(bytes(`${hex(encoded)}00`)))).toBe('EVM_RLP_TRAILING');
        expect(refusal(() => parseRlp(encoded.subarray(0, -1)))).toBe('EVM_RLP_MALFORMED');
      }),
    );
  });

  test('refuses more bytes or items than the limit', () => {
    const limits = { bytes: 8, depth: 2, items: 4 };
    expect(refusal(() => parseRlp(formatRlp(bytes('0x0102030405060708')), limits))).toBe(
      'EVM_RLP_LIMIT',
    );
    expect(refusal(() => parseRlp(bytes('0xc3010203'), limits))).toBe('accepted');
    expect(refusal(() => parseRlp(bytes('0xc401020304'), limits))).toBe('EVM_RLP_LIMIT');
    expect(refusal(() => parseRlp(bytes('0xc2c1c0'), limits))).toBe('EVM_RLP_LIMIT');
  });
});

describe('parseRlpInteger', () => {
  test('reads every size that was written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(parseRlpInteger(formatRlpInteger(value))).toBe(value);
      }),
    );
  });

  test('refuses leading zeros and what is beyond 2^53 - 1', () => {
    for (const given of [
      '0x00',
      '0x0001',
      '0x20000000000000',
      '0x0100000000000000',
      '0xffffffffffffffffff',
    ]) {
      expect(
        refusal(() => parseRlpInteger(bytes(given))),
        given,
      ).toBe('EVM_RLP_INTEGER');
    }
    expect(parseRlpInteger(bytes('0x1fffffffffffff'))).toBe(2 ** 53 - 1);
  });
});
