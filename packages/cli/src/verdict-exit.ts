import { isAccepted, troubleOf, type Trouble, type Verdict } from '@anchorlog/verify';
import type { ExitName } from './exit.ts';

/** Say how the process ends for a verdict. Never 0 unless verified and, if a date was asked, valid. */
export function exitOfVerdict(verdict: Verdict): ExitName {
  switch (verdict.outcome) {
    case 'verified':
      return isAccepted(verdict) ? 'ok' : 'notValid';
    case 'refuted':
      return 'refuted';
    case 'pending':
      return 'pending';
    case 'unknown':
      return exitOfTrouble(verdict.reason === undefined ? undefined : troubleOf(verdict.reason));
  }
}

function exitOfTrouble(trouble: Trouble | undefined): ExitName {
  if (trouble === 'untrusted') return 'untrusted';
  return trouble === 'unsupported' ? 'unsupported' : 'unknown';
}
