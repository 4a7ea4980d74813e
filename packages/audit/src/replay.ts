import { DIGEST_BYTES, equalBytes, isCodedError } from '@anchorlog/core';
import { nodeEd25519 } from '@anchorlog/core/node';
import { parseStatement, verifyStatementSignature, type Statement } from '@anchorlog/statement';
import { Frontier, openCheckpoint } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import type { PolicyLog, TrustPolicy } from '@anchorlog/verify';
import type { KnownHead } from './known-head.ts';
import { auditError } from './error.ts';
import { Findings, type Finding, type FindingCode } from './finding.ts';
import { SecondOpinion, type SecondOpinionResult } from './second-opinion.ts';
import type { AuditSource } from './source.ts';
import { TileCheck } from './tile-check.ts';

/** What to replay, and against what. spec/audit §3 */
export interface ReplayOptions {
  readonly source: AuditSource;
  readonly origin: string;
  readonly policy: TrustPolicy;
  /** Anchored heads by how they are known; a list may be empty. `undefined`: the chain was not or could not be asked. */
  readonly chainHeads?: readonly KnownHead[] | undefined;
  readonly fileHeads?: readonly KnownHead[] | undefined;
  /** Findings made before, such as by `headsFromFiles`. */
  readonly findings?: Findings | undefined;
  /** Verify the statements' signatures too. */
  readonly signatures?: boolean | undefined;
  /** Rebuild the anchored roots with merkletreejs too. */
  readonly secondOpinion?: boolean | undefined;
  /** Told how many entries are done, now and then. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a replay found. */
export interface ReplayReport {
  readonly origin: string;
  /** Entries read. */
  readonly entries: number;
  /** Root of all entries read, 32 bytes. */
  readonly rootHash: Uint8Array;
  /** Every anchored head, and whether it follows from the entries. */
  readonly heads: readonly { readonly head: KnownHead; readonly holds: boolean }[];
  /** `asked`: heads came from the chain itself. `unknown`: it was not or could not be asked. */
  readonly chain: 'asked' | 'unknown';
  readonly checkpoint: 'holds' | 'fails' | 'absent';
  readonly signatures: { readonly verified: number } | 'notAsked';
  readonly secondOpinion: SecondOpinionResult | 'notAsked';
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Partial<Record<FindingCode, number>>>;
}

const CHUNK = 4096;
const hasher = nodeTreeHasher('sha256');

/**
 * Derive a whole log anew from its entries and compare everything that is stored, signed or anchored with it. Memory does not grow with the
 * log, but for a second opinion. spec/audit §3 @throws AUDIT_POLICY_LOG_UNKNOWN, AUDIT_SOURCE_UNREADABLE
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const { origin, policy, chainHeads, fileHeads = [] } = options;
  const log = policy.logs.get(origin);
  if (!log)
    throw auditError('AUDIT_POLICY_LOG_UNKNOWN', `the policy does not name ${origin}`, { origin });
  const findings = options.findings ?? new Findings();
  const heads = mergeHeads(chainHeads ?? [], fileHeads, findings);
  const run = new ReplayRun(options, log, heads, findings);
  await run.entries();
  const checkpoint = run.checkpoint();
  return {
    origin,
    entries: run.frontier.size,
    rootHash: run.frontier.root(),
    heads: heads.map((head) => ({ head, holds: run.holding.has(head) })),
    chain: chainHeads ? 'asked' : 'unknown',
    checkpoint,
    signatures: options.signatures === true ? { verified: run.verified } : 'notAsked',
    secondOpinion: (await run.second?.compare(heads)) ?? 'notAsked',
    findings: findings.listed,
    counts: findings.counts,
  };
}

class ReplayRun {
  readonly frontier = new Frontier(hasher);
  readonly holding = new Set<KnownHead>();
  readonly second: SecondOpinion | undefined;
  verified = 0;
  readonly #options: ReplayOptions;
  readonly #log: PolicyLog;
  readonly #heads: readonly KnownHead[];
  readonly #findings: Findings;
  readonly #tiles: TileCheck;

  constructor(
    options: ReplayOptions,
    log: PolicyLog,
    heads: readonly KnownHead[],
    findings: Findings,
  ) {
    this.#options = options;
    this.#log = log;
    this.#heads = heads;
    this.#findings = findings;
    this.#tiles = new TileCheck(options.source, hasher, findings);
    this.second = options.secondOpinion === true ? new SecondOpinion() : undefined;
  }

  async entries(): Promise<void> {
    const { source } = this.#options;
    const expected = Math.max(source.size, ...this.#heads.map(({ size }) => size));
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
      if (!isCodedError(error) || !error.code.startsWith('TLOG_')) throw error;
    }
    await this.#take(chunk);
    await this.#tiles.end();
    if (this.frontier.size < expected) {
      this.#findings.add('AUDIT_ENTRY_MISSING', { from: this.frontier.size, expected });
    }
  }

  /** Compare the published checkpoint, which may be older than the entries of a store but never newer. */
  checkpoint(): ReplayReport['checkpoint'] {
    const { source, origin } = this.#options;
    if (source.checkpoint === undefined) return 'absent';
    try {
      const { size, rootHash } = openCheckpoint(
        source.checkpoint,
        { origin, key: this.#log.key },
        nodeEd25519,
      );
      const derived = size === this.frontier.size ? this.frontier.root() : this.#rootAtCheckpoint;
      if (derived && equalBytes(rootHash, derived)) return 'holds';
      this.#findings.add('AUDIT_CHECKPOINT', { size });
    } catch (error) {
      if (!isCodedError(error)) throw error;
      this.#findings.add('AUDIT_CHECKPOINT', { cause: error.code });
    }
    return 'fails';
  }

  #rootAtCheckpoint: Uint8Array | undefined;

  async #take(chunk: readonly Uint8Array[]): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const first = this.frontier.size;
    const row = new Uint8Array(chunk.length * DIGEST_BYTES);
    hasher.hashLeaves(chunk, row, 0);
    for (const [i, entry] of chunk.entries()) this.#readEntry(entry, first + i);
    // Stop at each size that something was signed or anchored for.
    let at = 0;
    for (const stop of this.#stops(first, first + chunk.length)) {
      const to = (stop - first) * DIGEST_BYTES;
      this.frontier.append(row.subarray(at, to));
      at = to;
      this.#compareHeads();
    }
    this.frontier.append(row.subarray(at));
    await this.#tiles.append(row);
    this.second?.append(row);
    this.#options.onProgress?.(this.frontier.size);
  }

  #stops(after: number, upTo: number): number[] {
    const sizes = [...this.#heads.map(({ size }) => size), this.#options.source.size];
    return [...new Set(sizes)]
      .filter((size) => size > after && size <= upTo)
      .toSorted((a, b) => a - b);
  }

  #compareHeads(): void {
    const { size } = this.frontier;
    const root = this.frontier.root();
    if (size === this.#options.source.size) this.#rootAtCheckpoint = root;
    for (const head of this.#heads) {
      if (head.size !== size) continue;
      if (equalBytes(head.rootHash, root)) this.holding.add(head);
      else
        this.#findings.add('AUDIT_HEAD_MISMATCH', {
          chainId: head.chainId,
          number: head.number,
          size,
        });
    }
  }

  #readEntry(entry: Uint8Array, index: number): void {
    let statement: Statement;
    try {
      statement = parseStatement(entry);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      this.#findings.add('AUDIT_ENTRY_MALFORMED', { index, cause: error.code });
      return;
    }
    const { origin } = this.#options;
    if (statement.log !== origin)
      this.#findings.add('AUDIT_ENTRY_MALFORMED', { index, cause: 'other log' });
    const isGenesis = statement.profile === 'log/1' && statement.event === 'log.create';
    const { claims } = statement;
    const names = claims['origin'] === origin && claims['suite'] === this.#log.suite;
    if (isGenesis !== (index === 0) || (index === 0 && !names))
      this.#findings.add('AUDIT_GENESIS', { index });
    if (this.#options.signatures === true) this.#verifySignature(statement, index);
  }

  #verifySignature(statement: Statement, index: number): void {
    const keys = this.#options.policy.issuers.get(statement.issuer.org)?.keys ?? [];
    if (keys.length === 0) return;
    const key = keys.find(({ keyId }) => keyId === statement.signature?.keyId);
    if (!key) {
      this.#findings.add('AUDIT_SIGNATURE', { index, cause: 'no key of the policy' });
      return;
    }
    try {
      verifyStatementSignature(statement, key.publicKey, nodeEd25519);
      this.verified++;
    } catch (error) {
      if (!isCodedError(error)) throw error;
      this.#findings.add('AUDIT_SIGNATURE', { index, cause: error.code });
    }
  }
}

/** Join what chains and files say about anchors: one list, in order of chains and numbers. spec/audit §3 */
function mergeHeads(
  asked: readonly KnownHead[],
  files: readonly KnownHead[],
  findings: Findings,
): KnownHead[] {
  const heads = new Map<string, KnownHead>();
  for (const head of [...asked, ...files]) {
    const { chainId, number } = head;
    const known = heads.get(`${chainId}/${number}`);
    if (!known) heads.set(`${chainId}/${number}`, head);
    else if (!equalHeads(known, head)) findings.add('AUDIT_HEAD_DISAGREE', { chainId, number });
  }
  const inOrder = [...heads.values()].toSorted(
    (a, b) => a.chainId - b.chainId || a.number - b.number,
  );
  for (const [i, { chainId, number, size }] of inOrder.entries()) {
    const before = inOrder[i - 1]?.chainId === chainId ? inOrder[i - 1] : undefined;
    const expected = (before?.number ?? 0) + 1;
    if (number !== expected || (before && before.size >= size)) {
      findings.add('AUDIT_HEAD_ORDER', { chainId, number, expected });
    }
  }
  return inOrder;
}

function equalHeads(a: KnownHead, b: KnownHead): boolean {
  return (
    a.size === b.size && equalBytes(a.rootHash, b.rootHash) && equalBytes(a.indexRoot, b.indexRoot)
  );
}
