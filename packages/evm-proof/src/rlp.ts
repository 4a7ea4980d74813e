import { evmError } from './error.ts';

/** A string of bytes, or a list of items. */
export type RlpItem = Uint8Array | readonly RlpItem[];

/** What the parser accepts at most. */
export interface RlpLimits {
  /** Bytes of the whole encoding. */
  readonly bytes: number;
  /** Lists within lists. */
  readonly depth: number;
  /** Strings and lists together. */
  readonly items: number;
}

/** The limits of everything that evidence holds. spec/evidence §1 */
export const RLP_LIMITS: RlpLimits = { bytes: 1_048_576, depth: 16, items: 262_144 };

/**
 * Parse one RLP item and nothing after it, in its one canonical form. Strings are views of `bytes`. spec/evidence §1
 * @throws EVM_RLP_MALFORMED, EVM_RLP_TRAILING, EVM_RLP_LIMIT
 */
export function parseRlp(bytes: Uint8Array, limits: RlpLimits = RLP_LIMITS): RlpItem {
  return new RlpParser(bytes, limits).parse();
}

/** Encode an item as RLP. spec/evidence §1 */
export function formatRlp(item: RlpItem): Uint8Array {
  const bytes = new Uint8Array(encodedLength(item));
  write(item, bytes, 0);
  return bytes;
}

/** Read an RLP integer: big endian, no leading zero, zero as no bytes. @throws EVM_RLP_INTEGER */
export function parseRlpInteger(bytes: Uint8Array): number {
  let value = bytes[0] === 0 || bytes.length > 7 ? Number.NaN : 0;
  for (const byte of bytes) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) {
    throw evmError(
      'EVM_RLP_INTEGER',
      'RLP: expected an integer without leading zero up to 2^53 - 1',
    );
  }
  return value;
}

/** Encode a non-negative integer as RLP does inside a string: big endian without leading zero, zero as no bytes. */
export function formatRlpInteger(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = BigInt(value); rest > 0n; rest /= 256n) bytes.unshift(Number(rest % 256n));
  return Uint8Array.from(bytes);
}

/** Tell a string from a list. */
export function isRlpString(item: RlpItem | undefined): item is Uint8Array {
  return item instanceof Uint8Array;
}

class RlpParser {
  readonly #bytes: Uint8Array;
  readonly #limits: RlpLimits;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array, limits: RlpLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  parse(): RlpItem {
    const { length } = this.#bytes;
    if (length > this.#limits.bytes) throw limit(`at most ${this.#limits.bytes} bytes`);
    const item = this.#item(length, 0);
    if (this.#at < length) {
      throw evmError('EVM_RLP_TRAILING', `RLP: ${length - this.#at} bytes after the item`, {
        at: this.#at,
      });
    }
    return item;
  }

  #item(end: number, depth: number): RlpItem {
    if (this.#at >= end) throw this.#malformed('an item');
    if (++this.#items > this.#limits.items) throw limit(`at most ${this.#limits.items} items`);
    const prefix = this.#bytes[this.#at++]!;
    if (prefix < 0x80) return this.#bytes.subarray(this.#at - 1, this.#at);
    if (prefix < 0xc0) {
      const length = this.#length(prefix - 0x80, end);
      if (length === 1 && this.#bytes[this.#at]! < 0x80) throw this.#malformed('a larger byte');
      return this.#bytes.subarray(this.#at, (this.#at += length));
    }
    if (depth === this.#limits.depth) throw limit(`at most ${this.#limits.depth} levels of lists`);
    const length = this.#length(prefix - 0xc0, end);
    const listEnd = this.#at + length;
    const list: RlpItem[] = [];
    while (this.#at < listEnd) list.push(this.#item(listEnd, depth + 1));
    return list;
  }

  /** Read a length: `short` itself below 56, else the integer in the `short` - 55 bytes that follow. */
  #length(short: number, end: number): number {
    if (short < 56) return this.#within(short, end);
    const width = this.#within(short - 55, end);
    if (this.#bytes[this.#at] === 0) throw this.#malformed('a length without leading zero');
    let length = 0;
    for (let i = 0; i < width; i++) length = length * 256 + this.#bytes[this.#at++]!;
    if (length < 56) throw this.#malformed('the short form of a short length');
    return this.#within(length, end);
  }

  #within(length: number, end: number): number {
    if (length > end - this.#at) throw this.#malformed(`${length} bytes`);
    return length;
  }

  #malformed(expected: string): Error {
    return evmError('EVM_RLP_MALFORMED', `RLP: expected ${expected} at ${this.#at}`, {
      at: this.#at,
    });
  }
}

function encodedLength(item: RlpItem): number {
  const length = payloadLength(item);
  return isRlpString(item) && length === 1 && item[0]! < 0x80 ? 1 : prefixLength(length) + length;
}

function payloadLength(item: RlpItem): number {
  if (isRlpString(item)) return item.length;
  let length = 0;
  for (const child of item) length += encodedLength(child);
  return length;
}

function prefixLength(length: number): number {
  return length < 56 ? 1 : 1 + formatRlpInteger(length).length;
}

function write(item: RlpItem, bytes: Uint8Array, start: number): number {
  const length = payloadLength(item);
  let at = start;
  if (!isRlpString(item) || length !== 1 || item[0]! >= 0x80) {
    const base = isRlpString(item) ? 0x80 : 0xc0;
    const width = prefixLength(length) - 1;
    bytes[at++] = width === 0 ? base + length : base + 55 + width;
    if (width > 0) bytes.set(formatRlpInteger(length), at);
    at += width;
  }
  if (isRlpString(item)) bytes.set(item, at);
  else for (const child of item) at = write(child, bytes, at);
  return isRlpString(item) ? at + length : at;
}

function limit(expected: string): Error {
  return evmError('EVM_RLP_LIMIT', `RLP: expected ${expected}`);
}
