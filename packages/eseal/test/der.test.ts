import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import { DerReader, identifierOf, parseDer, textOf } from '../src/der.ts';
import { chinaTimeOf, timeOf, timeOfText } from '../src/time.ts';
import {
  bits,
  der,
  generalizedTime,
  integer,
  octets,
  oid,
  sequence,
  utcTime,
} from './der-writer.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');
const read = (bytes: Uint8Array): string => refusal(() => parseDer(bytes));

describe('parseDer', () => {
  test('reads values within values, with the bytes of each', () => {
    const inner = integer(300);
    const { tag, items } = parseDer(sequence(inner, octets(Buffer.alloc(200, 7))));
    expect(tag).toBe(0x30);
    expect(items.map((item) => item.tag)).toEqual([0x02, 0x04]);
    expect(Buffer.from(items[0]!.bytes)).toEqual(Buffer.from(inner));
    expect(Buffer.from(items[1]!.content)).toEqual(Buffer.alloc(200, 7));
  });

  test('does not look into octet strings', () => {
    expect(parseDer(octets(sequence(integer(1)))).items).toEqual([]);
  });

  test.for([
    ['an indefinite length', '30 80 02 01 01 00 00'],
    ['a length in one byte more than it needs', '30 81 03 02 01 01'],
    ['a length with a zero before it', '30 82 00 03 02 01 01'],
    ['a length that runs past the end', '30 04 02 01 01'],
    ['a length within that runs past its value', '30 03 02 02 01'],
    ['no length', '30'],
    ['nothing', ''],
  ] as const)('refuses %s', ([, bytes]) => {
    expect(read(hex(bytes))).toBe('ESEAL_DER_LENGTH');
  });

  test('refuses bytes after the value', () => {
    expect(read(hex('02 01 01 00'))).toBe('ESEAL_DER_TRAILING');
  });

  test.for([
    ['a string in pieces', '24 03 04 01 61'],
    ['a tag of several bytes', '1f 81 01 00'],
    ['the end of an indefinite length', '30 02 00 00'],
    ['a tag of an application', '41 01 00'],
    ['a sequence that is not constructed', '10 00'],
  ] as const)('refuses %s', ([, bytes]) => {
    expect(read(hex(bytes))).toBe('ESEAL_DER_TAG');
  });

  test.for([
    ['a number with a zero too many', '02 02 00 01'],
    ['a number with a sign too many', '02 02 ff 80'],
    ['a number of no bytes', '02 00'],
    ['a truth that is neither 00 nor ff', '01 01 01'],
    ['bits that are left over and set', '03 02 01 01'],
    ['bits left over of no byte', '03 01 01'],
    ['bits without their count', '03 00'],
    ['nothing that is something', '05 01 00'],
    ['an identifier with a zero too many', '06 03 80 01 01'],
    ['an identifier that does not end', '06 01 81'],
  ] as const)('refuses %s', ([, bytes]) => {
    expect(read(hex(bytes))).toBe('ESEAL_DER_VALUE');
  });

  test('refuses what is nested deeper, or holds more, than is read', () => {
    let deep = integer(1);
    for (let i = 0; i < 30; i++) deep = sequence(deep);
    expect(read(deep)).toBe('ESEAL_DER_LIMIT');
    expect(read(sequence(...Array.from({ length: 9000 }, () => integer(1))))).toBe(
      'ESEAL_DER_LIMIT',
    );
  });

  test('reads anything that it takes as one value that is all of it, or refuses with a code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const code = read(bytes);
        expect(code).toMatch(/^(accepted|ESEAL_DER_[A-Z]+)$/);
        if (code === 'accepted')
          expect(Buffer.from(parseDer(bytes).bytes)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('identifierOf', () => {
  test.for(['1.2.156.10197.1.501', '2.5.4.3', '1.2.840.10045.2.1'])('reads %s', (text) => {
    expect(identifierOf(parseDer(oid(text)))).toBe(text);
  });
});

describe('textOf', () => {
  test('refuses controls in ASCII, and what is not UTF-8', () => {
    expect(refusal(() => textOf(parseDer(hex('16 01 07'))))).toBe('ESEAL_DER_VALUE');
    expect(refusal(() => textOf(parseDer(hex('0c 01 ff'))))).toBe('ESEAL_DER_VALUE');
    expect(textOf(parseDer(hex('0c 03 e5 8d b0')))).toBe('印');
  });
});

describe('DerReader', () => {
  test('refuses another tag, a member too few and a member too many with the code of its room', () => {
    const reader = (): DerReader => new DerReader(parseDer(sequence(integer(4))), 'x');
    expect(refusal(() => reader().octets())).toBe('ESEAL_SHAPE');
    expect(refusal(() => reader().end())).toBe('ESEAL_SHAPE');
    expect(refusal(() => new DerReader(parseDer(sequence()), 'x').number())).toBe('ESEAL_SHAPE');
    expect(refusal(() => new DerReader(parseDer(integer(4)), 'x'))).toBe('ESEAL_SHAPE');
  });

  test('refuses bits that are no whole bytes, and numbers that are negative or large', () => {
    const reader = (item: Uint8Array): DerReader => new DerReader(parseDer(sequence(item)), 'x');
    expect(refusal(() => reader(der(0x03, hex('0181'))).bits())).toBe('ESEAL_DER_VALUE');
    expect(refusal(() => reader(der(0x03, hex('0480'))).bits())).toBe('ESEAL_SHAPE');
    expect(reader(bits(hex('80'))).bits()).toHaveLength(1);
    expect(refusal(() => reader(hex('0201ff')).number())).toBe('ESEAL_SHAPE');
    expect(refusal(() => reader(hex('02050100000000')).number())).toBe('ESEAL_SHAPE');
  });
});

describe('timeOf', () => {
  const instant = Date.parse('2026-03-12T10:15:02Z');

  test('reads both kinds of time', () => {
    expect(timeOf(parseDer(generalizedTime('2026-03-12T10:15:02Z')))).toBe(instant);
    expect(timeOf(parseDer(utcTime('2026-03-12T10:15:02Z')))).toBe(instant);
    expect(timeOf(parseDer(utcTime('1998-03-12T10:15:02Z')))).toBe(
      Date.parse('1998-03-12T10:15:02Z'),
    );
  });

  test.for(['20260312101502+0800', '20260312101502.5Z', '20260230101502Z', '202603121015Z'])(
    'refuses %s',
    (text) => {
      const time = parseDer(der(0x18, Buffer.from(text)));
      expect(refusal(() => timeOf(time))).toBe('ESEAL_TIME_FORM');
    },
  );

  test('does not take the digits of one kind for the other', () => {
    const time = parseDer(der(0x18, Buffer.from('260312101502Z')));
    expect(refusal(() => timeOf(time))).toBe('ESEAL_TIME_FORM');
    expect(timeOfText('260312101502Z')).toBe(instant);
  });
});

describe('chinaTimeOf', () => {
  test('reads the time of China', () => {
    expect(chinaTimeOf('2026-03-12 18:15:02')).toBe(Date.parse('2026-03-12T10:15:02Z'));
    expect(chinaTimeOf('2026-03-12T18:15:02')).toBeUndefined();
  });
});
