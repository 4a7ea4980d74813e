import { getHashes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { DIGEST_BYTES, equalBytes, isCodedError, type CodedError } from '@anchorlog/core';
import { nodeEd25519 } from '@anchorlog/core/node';
import { hashEntries } from '@anchorlog/log';
import { Frontier, openCheckpoint, type OpenedCheckpoint, type TreeHasher } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import type { PolicyLog, TrustPolicy } from '@anchorlog/verify';
import type { AskedRegistry } from './asked-registry.ts';
import { DuplicateCheck } from './duplicate-check.ts';
import { EntryCheck, type SignatureReport } from './entry-check.ts';
import { auditError } from './error.ts';
import { Findings, type Finding, type FindingCode } from './finding.ts';
import { HeadCheck, type HeadReport, type RegistryReport } from './head-check.ts';
import { KeyCheck } from './key-check.ts';
import type { KnownHead } from './known-head.ts';
import { SecondOpinion, type SecondOpinionResult } from './second-opinion.ts';
import { SourceCheck, type SourceReport } from './source-check.ts';
import { isMalformed, presentedOrigin, type AuditSource } from './source.ts';
import { TileCheck } from './tile-check.ts';
import { WithheldCheck, type WithheldReport } from './withheld-check.ts';

/** What to replay, and against what. spec/audit §3 */
export interface ReplayOptions {
  readonly source: AuditSource;
  readonly origin: string;
  readonly policy: TrustPolicy;
  /** What nodes say of the policy's registries, from `askRegistries`; none unless given. */
  readonly asked?: readonly AskedRegistry[] | undefined;
  /** Heads of anchor files whose evidence verified, from `headsFromFiles`. */
  readonly fileHeads?: readonly KnownHead[] | undefined;
  /** Findings made before, such as by `headsFromFiles`. */
  readonly findings?: Findings | undefined;
  /** Verify the statements' signatures too, by keys that counted when the entries were anchored. */
  readonly signatures?: boolean | undefined;
  /** Rebuild the anchored roots with merkletreejs too. */
  readonly secondOpinion?: boolean | undefined;
  /** Folder for temporary files, 32 bytes an entry, which a log beyond 262,144 entries needs; that of the system unless given. */
  readonly scratch?: string | undefined;
  /** Milliseconds since 1970: by when entries exist that no anchor covers. The present unless given. */
  readonly now?: number | undefined;
  /** Told how many entries are done, now and then. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Why a replay without findings cannot say that all is well. `noAnchor`: no anchored head vouches for the entries: with its own key a log can
 * sign anything. `chainBehind`: a node names fewer heads than validators have sealed. `keyTimes`: nothing says whether a key still counted.
 */
export type Doubt = 'noAnchor' | 'chainBehind' | 'keyTimes';

/** What a replay found. */
export interface ReplayReport {
  readonly origin: string;
  /** `consistent`: nothing was found, as far as the entries are anchored. spec/audit §3.6 */
  readonly outcome: 'consistent' | 'inconsistent' | 'unknown';
  readonly doubts: readonly Doubt[];
  /** Entries read. */
  readonly entries: number;
  /** How many of them are anchored by heads that count; of the rest nobody but the log vouches. */
  readonly anchoredSize: number;
  /** Root of all entries read, 32 bytes. */
  readonly rootHash: Uint8Array;
  readonly heads: readonly HeadReport[];
  /** The registries whose heads came from nodes. */
  readonly asked: readonly RegistryReport[];
  readonly checkpoint: 'holds' | 'fails' | 'absent';
  readonly signatures: SignatureReport | 'notAsked';
  readonly secondOpinion: SecondOpinionResult | 'notAsked';
  /** Entries in which nothing could be checked but their place in the tree. */
  readonly withheld: WithheldReport;
  readonly sources: SourceReport;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Partial<Record<FindingCode, number>>>;
}

const CHUNK = 4096;

/**
 * Derive a whole log anew from its entries and compare everything that is stored, signed or anchored with it. Memory does not grow with the
 * log, but for its anchored heads and a second opinion. spec/audit §3
 * @throws AUDIT_POLICY_LOG_UNKNOWN, AUDIT_LOG_FOREIGN, AUDIT_SUITE_UNSUPPORTED, and what the source throws when it cannot be read: AUDIT_SOURCE_UNREADABLE, LOG_REMOTE_…
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const { origin, policy } = options;
  const log = policy.logs.get(origin);
  if (!log)
    throw auditError('AUDIT_POLICY_LOG_UNKNOWN', `the policy does not name ${origin}`, { origin });
  if (!getHashes().includes(log.suite)) {
    const { suite } = log;
    throw auditError('AUDIT_SUITE_UNSUPPORTED', `this Node has no ${suite}`, { suite });
  }
  const presented = await presentedOrigin(options.source);
  if (presented !== undefined && presented !== origin) throw foreign(presented, origin);
  const findings = options.findings ?? new Findings();
  await using duplicates = new DuplicateCheck(options.scratch ?? tmpdir(), findings);
  const run = new ReplayRun(options, { log, findings, duplicates });
  await run.entries();
  await duplicates.end();
  return run.report();
}

/** Somebody took the policy or the folder of another log: that accuses nobody. */
function foreign(log: string, origin: string): Error {
  const message = `this log is ${log}, the policy names ${origin}`;
  return auditError('AUDIT_LOG_FOREIGN', message, { log, origin });
}

class ReplayRun {
  readonly #options: ReplayOptions;
  readonly #log: PolicyLog;
  readonly #findings: Findings;
  readonly #hasher: TreeHasher;
  readonly #frontier: Frontier;
  readonly #heads: HeadCheck;
  readonly #entries: EntryCheck;
  readonly #duplicates: DuplicateCheck;
  readonly #tiles: TileCheck;
  readonly #withheld: WithheldCheck;
  readonly #sources: SourceCheck;
  readonly #second: SecondOpinion | undefined;
  /** The published checkpoint, or why it is none of this log; undefined if there is none. */
  readonly #published: OpenedCheckpoint | CodedError | undefined;
  #rootAtCheckpoint: Uint8Array | undefined;

  constructor(
    options: ReplayOptions,
    parts: {
      readonly log: PolicyLog;
      readonly findings: Findings;
      readonly duplicates: DuplicateCheck;
    },
  ) {
    const { log, findings, duplicates } = parts;
    const { source, policy, asked = [], fileHeads = [], now = Date.now() } = options;
    this.#options = options;
    this.#log = log;
    this.#findings = findings;
    this.#duplicates = duplicates;
    this.#hasher = nodeTreeHasher(log.suite);
    this.#frontier = new Frontier(this.#hasher);
    this.#heads = new HeadCheck({ asked, fileHeads, log, findings });
    const heads = this.#heads.bySize;
    const keys =
      options.signatures === true ? new KeyCheck({ log: log.origin, heads, now }) : undefined;
    this.#sources = new SourceCheck(findings);
    const sources = this.#sources;
    this.#entries = new EntryCheck({ policy, log, keys, duplicates, sources, findings });
    this.#tiles = new TileCheck(source, this.#hasher, findings);
    this.#withheld = new WithheldCheck(findings);
    this.#second = options.secondOpinion === true ? new SecondOpinion(log.suite) : undefined;
    this.#published = this.#openPublished();
  }

  async entries(): Promise<void> {
    const { source } = this.#options;
    // A size that the log has not signed is anybody's: whoever serves the files could keep the audit busy without end.
    const claimed = isCodedError(this.#published) ? 0 : source.size;
    const expected = Math.max(claimed, this.#heads.largest);
    let chunk: Uint8Array[] = [];
    try {
      for await (const entry of source.entries(0, expected)) {
        chunk.push(entry);
        if (chunk.length < CHUNK) continue;
        await this.#take(chunk);
        chunk = [];
      }
    } catch (error) {
      // A bundle that cannot be read ends the entries here; what follows says from where on they are missing.
      if (!isCodedError(error) || !isMalformed(error.code)) throw error;
    }
    await this.#take(chunk);
    await this.#tiles.end();
    if (this.#frontier.size < expected) {
      this.#findings.add('AUDIT_ENTRY_MISSING', { from: this.#frontier.size, expected });
    }
  }

  async report(): Promise<ReplayReport> {
    const { origin, signatures } = this.#options;
    const checkpoint = this.#checkpoint();
    const second = await this.#second?.compare(this.#heads.bySize, this.#findings);
    const { heads, anchoredSize, registries } = this.#heads.report();
    const signed = this.#entries.report();
    const doubts: Doubt[] = [
      ...(anchoredSize > 0 ? [] : (['noAnchor'] as const)),
      ...(registries.some(({ behind }) => behind) ? (['chainBehind'] as const) : []),
      ...(signed.undated > 0 ? (['keyTimes'] as const) : []),
    ];
    const withheld = this.#withheld.report();
    const { listed: findings, counts } = this.#findings;
    const quiet = doubts.length > 0 ? 'unknown' : 'consistent';
    return {
      origin,
      outcome: findings.length > 0 ? 'inconsistent' : quiet,
      doubts,
      entries: this.#frontier.size,
      anchoredSize,
      rootHash: this.#frontier.root(),
      heads,
      asked: registries,
      checkpoint,
      signatures: signatures === true ? signed : 'notAsked',
      secondOpinion: second ?? 'notAsked',
      withheld,
      sources: this.#sources.report(),
      findings,
      counts,
    };
  }

  #openPublished(): OpenedCheckpoint | CodedError | undefined {
    const { source, origin } = this.#options;
    if (source.checkpoint === undefined) return undefined;
    try {
      return openCheckpoint(source.checkpoint, { origin, key: this.#log.key }, nodeEd25519);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      return error;
    }
  }

  /** Compare the published checkpoint, which may be older than the entries of a store but never newer. */
  #checkpoint(): ReplayReport['checkpoint'] {
    const published = this.#published;
    if (published === undefined) return 'absent';
    if (isCodedError(published)) {
      this.#findings.add('AUDIT_CHECKPOINT', { cause: published.code });
      return 'fails';
    }
    const { size, rootHash, indexRoot } = published;
    if ((indexRoot === undefined) !== (this.#log.index === 'none'))
      this.#findings.add('AUDIT_INDEX_ROOT', { checkpoint: size });
    const derived = size === this.#frontier.size ? this.#frontier.root() : this.#rootAtCheckpoint;
    if (derived && equalBytes(rootHash, derived)) return 'holds';
    this.#findings.add('AUDIT_CHECKPOINT', { size });
    return 'fails';
  }

  async #take(chunk: readonly Uint8Array[]): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const first = this.#frontier.size;
    const row = hashEntries(chunk, this.#hasher);
    for (const [i, entry] of chunk.entries()) {
      const withheld = this.#withheld.take(entry, first + i);
      if (withheld) this.#sources.takeWithheld(withheld, first + i);
      const isFull = withheld
        ? this.#duplicates.add(withheld.address, first + i)
        : this.#entries.take(entry, first + i);
      if (isFull) await this.#duplicates.spill();
    }
    // Stop at each size that something was signed or anchored for.
    const end = first + chunk.length;
    for (let stop = this.#nextStop(); stop <= end; stop = this.#nextStop()) {
      const from = (this.#frontier.size - first) * DIGEST_BYTES;
      this.#frontier.append(row.subarray(from, (stop - first) * DIGEST_BYTES));
      const root = this.#frontier.root();
      if (stop === this.#options.source.size) this.#rootAtCheckpoint = root;
      this.#heads.compare(stop, root);
    }
    this.#frontier.append(row.subarray((this.#frontier.size - first) * DIGEST_BYTES));
    await this.#tiles.append(row);
    this.#second?.append(row);
    this.#options.onProgress?.(this.#frontier.size);
  }

  /** The next size that a head or the checkpoint has; infinite if there is none. */
  #nextStop(): number {
    const { size } = this.#options.source;
    const published = size > this.#frontier.size ? size : Infinity;
    return Math.min(this.#heads.nextSize, published);
  }
}
