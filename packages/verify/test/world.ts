import { NOW, policyOf, type BundleCase } from '../../../vectors/generate/bundle-cases.ts';
import { parseTrustPolicy, verifyBundle, type Verdict } from '../src/index.ts';

export * from '../../../vectors/generate/bundle-cases.ts';
export {
  LICENSE,
  ORG,
  OTHER_ORG,
  PERMIT_SHA256,
  TestKey,
  TestLog,
  testStatement,
  base64,
} from '../../../vectors/generate/bundle-world.ts';

export { refusal } from '../../../test/refusal.ts';

/** Verify a bundle under the policy of the vectors, unless told otherwise. */
export function judge(
  bundle: unknown,
  { policy = policyOf(), now = NOW, on, files }: Partial<Omit<BundleCase, 'bundle'>> = {},
): Verdict {
  return verifyBundle(bundle, parseTrustPolicy(policy), { now: new Date(now), on, files });
}

/** The codes of all steps, in their order. */
export function codesOf({ steps }: Verdict): string[] {
  return steps.map(({ code }) => code);
}

/** Change a copy of JSON. */
export function changed<T extends object>(value: object, change: (copy: T) => void): T {
  const copy = structuredClone(value) as T; // the caller names the shape
  change(copy);
  return copy;
}
