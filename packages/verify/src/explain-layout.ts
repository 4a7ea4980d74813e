/** A name and what stands behind it. */
export type Fact = readonly [name: string, value: string];

/** What a terminal does not show as a sign of its own, what turns the direction of text, and marks without a letter or heaped on one. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Me}\u2800]|(?<![\p{L}\p{N}\p{M}])\p{M}+|\p{Mn}{3,}/gu;

/**
 * Make visible what would steer a terminal, turn the direction of text or hide in it, and make one space of several: claims come from
 * somebody else, and must not look like what this program says.
 */
export function clean(text: string): string {
  return text
    .replace(/\p{Zs}+/gu, ' ')
    .replace(UNSEEN, (run) => Array.from(run).map(escaped).join(''));
}

function escaped(character: string): string {
  const hex = character.codePointAt(0)!.toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/** Put facts one below the other, values aligned by the columns that a terminal gives the names. */
export function aligned(facts: readonly Fact[], width: number = Infinity): string {
  const column = Math.max(0, ...facts.map(([name]) => columns(name))) + 4;
  return facts
    .map(([name, value]) => {
      const start = `  ${name}${' '.repeat(column - 2 - columns(name))}`;
      return hanging(start, value, Math.min(column, width / 2), width);
    })
    .join('\n');
}

/**
 * Put a text behind a start, broken so that a terminal of `width` columns need not break it itself: what comes from somebody else never
 * begins a line of its own. Lines after the first are indented.
 */
export function hanging(start: string, text: string, indent: number, width: number): string {
  const margin = ' '.repeat(indent);
  // Whole lines apart from the one being filled: to cut the end off one long text at each break takes time by its square.
  const whole: string[] = [];
  let line = start;
  let used = columns(start);
  const breakLine = (): void => {
    const filled = line.trimEnd();
    if (filled !== '' || whole.length === 0) whole.push(filled);
    line = margin;
    used = indent;
  };
  for (const word of text.split(/(?<=[ 、])/)) {
    const length = Array.from(word, most).reduce((sum, each) => sum + each, 0);
    const isBegun = whole.length > 0 || line !== start;
    if (used + length > width && indent + length <= width && isBegun) breakLine();
    for (const character of word) {
      const taken = most(character);
      if (used + taken > width) breakLine();
      line += character;
      used += taken;
    }
  }
  return [...whole, line].join('\n');
}

/** Columns that a character takes at most: terminals differ beyond ASCII, and none gives it more than two. */
function most(character: string): number {
  return character > '\x7f' ? 2 : 1;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u;

function columns(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}
