import { readFileSync } from 'node:fs';
import type { JsonObject, JsonValue } from '@anchorlog/core';

/** A record as it lies in `records/`. */
export interface SampleRecord {
  readonly profile: string;
  readonly event: string;
  readonly key: string;
  readonly eventTime: string;
  readonly issuer: { readonly org: string; readonly system: string };
  readonly claims: JsonObject;
  readonly links?: readonly { readonly rel: string; readonly key: string }[];
}

const FOLDER = new URL('../records/', import.meta.url);

/** The names of the synthetic records, in the order of their chain of events. */
export const SAMPLE_NAMES: readonly string[] = (
  JSON.parse(readFileSync(new URL('index.json', FOLDER), 'utf8')) as {
    readonly records: readonly string[];
  }
).records; // our own file

/** Read a synthetic record. */
export function sample(name: string): SampleRecord {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as SampleRecord; // our own file
}

/** Claims of a synthetic record, some changed; undefined takes one away. */
export function claimsOf(
  name: string,
  changes: Readonly<Record<string, JsonValue | undefined>> = {},
): JsonObject {
  const claims = Object.entries({ ...sample(name).claims, ...changes });
  return Object.fromEntries(
    claims.flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const])),
  );
}
