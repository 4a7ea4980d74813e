import { esealError } from './error.ts';
import { TAG, type Der, type DerReader } from './der.ts';

const UTC = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
/** As some makers of version 1 write it, in the time of China (spec/eseal §3.4). */
const CHINA = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/;
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** Read the next member as a time, in milliseconds since 1970. @throws ESEAL_TIME_FORM */
export function takeTime(reader: DerReader, ...tags: readonly number[]): number {
  return timeOf(reader.take(...tags));
}

/** Read a UTCTime or GeneralizedTime as DER has it: in UTC, to the second (X.690 §11.7, §11.8). @throws ESEAL_TIME_FORM */
export function timeOf({ tag, content }: Der): number {
  const time = timeOfText(String.fromCharCode(...content.subarray(0, 32)), tag);
  if (time === undefined) throw esealError('ESEAL_TIME_FORM', 'time: not in UTC to the second');
  return time;
}

/** Read the text of a time; none if it is something else. */
export function timeOfText(text: string, tag?: number): number | undefined {
  const utc = tag === TAG.generalizedTime ? null : UTC.exec(text);
  if (utc) {
    const year = Number(utc[1]);
    // RFC 5280 §4.1.2.5.1
    return instantOf([String(year < 50 ? 2000 + year : 1900 + year), ...utc.slice(2)]);
  }
  const generalized = tag === TAG.utcTime ? null : GENERALIZED.exec(text);
  return generalized ? instantOf(generalized.slice(1)) : undefined;
}

/** Read a time as Signature.xml and some signatures of version 1 write it; none if it is something else. */
export function chinaTimeOf(text: string): number | undefined {
  const parts = CHINA.exec(text);
  const instant = parts ? instantOf(parts.slice(1)) : undefined;
  return instant === undefined ? undefined : instant - CHINA_OFFSET_MS;
}

/** None for a day or an hour that does not exist. */
function instantOf(parts: readonly string[]): number | undefined {
  const [year, month, day, hour, minute, second] = parts.map(Number);
  const text = `${parts.slice(0, 3).join('-')}T${parts.slice(3).join(':')}.000Z`;
  const ms = Date.UTC(year!, month! - 1, day, hour, minute, second);
  return year! >= 100 && new Date(ms).toISOString() === text ? ms : undefined;
}
