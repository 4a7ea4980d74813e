import type { VerifyOptions } from './options.ts';
import type { TrustPolicy } from './policy.ts';
import type { Verdict } from './verdict.ts';

/**
 * Verify a bundle (its bytes, its text, its JSON, or what `parseBundle` gives) under a policy. Synchronous; whatever the bundle is, the
 * answer is a verdict, never an exception. spec/verdict
 */
export function verifyBundle(
  _bundle: unknown,
  _policy: TrustPolicy,
  _options: VerifyOptions,
): Verdict {
  throw new Error('being built');
}
