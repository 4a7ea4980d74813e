import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatInstant, parseDate, parseInstant } from '../src/index.ts';
import { refusal } from './refusal.ts';

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
