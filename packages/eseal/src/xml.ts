import { parseUtf8 } from '@anchorlog/core';
import { esealError } from './error.ts';

/** An element: its namespace and local name, attributes without a namespace, elements and text within. */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

const BYTES_LIMIT = 8_388_608;
const DEPTH_LIMIT = 32;
const NODES_LIMIT = 200_000;

const NAME =
  /[A-Za-z_\u00b7-\uffff][A-Za-z0-9_.\u00b7-\uffff-]*(?::[A-Za-z_\u00b7-\uffff][A-Za-z0-9_.\u00b7-\uffff-]*)?/y;
const SPACE = /[ \t\r\n]*/y;
const TEXT = /[^<&]+/y;
const REFERENCE = /&([^;&<\s]{1,16});/y;
const DECLARATION =
  /<\?xml[ \t\r\n]+version=(?:"1\.[01]"|'1\.[01]')(?:[ \t\r\n]+encoding=(?:"(?:utf-8|UTF-8)"|'(?:utf-8|UTF-8)'))?(?:[ \t\r\n]+standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y;
/** XML 1.0 §2.2 */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Read XML strictly: UTF-8, no document type, no entities of its own, no processing instructions (spec/eseal §5.2).
 * @throws ESEAL_XML_SYNTAX, ESEAL_XML_DOCTYPE, ESEAL_XML_ENTITY, ESEAL_XML_LIMIT
 */
export function parseXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > BYTES_LIMIT) throw overLimit(`${bytes.length} bytes`);
  const text = textOfXml(bytes);
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden) throw badSyntax(forbidden.index);
  return new XmlReader(text).document();
}

function textOfXml(bytes: Uint8Array): string {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  try {
    return parseUtf8(hasMark ? bytes.subarray(3) : bytes);
  } catch (error) {
    throw esealError('ESEAL_XML_SYNTAX', 'xml: not UTF-8', {}, { cause: error });
  }
}

/** Prefix → namespace, as in force within an element. */
type Scope = ReadonlyMap<string, string>;

class XmlReader {
  readonly #text: string;
  #at = 0;
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): XmlElement {
    this.#match(DECLARATION);
    this.#misc();
    const root = this.#element(new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]), 0);
    this.#misc();
    if (this.#at !== this.#text.length) throw badSyntax(this.#at);
    return root;
  }

  /** Space and comments around the root. */
  #misc(): void {
    for (;;) {
      this.#match(SPACE);
      if (!this.#starts('<!')) return;
      this.#comment();
    }
  }

  #element(outer: Scope, depth: number): XmlElement {
    if (depth > DEPTH_LIMIT) throw overLimit('too deep');
    this.#count();
    this.#expect('<');
    const tag = this.#name();
    const { attributes, scope } = this.#attributes(outer);
    const { namespace, name } = resolve(tag, scope, this.#at);
    if (this.#take('/>')) return { namespace, name, attributes, children: [], text: '' };
    this.#expect('>');
    const children: XmlElement[] = [];
    let text = '';
    for (;;) {
      if (this.#take('</')) break;
      if (this.#starts('<![CDATA[')) text += this.#section('<![CDATA[', ']]>');
      else if (this.#starts('<!')) this.#comment();
      else if (this.#starts('<')) children.push(this.#element(scope, depth + 1));
      else text += this.#characters();
    }
    if (this.#name() !== tag) throw badSyntax(this.#at);
    this.#match(SPACE);
    this.#expect('>');
    return { namespace, name, attributes, children, text };
  }

  #attributes(outer: Scope): {
    readonly attributes: ReadonlyMap<string, string>;
    readonly scope: Scope;
  } {
    const raw = new Map<string, string>();
    for (;;) {
      const space = this.#match(SPACE);
      if (this.#starts('>') || this.#starts('/>')) break;
      if (space === '') throw badSyntax(this.#at);
      this.#count();
      const name = this.#name();
      this.#match(SPACE);
      this.#expect('=');
      this.#match(SPACE);
      if (raw.has(name)) throw badSyntax(this.#at);
      raw.set(name, this.#value());
    }
    const scope = new Map(outer);
    for (const [name, value] of raw) {
      if (name === 'xmlns') scope.set('', value);
      else if (name.startsWith('xmlns:')) scope.set(name.slice(6), value);
    }
    const plain = [...raw].filter(([name]) => name !== 'xmlns' && !name.includes(':'));
    return { attributes: new Map(plain), scope };
  }

  #value(): string {
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") throw badSyntax(this.#at);
    this.#at++;
    let value = '';
    while (!this.#take(quote)) {
      const end = this.#at;
      const next = this.#text[end];
      if (next === undefined || next === '<') throw badSyntax(end);
      value += next === '&' ? this.#reference() : next;
      if (next !== '&') this.#at++;
    }
    return value.replaceAll(/[\t\r\n]/g, ' ');
  }

  /** A run of text, or one reference. */
  #characters(): string {
    if (this.#starts('&')) return this.#reference();
    const run = this.#match(TEXT);
    if (run === '' || run.includes(']]>')) throw badSyntax(this.#at);
    return run.replaceAll(/\r\n?/g, '\n');
  }

  #reference(): string {
    const at = this.#at;
    const [, name] = /^&(.*);$/s.exec(this.#match(REFERENCE)) ?? [];
    const known = name === undefined ? undefined : (ENTITIES.get(name) ?? characterOf(name));
    if (known === undefined) {
      throw esealError('ESEAL_XML_ENTITY', `xml: entity at ${at}`, { at });
    }
    return known;
  }

  #comment(): void {
    if (this.#starts('<!DOCTYPE') || !this.#starts('<!--')) {
      throw esealError('ESEAL_XML_DOCTYPE', `xml: declaration at ${this.#at}`, { at: this.#at });
    }
    if (this.#section('<!--', '-->').includes('--')) throw badSyntax(this.#at);
  }

  #section(begin: string, end: string): string {
    this.#count();
    const from = this.#at + begin.length;
    const to = this.#text.indexOf(end, from);
    if (to < 0) throw badSyntax(this.#at);
    this.#at = to + end.length;
    return this.#text.slice(from, to);
  }

  #name(): string {
    const name = this.#match(NAME);
    if (name === '') throw badSyntax(this.#at);
    return name;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #starts(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#starts(text)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw badSyntax(this.#at);
  }

  #count(): void {
    if (++this.#nodes > NODES_LIMIT) throw overLimit('too many nodes');
  }
}

function resolve(
  tag: string,
  scope: Scope,
  at: number,
): { readonly namespace: string; readonly name: string } {
  const [prefix, local] = tag.includes(':') ? tag.split(':') : ['', tag];
  const namespace = scope.get(prefix!) ?? (prefix === '' ? '' : undefined);
  if (namespace === undefined) throw badSyntax(at);
  return { namespace, name: local! };
}

/** `#65` and `#x41`, of characters that XML has. */
function characterOf(name: string): string | undefined {
  if (!/^#(?:[0-9]{1,7}|x[0-9A-Fa-f]{1,6})$/.test(name)) return undefined;
  const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : '\0';
  return FORBIDDEN.test(character) ? undefined : character;
}

function badSyntax(at: number): Error {
  return esealError('ESEAL_XML_SYNTAX', `xml: not well-formed at ${at}`, { at });
}

function overLimit(what: string): Error {
  return esealError('ESEAL_XML_LIMIT', `xml: ${what}`);
}
