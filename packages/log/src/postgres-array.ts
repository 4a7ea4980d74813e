import { hash } from 'node:crypto';

// Arrays of byte strings in the binary form of the wire: measured three times the rate of its text form, and no less than COPY, in statements
// that can do more than copy.

const BYTEA = 17;
const WORD = 4;
const DIGEST_BYTES = 32;

/** Encode byte strings as an array of them. */
export function bytesArray(items: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const item of items) length += WORD + item.length;
  const { array, begin } = startArray(items.length, length);
  let at = begin;
  for (const item of items) {
    at = array.writeInt32BE(item.length, at);
    array.set(item, at);
    at += item.length;
  }
  return array;
}

/** Encode what stands for addresses in the database, an array of digests: any text in 32 bytes, whatever characters the database could hold. */
export function digestsArray(addresses: readonly string[]): Buffer {
  const { array, begin } = startArray(addresses.length, addresses.length * (WORD + DIGEST_BYTES));
  let at = begin;
  for (const address of addresses) {
    at = array.writeInt32BE(DIGEST_BYTES, at);
    // As text and a copy: measured twice as fast as a Buffer for each.
    at += array.write(hash('sha256', address, 'binary'), at, 'latin1');
  }
  return array;
}

/** Begin an array of `count` items that take up `length` bytes. */
function startArray(
  count: number,
  length: number,
): { readonly array: Buffer; readonly begin: number } {
  const header = count === 0 ? [0, 0, BYTEA] : [1, 0, BYTEA, count, 1];
  const array = Buffer.allocUnsafe(WORD * header.length + length);
  let begin = 0;
  for (const word of header) begin = array.writeInt32BE(word, begin);
  return { array, begin };
}
