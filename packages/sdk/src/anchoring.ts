import { access, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createAnchorer,
  type Anchor,
  type AnchorProblem,
  type AnchorSource,
  type Anchorer,
  type AnchorerOptions,
  type AnchorerStatus,
  type RegistryConfig,
} from '@anchorlog/anchor';
import { DIGEST_BYTES, formatHex, isCodedError, type SuiteName } from '@anchorlog/core';
import { anchorFolder } from '@anchorlog/evm-proof';
import type { Log, LogCheckpoint } from '@anchorlog/log';
import { isAbsent } from '@anchorlog/log/durable-file';
import type { TreeHead } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { AnchorFiles } from './anchor-files.ts';
import { Changes, changeWithin } from './changes.ts';
import { validatorSetsOf } from './chain-history.ts';
import type { ChainSettings } from './config.ts';
import type { KeyFile } from './key-file.ts';
import type { Stage } from './stage.ts';

/** What the anchorer is doing; `problem` may also be one of writing anchors as files. */
export type AnchoringStatus = AnchorerStatus;

/** How long the chain may take at the start to name the heads that it holds; the notary does not wait longer. */
const START_TIMEOUT_MS = 2000;
const RETRY_MS = 1000;
/** The index root of a log without index (spec/log). */
const NO_INDEX = new Uint8Array(DIGEST_BYTES);

/**
 * Runs the anchorer of a notary beside its log, never in the way of notarizing. It begins with the first checkpoint that is published, so
 * that no head is on the chain before its checkpoint is where everybody sees it.
 */
export class Anchoring {
  readonly #options: AnchorerOptions;
  #anchorer: Anchorer;
  readonly #source: PublishedLog;
  readonly #published: string;
  #files: AnchorFiles;
  #late = 0;
  readonly #clock: () => number;
  readonly #changes: Changes;
  readonly #closing = new AbortController();
  /** What ends the pauses of the loop. */
  readonly #calls = new Changes();
  #running: Promise<void> | undefined;
  #problem: AnchorProblem | undefined;
  /** The journal was damaged, and is not filled again from the chain yet. */
  #damage: AnchorProblem | undefined;
  /** Damage of the journal that was found since it was opened: it is to be set aside. */
  #found: unknown;

  private constructor(parts: {
    readonly options: AnchorerOptions;
    readonly anchorer: Anchorer;
    readonly source: PublishedLog;
    readonly published: string;
    readonly clock: () => number;
    readonly changes: Changes;
    readonly damage: unknown;
  }) {
    this.#options = parts.options;
    this.#anchorer = parts.anchorer;
    this.#source = parts.source;
    this.#published = parts.published;
    this.#files = this.#openFiles();
    this.#clock = parts.clock;
    this.#changes = parts.changes;
    if (parts.damage !== undefined) this.#damage = this.#met(parts.damage);
  }

  /** Open the journal. `changes` is told whatever happens. @throws ANCHOR_JOURNAL_LOCKED, ANCHOR_JOURNAL_MISMATCH */
  static async open({
    dir,
    origin,
    suite,
    chain,
    operator,
    clock,
    changes,
  }: {
    readonly dir: string;
    readonly origin: string;
    readonly suite: SuiteName;
    readonly chain: ChainSettings;
    readonly operator: KeyFile;
    readonly clock: () => number;
    readonly changes: Changes;
  }): Promise<Anchoring> {
    const { url, chainId, contract, codeHash, blockTimeMs } = chain;
    const validatorSets = validatorSetsOf(chain);
    const fromBlock = Math.min(...validatorSets.map((set) => set.fromBlock));
    const registry: RegistryConfig = { url, chainId, contract, codeHash, fromBlock };
    const source = new PublishedLog();
    const folder = anchorFolder(chainId, contract);
    const options: AnchorerOptions = {
      chain: registry,
      origin,
      dir: join(dir, 'anchors', folder),
      source,
      key: `0x${formatHex(operator.secret)}`,
      finality: { kind: 'sealed', validatorSets },
      hasher: nodeTreeHasher(suite),
      pollMs: Math.max(20, Math.min(250, Math.floor(blockTimeMs / 4))),
    };
    const { anchorer, damage } = await openAnchorer(options);
    const published = join(dir, 'tiles', 'anchors', folder);
    return new Anchoring({ options, anchorer, source, published, clock, changes, damage });
  }

  /**
   * Give the heads that the log must contain: the newest that the journal holds, and the newest of the chain, if it soon answers and proves
   * it. The contract has checked that all earlier ones are prefixes of it.
   */
  async knownHeads(): Promise<TreeHead[]> {
    const { latest } = this.#anchorer;
    const heads: TreeHead[] = latest ? [latest.head] : [];
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
      const newest = await this.#anchorer.newestOnChain({ signal });
      if (newest) heads.push(newest.head);
    } catch {
      // A chain that cannot be asked, answers nonsense, or proves nothing is asked by the anchorer again, whose status tells. It stops if
      // the chain holds what the log does not.
    }
    return heads;
  }

  /** Anchor `checkpoint`, which `log` has just published, or a later one. */
  published(log: Log, checkpoint: LogCheckpoint): void {
    this.#source.publish(log, checkpoint);
    this.#running ??= this.#run();
    this.#calls.announce();
  }

  status(): AnchoringStatus {
    const status = this.#anchorer.status();
    const problem = this.#problem ?? this.#damage;
    if (status.problem || !problem) return status;
    return { ...status, state: 'retrying', problem };
  }

  /** Give the first final anchor that covers an entry. @throws ANCHOR_JOURNAL_MALFORMED; the journal is then set aside and filled from the chain */
  async anchorCovering(index: number): Promise<Anchor | undefined> {
    try {
      return await this.#anchorer.firstCovering(index);
    } catch (error) {
      this.#notice(error);
      this.#calls.announce();
      throw this.#found ?? error; // it is closed while its journal is set aside
    }
  }

  /** Tell whether an entry is anchored, or final; undefined if neither. */
  stageOf(index: number): Stage | undefined {
    const stage = this.#anchorer.stage(index);
    return stage === 'final' ? 'final' : stage === 'mined' ? 'anchored' : undefined;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#calls.announce();
    const closed = this.#anchorer.close();
    await this.#running;
    await closed;
    await this.#anchorer.close(); // another one, if the journal was being set aside
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const called = this.#calls.next;
      let wait = RETRY_MS;
      try {
        await this.#setAside();
        wait = await this.#anchorer.tick();
        const { late } = this.#anchorer;
        // A head became final after a larger one: only a fresh look at the folder finds the gap.
        if (late < this.#late) this.#files = this.#openFiles();
        this.#late = late;
        await this.#files.write();
        await this.#source.keepHeads(this.#anchorer.latest?.head.size);
        this.#problem = undefined;
        if (this.#anchorer.status().state === 'idle') this.#damage = undefined;
      } catch (error) {
        // Log and chain contradict each other: the anchorer has stopped for good and says why in its status.
        if (this.#anchorer.status().state === 'stopped') break;
        this.#notice(error);
        this.#problem = this.#met(error);
      }
      this.#changes.announce();
      if (!signal.aborted) await changeWithin(called, wait);
    }
    this.#changes.announce();
  }

  #openFiles(): AnchorFiles {
    return new AnchorFiles(this.#published, this.#anchorer);
  }

  #notice(error: unknown): void {
    if (isJournalDamage(error)) this.#found = error;
  }

  /** Do with a journal that was found damaged what opening would have done. Not done, it is tried again. */
  async #setAside(): Promise<void> {
    const damage = this.#found;
    if (damage === undefined) return;
    await this.#anchorer.close();
    await moveAside(this.#options.dir);
    this.#anchorer = await createAnchorer(this.#options);
    this.#found = undefined;
    this.#files = this.#openFiles();
    this.#late = 0;
    this.#damage = this.#met(damage);
  }

  #met(error: unknown): AnchorProblem {
    const last = this.#problem;
    const name = error instanceof Error ? error.name : 'unknown';
    const code =
      error instanceof Error && 'code' in error && typeof error.code === 'string'
        ? error.code
        : name;
    const message = error instanceof Error ? error.message : String(error);
    return { code, message, since: last?.since ?? this.#clock(), times: (last?.times ?? 0) + 1 };
  }
}

/**
 * Open the journal; a damaged one is set aside, since the chain holds what it held: notarizing does not wait for a person. Gives the damage
 * with it. A crash between the two leaves no journal, which is as well.
 */
async function openAnchorer(
  options: AnchorerOptions,
): Promise<{ readonly anchorer: Anchorer; readonly damage?: unknown }> {
  try {
    return { anchorer: await createAnchorer(options) };
  } catch (damage) {
    if (!isJournalDamage(damage)) throw damage;
    await moveAside(options.dir);
    return { anchorer: await createAnchorer(options), damage };
  }
}

function isJournalDamage(error: unknown): boolean {
  return isCodedError(error) && error.code === 'ANCHOR_JOURNAL_MALFORMED';
}

async function moveAside(journal: string): Promise<void> {
  try {
    await rename(journal, await freeName(`${journal}.damaged`));
  } catch (error) {
    if (!isAbsent(error)) throw error; // else it was, and no other could be made
  }
}

/** What was set aside before stays where it is. */
async function freeName(path: string): Promise<string> {
  for (let i = 1; ; i++) {
    const name = `${path}-${i}`;
    try {
      await access(name);
    } catch {
      return name;
    }
  }
}

/** The log as the anchorer sees it: the newest head that was published, and proofs between heads. */
class PublishedLog implements AnchorSource {
  #log: Log | undefined;
  #checkpoint: LogCheckpoint | undefined;
  /** Sizes of the newest anchored heads, newest first. */
  #anchored: readonly number[] = [];

  publish(log: Log, checkpoint: LogCheckpoint): void {
    this.#log = log;
    this.#checkpoint = checkpoint;
  }

  head(): { size: number; rootHash: Uint8Array; indexRoot: Uint8Array } | undefined {
    if (!this.#checkpoint) return undefined;
    const { size, rootHash, indexRoot = NO_INDEX } = this.#checkpoint;
    return { size, rootHash, indexRoot };
  }

  /** Let the index prove at the newest anchored head and the one before it, if the log has one. */
  async keepHeads(anchored: number | undefined): Promise<void> {
    const index = this.#log?.index;
    const [newest = 0] = this.#anchored;
    if (!index || anchored === undefined || anchored <= newest) return;
    // After a start the index itself knows the head before: it has kept no other.
    const before = newest > 0 ? newest : index.heads.findLast((size) => size < anchored);
    this.#anchored = before === undefined ? [anchored] : [anchored, before];
    await index.keep(this.#anchored);
  }

  async proveConsistency(sizes: {
    readonly olderSize: number;
    readonly newerSize: number;
  }): Promise<Uint8Array[]> {
    if (!this.#log) throw new Error('asked for a proof before a head was published');
    return this.#log.proveConsistency(sizes);
  }
}
