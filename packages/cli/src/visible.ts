/** What a terminal obeys, or does not show as a sign of its own: controls, marks of direction, characters without width. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Make one line of a text from elsewhere safe to show: what a file, a node or a name would steer the terminal with, or hide, is seen as
 * `\uXXXX`. JSON stays the JSON that it was.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Format JSON in which nothing is unseen. */
export function formatJson(object: unknown): string {
  return visible(JSON.stringify(object));
}
