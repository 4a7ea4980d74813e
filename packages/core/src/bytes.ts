import { coreError } from './error.ts';

// Every runtime has these; the language's own library does not declare them. Nothing else of a platform is used.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Tell whether text holds no lone surrogate, and so can be written as UTF-8. */
export function isWellFormed(text: string): boolean {
  // In every supported runtime, though not in the library that this code is compiled against; ten times faster than a regular expression.
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}

/** Encode text as UTF-8. @throws CORE_UTF8_MALFORMED for a lone surrogate, which UTF-8 cannot hold. */
export function formatUtf8(text: string): Uint8Array {
  if (!isWellFormed(text)) {
    throw coreError('CORE_UTF8_MALFORMED', 'text holds a lone surrogate');
  }
  return encoder.encode(text);
}

/** Encode text as UTF-8 that is known to be well formed: canonical JSON is. A lone surrogate would become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Decode UTF-8; a byte order mark is kept. @throws CORE_UTF8_MALFORMED */
export function parseUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw coreError('CORE_UTF8_MALFORMED', `${bytes.length} bytes are not UTF-8`, {}, { cause });
  }
}

/** Join byte arrays into a new one. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Tell whether two byte arrays are equal. Not constant in time: for public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Order byte arrays as unsigned bytes, a prefix first: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Encode an integer as 8 bytes, big endian. @throws CORE_INTEGER_RANGE */
export function formatUint64(value: number): Uint8Array {
  checkSize(value, 'uint64');
  const bytes = new Uint8Array(8);
  setUint64(bytes, 0, value);
  return bytes;
}

/** Write an integer as 8 bytes, big endian, into bytes that have room for it at `at`. Requires one from 0 to 2^53 - 1. */
export function setUint64(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  const low = value % 0x1_0000_0000;
  for (let i = 0; i < 4; i++) {
    bytes[at + i] = high >>> (24 - 8 * i);
    bytes[at + 4 + i] = low >>> (24 - 8 * i);
  }
}

/** Read 8 bytes, big endian, at `offset`. @throws CORE_INTEGER_RANGE beyond 2^53 - 1 or past the end */
export function parseUint64(bytes: Uint8Array, offset = 0): number {
  if (offset + 8 > bytes.length) {
    throw coreError(
      'CORE_INTEGER_RANGE',
      `uint64: expected 8 bytes at ${offset}, got ${bytes.length - offset}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 8);
  const high = view.getUint32(0);
  if (high >= 0x20_0000) throw coreError('CORE_INTEGER_RANGE', 'uint64: beyond 2^53 - 1');
  return high * 0x1_0000_0000 + view.getUint32(4);
}

/** Check that `value` is a size, index or sequence number: an integer from 0 to 2^53 - 1. @throws CORE_INTEGER_RANGE */
export function checkSize(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw coreError('CORE_INTEGER_RANGE', `${what}: expected an integer from 0 to 2^53 - 1`, {
      what,
    });
  }
  return value;
}

/** Read a decimal number in its one canonical form: no sign, no leading zero, at most 2^53 - 1. @throws CORE_DECIMAL_MALFORMED */
export function parseDecimal(text: string): number {
  const value = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw coreError('CORE_DECIMAL_MALFORMED', 'expected a canonical decimal number up to 2^53 - 1');
  }
  return value;
}

const HEX = /* @__PURE__ */ Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** Encode as lower-case hexadecimal, without prefix. */
export function formatHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Decode lower-case hexadecimal without prefix, of `length` bytes if given. @throws CORE_HEX_MALFORMED */
export function parseHex(text: string, length?: number): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    throw coreError('CORE_HEX_MALFORMED', 'expected lower-case hexadecimal digits, two a byte');
  }
  if (length !== undefined && text.length !== 2 * length) {
    throw coreError(
      'CORE_HEX_MALFORMED',
      `expected ${length} bytes of hexadecimal, got ${text.length / 2}`,
    );
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Encode as standard base64 with padding (RFC 4648 §4). */
export function formatBase64(bytes: Uint8Array): string {
  return encode64(bytes, standardPairs, '=');
}

/** Encode as base64url without padding (RFC 4648 §5). */
export function formatBase64Url(bytes: Uint8Array): string {
  return encode64(bytes, urlPairs, '');
}

/** Write bytes as base64url without padding into ASCII that has room for it at `at`. */
export function setBase64Url(ascii: Uint8Array, at: number, bytes: Uint8Array): void {
  let held = 0;
  let bits = 0;
  for (let i = 0; i < bytes.length; i++) {
    held = ((held & 0x3f) << 8) | bytes[i]!;
    for (bits += 8; bits >= 6; bits -= 6) ascii[at++] = urlDigits[(held >>> (bits - 6)) & 0x3f]!;
  }
  if (bits > 0) ascii[at] = urlDigits[(held << (6 - bits)) & 0x3f]!;
}

/** Decode standard base64: padded, trailing bits zero, nothing else, of `length` bytes if given. @throws CORE_BASE64_MALFORMED */
export function parseBase64(text: string, length?: number): Uint8Array {
  if (text.length % 4 !== 0) throw malformed64('standard base64 with padding');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decode64(text.slice(0, text.length - padding), standardValues, length);
}

/** Decode base64url: no padding, trailing bits zero, nothing else, of `length` bytes if given. @throws CORE_BASE64_MALFORMED */
export function parseBase64Url(text: string, length?: number): Uint8Array {
  return decode64(text, urlValues, length);
}

/** Tell whether `parseBase64` takes a text for `length` bytes. Twice as fast, for hashes that are not looked into. */
export function isBase64(text: string, length: number): boolean {
  const digits = Math.ceil((length * 4) / 3);
  if (text.length !== Math.ceil(digits / 4) * 4) return false;
  for (let i = digits; i < text.length; i++) if (text.charCodeAt(i) !== PADDING) return false;
  let value = 0;
  for (let i = 0; i < digits; i++) {
    const code = text.charCodeAt(i);
    value = code < 128 ? standardValues[code]! : 255;
    if (value === 255) return false;
  }
  return value % 2 ** (digits * 6 - length * 8) === 0;
}

const PADDING = 0x3d;
const standardPairs = /* @__PURE__ */ pairs64(STANDARD);
const urlPairs = /* @__PURE__ */ pairs64(URL_SAFE);
const urlDigits = /* @__PURE__ */ Uint8Array.from(URL_SAFE, (digit) => digit.charCodeAt(0));
const standardValues = /* @__PURE__ */ values64(STANDARD);
const urlValues = /* @__PURE__ */ values64(URL_SAFE);

function values64(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(255);
  for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

/** All pairs of characters of an alphabet: 12 bits at a time, twice as fast as 6. */
function pairs64(alphabet: string): string[] {
  return Array.from({ length: 4096 }, (_, i) => alphabet[i >>> 6]! + alphabet[i & 63]!);
}

function encode64(bytes: Uint8Array, pairs: readonly string[], padding: string): string {
  let text = '';
  let i = 0;
  for (; i + 2 < bytes.length; i += 3) {
    const middle = bytes[i + 1]!;
    text += pairs[bytes[i]! * 16 + (middle >>> 4)]! + pairs[(middle & 15) * 256 + bytes[i + 2]!]!;
  }
  if (i + 1 === bytes.length) {
    text += pairs[bytes[i]! * 16]! + padding + padding;
  } else if (i + 2 === bytes.length) {
    const last = bytes[i + 1]!;
    text += pairs[bytes[i]! * 16 + (last >>> 4)]! + pairs[(last & 15) * 256]![0]! + padding;
  }
  return text;
}

function decode64(text: string, values: Uint8Array, length: number | undefined): Uint8Array {
  const rest = text.length % 4;
  if (rest === 1) throw malformed64('whole bytes');
  const size = Math.floor((text.length * 3) / 4);
  if (length !== undefined && size !== length) throw malformed64(`${length} bytes, got ${size}`);
  const bytes = new Uint8Array(size);
  let written = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? values[code]! : 255;
    if (value === 255) throw malformed64('only characters of its alphabet');
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[written++] = held >>> bits;
      held &= (1 << bits) - 1;
    }
  }
  if (held !== 0) throw malformed64('trailing bits of zero');
  return bytes;
}

function malformed64(expected: string): Error {
  return coreError('CORE_BASE64_MALFORMED', `base64: expected ${expected}`);
}
