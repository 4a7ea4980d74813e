import { formatUtf8, isWellFormed, parseUtf8 } from './bytes.ts';
import { coreError } from './error.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [name: string]: JsonValue };

/** What a parser accepts at most. */
export interface JsonLimits {
  /** UTF-8 bytes of the whole text. */
  readonly bytes: number;
  /** Nesting of objects and arrays. */
  readonly depth: number;
  /** Members or items of all objects and arrays together. */
  readonly items: number;
  /** Characters (UTF-16 code units) of one string. */
  readonly string: number;
}

/** The limits of a statement: spec/encoding §3. */
export const STATEMENT_LIMITS: JsonLimits = {
  bytes: 65_535,
  depth: 16,
  items: 4096,
  string: 16_384,
};

/** The limits of a file that a person or program hands in: a record, bundle, or policy. */
export const FILE_LIMITS: JsonLimits = {
  bytes: 16_777_216,
  depth: 32,
  items: 262_144,
  string: 4_194_304,
};

/**
 * Parse JSON (RFC 8259) strictly: one value and nothing after it, no duplicate names, no lone surrogates, and only integers within
 * 2^53 - 1 in canonical form. A member named `__proto__` is an ordinary member.
 * @throws CORE_UTF8_MALFORMED, CORE_JSON_SYNTAX, CORE_JSON_TRAILING, CORE_JSON_DUPLICATE, CORE_JSON_NUMBER, CORE_JSON_LIMIT
 */
export function parseJson(input: Uint8Array | string, limits: JsonLimits = FILE_LIMITS): JsonValue {
  // A text has at least as many bytes as characters: one that is far too long is not encoded to be counted.
  const isFarTooLong = input.length > limits.bytes;
  const length =
    typeof input === 'string' && !isFarTooLong ? formatUtf8(input).length : input.length;
  if (length > limits.bytes) {
    throw coreError(
      'CORE_JSON_LIMIT',
      `expected at most ${limits.bytes} bytes of JSON, got ${length}`,
    );
  }
  return new JsonParser(typeof input === 'string' ? input : parseUtf8(input), limits).parse();
}

/**
 * Hold a JSON value that was handed in as such to the limits of a text, before anything is made of it: a few objects that refer to each
 * other can stand for more than fits into memory. Looks at no more than the limits let through. @throws CORE_JSON_LIMIT
 */
export function checkJsonLimits(value: unknown, limits: JsonLimits = FILE_LIMITS): void {
  let { items, bytes } = limits;
  const look = (each: unknown, depth: number): void => {
    if (typeof each === 'string') bytes -= each.length;
    // Views of bytes are no JSON, and have as many names as bytes.
    const isHolder = typeof each === 'object' && each !== null && !ArrayBuffer.isView(each);
    const names = isHolder && !Array.isArray(each) ? Object.keys(each) : [];
    for (const name of names) bytes -= name.length;
    items -= Array.isArray(each) ? each.length : names.length;
    if (items < 0 || bytes < 0 || (isHolder && depth === 0)) {
      throw coreError('CORE_JSON_LIMIT', 'expected a value within its limits');
    }
    if (isHolder) for (const item of Object.values(each)) look(item, depth - 1);
  };
  look(value, limits.depth);
}

// One class without alternatives: on a string of many megabytes, alternatives overflow the stack of the regular expression.
// oxlint-disable-next-line no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const INTEGER = /^(?:0|-?[1-9][0-9]*)$/;

class JsonParser {
  readonly #text: string;
  readonly #limits: JsonLimits;
  #at = 0;
  #items = 0;

  constructor(text: string, limits: JsonLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  parse(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) {
      throw coreError('CORE_JSON_TRAILING', `text after the value at ${this.#at}`, {
        at: this.#at,
      });
    }
    return value;
  }

  #value(depth: number): JsonValue {
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      case 't':
        return this.#literal('true', true);
      case 'f':
        return this.#literal('false', false);
      case 'n':
        return this.#literal('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonObject {
    const object: Record<string, JsonValue> = {};
    const names = new Set<string>();
    for (let more = this.#open('}', depth); more; more = this.#next('}')) {
      this.#count();
      this.#space();
      const name = this.#string();
      if (names.has(name)) {
        throw coreError('CORE_JSON_DUPLICATE', `two members of one name before ${this.#at}`, {
          at: this.#at,
        });
      }
      names.add(name);
      this.#space();
      this.#expect(':');
      const value = this.#value(depth);
      if (name === '__proto__') {
        Object.defineProperty(object, name, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      } else {
        object[name] = value;
      }
    }
    return object;
  }

  #array(depth: number): JsonValue[] {
    const array: JsonValue[] = [];
    for (let more = this.#open(']', depth); more; more = this.#next(']')) {
      this.#count();
      array.push(this.#value(depth));
    }
    return array;
  }

  #open(close: string, depth: number): boolean {
    if (depth > this.#limits.depth) {
      throw coreError(
        'CORE_JSON_LIMIT',
        `expected at most ${this.#limits.depth} levels of nesting`,
      );
    }
    this.#at++;
    this.#space();
    if (this.#text[this.#at] !== close) return true;
    this.#at++;
    return false;
  }

  #next(close: string): boolean {
    this.#space();
    if (this.#text[this.#at] === ',') {
      this.#at++;
      return true;
    }
    this.#expect(close);
    return false;
  }

  #count(): void {
    if (++this.#items > this.#limits.items) {
      throw coreError(
        'CORE_JSON_LIMIT',
        `expected at most ${this.#limits.items} members and items`,
      );
    }
  }

  #string(): string {
    const begin = this.#at;
    this.#expect('"');
    let isEscaped = false;
    for (;;) {
      this.#skip(PLAIN);
      if (this.#text[this.#at] !== '\\') break;
      isEscaped = true;
      if (!this.#skip(ESCAPE)) throw this.#syntax('an escape');
    }
    this.#expect('"');
    const text = isEscaped
      ? (JSON.parse(this.#text.slice(begin, this.#at)) as string) // a JSON string, matched above
      : this.#text.slice(begin + 1, this.#at - 1);
    if (text.length > this.#limits.string) {
      throw coreError(
        'CORE_JSON_LIMIT',
        `expected strings of at most ${this.#limits.string} characters`,
      );
    }
    if (!isWellFormed(text)) {
      throw coreError('CORE_UTF8_MALFORMED', `a string before ${this.#at} holds a lone surrogate`);
    }
    return text;
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (!match) throw this.#syntax('a value');
    this.#at = NUMBER.lastIndex;
    const value = Number(match[0]);
    if (!INTEGER.test(match[0]) || !Number.isSafeInteger(value)) {
      throw coreError(
        'CORE_JSON_NUMBER',
        `expected an integer within 2^53 - 1 before ${this.#at}`,
        { at: this.#at },
      );
    }
    return value;
  }

  #literal<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#syntax('a value');
    this.#at += word.length;
    return value;
  }

  /** Go past what `pattern`, which is sticky, matches here. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) throw this.#syntax(`'${character}'`);
    this.#at++;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #syntax(expected: string): Error {
    return coreError('CORE_JSON_SYNTAX', `expected ${expected} at ${this.#at}`, { at: this.#at });
  }
}
