import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JsonValue } from '@anchorlog/core';
import { NOW, forgedCases, goodCases, policyOf, type BundleCase } from './bundle-cases.ts';

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
  };
}

function cases(description: string, list: readonly BundleCase[]): string {
  const standard = JSON.stringify(policyOf());
  return text({
    description,
    note: 'A case without policy is verified under policy.json. reason: the step that decides. codes: what other steps must say.',
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
