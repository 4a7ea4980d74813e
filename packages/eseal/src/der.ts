import { fromBER, type BaseBlock } from 'asn1js';
import { parseUtf8 } from '@anchorlog/core';
import { esealError, type EsealCode } from './error.ts';

/** The tags that these formats use, as the byte that begins a value. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context3: 0xa3,
} as const;

/** One value of DER: all its bytes, and what they hold. */
export interface Der {
  readonly tag: number;
  /** Tag, length and content: what a signature is over. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
  /** The values within, of a constructed one. */
  readonly items: readonly Der[];
}

const DEPTH_LIMIT = 24;
const VALUES_LIMIT = 8192;

/**
 * Read one DER value that takes all of `bytes` (spec/eseal §2.1). Content of octet strings is not looked into.
 * @throws ESEAL_DER_LENGTH, ESEAL_DER_TRAILING, ESEAL_DER_TAG, ESEAL_DER_VALUE, ESEAL_DER_LIMIT
 */
export function parseDer(bytes: Uint8Array): Der {
  checkDer(bytes);
  const { result } = readBer(bytes);
  if (result.error !== '') throw unreadable(result.error);
  return derOf(result);
}

/** The reader takes BER, and throws what it likes: what is not DER has been refused before it, what it throws is not let through. */
function readBer(bytes: Uint8Array): ReturnType<typeof fromBER> {
  try {
    return fromBER(bytes, {
      parseEmbedded: false,
      maxDepth: DEPTH_LIMIT + 1,
      maxNodes: VALUES_LIMIT + 1,
      maxContentLength: bytes.length,
    });
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): Error {
  return esealError('ESEAL_DER_VALUE', 'asn.1: a value that is none of its kind', {}, { cause });
}

function derOf(block: BaseBlock): Der {
  const bytes = block.valueBeforeDecodeView;
  const content = bytes.subarray(bytes.length - block.lenBlock.length);
  const { value } = block.valueBlock as { readonly value?: unknown }; // constructed blocks hold blocks, others what they mean
  const isConstructed = (bytes[0]! & CONSTRUCTED) !== 0;
  const items = isConstructed && Array.isArray(value) ? (value as readonly BaseBlock[]) : [];
  return { tag: bytes[0]!, bytes, content, items: items.map(derOf) };
}

const CONSTRUCTED = 0x20;

/** Check that `bytes` are one value in DER, whatever it means. */
function checkDer(bytes: Uint8Array): void {
  const walk = { bytes, values: 0 };
  const end = checkValue(walk, 0, bytes.length, 0);
  if (end !== bytes.length) {
    throw esealError('ESEAL_DER_TRAILING', `asn.1: ${bytes.length - end} bytes after the value`);
  }
}

interface Walk {
  readonly bytes: Uint8Array;
  values: number;
}

/** Check the value at `at`, which must end by `limit`; give where it ends. */
function checkValue(walk: Walk, at: number, limit: number, depth: number): number {
  if (depth > DEPTH_LIMIT || ++walk.values > VALUES_LIMIT) {
    throw esealError('ESEAL_DER_LIMIT', 'asn.1: too deep, or too many values');
  }
  const { bytes } = walk;
  const tag = bytes[at];
  if (tag === undefined) throw badLength(at);
  if (!isKnownTag(tag)) {
    throw esealError('ESEAL_DER_TAG', `asn.1: tag ${tag} at ${at}`, { tag, at });
  }
  const { begin, length } = lengthAt(bytes, at + 1, limit);
  const end = begin + length;
  if (end > limit) throw badLength(at);
  if ((tag & CONSTRUCTED) === 0) {
    if (!isCanonical(tag, bytes.subarray(begin, end))) {
      throw esealError('ESEAL_DER_VALUE', `asn.1: value of tag ${tag} at ${at}`, { tag, at });
    }
    return end;
  }
  let next = begin;
  while (next < end) next = checkValue(walk, next, end, depth + 1);
  return end;
}

/** X.690 §10.1: definite, and in the fewest bytes. */
function lengthAt(
  bytes: Uint8Array,
  at: number,
  limit: number,
): { readonly begin: number; readonly length: number } {
  const first = at < limit ? bytes[at]! : 0x80;
  if (first < 0x80) return { begin: at + 1, length: first };
  const count = first - 0x80;
  if (count === 0 || count > 4 || at + 1 + count > limit) throw badLength(at);
  let length = 0;
  for (let i = 1; i <= count; i++) length = length * 256 + bytes[at + i]!;
  if (length < 0x80 || length < 256 ** (count - 1)) throw badLength(at);
  return { begin: at + 1 + count, length };
}

function badLength(at: number): Error {
  return esealError('ESEAL_DER_LENGTH', `asn.1: length at ${at}`, { at });
}

/** Universal ones of one byte, strings never constructed (X.690 §10.2), and context tags. */
function isKnownTag(tag: number): boolean {
  const number = tag & 0x1f;
  if (number === 0x1f) return false;
  const tagClass = tag >>> 6;
  if (tagClass === 2) return true;
  const isNested = number === 0x10 || number === 0x11;
  return tagClass === 0 && number !== 0 && isNested === ((tag & CONSTRUCTED) !== 0);
}

function isCanonical(tag: number, content: Uint8Array): boolean {
  const [first, second] = content;
  switch (tag) {
    case TAG.boolean:
      return content.length === 1 && (first === 0 || first === 0xff);
    case TAG.integer:
      if (first === undefined) return false;
      // X.690 §8.3.2: the first nine bits are not all alike.
      if (second === undefined) return true;
      return !((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
    case TAG.bitString:
      if (first === undefined || first > 7) return false;
      return content.length === 1 ? first === 0 : content.at(-1)! % 2 ** first === 0;
    case TAG.null:
      return content.length === 0;
    case TAG.objectIdentifier:
      return isObjectIdentifier(content);
    default:
      return true;
  }
}

function isObjectIdentifier(content: Uint8Array): boolean {
  if (content.length === 0 || content.length > 64 || content.at(-1)! >= 0x80) return false;
  return content.every((byte, i) => byte !== 0x80 || (i > 0 && content[i - 1]! >= 0x80));
}

/** Reads the members of a structure in their order; what does not fit is refused with one code. */
export class DerReader {
  readonly #items: readonly Der[];
  readonly #what: string;
  readonly #code: EsealCode;
  #next = 0;

  /** Begin with the members of `der`, which must have `tag`. */
  constructor(der: Der, what: string, code: EsealCode = 'ESEAL_SHAPE') {
    this.#items = der.items;
    this.#what = what;
    this.#code = code;
    if (der.tag !== TAG.sequence) throw this.fault('expected a SEQUENCE');
  }

  /** How many members there are. */
  get count(): number {
    return this.#items.length;
  }

  /** The tag of the next member, if there is one. */
  get tag(): number | undefined {
    return this.#items[this.#next]?.tag;
  }

  /** Give the next member, which must have one of the tags. */
  take(...tags: readonly number[]): Der {
    const item = this.#items[this.#next];
    if (!item || !tags.includes(item.tag)) {
      const got = item?.tag ?? 'none';
      throw this.fault(`member ${this.#next}: expected tag ${tags.join(' or ')}, got ${got}`);
    }
    this.#next++;
    return item;
  }

  sequence(what: string): DerReader {
    return new DerReader(this.take(TAG.sequence), `${this.#what}.${what}`, this.#code);
  }

  /** A small number: a version, a type, millimetres. */
  number(): number {
    const { content } = this.take(TAG.integer);
    if (content.length > 4 || content[0]! >= 0x80) throw this.fault('expected a small number');
    return content.reduce((sum, byte) => sum * 256 + byte, 0);
  }

  octets(): Uint8Array {
    return this.take(TAG.octetString).content;
  }

  /** Whole bytes of a bit string. */
  bits(): Uint8Array {
    const { content } = this.take(TAG.bitString);
    if (content[0] !== 0) throw this.fault('expected whole bytes in a bit string');
    return content.subarray(1);
  }

  text(...tags: readonly number[]): string {
    const item = this.take(...tags);
    return textOf(item);
  }

  identifier(): string {
    return identifierOf(this.take(TAG.objectIdentifier));
  }

  /** Refuse members that are left over. */
  end(): void {
    const left = this.#items.length - this.#next;
    if (left > 0) throw this.fault(`${left} members too many`);
  }

  fault(expected: string): Error {
    return esealError(this.#code, `${this.#what}: ${expected}`, { at: this.#what });
  }
}

/** Give the text of a string; those that are not UTF-8 must be ASCII. @throws ESEAL_DER_VALUE */
export function textOf({ tag, content }: Der): string {
  const isWide = tag === TAG.utf8String;
  if (!isWide && content.some((byte) => byte < 0x20 || byte >= 0x7f)) throw badText(tag);
  try {
    return parseUtf8(content);
  } catch (error) {
    throw badText(tag, error);
  }
}

function badText(tag: number, cause?: unknown): Error {
  return esealError('ESEAL_DER_VALUE', `asn.1: text of tag ${tag}`, { tag }, { cause });
}

/** Give an object identifier in dots. */
export function identifierOf({ content }: Der): string {
  const parts: bigint[] = [];
  let value = 0n;
  for (const byte of content) {
    value = value * 128n + BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    parts.push(value);
    value = 0n;
  }
  const head = parts[0] ?? 0n;
  const first = head < 80n ? head / 40n : 2n;
  return [first, head - first * 40n, ...parts.slice(1)].join('.');
}
