import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, type JsonObject, type JsonValue } from '@anchorlog/core';
import {
  STEP_CODES,
  parseBundle,
  parseTrustPolicy,
  resultOf,
  troubleOf,
  type StepCode,
} from '../src/index.ts';
import { STEP_TEXTS } from '../src/explain.ts';
import { schemaFault } from './schema.ts';
import { allCases } from './step-cases.ts';
import { fullBundle, policyOf, refusal } from './world.ts';

const spec = (name: string): string =>
  readFileSync(new URL(`../../../spec/${name}`, import.meta.url), 'utf8');
const bundleSchema = JSON.parse(spec('bundle.schema.json')) as JsonObject;
const policySchema = JSON.parse(spec('policy.schema.json')) as JsonObject;

describe('spec/verdict', () => {
  test('lists every code with its result, trouble and words', () => {
    const rows = spec('verdict.md')
      .split('\n')
      .filter((line) => /^\| `[a-z]+\.[a-zA-Z]+`/.test(line))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    const codes = Object.keys(STEP_CODES) as StepCode[]; // its own keys
    expect(rows).toEqual(
      codes.map((code) => [
        `\`${code}\``,
        resultOf(code),
        troubleOf(code) ?? '',
        STEP_TEXTS[code][1],
      ]),
    );
  });
});

describe('spec/bundle.schema.json', () => {
  test('takes and refuses the files of all cases as parseBundle does', () => {
    for (const { name, bundle } of allCases()) {
      const json = asJson(bundle);
      if (json === undefined) continue; // not JSON at all
      const taken = refusal(() => parseBundle(bundle)) === 'accepted';
      expect(schemaFault(bundleSchema, json) === undefined, name).toBe(taken);
    }
  });

  test('agrees with parseBundle, but for base64 whose last bits are not zero, wherever something else stands', () => {
    agrees(bundleSchema, fullBundle(), (json) => refusal(() => parseBundle(json)) === 'accepted');
  });
});

describe('spec/policy.schema.json', () => {
  test('takes the policies of all cases', () => {
    for (const { name, policy } of allCases()) {
      expect(schemaFault(policySchema, policy), name).toBeUndefined();
    }
  });

  test('refuses nothing that parseTrustPolicy takes, wherever something else stands', () => {
    fc.assert(
      fc.property(mutation(policyOf()), (json) => {
        if (refusal(() => parseTrustPolicy(json)) !== 'accepted') return;
        expect(schemaFault(policySchema, json)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});

function agrees(schema: JsonObject, good: JsonObject, taken: (json: JsonValue) => boolean): void {
  fc.assert(
    fc.property(mutation(good), (json) => {
      expect(schemaFault(schema, json) === undefined).toBe(taken(json));
    }),
    { numRuns: 1000 },
  );
}

/** Good JSON with one member replaced, added or taken away. */
function mutation(good: JsonObject): fc.Arbitrary<JsonValue> {
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom<JsonValue>(
      '',
      'any',
      'none',
      'sealed',
      'other',
      0,
      1,
      -1,
      2 ** 53,
      '0x',
      '0xAB',
      'AAAA',
      'AA==',
      [],
    ),
  );
  return fc
    .record({
      walk: fc.array(fc.nat(50), { maxLength: 6 }),
      value: values,
      how: fc.constantFrom('replace', 'remove', 'add'),
    })
    .map(({ walk, value, how }) => {
      const json = structuredClone(good) as unknown; // JSON
      let holder = json;
      for (const step of walk) {
        const inner: unknown[] = Object.values(holder as object).filter(
          (each) => typeof each === 'object' && each !== null,
        );
        if (inner.length === 0) break;
        holder = inner[step % inner.length];
      }
      const names = Object.keys(holder as object);
      const name = names[(walk.at(-1) ?? 0) % Math.max(1, names.length)] ?? '0';
      if (how === 'replace') Object.assign(holder as object, { [name]: value });
      else if (Array.isArray(holder)) holder[how === 'add' ? 'push' : 'pop'](value);
      else if (how === 'add') Object.assign(holder as object, { added: value });
      else Reflect.deleteProperty(holder as object, name);
      return json as JsonValue; // as it was
    });
}

function asJson(bundle: JsonObject | string): JsonValue | undefined {
  if (typeof bundle !== 'string') return bundle;
  try {
    return parseJson(bundle);
  } catch {
    return undefined;
  }
}
