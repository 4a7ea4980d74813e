import { readFileSync } from 'node:fs';
import type { JsonObject } from '@anchorlog/core';

/** Vectors of one profile, as they lie in vectors/profiles. */
export interface ProfileVectors {
  readonly digest: { readonly sha256: string; readonly sm3: string };
  readonly schema: JsonObject;
  readonly file: JsonObject;
}

const FOLDER = new URL('../../../vectors/profiles/', import.meta.url);

/** Read the vectors of a profile. */
export function profileVectors(name: string): ProfileVectors {
  const file = new URL(`${name.replace('/', '-')}.json`, FOLDER);
  return JSON.parse(readFileSync(file, 'utf8')) as ProfileVectors; // our own file
}
