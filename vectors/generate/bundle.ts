import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pointerToken, type JsonObject, type JsonValue } from '@anchorlog/core';
import { bundleMutants } from '@anchorlog/testkit';
import { anchorCases } from './bundle-anchor-cases.ts';
import {
  NOW,
  forgedCases,
  fullBundle,
  goodCases,
  policyOf,
  type BundleCase,
} from './bundle-cases.ts';

// Cases of whole bundles (spec/bundle, spec/policy, spec/verdict): what goes in, and the outcome and codes that must come out.

/** Give path under vectors/ → text. */
export function generateBundle(): Record<string, string> {
  return {
    'bundle/policy.json': text(policyOf()),
    'bundle/good.json': cases('Bundles that are well made.', goodCases()),
    'bundle/forged.json': cases(
      'Bundles that somebody with a key of the log, a validator or an issuer made, or that the policy does not take.',
      forgedCases(),
    ),
    'bundle/anchors.json': cases(
      'Bundles of several anchors, and policies of replaced validators, other contracts and closed logs.',
      anchorCases(),
    ),
    'bundle/mutants.json': mutants(),
  };
}

/** What anybody can do to a bundle, as changes to the first case of good.json. */
function mutants(): string {
  const good = fullBundle();
  return text({
    description: 'Corruptions of a bundle that need no key.',
    note: 'A case is the bundle of `base` after `patch` (RFC 6902), or the text of the file itself. code: a step of the verdict has it.',
    base: `good.json: ${goodCases()[0]?.name}`,
    now: NOW,
    cases: bundleMutants(good).map(({ bundle, ...mutant }) => ({
      ...mutant,
      ...(typeof bundle === 'string' ? { text: bundle } : { patch: patch(good, bundle) }),
    })),
  });
}

/** The operations of RFC 6902 that make `to` of `from`: as deep as objects and arrays of equal length go. */
function patch(from: JsonValue, to: JsonValue, path = ''): JsonObject[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  const [a, b] = [membersOf(from), membersOf(to)];
  const isSame = Array.isArray(from) === Array.isArray(to);
  if (!a || !b || !isSame || (Array.isArray(to) && a.size !== b.size)) {
    return [{ op: 'replace', path, value: to }];
  }
  const at = (name: string): string => `${path}/${pointerToken(name)}`;
  return [
    ...[...a.keys()]
      .filter((name) => !b.has(name))
      .map((name) => ({ op: 'remove', path: at(name) })),
    ...[...b].flatMap(([name, value]) =>
      a.has(name) ? patch(a.get(name)!, value, at(name)) : [{ op: 'add', path: at(name), value }],
    ),
  ];
}

function membersOf(value: JsonValue): ReadonlyMap<string, JsonValue> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map(Object.entries(value as JsonObject)); // an array's members are its items
}

function cases(description: string, list: readonly BundleCase[]): string {
  const standard = JSON.stringify(policyOf());
  return text({
    description,
    note: 'A case without policy is verified under policy.json. reason: the step that decides. codes: what other steps must say. times: what the verdict must say of them, null for nothing.',
    cases: list.map(({ policy, ...rest }) => ({
      now: NOW,
      ...rest,
      ...(JSON.stringify(policy) === standard ? {} : { policy }),
    })) as unknown as JsonValue, // plain JSON, but for its optional members
  });
}

function text(value: JsonValue): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, content] of Object.entries(generateBundle())) {
    const file = new URL(`../${path}`, import.meta.url);
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, content);
  }
}
