import {
  checkIdentifier,
  isResidentNumber,
  isUscc,
  licenseCheckCharacter,
  organizationCheckCharacter,
  parseLicenseIdentifier,
  parseResourceCode,
  residentCheckCharacter,
  usccCheckCharacter,
} from '@anchorlog/profiles';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const USCC_CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'.split('');
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
const textOf = (characters: readonly string[], length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength: length });
const digits = (length: number): fc.Arbitrary<string> => textOf('0123456789'.split(''), length);

const uscc = fc
  .tuple(textOf(USCC_CHARACTERS, 2), digits(6), textOf(USCC_CHARACTERS, 8))
  .map(([department, region, code]) => {
    const first = department + region + code + organizationCheckCharacter(code);
    return first + usccCheckCharacter(first);
  });
const resident = fc
  .tuple(
    fc.constantFrom('999999', '999900'),
    fc.date({ min: new Date('1900-01-01'), max: new Date('2026-01-01'), noInvalidDate: true }),
    digits(3),
  )
  .map(([region, birth, sequence]) => {
    const first = region + birth.toISOString().slice(0, 10).replaceAll('-', '') + sequence;
    return first + residentCheckCharacter(first);
  });

describe('isUscc', () => {
  test('accepts every code made with the two check characters', () => {
    fc.assert(fc.property(uscc, (code) => isUscc(code)));
  });

  test('refuses every code with one character replaced', () => {
    fc.assert(
      fc.property(uscc, fc.nat(17), fc.constantFrom(...USCC_CHARACTERS), (code, i, other) => {
        fc.pre(code[i] !== other);
        return !isUscc(code.slice(0, i) + other + code.slice(i + 1));
      }),
    );
  });

  test('refuses every code with two neighbours swapped', () => {
    fc.assert(
      fc.property(uscc, fc.nat(16), (code, i) => {
        fc.pre(code[i] !== code[i + 1]);
        return !isUscc(code.slice(0, i) + code[i + 1]! + code[i]! + code.slice(i + 2));
      }),
    );
  });
});

describe('isResidentNumber', () => {
  test('accepts every number made with its check character', () => {
    fc.assert(fc.property(resident, (number) => isResidentNumber(number)));
  });

  test('refuses every number with one digit replaced', () => {
    fc.assert(
      fc.property(resident, fc.nat(16), fc.integer({ min: 1, max: 9 }), (number, i, by) => {
        const other = (Number(number[i]) + by) % 10;
        return !isResidentNumber(number.slice(0, i) + other + number.slice(i + 1));
      }),
    );
  });
});

describe('licenseCheckCharacter', () => {
  test('changes whenever one character of the body does', () => {
    const body = fc.string({
      unit: fc.constantFrom(...ALPHANUMERIC),
      minLength: 12,
      maxLength: 80,
    });
    fc.assert(
      fc.property(body, fc.nat(79), fc.integer({ min: 1, max: 35 }), (code, at, by) => {
        const i = at % code.length;
        const other = ALPHANUMERIC[(ALPHANUMERIC.indexOf(code[i]!) + by) % 36]!;
        const changed = code.slice(0, i) + other + code.slice(i + 1);
        return licenseCheckCharacter(changed) !== licenseCheckCharacter(code);
      }),
    );
  });
});

describe('parseLicenseIdentifier', () => {
  test('takes an identifier apart and computes its check character', () => {
    const text = '1.2.156.3005.2.11999999000002030A021.1199999900000006XQ.20260400000123.001.C';
    expect(parseLicenseIdentifier(text)).toEqual({
      typeCode: '11999999000002030A021',
      issuerCode: '1199999900000006XQ',
      serial: '20260400000123',
      version: '001',
      check: 'C',
      computed: 'C',
    });
  });

  test('refuses what has not six parts, without saying what it was', () => {
    expect(() => parseLicenseIdentifier('1.2.156.3005.2.JY1999900000123')).toThrow(
      expect.objectContaining({
        code: 'PROFILES_IDENTIFIER_FORM',
        message: expect.not.stringContaining('JY1999'),
      }),
    );
  });
});

describe('checkIdentifier', () => {
  test('lets a dash stand for a person who scans', () => {
    const at = '/claims/relyingOrgCode';
    expect(checkIdentifier({ scheme: 'uscc-or-dash', value: '-', at })).toEqual([]);
    expect(checkIdentifier({ scheme: 'uscc-or-dash', value: '91999999000000115N', at })).toEqual(
      [],
    );
    expect(() => checkIdentifier({ scheme: 'uscc', value: '-', at })).toThrow(
      expect.objectContaining({ code: 'PROFILES_IDENTIFIER_FORM' }),
    );
  });

  test('is misused with a scheme that does not exist', () => {
    expect(() => checkIdentifier({ scheme: 'passport', value: 'A1', at: '/x' })).toThrow(
      RangeError,
    );
  });
});

describe('parseResourceCode', () => {
  test('takes a code apart', () => {
    expect(parseResourceCode('307003042001/000001')).toEqual({
      category: '3',
      item: '07',
      catalogue: '003',
      detail: '042001',
      sequence: '000001',
    });
    expect(parseResourceCode('307003')).toEqual({
      category: '3',
      item: '07',
      catalogue: '003',
      detail: '',
    });
  });

  test('refuses what is none', () => {
    expect(() => parseResourceCode('30700')).toThrow(
      expect.objectContaining({ code: 'PROFILES_IDENTIFIER_FORM' }),
    );
  });
});
