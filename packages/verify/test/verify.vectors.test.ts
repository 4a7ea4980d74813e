import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '@anchorlog/core';
import { nodeEd25519, nodeSha256 } from '@anchorlog/core/node';
import { generateBundle } from '../../../vectors/generate/bundle.ts';
import { parseBundle, parseTrustPolicy, verifyBundle, type VerdictTimes } from '../src/index.ts';
import { codesOf, type BundleCase } from './world.ts';

type VectorCase = Omit<BundleCase, 'policy'> & {
  readonly policy?: JsonObject;
  readonly now: string;
};

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../vectors/${path}`, import.meta.url), 'utf8'));
const standard = read('bundle/policy.json') as JsonObject;
const casesOf = (path: string): readonly VectorCase[] =>
  (read(path) as { readonly cases: readonly VectorCase[] }).cases;

describe.each(['bundle/good.json', 'bundle/forged.json', 'bundle/anchors.json'])(
  'verifyBundle on %s',
  (path) => {
    test.for(casesOf(path))('$name', (each) => {
      const policy = parseTrustPolicy(each.policy ?? standard);
      const { on, files } = each;
      const options = { now: new Date(each.now), on, files };
      const verdict = verifyBundle(each.bundle, policy, options);
      expect({ outcome: verdict.outcome, reason: verdict.reason }).toEqual({
        outcome: each.outcome,
        reason: each.reason,
      });
      expect(codesOf(verdict)).toEqual(expect.arrayContaining([...(each.codes ?? [])]));

      for (const [name, time] of Object.entries(each.times ?? {})) {
        expect(verdict.times[name as keyof VerdictTimes] ?? null, name).toBe(time); // a name of the vectors
      }

      // The same as text, as bytes, in parsed form, and on the platform's own cryptography.
      const text = JSON.stringify(each.bundle);
      const crypto = { hash: nodeSha256, ed25519: nodeEd25519 };
      for (const input of [text, new TextEncoder().encode(text), parseBundle(each.bundle)]) {
        expect(verifyBundle(input, policy, { ...options, crypto })).toEqual(verdict);
      }
      // A verdict is plain JSON.
      expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
    });
  },
);

interface MutantCase {
  readonly name: string;
  readonly text?: string;
  readonly patch?: readonly {
    readonly op: string;
    readonly path: string;
    readonly value?: unknown;
  }[];
  readonly outcome: string;
  readonly code: string;
}

describe('verifyBundle on bundle/mutants.json', () => {
  const file = read('bundle/mutants.json') as {
    readonly now: string;
    readonly cases: readonly MutantCase[];
  };
  const options = { now: new Date(file.now) };
  const policy = parseTrustPolicy(standard);

  test.for(file.cases)('$name', ({ text, patch = [], outcome, code }) => {
    const base: unknown = structuredClone(casesOf('bundle/good.json')[0]!.bundle);
    for (const operation of patch) apply(base, operation);
    const verdict = verifyBundle(text ?? base, policy, options);
    expect(verdict.outcome).toBe(outcome);
    expect(codesOf(verdict)).toContain(code);
  });
});

/** Apply one operation of RFC 6902 to a member that is not the whole. */
function apply(
  whole: unknown,
  { op, path, value }: { op: string; path: string; value?: unknown },
): void {
  const names = path.split('/').slice(1);
  let holder = whole as Record<string, unknown>; // JSON
  for (const name of names.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  if (op === 'remove') Reflect.deleteProperty(holder, names.at(-1)!);
  else holder[names.at(-1)!] = value;
}

test('the vectors are what their generator makes', () => {
  for (const [path, text] of Object.entries(generateBundle())) {
    expect(readFileSync(new URL(`../../../vectors/${path}`, import.meta.url), 'utf8')).toBe(text);
  }
});
