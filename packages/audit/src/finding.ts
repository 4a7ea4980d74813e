import type { JsonValue } from '@anchorlog/core';

/** What a replay can find: code → what it means. Never reused. spec/audit §3 */
export const FINDING_CODES = {
  AUDIT_ENTRY_MALFORMED: 'an entry is not a canonical statement of this log',
  AUDIT_ENTRY_MISSING: 'the source has fewer entries than its checkpoint or an anchored head',
  AUDIT_DUPLICATE: 'an earlier entry has the same organisation, system and id',
  AUDIT_GENESIS: 'entry 0 is not the log.create of this log, or another entry is one',
  AUDIT_LEAF_MISMATCH: 'a stored leaf hash is not the hash of its entry: the entry was rewritten',
  AUDIT_TILE_MISMATCH:
    'a stored tile of a higher level does not follow from the entries, or a tile is longer or shorter',
  AUDIT_TILE_MISSING: 'a tile that the published size demands is absent',
  AUDIT_HEAD_MISMATCH: 'an anchored head does not follow from the entries',
  AUDIT_HEAD_ORDER: 'numbers or sizes of anchored heads leave a gap, repeat or shrink',
  AUDIT_HEAD_DISAGREE: 'chain and anchor file know different heads under one number',
  AUDIT_HEAD_VOID: 'an anchored head comes after the one with which the log was closed',
  AUDIT_INDEX_ROOT:
    'an anchored head or the checkpoint has an index root that a log without index cannot have, or lacks one',
  AUDIT_EVIDENCE: 'an anchor file cannot be read, or its evidence does not verify under the policy',
  AUDIT_CHECKPOINT: 'the published checkpoint is unsigned, of another log, or of another root',
  AUDIT_ISSUER: 'a statement is of an organisation that the policy does not let speak in this log',
  AUDIT_PROFILE: 'a statement is of a profile that the policy does not let count in this log',
  AUDIT_SIGNATURE: 'a signature is invalid, or absent where the policy has keys for the issuer',
  AUDIT_KEY:
    'a statement is signed by a key that does not count: not yet, no more, or in other hands',
  AUDIT_WITHHELD:
    "the bytes of entries are withheld, and no later entry of the log's operator orders it",
  AUDIT_SEQUENCE:
    'a statement does not bear the number that comes next in its source: numbers are missing, given twice, or of a source that is not open',
  AUDIT_SECOND_OPINION: 'another library gets another root than the anchored one',
} as const;

export type FindingCode = keyof typeof FINDING_CODES;

/** One discrepancy. `facts` name places and numbers, never a claim's value. */
export interface Finding {
  readonly code: FindingCode;
  readonly facts: Readonly<Record<string, JsonValue>>;
}

/** Findings of one code that are listed; the rest are counted. */
export const FINDINGS_LISTED = 100;

/** Collects findings, listing the first of each code and counting all. */
export class Findings {
  readonly listed: Finding[] = [];
  readonly counts: Partial<Record<FindingCode, number>> = {};

  add(code: FindingCode, facts: Finding['facts']): void {
    const count = (this.counts[code] ?? 0) + 1;
    this.counts[code] = count;
    if (count <= FINDINGS_LISTED) this.listed.push({ code, facts });
  }
}
