import { existsSync, readFileSync } from 'node:fs';
import { isCodedError } from '@anchorlog/core';

/** A case of a file under vectors/: what to do with it is in its further members. */
export interface VectorCase {
  readonly name: string;
  readonly accept: boolean;
  readonly code?: string;
}

/** Read the cases of `vectors/<file>`, which this project's own generators made: a test casts them to what its generator writes. */
export function vectorCases(file: string): readonly VectorCase[] {
  const url = new URL(`../../../vectors/${file}`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: VectorCase[] }).cases;
}

/** Where a third-party vector lies: beside the checkout, if at all. */
export function sharedVector(file: string): { readonly url: URL; readonly missing: boolean } {
  const url = new URL(`../../../../shared/vectors/${file}`, import.meta.url);
  return { url, missing: !existsSync(url) };
}

/** What `run` says: 'accept', or the code that it refuses with. Any other error goes on. */
export function verdictOf(run: () => void): string {
  try {
    run();
    return 'accept';
  } catch (error) {
    if (isCodedError(error)) return error.code;
    throw error;
  }
}
