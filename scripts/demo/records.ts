import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JsonObject, JsonValue } from '@anchorlog/core';
import { organizationCheckCharacter, profileByName, usccCheckCharacter } from '@anchorlog/profiles';

/** A record as the demo hands it in. */
export interface DemoRecord {
  readonly profile: string;
  readonly event: string;
  readonly key: string;
  readonly eventTime: string;
  readonly issuer: { readonly org: string; readonly system: string; readonly name: string };
  readonly claims: JsonObject;
  readonly files?: readonly { readonly name: string; readonly path: string }[];
  readonly links?: readonly JsonObject[];
}

/** The license whose bundle the demo hands out. */
export const LICENSE_KEY = 'ZZ-2026-0415-0009';
/** Whose data was shared and read: the holder of that license. */
export const SUBJECT = '91999999000000115N';

const FOLDER = 'packages/profiles/records';

/** Read the synthetic records in their order; the license comes with its document. */
export async function demoRecords(document: string): Promise<DemoRecord[]> {
  const { records } = (await readJson('index.json')) as { readonly records: readonly string[] };
  return Promise.all(
    records.map(async (name) => {
      const record = (await readJson(name)) as DemoRecord; // the project's own records
      if (record.key !== LICENSE_KEY) return record;
      return { ...record, files: [{ name: 'permit.ofd', path: resolve(document) }] };
    }),
  );
}

/** Make `count` readings of other people's data, each by a key and of a subject of its own. */
export function generatedRecords(count: number, like: DemoRecord): DemoRecord[] {
  const first = Date.parse(like.eventTime);
  return Array.from({ length: count }, (_, i) => ({
    ...like,
    key: `${like.key}-${i}`,
    eventTime: new Date(first + i).toISOString(),
    claims: {
      ...like.claims,
      targetId: `JF-${i}`,
      subjectPseudonym: { kind: 'uscc', id: subjectCode(i) },
    },
    links: [],
  }));
}

/** Give the strings of a record that its profile keeps out of the log: everything that is not public, of any length that chance cannot meet. */
export function withheldStrings(records: readonly DemoRecord[]): string[] {
  const withheld = new Set<string>();
  const shown = new Set<string>();
  for (const { profile, claims, issuer } of records) {
    shown.add(issuer.org).add(issuer.system);
    const fields = profileByName(profile).fields;
    for (const [name, value] of Object.entries(claims)) {
      const isPublic = fields.find((field) => field.name === name)?.disclosure === 'public';
      for (const text of stringsOf(value)) (isPublic ? shown : withheld).add(text);
    }
  }
  return [...withheld].filter((text) => !shown.has(text) && Buffer.byteLength(text) >= 8);
}

function stringsOf(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

/** The code of nobody in region 999999, which is unassigned; none of them is `SUBJECT`. */
function subjectCode(i: number): string {
  const serial = String(10_000_000 + i);
  const body = `91999999${serial}${organizationCheckCharacter(serial)}`;
  return body + usccCheckCharacter(body);
}

async function readJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(`${FOLDER}/${name}`, 'utf8'));
}
