import { equalBytes, type HashSuite, type JsonValue } from '@anchorlog/core';
import { openDisclosures, parseStatement, type Statement } from '@anchorlog/statement';

/** An index key that is looked for: kind and 32 bytes, as spec/statement computes it from an identifier. */
export interface TrailKey {
  readonly kind: string;
  readonly key: Uint8Array;
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
  /** Entries that no disclosures were at hand for: they may belong here or not. */
  readonly unopened: number;
  /** A scan finds what the disclosures at hand open; it proves no completeness. */
  readonly complete: false;
}

/**
 * Find the entries that are filed under one of `keys`, by reading every entry and opening its index keys. spec/audit §5
 * @throws STATEMENT_… if an entry or what should open it is not of its form
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
  const found: TrailEntry[] = [];
  let scanned = 0;
  let unopened = 0;
  for await (const entry of entries) {
    const index = scanned++;
    onProgress?.(scanned);
    const statement = parseStatement(entry);
    if (statement.keys.length === 0) continue;
    const disclosures = await disclosuresOf(statement);
    if (!disclosures) {
      unopened++;
      continue;
    }
    const opened = openDisclosures(statement, disclosures, suite);
    const match = [...opened.keys.values()].find(
      (held) =>
        held && keys.some(({ kind, key }) => held.kind === kind && equalBytes(held.key, key)),
    );
    if (!match) continue;
    const { kind, role } = match;
    const claims = Object.fromEntries(
      [...opened.claims].map(([path, value]) => [path.slice(1), value]),
    );
    found.push({ index, statement, kind, role, opened: claims });
  }
  return { entries: found, scanned, unopened, complete: false };
}
