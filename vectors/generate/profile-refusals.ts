import type { RuledProfile } from '@anchorlog/profiles';
import type { Claims, Example, Value } from './profile-examples.ts';

// What a profile refuses: its examples with one thing wrong, by kind of value and by rule, each with its code and place.

export interface Refused {
  readonly name: string;
  readonly example: number;
  readonly event?: string;
  readonly set?: Claims;
  readonly remove?: readonly string[];
  readonly code: string;
  readonly at: string;
}

type Type = RuledProfile['fields'][number]['type'];
type Fault = readonly [name: string, value: Value, code: string, below?: string];

/** The faults of a value by its type. */
function faultsOf(type: Type): Fault[] {
  switch (type.kind) {
    case 'string':
      return [
        ['a number', 7, 'VALUE_TYPE'],
        ['an empty text', '', 'VALUE_LENGTH'],
        ['a character too many', '9'.repeat(type.max + 1), 'VALUE_LENGTH'],
        ...(type.pattern === undefined ? [] : [patternFault(type.max, type.min ?? 1)]),
      ];
    case 'enum':
      return [
        ['a word that is none of its own', 'elsewhere', 'VALUE_ENUM'],
        ['a list', [type.values[0]!], 'VALUE_TYPE'],
      ];
    case 'integer': {
      const { min, max } = type;
      return [
        ['a text of digits', '1', 'VALUE_TYPE'],
        ...(min === undefined ? [] : [['below its least', min - 1, 'VALUE_RANGE'] as const]),
        ...(max === undefined ? [] : [['above its greatest', max + 1, 'VALUE_RANGE'] as const]),
      ];
    }
    case 'boolean':
      return [['a text', 'true', 'VALUE_TYPE']];
    case 'instant':
      return [
        ['30 February', '2026-02-30T10:00:00+08:00', 'VALUE_TIME'],
        ['no offset', '2026-03-12T10:15:02', 'VALUE_TIME'],
        ['a date', '2026-03-12', 'VALUE_TIME'],
      ];
    case 'date':
      return [
        ['29 February of a common year', '2026-02-29', 'VALUE_TIME'],
        ['a time', '2026-03-12T10:15:02Z', 'VALUE_TIME'],
      ];
    case 'identifier':
      return [
        ['a number', 7, 'VALUE_TYPE'],
        ['full-width digits', '９９', 'IDENTIFIER_FORM'],
        ...checkFaults(type.scheme),
      ];
    case 'digest':
      return [
        ['a digest cut short', digest('SM3', type.salted, 62), 'DIGEST_FORM'],
        ['a digest of MD5', digest('MD5', type.salted, 32), 'DIGEST_FORM'],
        [
          'salt where none is, or the other way round',
          digest('SM3', !type.salted, 64),
          'DIGEST_SALT',
        ],
      ];
    case 'pseudonym':
      return [
        ['a number', 7, 'VALUE_TYPE'],
        [
          'a code with a wrong check',
          { kind: 'uscc', id: '91999999000000115M' },
          'IDENTIFIER_CHECK',
          '/id',
        ],
        [
          'a resident number with a wrong check',
          { kind: 'idcard', id: '999999199001010017' },
          'IDENTIFIER_CHECK',
          '/id',
        ],
        ['no identifier', { kind: 'uscc' }, 'VALUE_TYPE', '/id'],
      ];
    case 'array':
      return [
        ['no list', 'x', 'VALUE_TYPE'],
        ['an item too many', new Array<Value>(type.max + 1).fill(null), 'ARRAY_LENGTH'],
        ['an item that is none', [[]], 'VALUE_TYPE', '/0'],
      ];
    case 'object':
      return [['a list', [], 'VALUE_TYPE'], ...(type.bytes > 4096 ? [] : [tooLarge(type.bytes)])];
    case 'profile':
      return [
        ['a text', 'document/1', 'VALUE_TYPE'],
        ['no definition', { format: 'anchorlog/profile/1' }, 'VALUE_PROFILE'],
      ];
    default:
      return type satisfies never;
  }
}

function tooLarge(bytes: number): Fault {
  return ['more than it has room for', { x: 'x'.repeat(bytes) }, 'VALUE_SIZE'];
}

/** A control character passes no pattern. */
function patternFault(max: number, min: number): Fault {
  return ['a line feed', '\n'.repeat(Math.min(max, Math.max(min, 1))), 'VALUE_PATTERN'];
}

function checkFaults(scheme: string): Fault[] {
  if (scheme !== 'uscc' && scheme !== 'uscc-or-dash') return [];
  return [['a wrong check', '91999999000000115M', 'IDENTIFIER_CHECK']];
}

function digest(alg: string, salted: boolean, digits: number): Value {
  return { alg, salted, value: 'a'.repeat(digits) };
}

/** All that the examples of a profile are refused for once it is wrong. */
export function refusalsOf(profile: RuledProfile, examples: readonly Example[]): Refused[] {
  const { events, fields } = profile;
  const refused: Refused[] = [
    {
      name: 'an event of another name',
      example: 0,
      event: 'other.event',
      code: 'PROFILES_EVENT_UNKNOWN',
      at: '/event',
    },
    {
      name: 'a field of another name',
      example: 0,
      set: { otherField: 'x' },
      code: 'PROFILES_FIELD_UNKNOWN',
      at: '/claims/otherField',
    },
  ];
  if (fields.some(({ name }) => name === 'files')) {
    refused.push({
      name: 'files among the claims',
      example: 0,
      set: { files: [] },
      code: 'PROFILES_FIELD_RESERVED',
      at: '/claims/files',
    });
  }
  for (const { name, type, nullable } of fields) {
    if (name === 'files') continue;
    for (const [what, value, code, below = ''] of faultsOf(type)) {
      const at = `/claims/${name}${below}`;
      refused.push({
        name: `${name}: ${what}`,
        example: 0,
        set: { [name]: value },
        code: `PROFILES_${code}`,
        at,
      });
    }
    if (nullable !== true) {
      refused.push({
        name: `${name}: null`,
        example: 0,
        set: { [name]: null },
        code: 'PROFILES_VALUE_TYPE',
        at: `/claims/${name}`,
      });
    }
  }
  for (const [example, { name: event }] of events.entries()) {
    for (const { name, required } of fields) {
      if (!(typeof required === 'boolean' ? required : required.includes(event))) continue;
      if (typeof required === 'boolean' && example > 0) continue;
      refused.push({
        name: `${event} without ${name}`,
        example,
        remove: [name],
        code: 'PROFILES_FIELD_MISSING',
        at: `/claims/${name}`,
      });
    }
  }
  return [...refused, ...ruleRefusals(profile, examples)];
}

/** What the rules between fields refuse. */
function ruleRefusals(
  { events, fields, rules }: RuledProfile,
  examples: readonly Example[],
): Refused[] {
  const refused: Refused[] = [];
  for (const rule of rules) {
    if (rule.rule === 'eventValue') {
      const { type } = fields.find(({ name }) => name === rule.field)!;
      const words = type.kind === 'enum' ? type.values : [];
      for (const [event, values] of Object.entries(rule.values)) {
        const other = words.find((word) => !values.includes(word));
        const example = events.findIndex(({ name }) => name === event);
        if (other === undefined) continue;
        refused.push({
          name: `${event} with ${rule.field} ${other}`,
          example,
          set: { [rule.field]: other },
          code: 'PROFILES_EVENT_MISMATCH',
          at: `/claims/${rule.field}`,
        });
      }
    }
    if (rule.rule === 'order') {
      const { type } = fields.find(({ name }) => name === rule.begin)!;
      const [early, late] =
        type.kind === 'date'
          ? ['2026-01-01', '2026-01-02']
          : ['2026-01-02T07:00:00+08:00', '2026-01-01T23:00:01Z'];
      refused.push({
        name: `${rule.end} before ${rule.begin}`,
        example: 0,
        set: { [rule.begin]: late!, [rule.end]: early! },
        code: 'PROFILES_ORDER_BROKEN',
        at: `/claims/${rule.end}`,
      });
    }
    if (rule.rule === 'differ') {
      const [first, second] = rule.fields;
      const value = examples[0]!.claims[first];
      const isAlone = !rules.some((each) => each.rule === 'require' && each.when.has === second);
      // Others would miss something first: those are written by hand.
      if (value === undefined || !isAlone) continue;
      refused.push({
        name: `${second} the same as ${first}`,
        example: 0,
        set: { [second]: value },
        code: 'PROFILES_VALUE_REPEATED',
        at: `/claims/${second}`,
      });
    }
  }
  return refused;
}
