import type { JsonObject } from '@anchorlog/core';
import type { ValueType } from '@anchorlog/statement';
import { identifierForm } from './identifiers.ts';
import { DIGEST_ALGORITHMS, PSEUDONYM_CHARACTERS, PSEUDONYM_KIND } from './value.ts';

export const NOT_NULL: JsonObject = { not: { type: 'null' } };

/** Say that what is of one schema is of another too. */
export function implies(condition: JsonObject, consequence: JsonObject): JsonObject {
  return { anyOf: [{ not: condition }, consequence] };
}

/** Identifiers whose check characters a pattern cannot compute: their scheme is a format too. */
const CHECKED_SCHEMES = ['uscc', 'uscc-or-dash', 'resident'];
const DATE = '[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])';
const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9]';
const INSTANT = `^${DATE}T${CLOCK}:[0-5][0-9](?:\\.[0-9]{3})?(?:Z|[+-]${CLOCK})$`;

/** Write the JSON Schema of a value; longer ones by reference to `$defs` (see `definitionsOf`). */
export function typeSchema(type: ValueType): JsonObject {
  switch (type.kind) {
    case 'string': {
      const { min = 1, max, pattern } = type;
      const length = { type: 'string', minLength: min, maxLength: max };
      return pattern === undefined ? length : { ...length, pattern };
    }
    case 'enum':
      return { enum: [...type.values] };
    case 'integer': {
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = type;
      return { type: 'integer', minimum: min, maximum: max };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'array':
      return { type: 'array', maxItems: type.max, items: typeSchema(type.items) };
    case 'object':
      return { type: 'object', 'x-maxBytes': type.bytes };
    case 'profile':
      return { type: 'object', 'x-maxBytes': type.bytes, 'x-profile': true };
    case 'instant':
    case 'date':
    case 'identifier':
    case 'digest':
    case 'pseudonym':
      return { $ref: `#/$defs/${nameOf(type)}` };
    default:
      return type satisfies never;
  }
}

/** Give the `$defs` that the schemas of these types refer to, each once. */
export function definitionsOf(types: readonly ValueType[]): JsonObject {
  const definitions: Record<string, JsonObject> = {};
  for (const type of types) {
    const item = type.kind === 'array' ? type.items : type;
    const schema = definition(item);
    if (schema) definitions[nameOf(item)] = schema;
  }
  return definitions;
}

function nameOf(type: ValueType): string {
  if (type.kind === 'identifier') return type.scheme;
  return type.kind === 'digest' && type.salted ? 'saltedDigest' : type.kind;
}

function definition(type: ValueType): JsonObject | undefined {
  switch (type.kind) {
    case 'instant':
      return { type: 'string', format: 'date-time', pattern: INSTANT };
    case 'date':
      return { type: 'string', format: 'date', pattern: `^${DATE}$` };
    case 'identifier':
      return {
        type: 'string',
        pattern: identifierForm(type.scheme),
        ...(CHECKED_SCHEMES.includes(type.scheme) && { format: type.scheme }),
      };
    case 'digest':
      return digestSchema(type.salted);
    case 'pseudonym':
      return pseudonymSchema();
    default:
      return undefined;
  }
}

function digestSchema(salted: boolean): JsonObject {
  return {
    type: 'object',
    required: ['alg', 'salted', 'value'],
    additionalProperties: false,
    properties: { alg: { type: 'string' }, salted: { const: salted }, value: { type: 'string' } },
    anyOf: Object.entries(DIGEST_ALGORITHMS).map(([alg, digits]) => ({
      properties: { alg: { const: alg }, value: { pattern: `^[0-9a-f]{${digits}}$` } },
    })),
  };
}

/** Somebody's identifier; its check characters are those of its form as an index key. */
function pseudonymSchema(): JsonObject {
  const id: JsonObject = { type: 'string', minLength: 1, maxLength: PSEUDONYM_CHARACTERS };
  const checked = (kind: string, format: string): JsonObject =>
    implies(
      { type: 'object', required: ['kind'], properties: { kind: { const: kind } } },
      { properties: { id: { format } } },
    );
  return {
    anyOf: [
      id,
      {
        type: 'object',
        required: ['kind', 'id'],
        additionalProperties: false,
        properties: { kind: { type: 'string', pattern: PSEUDONYM_KIND.source }, id },
      },
    ],
    allOf: [checked('uscc', 'uscc-normalized'), checked('idcard', 'resident-normalized')],
  };
}
