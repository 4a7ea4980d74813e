import { RECORD_LIMITS, type ProfileField, type ValueType } from '@anchorlog/statement';
import type { JsonObject, JsonValue } from '@anchorlog/core';
import { EMITTER_ONLY, ISSUER_SET } from './common.ts';
import { INSTANT, type RuledProfile } from './field.ts';
import type { Rule, RuleCondition } from './rule.ts';
import { definitionsOf, implies, NOT_NULL, typeSchema } from './type-schema.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const FILES_LIMIT = 256;
const LINKS_LIMIT = 256;
const KEY_CHARACTERS = 256;
const FILE_NAME_CHARACTERS = 255;
const UUID_V8 = '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';
const ORG = '^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$';
const SYSTEM = '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$';
const REL = '^[a-z][0-9A-Za-z-]{0,63}$';

/**
 * Write the JSON Schema (draft 2020-12) of the records of a profile, for systems that check before they hand in (spec/profiles §8.5). Each
 * field has its titles, where it stands (`x-disclosure`) and its index key (`x-key`). A validator that knows the formats and the keywords
 * with `x-` accepts what `checkRecord` accepts and no more; one that does not knows no check characters, no calendar and no order, and accepts more.
 */
export function profileSchema(profile: RuledProfile): JsonObject {
  const { name, title, events, fields, rules } = profile;
  const claimed = fields.filter((field) => !ISSUER_SET.includes(field.name));
  const files = fields.find((field) => ISSUER_SET.includes(field.name));
  const conditions = [
    ...events.flatMap((event) => requirement(event.name, claimed)),
    ...rules.flatMap(conditionOf),
  ];
  const order = rules.flatMap((rule) =>
    rule.rule === 'order' ? [{ begin: rule.begin, end: rule.end }] : [],
  );
  const differ = rules.flatMap((rule) => (rule.rule === 'differ' ? [[...rule.fields]] : []));
  return {
    $schema: DIALECT,
    $id: `urn:anchorlog:profile:${name}`,
    title: title.en,
    'x-title': { ...title },
    type: 'object',
    required: ['profile', 'event', 'eventTime', 'claims'],
    oneOf: [{ required: ['key'] }, { required: ['id'] }],
    additionalProperties: false,
    properties: {
      profile: { const: name },
      event: {
        oneOf: events.map((event) => ({
          const: event.name,
          title: event.title.en,
          'x-title': { ...event.title },
        })),
      },
      key: { type: 'string', minLength: 1, maxLength: KEY_CHARACTERS },
      id: { type: 'string', pattern: UUID_V8 },
      eventTime: { $ref: '#/$defs/instant' },
      issuer: issuerSchema(),
      claims: {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries([
          ...claimed.map((field) => [field.name, fieldSchema(field)] as const),
          ...EMITTER_ONLY.map((field) => [field.name, emitterSchema(field)] as const),
        ]),
        ...(order.length > 0 && { 'x-order': order }),
        ...(differ.length > 0 && { 'x-differ': differ }),
      },
      ...(files && { files: { ...fileSchema(), ...annotations(files) } }),
      links: linkSchema(),
      traceId: { type: 'string', pattern: '^[0-9a-f]{32}$', 'x-disclosure': 'emitter' },
      retention: { type: 'string', pattern: '^P[0-9A-Z]{1,32}$', 'x-disclosure': 'emitter' },
    },
    ...(conditions.length > 0 && { allOf: conditions }),
    $defs: definitionsOf([INSTANT, ...fields.map(({ type }) => type), ...rules.flatMap(schemesOf)]),
  };
}

/** The identifiers that a rule speaks of. */
function schemesOf(rule: Rule): ValueType[] {
  if (rule.rule !== 'scheme') return [];
  return Object.values(rule.schemes).map((scheme) => ({ kind: 'identifier', scheme }));
}

function fieldSchema(field: ProfileField): JsonObject {
  const schema = typeSchema(field.type);
  const nullable = field.nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
  return { ...annotations(field), ...nullable };
}

function annotations({ title, disclosure, key }: ProfileField): JsonObject {
  return {
    title: title.en,
    'x-title': { ...title },
    'x-disclosure': disclosure,
    ...(key && { 'x-key': { kind: key.kind, role: key.role } }),
  };
}

/** What the emitter keeps: never logged, not even as a commitment. */
function emitterSchema({ title, type }: (typeof EMITTER_ONLY)[number]): JsonObject {
  const schema = typeSchema(type);
  return { title: title.en, 'x-title': { ...title }, 'x-disclosure': 'emitter', ...schema };
}

/** What an event requires has a value other than null. */
function requirement(event: string, fields: readonly ProfileField[]): JsonObject[] {
  const names = fields
    .filter(({ required }) => (typeof required === 'boolean' ? required : required.includes(event)))
    .map(({ name }) => name);
  return names.length === 0 ? [] : [implies(isOf([event]), holding(names))];
}

function conditionOf(rule: Rule): JsonObject[] {
  switch (rule.rule) {
    case 'require':
      return [implies(whenSchema(rule.when), holding(rule.fields))];
    case 'eventValue':
      return Object.entries(rule.values).map(([event, values]) =>
        implies(isOf([event]), ofClaims({ properties: { [rule.field]: { enum: [...values] } } })),
      );
    case 'scheme':
      return Object.entries(rule.schemes).map(([word, scheme]) => {
        const of = typeSchema({ kind: 'identifier', scheme });
        const isNamed = { required: [rule.by], properties: { [rule.by]: { const: word } } };
        return implies(ofClaims(isNamed), ofClaims({ properties: { [rule.field]: of } }));
      });
    // In keywords of their own, or only warnings.
    case 'order':
    case 'differ':
    case 'expectCase':
    case 'licenseParts':
      return [];
    default:
      return rule satisfies never;
  }
}

function whenSchema({ events, has, lacks, equals, differs }: RuleCondition): JsonObject {
  const isOneOf = ({ field, values }: NonNullable<RuleCondition['equals']>): JsonObject =>
    ofClaims({ required: [field], properties: { [field]: { enum: [...values] } } });
  const parts: JsonObject[] = [
    ...(events ? [isOf(events)] : []),
    ...(has === undefined ? [] : [holding([has])]),
    ...(lacks === undefined ? [] : [{ not: holding([lacks]) }]),
    ...(equals ? [isOneOf(equals)] : []),
    ...(differs ? [{ not: isOneOf(differs) }] : []),
  ];
  return { allOf: parts };
}

function isOf(events: readonly string[]): JsonObject {
  return { properties: { event: { enum: [...events] } } };
}

function holding(names: readonly string[]): JsonObject {
  return ofClaims({
    required: [...names],
    properties: Object.fromEntries(names.map((name) => [name, NOT_NULL] as const)),
  });
}

function ofClaims(schema: JsonObject): JsonObject {
  return { properties: { claims: schema } };
}

function object(properties: JsonObject, optional: readonly string[] = []): JsonObject {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', required, additionalProperties: false, properties };
}

function text(pattern: string): JsonObject {
  return { type: 'string', pattern };
}

function issuerSchema(): JsonObject {
  const any: JsonValue = { type: 'string', 'x-disclosure': 'emitter' };
  const parts = { org: text(ORG), system: text(SYSTEM), name: any, region: any };
  return object(parts, ['name', 'region']);
}

/** Files by their place, or by their digest; committed to as the field `files`. */
function fileSchema(): JsonObject {
  const name: JsonObject = { type: 'string', minLength: 1, maxLength: FILE_NAME_CHARACTERS };
  const size = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
  const byPlace = object({ name, path: { type: 'string', maxLength: RECORD_LIMITS.string } });
  const byDigest = object({ name, size, sha256: text('^[0-9a-f]{64}$') });
  return { type: 'array', maxItems: FILES_LIMIT, items: { anyOf: [byPlace, byDigest] } };
}

function linkSchema(): JsonObject {
  const key: JsonObject = { type: 'string', minLength: 1, maxLength: KEY_CHARACTERS };
  const byKey = object({ rel: text(REL), key });
  const byId = object({ rel: text(REL), id: text(UUID_V8) });
  return { type: 'array', maxItems: LINKS_LIMIT, items: { anyOf: [byKey, byId] } };
}
