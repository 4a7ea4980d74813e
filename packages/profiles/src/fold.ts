import { readBegin, readEnd, type Change } from './lifecycle.ts';
import type { StatusState } from './states.ts';

/** What a fold gives. */
export interface Folded {
  readonly state: StatusState;
  /** The change that gave the state, before validity dates. */
  readonly decidedBy?: Change | undefined;
  /** As last stated, as written. */
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  /** Indexes of changes that came after a terminal state, and say something else. */
  readonly absorbed: readonly number[];
}

const TERMINAL: ReadonlySet<StatusState> = /* @__PURE__ */ new Set<StatusState>([
  'withdrawn',
  'revoked',
  'cancelled',
  'superseded',
  'lost',
  'expired',
]);

/**
 * Fold changes, in order of effective time and index, into the state at the instant `on` in milliseconds. Terminal states absorb what comes
 * after them until they are annulled; validity dates come last (spec/profiles §7.4).
 */
export function fold(changes: readonly Change[], on: number): Folded {
  if (changes.length === 0 || changes.some(({ state }) => state === undefined)) {
    return { state: 'unknown', absorbed: [] };
  }
  const annulled = new Set<string>();
  // Terminal changes that stand, in order: the first one gives the state.
  let standing: Change[] = [];
  let current: Change | undefined;
  let validFrom: string | undefined;
  let validTo: string | undefined;
  const absorbed: number[] = [];
  for (const change of changes.filter(({ effective }) => effective <= on).toSorted(byEffect)) {
    if (annulled.has(change.leafHash)) continue;
    for (const leaf of change.annuls) annulled.add(leaf);
    const before = standing.length;
    if (change.annuls.length > 0) {
      standing = standing.filter(({ leafHash }) => !annulled.has(leafHash));
    }
    const hasLifted = standing.length < before;
    const [terminal] = standing;
    if (isTerminal(change)) standing.push(change);
    if (terminal) {
      if (!hasLifted && change.state !== terminal.state) absorbed.push(change.index);
      current = terminal;
    } else {
      current = change;
      validFrom = change.validFrom ?? validFrom;
      validTo = change.validTo ?? validTo;
    }
  }
  if (!current?.state) return { state: 'notYetValid', absorbed };
  const state = withinValidity({ state: current.state, validFrom, validTo, on });
  return { state, decidedBy: current, validFrom, validTo, absorbed };
}

function byEffect(a: Change, b: Change): number {
  return a.effective - b.effective || a.index - b.index;
}

function isTerminal({ state }: Change): boolean {
  return state !== undefined && TERMINAL.has(state);
}

/** Validity dates end what is in force; they never bring back what is not. */
function withinValidity(input: {
  readonly state: StatusState;
  readonly validFrom: string | undefined;
  readonly validTo: string | undefined;
  readonly on: number;
}): StatusState {
  const { state, validFrom, validTo, on } = input;
  if (state !== 'valid' && state !== 'suspended') return state;
  if (validTo !== undefined && on > readEnd(validTo)) return 'expired';
  const isEarly = validFrom !== undefined && on < readBegin(validFrom);
  return state === 'valid' && isEarly ? 'notYetValid' : state;
}
