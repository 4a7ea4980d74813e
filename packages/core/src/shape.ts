import { parseBase64, parseHex } from './bytes.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** Says no: `at` is a JSON Pointer, `expected` a phrase. Must throw the package's own coded error. */
export type Refuse = (at: string, expected: string) => never;

/**
 * Reads a parsed JSON value as a shape, strictly: unknown and missing members are refused. Every method takes the value and its JSON
 * Pointer, and calls `refuse` when the value is something else.
 */
export class ShapeReader {
  readonly #refuse: Refuse;

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  /** An object that has all members of `required`, maybe those of `optional`, and no others. */
  object(
    value: JsonValue | undefined,
    at: string,
    members: { readonly required: readonly string[]; readonly optional?: readonly string[] },
  ): JsonObject {
    const object = this.map(value, at);
    for (const name of members.required) {
      if (!Object.hasOwn(object, name)) this.#refuse(`${at}/${name}`, 'a value');
    }
    // Values that were handed in as objects may inherit what text cannot hold.
    for (const name of members.optional ?? []) {
      if (name in object && !Object.hasOwn(object, name)) {
        this.#refuse(`${at}/${name}`, 'a member of its own');
      }
    }
    for (const name of Object.keys(object)) {
      if (!members.required.includes(name) && !members.optional?.includes(name)) {
        this.#refuse(
          at,
          `no member other than ${[...members.required, ...(members.optional ?? [])].join(', ')}`,
        );
      }
    }
    return object;
  }

  /** An object with any members. */
  map(value: JsonValue | undefined, at: string): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.#refuse(at, 'an object');
    }
    return value as JsonObject; // narrowed: neither null nor an array
  }

  /** An array of at most `limit` items, each read by `item`. */
  array<T>(
    value: JsonValue | undefined,
    at: string,
    limit: number,
    item: (value: JsonValue, at: string) => T,
  ): T[] {
    if (!Array.isArray(value)) return this.#refuse(at, 'an array');
    const items = value as readonly JsonValue[]; // narrowed by Array.isArray, which loses the element type
    if (items.length > limit) this.#refuse(at, `at most ${limit} items`);
    const read: T[] = [];
    // By index: an array that was handed in as such may have holes, which `map` skips.
    for (let i = 0; i < items.length; i++) read.push(item(items[i]!, `${at}/${i}`));
    return read;
  }

  /** A string; `pattern` must match it whole if given. */
  string(
    value: JsonValue | undefined,
    at: string,
    pattern?: RegExp,
    expected = 'a string of its form',
  ): string {
    if (typeof value !== 'string') return this.#refuse(at, 'a string');
    if (pattern && !pattern.test(value)) this.#refuse(at, expected);
    return value;
  }

  /** One of a few words. */
  word<T extends string>(value: JsonValue | undefined, at: string, words: readonly T[]): T {
    const found = words.find((word) => word === value);
    return found === undefined ? this.#refuse(at, `one of ${words.join(', ')}`) : found;
  }

  /** A size, index or sequence number: an integer from 0 to 2^53 - 1. */
  size(value: JsonValue | undefined, at: string): number {
    // -0 comes only in values handed in as objects: JSON text cannot hold it (spec/encoding).
    if (
      typeof value !== 'number' ||
      !Number.isSafeInteger(value) ||
      Object.is(value, -0) ||
      value < 0
    ) {
      return this.#refuse(at, 'an integer from 0 to 2^53 - 1');
    }
    return value;
  }

  /** Bytes in standard base64, of `length` if given. */
  base64(value: JsonValue | undefined, at: string, length?: number): Uint8Array {
    const text = this.string(value, at);
    try {
      return parseBase64(text, length);
    } catch {
      return this.#refuse(
        at,
        length === undefined ? 'standard base64' : `${length} bytes in standard base64`,
      );
    }
  }

  /** Bytes in `0x` hexadecimal, of `length` if given. */
  hex(value: JsonValue | undefined, at: string, length?: number): Uint8Array {
    const text = this.string(value, at, /^0x/, '0x hexadecimal');
    try {
      return parseHex(text.slice(2), length);
    } catch {
      return this.#refuse(
        at,
        length === undefined ? '0x hexadecimal' : `${length} bytes in 0x hexadecimal`,
      );
    }
  }
}

/** Escape a member name for a JSON Pointer (RFC 6901 §3). */
export function pointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
