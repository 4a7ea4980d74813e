import { equalBytes, isCodedError, type HashSuite, type JsonValue } from '@anchorlog/core';
import { parseWithheld } from '@anchorlog/log';
import {
  openDisclosures,
  parseStatement,
  type OpenedKey,
  type Statement,
} from '@anchorlog/statement';

/** An index key that is looked for: kind and 32 bytes, as spec/statement computes it from an identifier. */
export interface TrailKey {
  readonly kind: string;
  readonly key: Uint8Array;
  /** The keyspace that it was computed for: of an entry filed under another one it says nothing. Every one unless given. */
  readonly keyspace?: string | undefined;
}

/** Gives what opens a statement's commitments, or undefined if nothing is at hand: an emitter's vault, or the auditors' feed. */
export type DisclosureLookup = (statement: Statement) => Promise<readonly Uint8Array[] | undefined>;

/** An entry of a trail. `opened` holds what its disclosures show: claims by name. */
export interface TrailEntry {
  readonly index: number;
  readonly statement: Statement;
  readonly kind: string;
  readonly role: string;
  readonly opened: Readonly<Record<string, JsonValue>>;
}

export interface Trail {
  readonly entries: readonly TrailEntry[];
  /** Entries read. */
  readonly scanned: number;
  /** Entries with a key of a sought kind that nothing at hand opens, or that is of no sought keyspace: they may belong here or not. */
  readonly unopened: number;
  /** Entries whose bytes are withheld: they may belong here or not. */
  readonly withheld: number;
  /** Entries that are no statements: nothing says where they belong. */
  readonly malformed: number;
  /** Entries for which something was at hand that does not open them. */
  readonly misfit: number;
  /** A scan finds what the disclosures at hand open; it proves no completeness. */
  readonly complete: false;
}

/**
 * Find the entries that are filed under one of `keys`, by reading every entry and opening its index keys. An entry that cannot be read, or
 * what does not open it, is counted and ends nothing. spec/audit §5.1
 */
export async function scanTrail({
  entries,
  disclosuresOf,
  keys,
  suite,
  onProgress,
}: {
  readonly entries: AsyncIterable<Uint8Array>;
  readonly disclosuresOf: DisclosureLookup;
  readonly keys: readonly TrailKey[];
  readonly suite: HashSuite;
  readonly onProgress?: ((done: number) => void) | undefined;
}): Promise<Trail> {
  const kinds = new Set(keys.map(({ kind }) => kind));
  const found: TrailEntry[] = [];
  let [scanned, unopened, withheld, malformed, misfit] = [0, 0, 0, 0, 0];
  for await (const entry of entries) {
    const index = scanned++;
    onProgress?.(scanned);
    const statement = readStatement(entry);
    if (!statement && parseWithheld(entry)) {
      withheld++;
      continue;
    }
    if (!statement) {
      malformed++;
      continue;
    }
    // The kind stands in the statement itself: no opening can make it another.
    const places = statement.keys.flatMap(({ kind }, place) => (kinds.has(kind) ? [place] : []));
    if (places.length === 0) continue;
    const opened = openAll(statement, (await disclosuresOf(statement)) ?? [], suite);
    if (opened.misfits > 0) misfit++;
    const match = [...opened.keys.values()].find(
      (held) =>
        held && keys.some(({ kind, key }) => held.kind === kind && equalBytes(held.key, key)),
    );
    if (match) {
      const { kind, role } = match;
      found.push({ index, statement, kind, role, opened: Object.fromEntries(opened.claims) });
    } else if (!places.every((place) => isAnother(opened.keys.get(place), keys))) {
      unopened++;
    }
  }
  return { entries: found, scanned, unopened, withheld, malformed, misfit, complete: false };
}

/** Tell whether the key at a place, as it was opened and not found among those sought, can be none of them. */
function isAnother(held: OpenedKey | null | undefined, keys: readonly TrailKey[]): boolean {
  if (!held) return held === null; // the record had none
  // One identifier has another key in each keyspace.
  return keys.some(
    ({ kind, keyspace = held.keyspace }) => kind === held.kind && keyspace === held.keyspace,
  );
}

function readStatement(entry: Uint8Array): Statement | undefined {
  try {
    return parseStatement(entry);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return undefined;
  }
}

/** Open what each disclosure opens, by itself: whoever hands them over may add one that opens nothing. */
function openAll(
  statement: Statement,
  disclosures: readonly Uint8Array[],
  suite: HashSuite,
): {
  readonly claims: ReadonlyMap<string, JsonValue>;
  readonly keys: ReadonlyMap<number, OpenedKey | null>;
  readonly misfits: number;
} {
  const claims = new Map<string, JsonValue>();
  const keys = new Map<number, OpenedKey | null>();
  let misfits = 0;
  for (const bytes of disclosures) {
    try {
      const opened = openDisclosures(statement, [bytes], suite);
      for (const [path, value] of opened.claims) claims.set(path.slice(1), value);
      for (const [place, key] of opened.keys) keys.set(place, key);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      misfits++;
    }
  }
  return { claims, keys, misfits };
}
