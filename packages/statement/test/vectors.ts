import { readFileSync } from 'node:fs';

export { refusal } from '../../../test/refusal.ts';

export interface Case {
  readonly name: string;
  readonly accept: boolean;
  readonly code?: string;
}

/** Read a file of vectors/statement, made by vectors/generate/statement.ts. */
// oxlint-disable-next-line no-unnecessary-type-parameters -- names the members of a case where they are read
export function vectors<T>(name: string): {
  readonly entry: string;
  readonly cases: readonly (Case & T)[];
} {
  const url = new URL(`../../../vectors/statement/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as { entry: string; cases: (Case & T)[] };
}
