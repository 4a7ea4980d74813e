import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatInstant, parseDate, parseInstant } from '../src/index.ts';
import { refusal } from '../../../test/refusal.ts';

describe('parseInstant', () => {
  test('reads what formatInstant writes, at every offset', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9000-01-01') }),
        fc.integer({ min: -1439, max: 1439 }),
        (date, offset) => {
          const utc = formatInstant(date.getTime());
          expect(parseInstant(utc)).toBe(date.getTime());
          const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
          const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
          const zone = `${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
          const instant = date.getTime() - offset * 60_000;
          expect(parseInstant(utc.replace('Z', zone))).toBe(instant);
        },
      ),
    );
  });

  test('agrees with the platform on what both read', () => {
    for (const text of [
      '2026-03-12T10:15:02.120+08:00',
      '2026-03-12T10:15:02+08:00',
      '2024-02-29T23:59:59.999Z',
      '2000-02-29T00:00:00Z',
      '0001-01-01T00:00:00Z',
      '0099-12-31T23:59:59Z',
      '9999-12-31T23:59:59.999-00:00',
    ]) {
      expect(parseInstant(text)).toBe(Date.parse(text));
    }
  });

  test.each([
    ['no offset', '2026-03-12T10:15:02.120'],
    ['a space for T', '2026-03-12 10:15:02Z'],
    ['lower case', '2026-03-12t10:15:02z'],
    ['a date alone', '2026-03-12'],
    ['no seconds', '2026-03-12T10:15Z'],
    ['one fractional digit', '2026-03-12T10:15:02.1Z'],
    ['six fractional digits', '2026-03-12T10:15:02.120000Z'],
    ['a comma', '2026-03-12T10:15:02,120Z'],
    ['hour 24', '2026-03-12T24:00:00Z'],
    ['minute 60', '2026-03-12T10:60:00Z'],
    ['a leap second', '2026-06-30T23:59:60Z'],
    ['month 13', '2026-13-01T00:00:00Z'],
    ['month 0', '2026-00-01T00:00:00Z'],
    ['day 0', '2026-01-00T00:00:00Z'],
    ['30 February', '2024-02-30T00:00:00Z'],
    ['29 February of no leap year', '2100-02-29T00:00:00Z'],
    ['offset hour 24', '2026-03-12T10:15:02+24:00'],
    ['offset minute 60', '2026-03-12T10:15:02+08:60'],
    ['an offset without colon', '2026-03-12T10:15:02+0800'],
    ['a year of five digits', '+12026-03-12T10:15:02Z'],
    ['text before', ' 2026-03-12T10:15:02Z'],
    ['a line break after', '2026-03-12T10:15:02Z\n'],
    ['full-width digits', '２026-03-12T10:15:02Z'],
  ])('refuses %s', (_, text) => {
    expect(refusal(() => parseInstant(text))).toBe('CORE_INSTANT_MALFORMED');
  });
});

describe('parseInstant, parseDate', () => {
  // The form as one regular expression, and the platform's own calendar.
  const FORM =
    /^(\d{4})-(\d{2})-(\d{2})(T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?(Z|([+-])(\d{2}):(\d{2})))?$/;

  function expected(text: string): number | undefined {
    const [, year, month, day, rest, hour, minute, second, ms, , sign, offsetHour, offsetMinute] =
      FORM.exec(text) ?? [];
    const date = new Date(0);
    date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
    const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
    if (!exists) return undefined;
    if (rest === undefined) return date.getTime();
    const [h, m, s] = [Number(hour), Number(minute), Number(second)];
    const [oh, om] = [Number(offsetHour ?? 0), Number(offsetMinute ?? 0)];
    if (h > 23 || m > 59 || s > 59 || oh > 23 || om > 59) return undefined;
    const offset = (oh * 60 + om) * (sign === '-' ? -1 : 1);
    return date.getTime() + ((h * 60 + m - offset) * 60 + s) * 1000 + Number(ms ?? 0);
  }

  function found(read: (text: string) => number, text: string): number | undefined {
    let ms: number | undefined;
    return refusal(() => (ms = read(text))) === 'accepted' ? ms : undefined;
  }

  test('take each day of each kind of year, and no day that is none', () => {
    for (const year of ['0000', '0001', '0099', '0400', '1900', '2000', '2023', '2024', '9999']) {
      for (let month = 0; month <= 13; month++) {
        for (let day = 0; day <= 32; day++) {
          const date = [year, ...[month, day].map((n) => String(n).padStart(2, '0'))].join('-');
          expect(found(parseDate, date)).toBe(expected(date));
          expect(found(parseInstant, `${date}T00:00:00Z`)).toBe(expected(date));
        }
      }
    }
  });

  test('take what the form takes, with the same value, wherever a character is another', () => {
    const samples = [
      '2026-03-12T10:15:02.120+08:00',
      '0000-02-29T23:59:59.999-23:59',
      '2024-02-29T00:00:00Z',
      '1970-01-01T00:00:00.000Z',
      '2026-03-12',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(
          fc.record({
            at: fc.nat(30),
            cut: fc.nat(2),
            put: fc.constantFrom('', '\uff12', ...Array.from('0123456789-+:.TZtz \n/;')),
          }),
          { maxLength: 3 },
        ),
        (sample, edits) => {
          let text = sample;
          for (const { at, cut, put } of edits)
            text = text.slice(0, at) + put + text.slice(at + cut);
          const isDate = text.length === 10;
          expect(found(parseDate, text)).toBe(isDate ? expected(text) : undefined);
          expect(found(parseInstant, text)).toBe(isDate ? undefined : expected(text));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('parseDate', () => {
  test('reads a date as its beginning in UTC', () => {
    expect(parseDate('2026-03-12')).toBe(Date.UTC(2026, 2, 12));
    expect(parseDate('9999-12-31')).toBe(Date.UTC(9999, 11, 31));
  });

  test.each([
    '2026-3-12',
    '20260312',
    '2026-02-29',
    '2026-03-32',
    '2026-03-12T00:00:00Z',
    ' 2026-03-12',
  ])('refuses %j', (text) => expect(refusal(() => parseDate(text))).toBe('CORE_DATE_MALFORMED'));
});
