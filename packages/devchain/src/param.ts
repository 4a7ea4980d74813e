import { isCodedError, parseHex } from '@anchorlog/core';
import { Address } from '@ethereumjs/util';
import { RpcError } from './rpc-error.ts';

/** Read data: `0x` and whole bytes, of `length` if given. */
export function dataParam(value: unknown, name: string, length?: number): Uint8Array {
  try {
    if (typeof value === 'string' && value.startsWith('0x')) {
      return parseHex(value.slice(2).toLowerCase(), length);
    }
  } catch (error) {
    if (!isCodedError(error)) throw error;
  }
  throw invalid(name, length === undefined ? '0x data' : `0x data of ${length} bytes`);
}

/** Read a quantity: `0x` and digits without leading zero. */
export function quantityParam(value: unknown, name: string): bigint {
  if (typeof value === 'string' && /^0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})$/.test(value)) {
    return BigInt(value);
  }
  throw invalid(name, 'a 0x quantity');
}

/** Read an address of 20 bytes. */
export function addressParam(value: unknown, name: string): Address {
  return new Address(dataParam(value, name, 20));
}

/** Read a storage slot: a word, or the quantity that clients also send. */
export function slotParam(value: unknown, name: string): Uint8Array {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) {
    throw invalid(name, 'a storage slot of at most 32 bytes');
  }
  return parseHex(value.slice(2).toLowerCase().padStart(64, '0'));
}

/** Read an object. */
export function objectParam(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>; // narrowed
  }
  throw invalid(name, 'an object');
}

/** Make the refusal of a parameter. */
export function invalid(name: string, expected: string): RpcError {
  return new RpcError('params', `invalid ${name}: expected ${expected}`);
}
