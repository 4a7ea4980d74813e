import {
  canonicalBytes,
  ShapeReader,
  type HashSuite,
  type JsonObject,
  type JsonValue,
} from '@anchorlog/core';
import type { DisclosureClass, ProfileField, ValueType } from '@anchorlog/statement';
import { profilesError } from './error.ts';
import type { RuledProfile } from './field.ts';
import type { Rule, RuleCondition } from './rule.ts';

/** The first member of a definition, by which its hash is told from all others. */
export const PROFILE_FORMAT = 'anchorlog/profile/1';

const EVENTS_LIMIT = 256;
const FIELDS_LIMIT = 256;
const RULES_LIMIT = 256;
const WORDS_LIMIT = 512;
const CLASSES: readonly DisclosureClass[] = ['public', 'committed', 'key'];

const shape = /* @__PURE__ */ new ShapeReader((at, expected) => {
  throw definitionError('PROFILES_DEFINITION_SHAPE', at, expected);
});

/** Make a refusal of a definition that says where and what was expected. */
export function definitionError(
  code: Parameters<typeof profilesError>[0],
  at: string,
  expected: string,
): Error {
  return profilesError(code, `profile ${at || '/'}: expected ${expected}`, { at });
}

/** Write a profile as data: all that says which records fit it, titles included (spec/profiles §8.1). */
export function formatDefinition(profile: RuledProfile): JsonObject {
  const { name, title, events, fields, rules } = profile;
  return {
    format: PROFILE_FORMAT,
    name,
    title: { ...title },
    events: events.map((event) => ({ name: event.name, title: { ...event.title } })),
    fields: fields.map(formatField),
    rules: rules.map((rule) => withoutUndefined(rule)),
  };
}

/** Write one field of a profile. */
export function formatField(field: ProfileField): JsonObject {
  const { name, title, type, required, nullable, disclosure, key } = field;
  return {
    name,
    title: { ...title },
    type: withoutUndefined(type),
    required: typeof required === 'boolean' ? required : [...required],
    ...(nullable === true && { nullable }),
    disclosure,
    ...(key && { key: { kind: key.kind, role: key.role } }),
  };
}

/** Compute what a log names a profile by beside its name: H over the canonical form of its definition (spec/profiles §8.3). */
export function profileDigest(profile: RuledProfile, suite: HashSuite): Uint8Array {
  return suite.hash(canonicalBytes(formatDefinition(profile)));
}

/** Read the definition of a profile: its form only. What else a profile must be is said by `lintProfile`. @throws PROFILES_DEFINITION_SHAPE, PROFILES_DEFINITION_BOUND */
export function parseDefinition(json: JsonValue): RuledProfile {
  const definition = shape.object(json, '', {
    required: ['format', 'name', 'title', 'events', 'fields', 'rules'],
  });
  shape.word(definition['format'], '/format', [PROFILE_FORMAT]);
  return {
    name: shape.string(definition['name'], '/name'),
    title: parseTitle(definition['title'], '/title'),
    events: shape.array(definition['events'], '/events', EVENTS_LIMIT, (value, at) => {
      const event = shape.object(value, at, { required: ['name', 'title'] });
      return {
        name: shape.string(event['name'], `${at}/name`),
        title: parseTitle(event['title'], `${at}/title`),
      };
    }),
    fields: shape.array(definition['fields'], '/fields', FIELDS_LIMIT, parseField),
    rules: shape.array(definition['rules'], '/rules', RULES_LIMIT, parseRule),
  };
}

/** Types and rules are JSON already, but for members that are undefined, and for their interfaces. */
function withoutUndefined(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject; // made of JSON
}

function parseTitle(value: JsonValue | undefined, at: string): { zh: string; en: string } {
  const title = shape.object(value, at, { required: ['zh', 'en'] });
  return { zh: shape.string(title['zh'], `${at}/zh`), en: shape.string(title['en'], `${at}/en`) };
}

function parseField(value: JsonValue, at: string): ProfileField {
  const field = shape.object(value, at, {
    required: ['name', 'title', 'type', 'required', 'disclosure'],
    optional: ['nullable', 'key'],
  });
  const { required, nullable, key } = field;
  if (nullable !== undefined && nullable !== true) {
    throw definitionError('PROFILES_DEFINITION_SHAPE', `${at}/nullable`, 'true, or no such member');
  }
  return {
    name: shape.string(field['name'], `${at}/name`),
    title: parseTitle(field['title'], `${at}/title`),
    type: parseType(field['type'], `${at}/type`),
    required: typeof required === 'boolean' ? required : names(required, `${at}/required`),
    ...(nullable && { nullable }),
    disclosure: shape.word(field['disclosure'], `${at}/disclosure`, CLASSES),
    ...(key !== undefined && { key: parseKey(key, `${at}/key`) }),
  };
}

function parseKey(value: JsonValue, at: string): { kind: string; role: string } {
  const key = shape.object(value, at, { required: ['kind', 'role'] });
  return {
    kind: shape.string(key['kind'], `${at}/kind`),
    role: shape.string(key['role'], `${at}/role`),
  };
}

function parseType(value: JsonValue | undefined, at: string): ValueType {
  const kind = shape.string(shape.map(value, at)['kind'], `${at}/kind`);
  const members = (required: readonly string[], optional: readonly string[] = []): JsonObject =>
    shape.object(value, at, { required: ['kind', ...required], optional });
  switch (kind) {
    case 'string': {
      const { min, max, pattern } = members([], ['min', 'max', 'pattern']);
      return {
        kind,
        ...(min !== undefined && { min: shape.size(min, `${at}/min`) }),
        max: limit(max, `${at}/max`),
        ...(pattern !== undefined && { pattern: shape.string(pattern, `${at}/pattern`) }),
      };
    }
    case 'enum':
      return { kind, values: names(members(['values'])['values'], `${at}/values`) };
    case 'integer': {
      const { min, max } = members([], ['min', 'max']);
      return {
        kind,
        ...(min !== undefined && { min: integer(min, `${at}/min`) }),
        ...(max !== undefined && { max: integer(max, `${at}/max`) }),
      };
    }
    case 'boolean':
    case 'instant':
    case 'date':
    case 'pseudonym':
      members([]);
      return { kind };
    case 'identifier':
      return { kind, scheme: shape.string(members(['scheme'])['scheme'], `${at}/scheme`) };
    case 'digest': {
      const { salted } = members(['salted']);
      if (typeof salted === 'boolean') return { kind, salted };
      throw definitionError('PROFILES_DEFINITION_SHAPE', `${at}/salted`, 'a boolean');
    }
    case 'array': {
      const { items, max } = members(['items'], ['max']);
      return { kind, items: parseItems(items, `${at}/items`), max: limit(max, `${at}/max`) };
    }
    case 'object':
    case 'profile':
      return { kind, bytes: limit(members([], ['bytes'])['bytes'], `${at}/bytes`) };
    default:
      throw definitionError(
        'PROFILES_DEFINITION_SHAPE',
        `${at}/kind`,
        'a kind of spec/profiles §2.1',
      );
  }
}

function parseItems(value: JsonValue | undefined, at: string): ValueType {
  const type = parseType(value, at);
  if (type.kind !== 'array') return type;
  throw definitionError('PROFILES_DEFINITION_SHAPE', at, 'no list in a list');
}

function limit(value: JsonValue | undefined, at: string): number {
  if (value === undefined) throw definitionError('PROFILES_DEFINITION_BOUND', at, 'a limit');
  return shape.size(value, at);
}

function integer(value: JsonValue, at: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw definitionError('PROFILES_DEFINITION_SHAPE', at, 'an integer');
}

function names(value: JsonValue | undefined, at: string): string[] {
  return shape.array(value, at, WORDS_LIMIT, (item, place) => shape.string(item, place));
}

const RULES = [
  'require',
  'expectCase',
  'eventValue',
  'order',
  'differ',
  'scheme',
  'licenseParts',
] as const;

function parseRule(value: JsonValue, at: string): Rule {
  const rule = shape.word(shape.map(value, at)['rule'], `${at}/rule`, RULES);
  const members = (...required: readonly string[]): JsonObject =>
    shape.object(value, at, { required: ['rule', ...required] });
  const text = (member: JsonValue | undefined, name: string): string =>
    shape.string(member, `${at}/${name}`);
  switch (rule) {
    case 'require': {
      const { fields, when } = members('fields', 'when');
      return { rule, fields: names(fields, `${at}/fields`), when: parseWhen(when, `${at}/when`) };
    }
    case 'expectCase':
      return { rule, when: parseWhen(members('when')['when'], `${at}/when`) };
    case 'eventValue': {
      const { field, values } = members('field', 'values');
      return { rule, field: text(field, 'field'), values: parseLists(values, `${at}/values`) };
    }
    case 'order': {
      const { begin, end } = members('begin', 'end');
      return { rule, begin: text(begin, 'begin'), end: text(end, 'end') };
    }
    case 'differ': {
      const [first, second, ...more] = names(members('fields')['fields'], `${at}/fields`);
      if (first !== undefined && second !== undefined && more.length === 0) {
        return { rule, fields: [first, second] };
      }
      throw definitionError('PROFILES_DEFINITION_SHAPE', `${at}/fields`, 'two fields');
    }
    case 'scheme': {
      const { field, by, schemes } = members('field', 'by', 'schemes');
      const named = parseWords(schemes, `${at}/schemes`);
      return { rule, field: text(field, 'field'), by: text(by, 'by'), schemes: named };
    }
    case 'licenseParts': {
      const { identifier, parts } = members('identifier', 'parts');
      const place = `${at}/parts`;
      const three = shape.object(parts, place, { required: ['typeCode', 'issuerCode', 'version'] });
      const part = (name: string): string => shape.string(three[name], `${place}/${name}`);
      return {
        rule,
        identifier: text(identifier, 'identifier'),
        parts: {
          typeCode: part('typeCode'),
          issuerCode: part('issuerCode'),
          version: part('version'),
        },
      };
    }
    default:
      return rule satisfies never;
  }
}

function parseWhen(value: JsonValue | undefined, at: string): RuleCondition {
  const when = shape.object(value, at, {
    required: [],
    optional: ['events', 'has', 'lacks', 'equals', 'differs'],
  });
  const { events, has, lacks, equals, differs } = when;
  return {
    ...(events !== undefined && { events: names(events, `${at}/events`) }),
    ...(has !== undefined && { has: shape.string(has, `${at}/has`) }),
    ...(lacks !== undefined && { lacks: shape.string(lacks, `${at}/lacks`) }),
    ...(equals !== undefined && { equals: parseOneOf(equals, `${at}/equals`) }),
    ...(differs !== undefined && { differs: parseOneOf(differs, `${at}/differs`) }),
  };
}

function parseOneOf(value: JsonValue, at: string): { field: string; values: JsonValue[] } {
  const { field, values } = shape.object(value, at, { required: ['field', 'values'] });
  return {
    field: shape.string(field, `${at}/field`),
    values: shape.array(values, `${at}/values`, WORDS_LIMIT, (item, place) => {
      if (typeof item !== 'object' || item === null) return item;
      throw definitionError('PROFILES_DEFINITION_SHAPE', place, 'no list and no object');
    }),
  };
}

function parseLists(value: JsonValue | undefined, at: string): Record<string, string[]> {
  const lists = Object.entries(shape.map(value, at));
  return Object.fromEntries(lists.map(([name, list]) => [name, names(list, `${at}/${name}`)]));
}

function parseWords(value: JsonValue | undefined, at: string): Record<string, string> {
  const words = Object.entries(shape.map(value, at));
  return Object.fromEntries(
    words.map(([name, word]) => [name, shape.string(word, `${at}/${name}`)]),
  );
}
