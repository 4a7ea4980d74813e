import { readFile, writeFile } from 'node:fs/promises';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A changed JSON text and what was changed. */
export interface JsonMutant {
  readonly name: string;
  readonly text: string;
}

const OTHERS: readonly Json[] = [null, true, -1, 0.5, '', [], {}];

/** Change a JSON file in every place: members dropped, added, repeated, and of another type; text cut, with a tail, or not JSON at all. */
export function* jsonMutants(
  text: string,
  optional: readonly string[] = [],
): Generator<JsonMutant, void, undefined> {
  const json = JSON.parse(text) as Json;
  for (const { at, change } of changes(json, optional)) {
    yield { name: at, text: JSON.stringify(change) };
  }
  yield { name: 'cut', text: text.slice(0, -3) };
  yield { name: 'with a tail', text: `${text}{}` };
  yield { name: 'empty', text: '' };
  yield { name: 'with a repeated member', text: text.replace('{', '{"format":"x",') };
}

function* changes(
  value: Json,
  optional: readonly string[],
  at = '',
): Generator<{ readonly at: string; readonly change: Json }, void, undefined> {
  for (const other of OTHERS) {
    const isSameKind =
      typeof other === typeof value && Array.isArray(other) === Array.isArray(value);
    if (isSameKind && typeof value === 'object' && value !== null) continue; // emptied below, member by member
    yield { at: `${at || '/'} ← ${JSON.stringify(other)}`, change: other };
  }
  if (isList(value)) {
    for (const [i, item] of value.entries()) {
      for (const { at: place, change } of changes(item, optional, `${at}/${i}`)) {
        yield { at: place, change: value.with(i, change) };
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    yield { at: `${at}/unknown added`, change: { ...value, unknown: 1 } };
    for (const [name, item] of Object.entries(value)) {
      if (!optional.includes(name)) {
        const { [name]: _, ...rest } = value;
        yield { at: `${at}/${name} dropped`, change: rest };
      }
      for (const { at: place, change } of changes(item, optional, `${at}/${name}`)) {
        yield { at: place, change: { ...value, [name]: change } };
      }
    }
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Let `read` look at every mutant of a file, put the file back, and give the names of those that were not refused with one of `codes`. */
export async function survivors(
  path: string,
  read: () => Promise<unknown>,
  { codes, optional = [] }: { readonly codes: RegExp; readonly optional?: readonly string[] },
): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  const survived: string[] = [];
  for (const mutant of jsonMutants(text, optional)) {
    await writeFile(path, mutant.text);
    const code = await read().then(
      () => 'accepted',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : error),
    );
    if (typeof code !== 'string' || !codes.test(code)) {
      survived.push(`${mutant.name}: ${String(code)}`);
    }
  }
  await writeFile(path, text);
  return survived;
}
