import { formatInstant, parseInstant } from '@anchorlog/core';
import type { ReceiptHead } from '@anchorlog/tlog';
import type { AnchorReport } from './anchor-steps.ts';
import { evaluateRule, type EvidenceKind, type EvidenceState } from './evidence-rule.ts';
import type { TrustPolicy } from './policy.ts';
import { AHEAD_MS, step } from './report.ts';
import type { Step, VerdictAnchor } from './verdict.ts';

/** For how long after its receipt a log can keep a bundle pending, whatever it promises: 31 days. spec/verdict §4.6 */
const PROMISE_MS = 31 * 86_400_000;

/** The evidence rule of the policy over anchors that cover the entry. spec/policy §7, spec/verdict §4.6 */
export function evidenceStep(
  policy: TrustPolicy,
  { counted, open, voided }: AnchorReport,
  receipt: ReceiptHead | undefined,
  now: number,
): Step {
  const kinds = evidenceKinds(counted);
  const stateOf = (kind: EvidenceKind): EvidenceState => {
    if (kinds.includes(kind)) return 'met';
    return kind === 'live' || open.has(kind) ? 'unknown' : 'absent';
  };
  const facts = { kinds, undecided: [...open] };
  const state = evaluateRule(policy.evidence, stateOf);
  if (state === 'met') return step('evidence.met', facts);
  if (state === 'unknown') return step('evidence.undecided', facts);
  if (voided) return step('evidence.void', facts);
  const received = receipt ? parseInstant(receipt.time) : Infinity;
  // A receipt of times to come promises nothing now.
  if (!receipt || received > now + AHEAD_MS) return step('evidence.absent', facts);
  const until = Math.min(parseInstant(receipt.anchorBy), received + PROMISE_MS);
  return step(now <= until ? 'evidence.pending' : 'evidence.overdue', {
    ...facts,
    until: formatInstant(until),
  });
}

/** Kinds of evidence that hold for the entry. */
export function evidenceKinds(counted: readonly VerdictAnchor[]): string[] {
  return counted.some(({ covers }) => covers) ? ['sealed'] : [];
}
