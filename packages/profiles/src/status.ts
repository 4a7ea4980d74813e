import { profilesError } from './error.ts';
import { fold, type Folded } from './fold.ts';
import { LIFECYCLE, endOfDay, readChange, readEnd, type Change } from './lifecycle.ts';
import type { StatusEntry, StatusKind } from './lifecycle.ts';
import type { StatusState } from './states.ts';

export type { StatusEntry, StatusKind } from './lifecycle.ts';
export type { StatusState } from './states.ts';

/** What is asked: the status on a date, as it is known from the log at a head. All times are milliseconds since 1970 UTC. */
export interface StatusQuestion {
  readonly kind: StatusKind;
  /** A civil date, which means its last millisecond at +08:00, or an RFC 3339 time. */
  readonly on: string;
  /** Codes of the organizations whose statements count; `any` only where the log admits nobody else. */
  readonly authorities: 'any' | readonly string[];
  /** The head up to which the entries are complete, and when it was anchored. */
  readonly knownAt: { readonly size: number; readonly time: number };
  /** The last head anchored at or before `on`; needed only when `on` is not after `knownAt.time`. */
  readonly knownThen?: { readonly size: number } | undefined;
  readonly now: number;
  /** Seconds for which `knownAt` also speaks of later times. */
  readonly maxStatusAge: number;
}

/**
 * Why an entry did not count, or should be looked at: of an organization that is no authority here; of no lifecycle profile of this kind;
 * by an authority, but not understood; after a terminal state, and without effect; an annulment of what another organization had said.
 */
export type StatusFindingCode =
  'notAuthority' | 'otherProfile' | 'unreadable' | 'afterTerminal' | 'foreignAnnulment';

export interface StatusFinding {
  readonly index: number;
  readonly code: StatusFindingCode;
}

/**
 * How far the head reaches: the date is not after it; after it, but the head is fresh; too old; it is ahead of the clock; or the date is
 * yet to come.
 */
export type StatusReach = 'covered' | 'fresh' | 'stale' | 'clockBehind' | 'future';

/** The status on the date asked. */
export interface StatusAnswer {
  /** By all that the log holds at `knownAt`. */
  readonly asKnownNow: StatusState;
  /** By what the log held on that date; `unknown` when `knownThen` is not given and needed. */
  readonly asKnownThen: StatusState;
  /** An entry that was logged after the date asked changed the answer for it. */
  readonly retroactive: boolean;
  readonly reach: StatusReach;
  /** Index of the entry that gave `asKnownNow`, if an entry did. */
  readonly decidedBy?: number | undefined;
  /** Leaf hash of the statement that made the successor of a superseded license. */
  readonly successor?: string | undefined;
  /** Validity as last stated, as written. */
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  /** By index. */
  readonly findings: readonly StatusFinding[];
}

/** A head may be ahead of the verifier's clock by this much. */
const CLOCK_TOLERANCE = 5 * 60_000;
const UNKNOWN: Folded = { state: 'unknown', absorbed: [] };

/**
 * Answer the status of one license or seal on a date (spec/profiles §7). `entries` are all that the index holds under its key at head
 * `knownAt`, their bytes and roles proven elsewhere; where that proof is missing the status is unknown and there is nothing to fold.
 * @throws PROFILES_STATUS_DATE; RangeError when `knownThen` is larger than `knownAt`
 */
export function statusOn(entries: readonly StatusEntry[], question: StatusQuestion): StatusAnswer {
  const { knownAt, knownThen } = question;
  if (knownThen && knownThen.size > knownAt.size) {
    throw new RangeError(`known then: expected a size of at most ${knownAt.size}`);
  }
  const on = readOn(question.on);
  const reach = reachOf(on, question);
  const { changes, findings } = readEntries(entries, question);
  const isAnswered = reach === 'covered' || reach === 'fresh';
  const sizeThen = reach === 'covered' ? knownThen?.size : knownAt.size;
  const now = isAnswered ? fold(changes, on) : UNKNOWN;
  const then =
    isAnswered && sizeThen !== undefined
      ? fold(
          changes.filter(({ index }) => index < sizeThen),
          on,
        )
      : UNKNOWN;
  const { state, decidedBy, validFrom, validTo } = now;
  const absorbed = now.absorbed.map((index) => ({ index, code: 'afterTerminal' as const }));
  return {
    asKnownNow: state,
    asKnownThen: then.state,
    retroactive:
      state !== 'unknown' &&
      state !== then.state &&
      changes.some(({ index, effective }) => index >= (sizeThen ?? Infinity) && effective <= on),
    reach,
    ...(decidedBy && { decidedBy: decidedBy.index }),
    ...(state === 'superseded' && decidedBy?.isSuccession && { successor: decidedBy.leafHash }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validTo !== undefined && { validTo }),
    findings: [...findings, ...absorbed].toSorted((a, b) => a.index - b.index),
  };
}

function reachOf(on: number, { knownAt, now, maxStatusAge }: StatusQuestion): StatusReach {
  if (on <= knownAt.time) return 'covered';
  if (now < knownAt.time - CLOCK_TOLERANCE) return 'clockBehind';
  if (on > endOfDay(Math.max(now, knownAt.time))) return 'future';
  return now - knownAt.time <= maxStatusAge * 1000 ? 'fresh' : 'stale';
}

/** Keep what may change the status: lifecycle entries by authorities, below the head (spec/profiles §7.3). */
function readEntries(
  entries: readonly StatusEntry[],
  { kind, authorities, knownAt }: StatusQuestion,
): { readonly changes: readonly Change[]; readonly findings: readonly StatusFinding[] } {
  const changes: Change[] = [];
  const findings: StatusFinding[] = [];
  for (const entry of entries) {
    const { index, statement } = entry;
    if (index >= knownAt.size) continue;
    if (!statement.profile.startsWith(LIFECYCLE[kind])) {
      findings.push({ index, code: 'otherProfile' });
    } else if (authorities !== 'any' && !authorities.includes(statement.issuer.org)) {
      findings.push({ index, code: 'notAuthority' });
    } else {
      const change = readChange(entry, kind);
      changes.push(change);
      if (change.state === undefined) findings.push({ index, code: 'unreadable' });
    }
  }
  const orgs = new Map(changes.map(({ leafHash, org }) => [leafHash, org]));
  for (const { index, org, annuls } of changes) {
    const isForeign = annuls.some((leaf) => (orgs.get(leaf) ?? org) !== org);
    if (isForeign) findings.push({ index, code: 'foreignAnnulment' });
  }
  return { changes, findings };
}

function readOn(on: string): number {
  try {
    return readEnd(on);
  } catch (cause) {
    throw profilesError(
      'PROFILES_STATUS_DATE',
      'status: expected a calendar date, or an RFC 3339 time with offset',
      {},
      { cause },
    );
  }
}
