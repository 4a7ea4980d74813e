import { isCodedError } from '@anchorlog/core';
import type { AnchorProblem } from './anchor.ts';
import type { Clock } from './clock.ts';

/** Tell of an error that was met, after `last` in a row. */
export function problemOf(
  last: AnchorProblem | undefined,
  error: unknown,
  clock: Clock,
): AnchorProblem {
  const code = isCodedError(error) ? error.code : error instanceof Error ? error.name : 'unknown';
  const message = error instanceof Error ? error.message : String(error);
  const since = last?.since ?? clock.now();
  return { code, message, since, times: (last?.times ?? 0) + 1 };
}
