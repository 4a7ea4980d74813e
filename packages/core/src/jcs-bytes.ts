import { encodeUtf8, isWellFormed } from './bytes.ts';
import { coreError } from './error.ts';
import { MAX_DEPTH, isArray } from './jcs.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** Write a JSON value in its canonical form as UTF-8 bytes. @throws as `canonicalize` */
export function canonicalBytes(value: JsonValue): Uint8Array {
  return canonicalEach([value])[0]!; // one for each value
}

/** Write JSON values, each in its canonical form as UTF-8 bytes, into one buffer that they share. @throws as `canonicalize` */
export function canonicalEach(values: readonly JsonValue[]): Uint8Array[] {
  const writer = idle ?? new CanonicalWriter();
  idle = undefined; // whoever comes meanwhile, which only a getter among the values can bring about, gets another
  const each = writer.write(values);
  idle = writer;
  return each;
}

let idle: CanonicalWriter | undefined;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Bytes of room that a writer has, unless it needs more. */
const ROOM = 16_384;
/** Characters from which on a string is left to the platform, which is slow to begin and then faster. */
const LONG = 192;

/**
 * Writes canonical JSON as bytes, the same as `canonicalize` as text: for those who write much of it. To join a text, to flatten it and to
 * encode it took three times as long.
 */
class CanonicalWriter {
  #bytes = new Uint8Array(ROOM);
  #at = 0;

  write(values: readonly JsonValue[]): Uint8Array[] {
    this.#at = 0;
    const ends: number[] = [];
    for (const value of values) {
      this.#value(value, 0);
      ends.push(this.#at);
    }
    const { buffer } = this.#bytes.slice(0, this.#at);
    if (this.#bytes.length > ROOM) this.#bytes = new Uint8Array(ROOM);
    let begin = 0;
    return ends.map((end) => {
      const each = new Uint8Array(buffer, begin, end - begin);
      begin = end;
      return each;
    });
  }

  #value(value: JsonValue | undefined, depth: number): void {
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'boolean':
        return this.#ascii(value ? 'true' : 'false');
      case 'number':
        if (!Number.isFinite(value)) throw coreError('CORE_JCS_VALUE', 'a number is not finite');
        return this.#ascii(String(value)); // -0 gives 0, as RFC 8785 §3.2.2.3 asks
      case 'object':
        if (value === null) return this.#ascii('null');
        if (depth >= MAX_DEPTH) {
          throw coreError('CORE_JSON_LIMIT', `expected at most ${MAX_DEPTH} levels of nesting`);
        }
        return isArray(value) ? this.#array(value, depth + 1) : this.#object(value, depth + 1);
      default:
        throw coreError('CORE_JCS_VALUE', `expected a JSON value, got ${typeof value}`);
    }
  }

  #array(array: readonly JsonValue[], depth: number): void {
    this.#ascii('[');
    for (let i = 0; i < array.length; i++) {
      if (i > 0) this.#ascii(',');
      this.#value(array[i], depth);
    }
    this.#ascii(']');
  }

  #object(object: JsonObject, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) {
      throw coreError('CORE_JCS_VALUE', 'expected a plain object');
    }
    const { sorted, heads } = layoutOf(Object.keys(object));
    this.#ascii('{');
    for (let i = 0; i < sorted.length; i++) {
      this.#put(heads[i]!);
      this.#value(object[sorted[i]!], depth);
    }
    this.#ascii('}');
  }

  #string(text: string): void {
    const { length } = text;
    const bytes = this.#room(3 * length + 2);
    let at = this.#at;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const code = codeAt(text, i);
      // What is escaped, what UTF-8 writes in two bytes or four, and half of a pair: all rare, and left to the platform like long text.
      const isRare =
        code < 0x20 ||
        code === QUOTE ||
        code === BACKSLASH ||
        (code > 0x7f && code < 0x800) ||
        (code > 0xd7ff && code < 0xe000);
      if (isRare || length > LONG) return this.#put(encodeUtf8(quote(text)));
      if (code < 0x80) {
        bytes[at++] = code;
      } else {
        bytes[at++] = 0xe0 | (code >>> 12);
        bytes[at++] = 0x80 | ((code >>> 6) & 0x3f);
        bytes[at++] = 0x80 | (code & 0x3f);
      }
    }
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  #ascii(text: string): void {
    const { length } = text;
    const bytes = this.#room(length);
    for (let i = 0; i < length; i++) bytes[this.#at + i] = codeAt(text, i);
    this.#at += length;
  }

  #put(some: Uint8Array): void {
    const bytes = this.#room(some.length);
    for (let i = 0; i < some.length; i++) bytes[this.#at + i] = some[i]!; // they are few: faster than set()
    this.#at += some.length;
  }

  #room(length: number): Uint8Array {
    const bytes = this.#bytes;
    if (this.#at + length <= bytes.length) return bytes;
    this.#bytes = new Uint8Array(2 * (this.#at + length));
    this.#bytes.set(bytes);
    return this.#bytes;
  }
}

/**
 * Give the code unit at an index. V8 knows so many kinds of strings that a loop over all of them looks the method of each character up anew:
 * asked for by the prototype it is found once, and the loop takes a third of the time.
 */
function codeAt(text: string, index: number): number {
  return String.prototype.charCodeAt.call(text, index);
}

/** Write a string as the platform does, whose escapes are those of RFC 8785 §3.2.2.2. @throws CORE_UTF8_MALFORMED */
function quote(text: string): string {
  if (!isWellFormed(text)) {
    throw coreError('CORE_UTF8_MALFORMED', 'a string holds a lone surrogate');
  }
  return JSON.stringify(text);
}

/** The order in which members are written, and what stands before each value. */
interface Layout {
  readonly names: readonly string[];
  readonly sorted: readonly string[];
  readonly heads: readonly Uint8Array[];
}

// Objects of few shapes come again and again, and to sort names takes longer than to write them. A slot holds the shape that was last there.
const SLOTS = 256;
/** Names of a shape that is kept, and their characters: a sender of ever new shapes shall not fill the memory. */
const KEPT_NAMES = 64;
const KEPT_CHARACTERS = 4096;
const layouts: (Layout | undefined)[] = [];

function layoutOf(names: readonly string[]): Layout {
  const slot =
    (31 * names.length + 7 * (names[0]?.length ?? 0) + (names.at(-1)?.length ?? 0)) % SLOTS;
  const known = layouts[slot];
  if (known?.names.length === names.length && names.every((name, i) => name === known.names[i])) {
    return known;
  }
  const sorted = names.toSorted();
  const heads = sorted.map((name, i) => encodeUtf8(`${i === 0 ? '' : ','}${quote(name)}:`));
  const layout = { names, sorted, heads };
  const isSmall = names.length <= KEPT_NAMES && names.join('').length <= KEPT_CHARACTERS;
  if (isSmall) layouts[slot] = layout;
  return layout;
}
