import type { JsonObject, JsonValue } from '@anchorlog/core';
import {
  lintProfile,
  parseDefinition,
  parseProfileFile,
  profileFileFaults,
} from '@anchorlog/profiles';
import { describe, expect, test } from 'vitest';
import { OWN_FILE, OWN_PROFILE } from './own-profile.ts';

type Path = readonly (string | number)[];

/** The profile with the value at a path replaced, or taken away. */
function broken(path: Path, value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(OWN_PROFILE) as Record<string, unknown>; // a copy may be changed
  let place: Record<string | number, unknown> = copy;
  for (const part of path.slice(0, -1)) place = place[part] as Record<string, unknown>; // the paths below exist
  const last = path.at(-1)!;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy as JsonObject; // still JSON
}

function faults(path: Path, value: JsonValue | undefined): string[] {
  try {
    const found = lintProfile(parseDefinition(broken(path, value)));
    return found.map(({ code, context }) => `${code} ${String(context['at'])}`);
  } catch (error) {
    const { code, context } = error as { code: string; context: { at: string } }; // a coded error
    return [`${code} ${context.at}`];
  }
}

/** Where the fields of OWN_PROFILE stand. */
const [NO, KIND, BEGAN, ENDED, INSPECTOR, FINDINGS, CASE, CLASS, FILES] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
];
const field = (i: number, ...path: Path): Path => ['fields', i, ...path];
const text = (pattern: string, max = 32): JsonValue => ({ kind: 'string', max, pattern });

const BROKEN: readonly (readonly [
  what: string,
  path: Path,
  value: JsonValue | undefined,
  fault: string,
])[] = [
  // Shape
  ['another format', ['format'], 'anchorlog/profile/2', 'PROFILES_DEFINITION_SHAPE /format'],
  ['no titles', ['title'], undefined, 'PROFILES_DEFINITION_SHAPE /title'],
  ['no events', ['events'], [], 'PROFILES_DEFINITION_SHAPE /events'],
  ['a member of another name', field(NO, 'hint'), 'x', 'PROFILES_DEFINITION_SHAPE /fields/0'],
  [
    'a kind of value that there is not',
    field(NO, 'type'),
    { kind: 'number' },
    'PROFILES_DEFINITION_SHAPE /fields/0/type/kind',
  ],
  [
    'a list of lists',
    field(FINDINGS, 'type'),
    { kind: 'array', max: 2, items: { kind: 'array', max: 2, items: { kind: 'date' } } },
    'PROFILES_DEFINITION_SHAPE /fields/5/type/items',
  ],
  [
    'a rule that there is not',
    ['rules', 0, 'rule'],
    'forbid',
    'PROFILES_DEFINITION_SHAPE /rules/0/rule',
  ],
  [
    'a bound that is no number',
    field(FINDINGS, 'type', 'max'),
    '20',
    'PROFILES_DEFINITION_SHAPE /fields/5/type/max',
  ],
  [
    'a digest that does not say whether it is salted',
    field(NO, 'type'),
    { kind: 'digest', salted: null },
    'PROFILES_DEFINITION_SHAPE /fields/0/type/salted',
  ],
  ['nullable: false', field(NO, 'nullable'), false, 'PROFILES_DEFINITION_SHAPE /fields/0/nullable'],
  [
    'two fields that differ and a third',
    ['rules', 0],
    { rule: 'differ', fields: ['visitNo', 'kind', 'caseNo'] },
    'PROFILES_DEFINITION_SHAPE /rules/0/fields',
  ],
  [
    'a condition on a list',
    ['rules', 1, 'when', 'equals', 'values'],
    [[]],
    'PROFILES_DEFINITION_SHAPE /rules/1/when/equals/values/0',
  ],
  // Names
  ['a name without version', ['name'], 'permit.visit', 'PROFILES_DEFINITION_NAME /name'],
  [
    'an event with a space',
    ['events', 0, 'name'],
    'visit begin',
    'PROFILES_DEFINITION_NAME /events/0/name',
  ],
  [
    'two events of one name',
    ['events', 1, 'name'],
    'visit.begin',
    'PROFILES_DEFINITION_NAME /events/1/name',
  ],
  [
    'a field with a hyphen',
    field(NO, 'name'),
    'visit-no',
    'PROFILES_DEFINITION_NAME /fields/0/name',
  ],
  [
    'two fields of one name',
    field(KIND, 'name'),
    'visitNo',
    'PROFILES_DEFINITION_NAME /fields/1/name',
  ],
  [
    'a field that the emitter keeps',
    field(KIND, 'name'),
    'traceId',
    'PROFILES_DEFINITION_NAME /fields/1/name',
  ],
  [
    'a scheme that there is not',
    field(NO, 'type'),
    { kind: 'identifier', scheme: 'isbn' },
    'PROFILES_DEFINITION_NAME /fields/0/type/scheme',
  ],
  [
    'a word twice',
    field(KIND, 'type', 'values'),
    ['routine', 'complaint', 'routine'],
    'PROFILES_DEFINITION_NAME /fields/1/type',
  ],
  ['no words', field(KIND, 'type', 'values'), [], 'PROFILES_DEFINITION_NAME /fields/1/type'],
  [
    'a word with a line feed',
    field(KIND, 'type', 'values'),
    ['routine', 'complaint', 'a\nb'],
    'PROFILES_DEFINITION_NAME /fields/1/type',
  ],
  // Titles
  ['no Chinese in a title', ['title', 'zh'], 'Visit', 'PROFILES_DEFINITION_TITLE /title/zh'],
  [
    'no English in the title of an event',
    ['events', 0, 'title', 'en'],
    '开始',
    'PROFILES_DEFINITION_TITLE /events/0/title/en',
  ],
  [
    'a long title',
    field(NO, 'title', 'zh'),
    '长'.repeat(101),
    'PROFILES_DEFINITION_TITLE /fields/0/title/zh',
  ],
  // Bounds
  [
    'a list without limit',
    field(FINDINGS, 'type', 'max'),
    undefined,
    'PROFILES_DEFINITION_BOUND /fields/5/type/max',
  ],
  [
    'a text without limit',
    field(NO, 'type', 'max'),
    undefined,
    'PROFILES_DEFINITION_BOUND /fields/0/type/max',
  ],
  [
    'an object without limit',
    field(FINDINGS, 'type'),
    { kind: 'object' },
    'PROFILES_DEFINITION_BOUND /fields/5/type/bytes',
  ],
  [
    'a list without room',
    field(FINDINGS, 'type', 'max'),
    0,
    'PROFILES_DEFINITION_BOUND /fields/5/type/max',
  ],
  [
    'a list too long to be disclosed',
    field(FINDINGS, 'type', 'max'),
    1000,
    'PROFILES_DEFINITION_BOUND /fields/5/type',
  ],
  [
    'an object too large to be disclosed',
    field(FINDINGS, 'type'),
    { kind: 'object', bytes: 2_000_000 },
    'PROFILES_DEFINITION_BOUND /fields/5/type',
  ],
  [
    'a public list too long for an entry',
    field(NO, 'type'),
    { kind: 'array', max: 2000, items: text('^[A-Z]+$') },
    'PROFILES_DEFINITION_BOUND /fields',
  ],
  [
    'a least length above the largest',
    field(NO, 'type', 'min'),
    33,
    'PROFILES_DEFINITION_BOUND /fields/0/type',
  ],
  [
    'a least integer above the greatest',
    field(NO, 'type'),
    { kind: 'integer', min: 2, max: 1 },
    'PROFILES_DEFINITION_BOUND /fields/0/type',
  ],
  // Free text in clear
  [
    'no pattern',
    field(NO, 'type', 'pattern'),
    undefined,
    'PROFILES_DEFINITION_TEXT /fields/0/type',
  ],
  [
    'no pattern in a list',
    field(NO, 'type'),
    { kind: 'array', max: 3, items: { kind: 'string', max: 9 } },
    'PROFILES_DEFINITION_TEXT /fields/0/type/items',
  ],
  [
    'any character',
    field(NO, 'type'),
    text('^.+$'),
    'PROFILES_DEFINITION_TEXT /fields/0/type/pattern',
  ],
  [
    'anything but',
    field(NO, 'type'),
    text('^[^;]+$'),
    'PROFILES_DEFINITION_TEXT /fields/0/type/pattern',
  ],
  [
    'anything that is no digit',
    field(NO, 'type'),
    text('^\\D+$'),
    'PROFILES_DEFINITION_TEXT /fields/0/type/pattern',
  ],
  [
    'any letter of any script',
    field(NO, 'type'),
    text('^\\p{L}+$'),
    'PROFILES_DEFINITION_TEXT /fields/0/type/pattern',
  ],
  [
    'anything, in a class',
    field(NO, 'type'),
    text('^[A-Z\\S]+$'),
    'PROFILES_DEFINITION_TEXT /fields/0/type/pattern',
  ],
  [
    'words with spaces',
    field(NO, 'type'),
    text('^[A-Za-z ]+$'),
    'PROFILES_DEFINITION_TEXT /fields/0/type/pattern',
  ],
  [
    'a range over the space',
    field(NO, 'type'),
    text('^[\\x00-\\x7e]+$'),
    'PROFILES_DEFINITION_TEXT /fields/0/type/pattern',
  ],
  [
    'the ideographic space',
    field(NO, 'type'),
    text('^[\\u3000-\\u9fff]+$'),
    'PROFILES_DEFINITION_TEXT /fields/0/type/pattern',
  ],
  [
    'white space by its class',
    field(NO, 'type'),
    text('^[A-Z\\s]+$'),
    'PROFILES_DEFINITION_TEXT /fields/0/type/pattern',
  ],
  [
    'a page of Chinese',
    field(NO, 'type'),
    text('^[\\u4e00-\\u9fff]+$', 201),
    'PROFILES_DEFINITION_TEXT /fields/0/type/max',
  ],
  [
    'a page of letters',
    field(NO, 'type'),
    text('^[A-Z]+$', 256),
    'PROFILES_DEFINITION_TEXT /fields/0/type/max',
  ],
  // Patterns
  [
    'no expression',
    field(NO, 'type'),
    text('^[A-Z$'),
    'PROFILES_DEFINITION_PATTERN /fields/0/type/pattern',
  ],
  [
    'no beginning',
    field(NO, 'type'),
    text('[A-Z]+$'),
    'PROFILES_DEFINITION_PATTERN /fields/0/type/pattern',
  ],
  [
    'no end',
    field(NO, 'type'),
    text('^[A-Z]+'),
    'PROFILES_DEFINITION_PATTERN /fields/0/type/pattern',
  ],
  [
    'an end that is escaped',
    field(NO, 'type'),
    text('^[A-Z]+\\$'),
    'PROFILES_DEFINITION_PATTERN /fields/0/type/pattern',
  ],
  [
    'a way around the ends',
    field(NO, 'type'),
    text('^A|B$'),
    'PROFILES_DEFINITION_PATTERN /fields/0/type/pattern',
  ],
  [
    'what was found before',
    field(NO, 'type'),
    text('^([A-Z])\\1$'),
    'PROFILES_DEFINITION_PATTERN /fields/0/type/pattern',
  ],
  [
    'what stands before',
    field(NO, 'type'),
    text('^(?<=A)[A-Z]$'),
    'PROFILES_DEFINITION_PATTERN /fields/0/type/pattern',
  ],
  [
    'a name for what is found',
    field(NO, 'type'),
    text('^(?<a>[A-Z])$'),
    'PROFILES_DEFINITION_PATTERN /fields/0/type/pattern',
  ],
  [
    'a very long one',
    field(NO, 'type'),
    text(`^${'A'.repeat(255)}$`),
    'PROFILES_DEFINITION_PATTERN /fields/0/type/pattern',
  ],
  // Places
  [
    'an object in clear',
    field(NO, 'type'),
    { kind: 'object', bytes: 10 },
    'PROFILES_DEFINITION_PLACE /fields/0/type',
  ],
  [
    'a salted digest in clear',
    field(NO, 'type'),
    { kind: 'digest', salted: true },
    'PROFILES_DEFINITION_PLACE /fields/0/type',
  ],
  [
    'a pseudonym in clear',
    field(NO, 'type'),
    { kind: 'pseudonym' },
    'PROFILES_DEFINITION_PLACE /fields/0/type',
  ],
  [
    'a resident number in clear',
    field(NO, 'type'),
    { kind: 'identifier', scheme: 'resident' },
    'PROFILES_DEFINITION_PLACE /fields/0/type',
  ],
  [
    'a definition in clear',
    field(NO, 'type'),
    { kind: 'profile', bytes: 10 },
    'PROFILES_DEFINITION_PLACE /fields/0/type',
  ],
  [
    'a hidden begin of validity',
    field(FINDINGS, 'name'),
    'validFrom',
    'PROFILES_DEFINITION_PLACE /fields/5/disclosure',
  ],
  [
    'an open order to hide',
    field(KIND, 'name'),
    'hiddenFromSubject',
    'PROFILES_DEFINITION_PLACE /fields/1/disclosure',
  ],
  [
    'a case number in clear',
    field(CASE, 'disclosure'),
    'public',
    'PROFILES_DEFINITION_PLACE /fields/6',
  ],
  ['files in clear', field(FILES, 'disclosure'), 'public', 'PROFILES_DEFINITION_PLACE /fields'],
  [
    'another grading of data',
    field(CLASS, 'type', 'values'),
    ['G1', 'G5'],
    'PROFILES_DEFINITION_PLACE /fields',
  ],
  // Keys
  [
    'a key of a status kind',
    field(INSPECTOR, 'key', 'kind'),
    'license',
    'PROFILES_DEFINITION_KEY /fields/4/key',
  ],
  [
    'a key of a kind that there is not',
    field(INSPECTOR, 'key', 'kind'),
    'visitor',
    'PROFILES_DEFINITION_KEY /fields/4/key',
  ],
  [
    'a role with a space',
    field(INSPECTOR, 'key', 'role'),
    'the one',
    'PROFILES_DEFINITION_KEY /fields/4/key',
  ],
  [
    'a kind and role twice',
    field(INSPECTOR, 'key', 'kind'),
    'case',
    'PROFILES_DEFINITION_KEY /fields/6/key',
  ],
  [
    'a key of a time',
    field(BEGAN, 'key'),
    { kind: 'holder', role: 'self' },
    'PROFILES_DEFINITION_KEY /fields/2/key',
  ],
  [
    'no key where nothing else stands',
    field(INSPECTOR, 'key'),
    undefined,
    'PROFILES_DEFINITION_KEY /fields/4/disclosure',
  ],
  // Requirements and rules
  [
    'an event that there is not',
    field(ENDED, 'required'),
    ['visit.stop'],
    'PROFILES_DEFINITION_RULE /fields/3/required',
  ],
  [
    'a rule over a field that there is not',
    ['rules', 1, 'fields'],
    ['caseNumber'],
    'PROFILES_DEFINITION_RULE /rules/1',
  ],
  [
    'a rule for a word that there is not',
    ['rules', 1, 'when', 'equals', 'values'],
    ['praise'],
    'PROFILES_DEFINITION_RULE /rules/1',
  ],
  [
    'a rule for an event that there is not',
    ['rules', 1, 'when', 'events'],
    ['visit.stop'],
    'PROFILES_DEFINITION_RULE /rules/1',
  ],
  [
    'an order of a word and a time',
    ['rules', 0, 'begin'],
    'kind',
    'PROFILES_DEFINITION_RULE /rules/0',
  ],
  [
    'a word that no event may have',
    ['rules', 0],
    { rule: 'eventValue', field: 'kind', values: { 'visit.begin': ['praise'] } },
    'PROFILES_DEFINITION_RULE /rules/0',
  ],
  [
    'a scheme that there is not, by rule',
    ['rules', 0],
    { rule: 'scheme', field: 'visitNo', by: 'kind', schemes: { routine: 'isbn' } },
    'PROFILES_DEFINITION_RULE /rules/0',
  ],
  [
    'lists that must differ',
    ['rules', 0],
    { rule: 'differ', fields: ['findings', 'visitNo'] },
    'PROFILES_DEFINITION_RULE /rules/0',
  ],
  [
    'parts of what is no license',
    ['rules', 0],
    {
      rule: 'licenseParts',
      identifier: 'visitNo',
      parts: { typeCode: 'kind', issuerCode: 'kind', version: 'kind' },
    },
    'PROFILES_DEFINITION_RULE /rules/0',
  ],
];

describe('lintProfile', () => {
  test('finds nothing in a sound profile', () => {
    expect(lintProfile(parseDefinition(OWN_PROFILE))).toEqual([]);
  });

  test.each(BROKEN)('finds %s', (_what, path, value, fault) => {
    expect(faults(path, value)).toContain(fault);
  });

  test('says all that is wrong at once', () => {
    const profile = parseDefinition(broken(['title'], { zh: 'Visit', en: '现场核查' }));
    expect(lintProfile(profile).map(({ context }) => context['at'])).toEqual([
      '/title/zh',
      '/title/en',
    ]);
  });

  test.each([
    '^(?:[A-Z]+|[0-9]{3,5})-?$',
    '^[\\w.]+$',
    '^[\\u4e00-\\u9fff\\u{20000}-\\u{2a6df}]{1,4}$',
    '^[\\]A-Z-]+$',
    '^\\x41\\u0042\\.[0-9]*$',
  ])('takes %s for a form of public texts', (pattern) => {
    expect(faults(field(NO, 'type'), text(pattern))).toEqual([]);
  });
});

describe('profileFileFaults', () => {
  const told = (change: JsonObject): string[] =>
    profileFileFaults(parseProfileFile(JSON.stringify({ ...OWN_FILE, ...change }))).map(
      ({ code, context }) => `${code} ${String(context['at'])}`,
    );
  const refusal = { name: 'x', example: 0, code: 'PROFILES_FIELD_MISSING', at: '/claims/kind' };

  test('finds nothing in a sound file', () => {
    expect(told({})).toEqual([]);
  });

  test('finds an example that does not fit', () => {
    expect(
      told({
        examples: [...(OWN_FILE['examples'] as JsonObject[]), { event: 'visit.begin', claims: {} }],
      }),
    ).toEqual(['PROFILES_EXAMPLE_REFUSED /examples/2']);
  });

  test('finds a refusal that is none, or for another reason, or at another place', () => {
    expect(told({ refused: [refusal] })).toEqual(['PROFILES_EXAMPLE_ACCEPTED /refused/0']);
    expect(told({ refused: [{ ...refusal, remove: ['visitNo'] }] })).toEqual([
      'PROFILES_EXAMPLE_ACCEPTED /refused/0',
    ]);
    expect(told({ refused: [{ ...refusal, set: { kind: 'praise' } }] })).toEqual([
      'PROFILES_EXAMPLE_ACCEPTED /refused/0',
    ]);
    expect(told({ refused: [{ ...refusal, remove: ['kind'] }] })).toEqual([]);
  });

  test('says only what is wrong with the profile, if something is', () => {
    expect(told({ name: 'visit', refused: [refusal] })).toEqual(['PROFILES_DEFINITION_NAME /name']);
  });
});

describe('parseProfileFile', () => {
  test('refuses text that is no profile, and refusals of no example', () => {
    expect(() => parseProfileFile('{"format":1}')).toThrow(
      expect.objectContaining({ code: 'PROFILES_DEFINITION_SHAPE' }),
    );
    expect(() => parseProfileFile('{} ,')).toThrow(
      expect.objectContaining({ code: 'CORE_JSON_TRAILING' }),
    );
    const refused = [{ name: 'x', example: 2, code: 'PROFILES_FIELD_MISSING', at: '/claims/kind' }];
    expect(() => parseProfileFile(JSON.stringify({ ...OWN_FILE, refused }))).toThrow(
      expect.objectContaining({ context: { at: '/refused/0/example' } }),
    );
  });
});
