import { parseHex } from '@anchorlog/core';
import { anchorError } from './error.ts';

/** Read a `0x` address, in any case, as lower case. @throws TypeError */
export function address(value: string): string {
  if (!/^0x[0-9a-f]{40}$/i.test(value)) throw new TypeError('expected a 0x address of 20 bytes');
  return value.toLowerCase();
}

/** Read an object. @throws ANCHOR_RPC_MALFORMED */
export function members(value: unknown, method: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw malformed(method, 'not an object');
  return value as Readonly<Record<string, unknown>>; // narrowed
}

/** Read an array. @throws ANCHOR_RPC_MALFORMED */
export function array(value: unknown, method: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(method, 'not an array');
  return value;
}

/** Read a number in `0x` hexadecimal. @throws ANCHOR_RPC_MALFORMED */
export function quantity(value: unknown, method: string): number {
  const number =
    typeof value === 'string' && /^0x[0-9a-f]{1,64}$/i.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw malformed(method, 'not a quantity up to 2^53 - 1');
  return number;
}

/** Read bytes in `0x` hexadecimal. @throws ANCHOR_RPC_MALFORMED */
export function data(value: unknown, method: string): Uint8Array {
  // Pairs are counted, not matched: a repeated group overflows the stack on a long answer.
  if (typeof value !== 'string' || value.length % 2 !== 0 || !/^0x[0-9a-f]*$/i.test(value)) {
    throw malformed(method, 'not data');
  }
  return parseHex(value.slice(2).toLowerCase());
}

/** Read a hash as `0x` hexadecimal in lower case. @throws ANCHOR_RPC_MALFORMED */
export function hash32(value: unknown, method: string): string {
  if (typeof value !== 'string' || !/^0x[0-9a-f]{64}$/i.test(value)) {
    throw malformed(method, 'not a hash');
  }
  return value.toLowerCase();
}

/** Make the error for an answer of another form. */
export function malformed(method: string, what: string): Error {
  return anchorError('ANCHOR_RPC_MALFORMED', `${method}: ${what}`, { method });
}
