/** What a pattern lets through, as far as its characters tell. */
export interface PatternReach {
  /** It is an expression with flag `u` that holds from the beginning of a text to its end, and refers to nothing that it found before. */
  readonly isSound: boolean;
  /** It names what it forbids, or a property, and so takes what nobody has listed. */
  readonly isOpen: boolean;
  /** It takes white space, control or invisible characters. */
  readonly takesSpace: boolean;
  readonly takesBeyondAscii: boolean;
  /** It takes a quotation mark or backslash, which have two bytes in canonical JSON. */
  readonly takesQuotes: boolean;
}

type Span = readonly [from: number, to: number];

/** White space, control and invisible characters, whichever a text could be written in lines and words with. */
const SPACES: readonly Span[] = [
  [0x00, 0x20],
  [0x7f, 0xa0],
  [0xad, 0xad],
  [0x1680, 0x1680],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const QUOTES: readonly Span[] = [
  [0x22, 0x22],
  [0x5c, 0x5c],
];
const DIGITS: Span = [0x30, 0x39];
const LAST_ASCII = 0x7f;
/** `\w`: letters, digits and the underscore. */
const WORD: readonly Span[] = [DIGITS, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];

const CLASS = /^\[(\^?)((?:\\u\{[0-9a-fA-F]+\}|\\.|[^\\\]])*)\]/u;
const ESCAPE = /^\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/u;
const QUANTIFIER = /^(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??/u;
/** Groups that take nothing but what stands in them: no look behind, no names. */
const GROUP = /^\((?!\?)|^\(\?[:=!]/u;
const REFUSED_ESCAPE = /^[1-9bBk]$/u;
const OPEN_ESCAPE = /^[SDWpP]$/u;

/** Read what an ECMAScript expression with flag `u` lets through: more rather than less, where its characters do not tell. */
export function patternReach(pattern: string): PatternReach {
  const spans: Span[] = [];
  let [isSound, isOpen] = [isExpression(pattern) && /^\^[^]*\$$/u.test(pattern), false];
  let depth = 0;
  let rest = pattern.slice(1, -1);
  while (isSound && rest !== '') {
    const group = GROUP.exec(rest);
    const list = CLASS.exec(rest);
    const skipped = group ?? QUANTIFIER.exec(rest);
    const escape = ESCAPE.exec(rest);
    if (skipped) {
      if (group) depth++;
      rest = rest.slice(skipped[0].length);
    } else if (list) {
      const inside = readClass(list[2]!);
      isOpen ||= list[1] !== '' || inside === undefined;
      spans.push(...(inside ?? []));
      rest = rest.slice(list[0].length);
    } else if (escape) {
      const named = escape[4] ?? '';
      if (REFUSED_ESCAPE.test(named)) isSound = false;
      const taken = readEscape(escape);
      isOpen ||= taken === undefined;
      spans.push(...(taken ?? []));
      rest = rest.slice(escape[0].length);
    } else {
      const character = String.fromCodePoint(rest.codePointAt(0)!);
      // A backslash that nothing follows has made the end a dollar sign.
      if (character === '(' || character === '\\') isSound = false;
      // Outside of a group an alternative, and an anchor in the middle, would stand beside the anchors at the ends.
      if (depth === 0 && character === '|') isSound = false;
      if (character === ')') depth--;
      else if (character === '.') isOpen = true;
      else if (!'|^$'.includes(character)) spans.push(spanOf(character));
      rest = rest.slice(character.length);
    }
  }
  return {
    isSound,
    isOpen,
    takesSpace: isOpen || meets(spans, SPACES),
    takesBeyondAscii: isOpen || spans.some(([, to]) => to > LAST_ASCII),
    takesQuotes: isOpen || meets(spans, QUOTES),
  };
}

function isExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** Read what stands between brackets; undefined if it takes what is not listed. */
function readClass(text: string): Span[] | undefined {
  const spans: Span[] = [];
  let rest = text;
  let from: number | undefined;
  while (rest !== '') {
    const escape = ESCAPE.exec(rest);
    const taken = escape ? readEscape(escape) : [spanOf(rest)];
    if (taken === undefined) return undefined;
    rest = rest.slice(
      escape ? escape[0].length : String.fromCodePoint(rest.codePointAt(0)!).length,
    );
    const [first] = taken;
    if (from !== undefined && first) {
      spans.push([from, first[1]]);
      from = undefined;
    } else if (rest.startsWith('-') && rest.length > 1 && first) {
      from = first[0];
      rest = rest.slice(1);
    } else {
      spans.push(...taken);
    }
  }
  return spans;
}

/** Read an escape; undefined if it takes what is not listed. */
function readEscape(escape: RegExpExecArray): readonly Span[] | undefined {
  const [, braced, four, two, named = ''] = escape;
  const hex = braced ?? four ?? two;
  if (hex !== undefined) return [[Number.parseInt(hex, 16), Number.parseInt(hex, 16)]];
  if (OPEN_ESCAPE.test(named)) return undefined;
  if (named === 'd') return [DIGITS];
  if (named === 'w') return WORD;
  if (/^[stnrfvc0]$/u.test(named)) return SPACES;
  return [spanOf(named)];
}

function spanOf(text: string): Span {
  const point = text.codePointAt(0)!;
  return [point, point];
}

function meets(spans: readonly Span[], others: readonly Span[]): boolean {
  return spans.some(([from, to]) => others.some(([first, last]) => from <= last && to >= first));
}
