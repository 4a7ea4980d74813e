import { isCodedError, type JsonValue } from '@anchorlog/core';
import { resultOf, type StepCode, type StepName } from './step.ts';
import type { Outcome, Step } from './verdict.ts';

/** Steps whose `unknown` counts only through the evidence rule. spec/verdict §4.1 */
const OPTIONAL: ReadonlySet<StepName> = /* @__PURE__ */ new Set<StepName>(['receipt', 'anchor']);

/** How far a time may lie after `now`: clocks are never quite the same. spec/verdict §1 */
export const AHEAD_MS: number = 5 * 60_000;

/** Make a step from its code and what it saw. */
export function step(code: StepCode, facts: Readonly<Record<string, JsonValue>> = {}): Step {
  const name = code.slice(0, code.indexOf('.')) as StepName; // every code begins with its step
  return { step: name, code, result: resultOf(code), required: !OPTIONAL.has(name), facts };
}

/** Make a step from the refusal of a lower layer; `codes` maps its codes, the rest become `otherwise`. */
export function refusedStep(
  error: unknown,
  codes: Readonly<Record<string, StepCode>>,
  otherwise: StepCode,
  facts: Readonly<Record<string, JsonValue>> = {},
): Step {
  const cause = causeOf(error);
  const code = Object.hasOwn(codes, cause) ? codes[cause]! : otherwise;
  return step(code, { ...facts, cause });
}

/** Name a refusal: its code, or the kind of an exception that nobody foresaw, which refuses as well. */
export function causeOf(error: unknown): string {
  return isCodedError(error) ? error.code : error instanceof Error ? error.name : 'unforeseen';
}

/** Decide over all steps. spec/verdict §2.1 */
export function decide(steps: readonly Step[]): {
  readonly outcome: Outcome;
  readonly reason?: StepCode | undefined;
} {
  const failed = steps.find(({ result }) => result === 'fail');
  if (failed) return { outcome: 'refuted', reason: failed.code };
  const open = steps.filter(({ result, required }) => result === 'unknown' && required);
  const unknown = open.find(({ code }) => code !== 'evidence.pending');
  if (unknown) return { outcome: 'unknown', reason: unknown.code };
  const [pending] = open;
  if (pending) return { outcome: 'pending', reason: pending.code };
  return { outcome: 'verified' };
}
