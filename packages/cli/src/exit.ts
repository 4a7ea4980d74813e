import { isCodedError } from '@anchorlog/core';
import { isAccepted, troubleOf, type Trouble, type Verdict } from '@anchorlog/verify';

/** Exit codes of every command: one table, printed by `anchorlog help exit-codes` and in the README. */
export const EXIT = {
  ok: {
    code: 0,
    when: 'done; for verify: verified and, if a date was asked, valid on it; for audit: nothing found',
  },
  internal: { code: 1, when: 'a fault of this program or of the machine under it' },
  usage: { code: 2, when: 'the command line, a settings file or the input is not of its form' },
  refuted: { code: 10, when: 'the proof does not hold: something was altered' },
  notValid: {
    code: 11,
    when: 'verified, but not valid on the asked date: revoked, expired, suspended, …',
  },
  notFound: { code: 12, when: 'no such record, bundle or log' },
  pending: { code: 13, when: 'received by the log, not anchored yet' },
  untrusted: { code: 14, when: 'issuer, log or key is not in the trust policy' },
  inconsistent: {
    code: 15,
    when: 'an audit found a discrepancy, or a store is behind what was promised',
  },
  unsupported: {
    code: 16,
    when: 'algorithm, kind or format version that this program does not know',
  },
  unknown: {
    code: 20,
    when: 'cannot tell: something that is needed is missing or cannot be reached',
  },
} as const;

export type ExitName = keyof typeof EXIT;

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

/** Say how the process ends for an error: coded refusals by what they mean, everything else as a fault. */
export function exitOfError(error: unknown): ExitName {
  if (error instanceof UsageError) return 'usage';
  if (!isCodedError(error)) return isMissingFile(error) ? 'notFound' : 'internal';
  if (/_(UNKNOWN|NOT_FOUND)$/.test(error.code)) return 'notFound';
  if (/BEHIND|INCONSISTENT|CONFLICT/.test(error.code)) return 'inconsistent';
  if (/UNREACHABLE|TIMEOUT|BUSY/.test(error.code)) return 'unknown';
  return 'usage';
}

/** The command line is not of its form, beyond what the parser of options sees. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
