import { parseDate } from '@anchorlog/core';
import { step } from './report.ts';
import type { StatusState, Step } from './verdict.ts';

/** Profiles whose records set the status of a license or seal. spec/verdict §6 */
const LIFECYCLE = /^(?:license|seal)\.lifecycle\/[0-9]+$/;

/** Whether the license or seal was valid on the day asked for: this version evaluates no proofs. spec/verdict §6 */
export function statusStep(asked: {
  readonly on: string | undefined;
  /** Undefined where no statement could be read. */
  readonly profile: string | undefined;
  /** Whether the bundle carries a status proof. */
  readonly proof: boolean;
}): { readonly step: Step; readonly state: StatusState } {
  const { on, profile, proof } = asked;
  if (profile === undefined) {
    return { step: step('status.skipped'), state: on === undefined ? 'notAsked' : 'unknown' };
  }
  if (!LIFECYCLE.test(profile))
    return { step: step('status.notApplicable'), state: 'notApplicable' };
  if (on === undefined) return { step: step('status.notAsked'), state: 'notAsked' };
  if (!isDay(on)) return { step: step('status.dateMalformed'), state: 'unknown' };
  const code = proof ? 'status.unsupported' : 'status.unproven';
  return { step: step(code, { on }), state: 'unknown' };
}

function isDay(text: string): boolean {
  try {
    parseDate(text);
    return true;
  } catch {
    return false;
  }
}
