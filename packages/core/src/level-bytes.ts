import { crc32c } from './crc32c.ts';
import { coreError } from './error.ts';

const MASK_DELTA = 0xa282ead8;
const VARINT_BYTES = 8; // 56 bits: more than any number here

/** Reads the fields of LevelDB's formats, and refuses to read beyond the end. @throws CORE_LEVEL_DAMAGED */
export class LevelReader {
  readonly bytes: Uint8Array;
  readonly #what: string;
  readonly #end: number;
  #at: number;

  /** `what` says in errors what is read. */
  constructor(bytes: Uint8Array, what: string, from = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.#what = what;
    this.#at = from;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#end;
  }

  /** Read a number in groups of seven bits, lowest first, the last of which is not zero unless it is the only one. */
  varint(): number {
    let value = 0;
    for (let i = 0, unit = 1; i < VARINT_BYTES && this.#at < this.#end; i++, unit *= 128) {
      const byte = this.bytes[this.#at++]!;
      value += (byte & 127) * unit;
      const isShortest = byte !== 0 || i === 0;
      if (byte < 128 && isShortest && value <= Number.MAX_SAFE_INTEGER) return value;
    }
    throw levelDamage(`${this.#what}: expected a number before ${this.#at}`);
  }

  /** Read so many bytes: a view of them. */
  take(length: number): Uint8Array {
    if (length > this.#end - this.#at) {
      throw levelDamage(`${this.#what}: expected ${length} bytes at ${this.#at}`);
    }
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  /** Read bytes after their number. */
  prefixed(): Uint8Array {
    return this.take(this.varint());
  }
}

/** Read a number of four bytes, lowest first. */
export function littleUint32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}

/** Compute the checksum of bytes as LevelDB stores it: CRC-32C, turned and moved, since bytes may hold a CRC themselves. */
export function maskedCrc(bytes: Uint8Array, from: number, to: number): number {
  const crc = crc32c(bytes, from, to);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

export function levelDamage(message: string): Error {
  return coreError('CORE_LEVEL_DAMAGED', message);
}
