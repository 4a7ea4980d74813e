import { readFileSync } from 'node:fs';
import { isCodedError } from '@anchorlog/core';

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

/** Give the code that `act` is refused with, or 'accepted'. */
export function refusal(act: () => unknown): string {
  try {
    act();
    return 'accepted';
  } catch (error) {
    if (isCodedError(error)) return error.code;
    throw error;
  }
}
