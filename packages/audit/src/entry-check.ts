import { isCodedError } from '@anchorlog/core';
import { nodeEd25519, nodeEs256, nodeSm3 } from '@anchorlog/core/node';
import { createSm2 } from '@anchorlog/core/sm2';
import {
  formatAddress,
  parseStatement,
  verifyStatementSignature,
  type Statement,
} from '@anchorlog/statement';
import type { PolicyLog, TrustPolicy } from '@anchorlog/verify';
import type { DuplicateCheck } from './duplicate-check.ts';
import type { Findings } from './finding.ts';
import type { KeyCheck } from './key-check.ts';
import type { SourceCheck } from './source-check.ts';

const VERIFIERS = { ed25519: nodeEd25519, es256: nodeEs256, sm2: createSm2(nodeSm3) };

/** What signatures came to. */
export interface SignatureReport {
  /** Valid, by keys that count. */
  readonly verified: number;
  /** Valid, by keys of which nothing says whether they still counted: no anchor with a time covers the entries. */
  readonly undated: number;
}

/** Reads entries as statements of one log and holds them against the policy. spec/audit §3.1, §3.4, §3.5, §3.8 */
export class EntryCheck {
  readonly #policy: TrustPolicy;
  readonly #log: PolicyLog;
  readonly #issuers: ReadonlySet<string> | undefined;
  readonly #profiles: ReadonlySet<string> | undefined;
  readonly #keys: KeyCheck | undefined;
  readonly #duplicates: DuplicateCheck;
  readonly #sources: SourceCheck;
  readonly #findings: Findings;
  #verified = 0;
  #undated = 0;

  constructor({
    policy,
    log,
    keys,
    duplicates,
    sources,
    findings,
  }: {
    readonly policy: TrustPolicy;
    readonly log: PolicyLog;
    /** Absent: signatures are not verified. */
    readonly keys: KeyCheck | undefined;
    readonly duplicates: DuplicateCheck;
    readonly sources: SourceCheck;
    readonly findings: Findings;
  }) {
    this.#policy = policy;
    this.#log = log;
    this.#issuers = log.issuers === 'any' ? undefined : new Set(log.issuers);
    this.#profiles = log.profiles === 'any' ? undefined : new Set(log.profiles);
    this.#keys = keys;
    this.#duplicates = duplicates;
    this.#sources = sources;
    this.#findings = findings;
  }

  /** Take the entry at `index`; true if the duplicate check has to spill before the next. */
  take(entry: Uint8Array, index: number): boolean {
    let statement: Statement;
    try {
      statement = parseStatement(entry);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      this.#findings.add('AUDIT_ENTRY_MALFORMED', { index, cause: error.code });
      return false;
    }
    const { origin, suite } = this.#log;
    const { log, profile, event, claims, issuer, id } = statement;
    if (log !== origin) this.#findings.add('AUDIT_ENTRY_MALFORMED', { index, cause: 'other log' });
    const isGenesis = profile === 'log/1' && event === 'log.create';
    const names = claims['origin'] === origin && claims['suite'] === suite;
    if (isGenesis !== (index === 0) || (index === 0 && !names))
      this.#findings.add('AUDIT_GENESIS', { index });
    // Entry 0 is the log's own, whoever speaks in it.
    if (!isGenesis || index > 0) this.#admit(statement, index);
    this.#sources.take(statement, index);
    if (this.#keys) this.#verifySignature(statement, index, this.#keys);
    return this.#duplicates.add(formatAddress({ ...issuer, id }), index);
  }

  report(): SignatureReport {
    return { verified: this.#verified, undated: this.#undated };
  }

  #admit({ issuer: { org }, profile }: Statement, index: number): void {
    if (this.#issuers?.has(org) === false) this.#findings.add('AUDIT_ISSUER', { index, org });
    if (this.#profiles?.has(profile) === false)
      this.#findings.add('AUDIT_PROFILE', { index, profile });
  }

  #verifySignature(statement: Statement, index: number, keys: KeyCheck): void {
    const known = this.#policy.issuers.get(statement.issuer.org)?.keys ?? [];
    if (known.length === 0) return;
    const key = known.find(({ keyId }) => keyId === statement.signature?.keyId);
    if (!key) {
      this.#findings.add('AUDIT_SIGNATURE', { index, cause: 'no key of the policy' });
      return;
    }
    try {
      verifyStatementSignature(statement, key, VERIFIERS);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      this.#findings.add('AUDIT_SIGNATURE', { index, cause: error.code });
      return;
    }
    const worth = keys.judge(key, index);
    if (worth === 'counts') this.#verified++;
    else if (worth === 'unknown') this.#undated++;
    else this.#findings.add('AUDIT_KEY', { index, cause: worth });
  }
}
