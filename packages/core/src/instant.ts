import { coreError } from './error.ts';

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?(Z|([+-])(\d{2}):(\d{2}))$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * Read an RFC 3339 time with offset and zero or three fractional digits, as milliseconds since 1970 UTC. Times are compared as instants
 * and stored as written. Leap seconds are refused. @throws CORE_INSTANT_MALFORMED
 */
export function parseInstant(text: string): number {
  const match = INSTANT.exec(text);
  if (match) {
    const [
      ,
      year,
      month,
      day,
      hour,
      minute,
      second,
      ms = '0',
      ,
      sign,
      offsetHour = '0',
      offsetMinute = '0',
    ] = match;
    const utc = utcDay(Number(year), Number(month), Number(day));
    if (
      utc !== undefined &&
      Number(hour) < 24 &&
      Number(minute) < 60 &&
      Number(second) < 60 &&
      Number(offsetHour) < 24 &&
      Number(offsetMinute) < 60
    ) {
      const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -1 : 1);
      return (
        utc +
        ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000 +
        Number(ms)
      );
    }
  }
  throw coreError('CORE_INSTANT_MALFORMED', 'expected an RFC 3339 time with offset');
}

/** Format milliseconds since 1970 as RFC 3339 in UTC with milliseconds. */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString();
}

/** Read a calendar date as the instant at which it begins in UTC, in milliseconds. @throws CORE_DATE_MALFORMED */
export function parseDate(text: string): number {
  const match = DATE.exec(text);
  const begin = match ? utcDay(Number(match[1]), Number(match[2]), Number(match[3])) : undefined;
  if (begin === undefined)
    throw coreError('CORE_DATE_MALFORMED', 'expected a calendar date YYYY-MM-DD');
  return begin;
}

function utcDay(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() : undefined;
}
