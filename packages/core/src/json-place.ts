import { parseUtf8 } from './bytes.ts';
import { CodedError, isCodedError } from './error.ts';

/**
 * Give an error of `parseJson` anew with the place that a person looks for: the file, if it has a name, and line and column, from 1, if the
 * error has a position in `text`. Any other error is given as it is.
 */
export function jsonErrorIn(
  error: unknown,
  { file, text }: { readonly file?: string | undefined; readonly text: Uint8Array },
): unknown {
  if (!isCodedError(error) || !error.code.startsWith('CORE_')) return error;
  const { code, message, context } = error;
  const { at } = context;
  const place = typeof at === 'number' ? placeOf(parseUtf8(text).slice(0, at)) : undefined;
  const said = place === undefined ? message : message.replace(/ (?:at|before) \d+$/, '');
  const where = [file, place].filter((part) => part !== undefined).join(', ');
  if (where === '') return error;
  return new CodedError(code, `${where}: ${said}`, context, { cause: error });
}

function placeOf(before: string): string {
  const lines = before.split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}
