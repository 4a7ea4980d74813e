import { parseDate, parseInstant, type JsonObject, type JsonValue } from '@anchorlog/core';
import { LICENSE_STATES, SEAL_STATES, type StatusState } from './states.ts';

/** What has a status. */
export type StatusKind = 'license' | 'seal';

/** A logged lifecycle statement of one license or seal, as its status proof gives it (spec/profiles §7). */
export interface StatusEntry {
  /** Position in the log. */
  readonly index: number;
  /** 32 bytes in base64; a link `annuls` names it. */
  readonly leafHash: string;
  /** Role of the key under which it is filed: `self`, or `previous` for a license that another one succeeds. */
  readonly role: string;
  readonly statement: {
    readonly profile: string;
    readonly issuer: { readonly org: string };
    readonly claims: JsonObject;
    readonly links?: readonly { readonly rel: string; readonly leaf: string }[] | undefined;
  };
}

/** One entry as the fold needs it. */
export interface Change {
  readonly index: number;
  readonly leafHash: string;
  /** Whose statement it is. */
  readonly org: string;
  /** Absent when the entry is not understood: then every fold that holds it is unknown. */
  readonly state?: StatusState | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly effective: number;
  /** It makes the successor of the license asked about. */
  readonly isSuccession: boolean;
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  /** Leaf hashes of the entries that it annuls. */
  readonly annuls: readonly string[];
}

/** Lifecycle profiles by kind, up to their version. */
export const LIFECYCLE: Readonly<Record<StatusKind, string>> = {
  license: 'license.lifecycle/',
  seal: 'seal.lifecycle/',
};
const VERSION = '1';
const SHANGHAI_OFFSET = 8 * 3_600_000;
const DAY = 86_400_000;

/** Read a lifecycle entry; what is not understood has no state (spec/profiles §7.3). */
export function readChange(entry: StatusEntry, kind: StatusKind): Change {
  const { index, leafHash, role, statement } = entry;
  const { profile, claims, links = [] } = statement;
  const isSuccession = kind === 'license' && role === 'previous';
  const annuls = links.filter(({ rel }) => rel === 'annuls').map(({ leaf }) => leaf);
  const base = { index, leafHash, org: statement.issuer.org, isSuccession, annuls };
  const effective = readOptional(claims['effectiveTime'], parseInstant);
  const state = stateOf(claims[isSuccession ? 'previousStatusTo' : 'statusTo'], kind);
  // The dates of a successor are not those of the license that it succeeds.
  const { validFrom, validTo }: JsonObject = isSuccession ? {} : claims;
  if (
    profile !== LIFECYCLE[kind] + VERSION ||
    (role !== 'self' && !isSuccession) ||
    typeof effective !== 'number' ||
    readOptional(validFrom, readBegin) === null ||
    readOptional(validTo, readEnd) === null
  ) {
    return { ...base, effective: -Infinity };
  }
  return {
    ...base,
    effective,
    state,
    ...(typeof validFrom === 'string' && { validFrom }),
    ...(typeof validTo === 'string' && { validTo }),
  };
}

/** Give the last millisecond of the day at +08:00 that an instant in milliseconds belongs to. */
export function endOfDay(instant: number): number {
  return Math.floor((instant + SHANGHAI_OFFSET) / DAY) * DAY + DAY - 1 - SHANGHAI_OFFSET;
}

/** Give the first millisecond of a civil date at +08:00, or an instant itself. @throws CORE_DATE_MALFORMED, CORE_INSTANT_MALFORMED */
export function readBegin(text: string): number {
  return text.includes('T') ? parseInstant(text) : parseDate(text) - SHANGHAI_OFFSET;
}

/** Give the last millisecond of a civil date at +08:00, or an instant itself. @throws CORE_DATE_MALFORMED, CORE_INSTANT_MALFORMED */
export function readEnd(text: string): number {
  return text.includes('T') ? parseInstant(text) : readBegin(text) + DAY - 1;
}

function stateOf(value: JsonValue | undefined, kind: StatusKind): StatusState | undefined {
  if (kind === 'license') return LICENSE_STATES.find((state) => state === value);
  const state = SEAL_STATES.find((each) => each === value);
  switch (state) {
    case 'applied':
    case 'approved':
    case 'made':
    case 'filed':
      return 'pendingActivation';
    case 'active':
      return 'valid';
    default:
      return state;
  }
}

/** Undefined when absent, null when it is not of its form. */
function readOptional(
  value: JsonValue | undefined,
  read: (text: string) => number,
): number | null | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return null;
  try {
    return read(value);
  } catch {
    return null;
  }
}
