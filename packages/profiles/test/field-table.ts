import type { RuledProfile } from '@anchorlog/profiles';
import type { ProfileField, ValueType } from '@anchorlog/statement';
import { officialName, officialNumber, REGISTERED_CODE } from '../src/field.ts';

/** The table of a profile's fields as spec/profiles §6 shows it: one row of cells a field. */
export function fieldTable(profile: RuledProfile): string[][] {
  return profile.fields.map((field) => [
    `\`${field.name}\``,
    field.title.zh,
    describeType(field.type) + (field.nullable ? ' or null' : ''),
    describeRequired(field.required, profile),
    describePlace(field),
  ]);
}

function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'string':
      return describeText(type);
    case 'enum':
      return type.values.join(', ');
    case 'integer':
      return `integer${type.min === undefined ? '' : ` ≥ ${type.min}`}${type.max === undefined ? '' : `, ≤ ${type.max}`}`;
    case 'identifier':
      return `identifier ${type.scheme}`;
    case 'digest':
      return type.salted ? 'salted digest' : 'digest';
    case 'array':
      return `at most ${type.max}: ${describeType(type.items)}`;
    case 'profile':
      return `definition of a profile of at most ${type.bytes} bytes`;
    case 'object':
      return `object of at most ${type.bytes} bytes`;
    case 'boolean':
    case 'instant':
    case 'date':
    case 'pseudonym':
      return type.kind;
    default:
      return type satisfies never;
  }
}

/** The forms that spec/profiles §2.2 names; any other is written out. */
const FORMS = new Map(
  [
    { form: 'name', type: officialName(1) },
    { form: 'number', type: officialNumber(1) },
    { form: 'code', type: REGISTERED_CODE },
  ].map(({ form, type }) => [type.kind === 'string' ? type.pattern : undefined, form]),
);

function describeText({ min, max, pattern }: Extract<ValueType, { kind: 'string' }>): string {
  const form = pattern === undefined ? 'text' : (FORMS.get(pattern) ?? 'text');
  const length = min === max ? `of ${max}` : `of at most ${max}`;
  return pattern === undefined || FORMS.has(pattern)
    ? `${form} ${length}`
    : `${form} ${length}: \`${pattern}\``;
}

function describeRequired(
  required: ProfileField['required'],
  { events }: Pick<RuledProfile, 'events'>,
): string {
  if (typeof required === 'boolean') return required ? 'yes' : '';
  // The rarer way of saying it: for these, or for all but those.
  const others = events.map(({ name }) => name).filter((name) => !required.includes(name));
  const [prefix] = events[0]!.name.split('.');
  const isShared = events.every(({ name }) => name.startsWith(`${prefix}.`));
  const list = (names: readonly string[]): string =>
    names.map((name) => (isShared ? name.slice(prefix!.length + 1) : name)).join(', ');
  return others.length > 0 && others.length < required.length
    ? `not ${list(others)}`
    : list(required);
}

function describePlace({ disclosure, key }: ProfileField): string {
  const named = key && `key ${key.kind}${key.role === 'self' ? '' : ` (${key.role})`}`;
  if (disclosure === 'key') return named ?? '';
  return named ? `${disclosure}, ${named}` : disclosure;
}
