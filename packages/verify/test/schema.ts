import type { JsonObject, JsonValue } from '@anchorlog/core';

/** Tell why JSON is not of a JSON Schema (2020-12), in the words that the schemas of spec/ use; undefined if it is. */
export function schemaFault(schema: JsonObject, value: JsonValue): string | undefined {
  return fault(schema, value, schema, '');
}

function fault(
  schema: JsonObject,
  value: JsonValue,
  whole: JsonObject,
  at: string,
): string | undefined {
  const inner = (
    part: JsonValue,
    member: JsonValue,
    name: string | number = '',
  ): string | undefined =>
    fault(part as JsonObject, member, whole, name === '' ? at : `${at}/${name}`);
  for (const [word, rule] of Object.entries(schema)) {
    if (word === 'then') continue; // read with `if`
    const check = WORDS[word];
    if (!check) throw new Error(`schema word ${word} is not known here`);
    const found = check({ rule, value, schema, whole, inner });
    if (found !== undefined) return found === false ? `${at}: ${word}` : found;
  }
  return undefined;
}

interface Check {
  readonly rule: JsonValue;
  readonly value: JsonValue;
  readonly schema: JsonObject;
  readonly whole: JsonObject;
  readonly inner: (
    part: JsonValue,
    member: JsonValue,
    name?: string | number,
  ) => string | undefined;
}

/** False: not so. A text: the fault of a part. Undefined: nothing wrong. */
type Found = false | string | undefined;

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const holds = (good: boolean): Found => (good ? undefined : false);
const ignored = (): undefined => undefined;

const WORDS: Readonly<Record<string, (check: Check) => Found>> = {
  $schema: ignored,
  $id: ignored,
  $defs: ignored,
  title: ignored,
  $ref: ({ rule, value, whole, inner }) => {
    const path = (rule as string).slice('#/'.length).split('/');
    let part: JsonValue = whole;
    for (const name of path) part = (part as JsonObject)[name]!;
    return inner(part, value);
  },
  type: ({ rule, value }) =>
    holds(
      rule === 'integer'
        ? Number.isInteger(value) && !Object.is(value, -0)
        : rule === 'array'
          ? Array.isArray(value)
          : rule === 'object'
            ? isObject(value)
            : typeof value === rule,
    ),
  const: ({ rule, value }) => holds(value === rule),
  enum: ({ rule, value }) => holds((rule as readonly JsonValue[]).includes(value)),
  anyOf: ({ rule, value, inner }) =>
    holds((rule as readonly JsonValue[]).some((part) => inner(part, value) === undefined)),
  if: ({ rule, value, schema, inner }) =>
    inner(rule, value) === undefined ? inner(schema['then']!, value) : undefined,
  required: ({ rule, value }) =>
    holds(
      !isObject(value) || (rule as readonly string[]).every((name) => Object.hasOwn(value, name)),
    ),
  properties: ({ rule, value, inner }) => {
    if (!isObject(value)) return undefined;
    for (const [name, part] of Object.entries(rule as JsonObject)) {
      const found = Object.hasOwn(value, name) ? inner(part, value[name]!, name) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  },
  additionalProperties: ({ value, schema }) =>
    holds(
      !isObject(value) ||
        Object.keys(value).every((name) => Object.hasOwn(schema['properties'] as JsonObject, name)),
    ),
  items: ({ rule, value, inner }) =>
    Array.isArray(value)
      ? (value as readonly JsonValue[])
          .map((item, i) => inner(rule, item, i))
          .find((found) => found !== undefined)
      : undefined,
  minItems: ({ rule, value }) => holds(!Array.isArray(value) || value.length >= Number(rule)),
  maxItems: ({ rule, value }) => holds(!Array.isArray(value) || value.length <= Number(rule)),
  minLength: ({ rule, value }) =>
    holds(typeof value !== 'string' || Array.from(value).length >= Number(rule)),
  maxLength: ({ rule, value }) =>
    holds(typeof value !== 'string' || Array.from(value).length <= Number(rule)),
  minimum: ({ rule, value }) => holds(typeof value !== 'number' || value >= Number(rule)),
  maximum: ({ rule, value }) => holds(typeof value !== 'number' || value <= Number(rule)),
  pattern: ({ rule, value }) =>
    holds(typeof value !== 'string' || new RegExp(rule as string, 'u').test(value)),
};
