import { isCodedError, type JsonObject, type JsonValue } from '@anchorlog/core';
import {
  checkRecord,
  parseDefinition,
  parseProfileFile,
  PROFILES,
  profileSchema,
  refusedRecord,
  type CheckedRecord,
  type RuledProfile,
} from '@anchorlog/profiles';
import { parseRecord } from '@anchorlog/statement';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeResident, judgeUscc } from '../../../vectors/generate/naive-identifiers.ts';
import { OWN_FILE, OWN_PROFILE } from './own-profile.ts';
import { profileVectors } from './profile-vectors.ts';

/** An independent validator that has been taught the formats and keywords of spec/profiles §8.5 by another way than ours. */
function validatorOf(profile: RuledProfile): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });
  const formats: Readonly<Record<string, (text: string) => boolean>> = {
    date: isDate,
    'date-time': (text) => isDate(text.slice(0, 10)),
    uscc: (text) => judgeUscc(text).fault === undefined,
    'uscc-or-dash': (text) => text === '-' || judgeUscc(text).fault === undefined,
    resident: (text) => judgeResident(text).fault === undefined,
    'uscc-normalized': (text) => judgeUscc(normalized(text)).fault === undefined,
    'resident-normalized': (text) => judgeResident(normalized(text)).fault === undefined,
  };
  for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, validate);
  for (const name of ['x-title', 'x-disclosure', 'x-key', 'x-profile']) ajv.addKeyword(name);
  ajv.addKeyword({
    keyword: 'x-maxBytes',
    validate: (most: number, value: unknown) => Buffer.byteLength(JSON.stringify(value)) <= most,
  });
  ajv.addKeyword({
    keyword: 'x-order',
    validate: (pairs: readonly { begin: string; end: string }[], claims: Record<string, string>) =>
      pairs.every(({ begin, end }) => !(Date.parse(claims[end]!) < Date.parse(claims[begin]!))),
  });
  ajv.addKeyword({
    keyword: 'x-differ',
    validate: (pairs: readonly [string, string][], claims: Record<string, unknown>) =>
      pairs.every(([a, b]) => (claims[b] ?? null) === null || claims[a] !== claims[b]),
  });
  return ajv.compile(profileSchema(profile));
}

/** The same without any of that: as a system may have it that only knows the standard. */
function plainValidatorOf(profile: RuledProfile): ValidateFunction {
  return new Ajv2020({ strict: false, validateFormats: false }).compile(profileSchema(profile));
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function normalized(text: string): string {
  return text.normalize('NFKC').replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** A whole record about what a profile's example says. */
function whole(profile: RuledProfile, { event, claims }: CheckedRecord): JsonObject {
  const eventTime = '2026-03-12T10:15:02.120+08:00';
  return { profile: profile.name, event, key: 'JY-1', eventTime, claims };
}

/** The code by which we refuse a record; undefined if we take it. */
function refusedBy(profile: RuledProfile, record: JsonValue): string | undefined {
  try {
    const parsed = parseRecord(JSON.stringify(record));
    if (parsed.profile !== profile.name) return 'another profile';
    checkRecord(parsed, profile);
    return undefined;
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return error.code;
  }
}

const FILES = new Map<RuledProfile, JsonObject>([
  ...PROFILES.map((profile) => [profile, profileVectors(profile.name).file] as const),
  [parseDefinition(OWN_PROFILE), OWN_FILE],
]);

describe.each([...FILES].map(([profile, file]) => ({ name: profile.name, profile, file })))(
  'profileSchema of $name',
  ({ profile, file }) => {
    const parsed = parseProfileFile(JSON.stringify(file));
    const examples = parsed.examples.map((example) => whole(profile, example));
    const validate = validatorOf(profile);
    const validatePlainly = plainValidatorOf(profile);

    test('accepts the examples', () => {
      for (const example of examples) {
        expect([validate(example), validate.errors]).toEqual([true, null]);
        expect(validatePlainly(example)).toBe(true);
      }
    });

    test('refuses what is to be refused', () => {
      for (const refusal of parsed.refused) {
        // Only whoever knows profiles can tell whether a definition is sound.
        if (refusal.code === 'PROFILES_VALUE_PROFILE') continue;
        const record = whole(profile, refusedRecord(refusal, parsed));
        expect([refusal.name, validate(record)]).toEqual([refusal.name, false]);
      }
    });

    test('judges mutants of the examples as we do, and without formats and keywords is never stricter', () => {
      let [taken, refused] = [0, 0];
      fc.assert(
        fc.property(fc.constantFrom(...examples).chain(mutantOf), (record) => {
          const code = refusedBy(profile, record);
          if (code === undefined) taken++;
          else refused++;
          if (code !== 'PROFILES_VALUE_PROFILE') {
            expect({ code, accepted: validate(record) }).toEqual({
              code,
              accepted: code === undefined,
            });
          }
          if (code === undefined) expect(validatePlainly(record)).toBe(true);
        }),
        { numRuns: 400 },
      );
      // Both must occur, or nothing was compared.
      expect(Math.min(taken, refused)).toBeGreaterThan(10);
    });

    test('says of each field what it is called and where it stands', () => {
      const { properties } = profileSchema(profile) as { readonly properties: JsonObject }; // just made
      const { claims, files } = properties as {
        readonly claims: JsonObject;
        readonly files?: JsonObject;
      }; // likewise
      const listed = claims['properties'] as Readonly<Record<string, JsonObject>>; // likewise
      for (const { name, title, disclosure, key } of profile.fields) {
        const schema = name === 'files' ? files : listed[name];
        expect(schema).toMatchObject({
          title: title.en,
          'x-title': title,
          'x-disclosure': disclosure,
        });
        expect(schema?.['x-key']).toEqual(key);
      }
    });
  },
);

/** Values that stand where another is expected, some of them at the edge of what a field takes. */
const VALUES = fc.oneof(
  fc.constantFrom<JsonValue>(
    null,
    true,
    0,
    -1,
    2 ** 53 - 1,
    '',
    '-',
    ' ',
    '\n',
    '001',
    'G4',
    '0'.repeat(11),
    'Ａ',
    '\u{20000}',
    '2026-02-29',
    '2028-02-29',
    '9999-12-31',
    '2026-03-12T10:15:02Z',
    '2026-03-12T23:59:60Z',
    '2026-03-12T10:15:02.12+08:00',
    '91999999000000115N',
    '91999999000000115n',
    '999999199001010016',
    '320000',
    '307099001/000017',
    [],
    {},
  ),
  fc.constantFrom<JsonValue>(
    { alg: 'SM3', salted: true, value: 'a'.repeat(64) },
    { alg: 'SHA-512', salted: false, value: 'a'.repeat(128) },
    { alg: 'SHA-512', salted: false, value: 'a'.repeat(64) },
    { alg: 'SHA-256', salted: false, value: 'A'.repeat(64) },
    { kind: 'uscc', id: '91999999000000115n' },
    { kind: 'uscc', id: '91999999000000115M' },
    { kind: 'idcard', id: '９９９９９９199001010016' },
    { kind: 'Staff', id: 'x' },
    { kind: 'staff', id: 'x', more: 1 },
  ),
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.integer(),
  fc.array(fc.string({ maxLength: 9 }), { maxLength: 4 }),
);

/** The record with one or two things changed: a value replaced or bent a little, a member taken away, added or moved, another event. */
function mutantOf(record: JsonObject): fc.Arbitrary<JsonValue> {
  const claims = record['claims'] as JsonObject; // our own
  const names = Object.keys(claims);
  const among = fc.constantFrom(...names);
  const known = fc.constantFrom(...profileFieldNames(nameOf(record)));
  const change = fc.oneof(
    fc
      .record({ name: fc.oneof(known, among), value: VALUES })
      .map(({ name, value }) => ({ [name]: value })),
    fc.record({ to: known, from: among }).map(({ to, from }) => ({ [to]: claims[from]! })),
    fc
      .record({ name: among, at: fc.nat(40), by: fc.constantFrom('0', '9', 'X', ' ', '') })
      .map(({ name, at, by }) => ({ [name]: bent(claims[name]!, at, by) })),
    fc.record({ name: fc.oneof(known, among) }).map(({ name }) => ({ [name]: undefined })),
    fc.constant({}),
  );
  const events = fc.constantFrom(...profileEvents(nameOf(record)), 'other.event');
  // Mostly left as they are, so that many mutants still fit.
  const members = fc.constantFrom<JsonObject>(
    ...Array.from({ length: 20 }, () => ({})),
    { id: '5e68cb7b-2baf-83c6-a692-92e4a466f564' },
    { key: '' },
    { links: [{ rel: 'reads', key: 'A' }] },
    { links: [{ rel: 'reads' }] },
    { issuer: { org: '1199999900000006XQ', system: 'a' } },
    { issuer: { org: '1199999900000006XQ' } },
    { traceId: 'ab'.repeat(16), retention: 'P10Y' },
    { traceId: 'ab' },
    { other: 1 },
    { eventTime: '2026-03-12' },
  );
  return fc
    .record({
      change,
      more: change,
      event: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, events),
      members,
      isTwice: fc.boolean(),
    })
    .map(({ change: first, more, event, members: added, isTwice }) => ({
      ...record,
      ...(event !== null && { event }),
      ...added,
      claims: without({ ...claims, ...first, ...(isTwice && more) }),
    }));
}

function without(claims: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return JSON.parse(JSON.stringify(claims)) as JsonObject; // leaves out what is undefined
}

/** A text with one character changed; what is no text with one more around it. */
function bent(value: JsonValue, at: number, by: string): JsonValue {
  if (typeof value === 'string') return value.slice(0, at) + by + value.slice(at + 1);
  if (typeof value === 'number') return value + at;
  if (Array.isArray(value)) return [...(value as JsonValue[]), ...(value as JsonValue[])]; // narrowed by Array.isArray
  return value === null ? null : [value];
}

function profileOf(name: string): RuledProfile {
  return [...FILES.keys()].find((profile) => profile.name === name)!;
}

function nameOf({ profile }: JsonObject): string {
  return typeof profile === 'string' ? profile : '';
}

function profileFieldNames(name: string): string[] {
  return [...profileOf(name).fields.map((field) => field.name), 'traceId', 'otherField'];
}

function profileEvents(name: string): string[] {
  return profileOf(name).events.map((event) => event.name);
}
