import type { DisclosureClass, Profile, ProfileField, ValueType } from '@anchorlog/statement';
import type { Rule } from './rule.ts';

/** A profile with the rules between its fields, which a single field cannot say (spec/profiles §5.3). */
export interface RuledProfile extends Profile {
  readonly rules: readonly Rule[];
}

/** Kinds of index keys that only lifecycle profiles fill, so that a status proof shows no usage; they never rotate. */
export type StatusKeyKind = 'license' | 'seal';

/** Kinds of index keys for trails: who used, read, decided, for which case and under which authorization. */
export type TrailKeyKind =
  'license-use' | 'seal-use' | 'holder' | 'actor' | 'case' | 'authorization';

/** The key kinds of this package's profiles (spec/profiles §2.3). */
export type KeyKind = StatusKeyKind | TrailKeyKind;

/** One line of a table of fields: what `required` is names the events, or says always or never. */
export type FieldRow = readonly [
  name: string,
  zh: string,
  en: string,
  type: ValueType,
  required: boolean | readonly string[],
  disclosure: DisclosureClass,
  more?: {
    readonly key?: { readonly kind: KeyKind; readonly role: string };
    readonly nullable?: true;
  },
];

/** Make the fields of a profile out of its table, in that order. */
export function fieldsOf(rows: readonly FieldRow[]): ProfileField[] {
  return rows.map(([name, zh, en, type, required, disclosure, more]) => ({
    name,
    title: { zh, en },
    type,
    required,
    disclosure,
    ...more,
  }));
}

/** Make the events of a profile out of name, Chinese and English title. */
export function eventsOf(
  rows: readonly (readonly [name: string, zh: string, en: string])[],
): Profile['events'] {
  return rows.map(([name, zh, en]) => ({ name, title: { zh, en } }));
}

/** Say that a field's value is an index key too. */
export function key(
  kind: KeyKind,
  role = 'self',
): { readonly key: { kind: KeyKind; role: string } } {
  return { key: { kind, role } };
}

// The value types that profiles share. In public claims every text has a form: there is no free text (spec/profiles §2.2).
export const NAME = '^(?!.*[0-9０-９]{11})[^\\p{Cc}\\p{Zl}\\p{Zp}]+$';
export const NUMBER = '^[^\\s\\p{Cc}]+$';
const NAMES_LIMIT = 100;

export const USCC: ValueType = { kind: 'identifier', scheme: 'uscc' };
export const REGION: ValueType = { kind: 'identifier', scheme: 'region' };
export const ITEM: ValueType = { kind: 'identifier', scheme: 'item' };
export const LICENSE: ValueType = { kind: 'identifier', scheme: 'license' };
export const INSTANT: ValueType = { kind: 'instant' };
export const DATE: ValueType = { kind: 'date' };
export const BOOLEAN: ValueType = { kind: 'boolean' };
export const PSEUDONYM: ValueType = { kind: 'pseudonym' };
/** A digest of what cannot be guessed: a sealed file, a signature. */
export const DIGEST: ValueType = { kind: 'digest', salted: false };
/** A digest of what can be guessed: a request, a code, an address. Always committed, never public. */
export const SALTED_DIGEST: ValueType = { kind: 'digest', salted: true };
export const COUNT: ValueType = { kind: 'integer', min: 0 };
/** 32 bytes in standard base64. */
export const HASH: ValueType = {
  kind: 'string',
  max: 44,
  pattern: '^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$',
};
/** A word of a registry that the operator keeps: a purpose, a reason. */
export const REGISTERED_CODE: ValueType = {
  kind: 'string',
  max: 64,
  pattern: '^[A-Z][0-9A-Z]*(?:[-_.][0-9A-Z]+)*$',
};
export const SYSTEM_ID: ValueType = {
  kind: 'string',
  max: 64,
  pattern: '^[0-9A-Za-z][0-9A-Za-z._-]*$',
};
export const RESOURCE_CODE: ValueType = { kind: 'identifier', scheme: 'resource' };
/** Names of data items, no values. */
export const FIELD_NAMES: ValueType = { kind: 'array', items: officialName(50), max: NAMES_LIMIT };

/** An official name or title: one line, no run of 11 digits or more, so no telephone or resident number. */
export function officialName(max: number): ValueType {
  return { kind: 'string', min: 1, max, pattern: NAME };
}

/** A number that an authority gives, which may hold Chinese characters but no space. */
export function officialNumber(max: number): ValueType {
  return { kind: 'string', min: 1, max, pattern: NUMBER };
}

/** Free text: for committed fields only. */
export function text(max: number): ValueType {
  return { kind: 'string', min: 1, max };
}

/** One of a few words. */
export function word(...values: readonly string[]): ValueType {
  return { kind: 'enum', values };
}

/** At most `max` of one type. */
export function listOf(items: ValueType, max: number): ValueType {
  return { kind: 'array', items, max };
}
