import { equalBytes, isCodedError, type SuiteName } from '@anchorlog/core';
import { nodeSuite } from '@anchorlog/core/node';
import {
  idsDamagedError,
  sequenceStepOf,
  type Log,
  type LogCheckpoint,
  type LogReceipt,
} from '@anchorlog/log';
import type { ProfileSet } from '@anchorlog/profiles';
import {
  indexKey,
  parseStatement,
  type Statement,
  type StatementAddress,
} from '@anchorlog/statement';
import type { Bundle } from '@anchorlog/verify';
import type { Anchoring } from './anchoring.ts';
import { Batches } from './batches.ts';
import { assembleBundle } from './bundle.ts';
import { changeWithin, type Changes } from './changes.ts';
import type { NotaryConfig } from './config.ts';
import { sdkError } from './error.ts';
import type { FormerAnchors } from './former-anchors.ts';
import { Intake, type IntakeLimits } from './intake.ts';
import { IntoLog } from './into-log.ts';
import type { Issuing } from './issuing.ts';
import type {
  BundleOptions,
  FlushOptions,
  Notary,
  NotaryStatus,
  Receipt,
  RecordReference,
} from './notary.ts';
import { readOnly, type NotaryLog } from './notary-log.ts';
import { keyspaceOf, type Secrets } from './secrets.ts';
import { hasReached, type Stage } from './stage.ts';
import { adoptedItem, isLost, type VaultItem } from './vault-item.ts';
import type { Vault } from './vault.ts';

const WAIT_MS = 120_000;

/** The parts of a notary that has passed its start-up checks. */
export interface NotaryParts {
  /** Its folder. */
  readonly dir: string;
  readonly config: NotaryConfig;
  readonly profiles: ProfileSet;
  readonly secrets: Secrets;
  readonly vault: Vault;
  readonly log: Log;
  readonly issuing: Issuing;
  readonly anchoring: Anchoring | undefined;
  readonly former: FormerAnchors;
  readonly limits: IntakeLimits;
  /** The newest checkpoint that the log has. */
  readonly checkpoint: LogCheckpoint | undefined;
  readonly changes: Changes;
  readonly clock: () => number;
}

/** A notary at work. */
export class OpenNotary implements Notary {
  readonly dir: string;
  readonly config: NotaryConfig;
  readonly profiles: ProfileSet;
  readonly log: NotaryLog;
  readonly #log: Log;
  readonly #secrets: Secrets;
  readonly #vault: Vault;
  readonly #intoLog: IntoLog;
  readonly #intake: Intake<LogReceipt>;
  readonly #batches: Batches;
  readonly #anchoring: Anchoring | undefined;
  readonly #former: FormerAnchors;
  readonly #changes: Changes;
  #closing: Promise<void> | undefined;

  constructor(parts: NotaryParts) {
    const { config, log, anchoring, checkpoint, changes, clock } = parts;
    this.dir = parts.dir;
    this.config = config;
    this.profiles = parts.profiles;
    this.log = readOnly(log);
    this.#log = log;
    this.#secrets = parts.secrets;
    this.#vault = parts.vault;
    this.#anchoring = anchoring;
    this.#former = parts.former;
    this.#changes = changes;
    this.#intoLog = new IntoLog(parts);
    this.#intake = new Intake({ ...parts, onward: this.#intoLog });
    const onPublished = (published: LogCheckpoint): void => {
      anchoring?.published(log, published);
      changes.announce();
    };
    this.#batches = new Batches({ log, ...config.batch, checkpoint, clock, onPublished });
  }

  get origin(): string {
    return this.config.origin;
  }

  get suite(): SuiteName {
    return this.log.suite;
  }

  async notarize(record: unknown): Promise<Receipt> {
    const stopped = this.#stopped();
    if (stopped) throw stopped;
    const { address, warnings, answer: receipt } = await this.#intake.take(record);
    this.#batches.appended();
    const { index, leafHash, time, anchorBy } = receipt;
    const told = warnings.length > 0 ? { warnings } : {};
    return { id: address.id, index, leafHash, time, anchorBy, ...told };
  }

  async submit(entries: readonly Uint8Array[]): Promise<readonly LogReceipt[]> {
    const stopped = this.#stopped();
    if (stopped) throw stopped;
    for (const entry of entries) {
      // By its number a statement is known to be kept elsewhere: the vault must hold all others (spec/notary §5).
      if (sequenceStepOf(parseStatement(entry))) continue;
      throw sdkError('SDK_SEQUENCE_MISSING', 'expected a statement of a source, with its number');
    }
    return this.#whileOpen(async () => {
      const receipts = await this.#log.appendBatch(entries);
      this.#batches.appended();
      return receipts;
    });
  }

  async progress(reference: RecordReference): Promise<Stage> {
    return this.#whileOpen(async () => this.#stageOf((await this.#place(reference)).index));
  }

  async bundle(reference: RecordReference, options: BundleOptions = {}): Promise<Bundle> {
    const { until = 'published', disclose, timeoutMs = WAIT_MS } = options;
    return this.#whileOpen(async () => {
      const { index, item } = await this.#place(reference);
      await this.#reach(index, until, timeoutMs);
      const anchor = await this.#anchoring?.anchorCovering(index);
      const former = await this.#former.covering(this.#log, index);
      return assembleBundle({ log: this.#log, index, item, anchor, former, disclose });
    });
  }

  async flush({ until = 'published', timeoutMs = WAIT_MS }: FlushOptions = {}): Promise<void> {
    await this.#whileOpen(async () => {
      const { size } = await this.#batches.publish();
      await this.#reach(size - 1, until, timeoutMs);
    });
  }

  status(): NotaryStatus {
    return {
      size: this.log.size,
      batches: this.#batches.status,
      anchoring: this.#anchoring?.status(),
    };
  }

  async disclosuresOf({ id, issuer }: Statement): Promise<readonly Uint8Array[] | undefined> {
    const { org, system } = issuer;
    const item = await this.#whileOpen(() => this.#vault.item({ id, org, system }));
    return item && !isLost(item) ? [...item.disclosures.values()] : undefined;
  }

  indexKeyOf(
    kind: string,
    identifier: string,
  ): { kind: string; keyspace: string; key: Uint8Array } {
    const { name: keyspace, secret } = keyspaceOf(this.#secrets, kind);
    return {
      kind,
      keyspace,
      key: indexKey({ suite: nodeSuite(this.log.suite), secret, keyspace, kind, identifier }),
    };
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#changes.announce(); // those who wait for a stage see that it will not come
    const steps = [
      () => this.#intake.close(),
      () => this.#intoLog.settled(),
      () => this.#vault.cover(this.#log.size),
      () => this.#batches.publish(),
      () => this.#batches.close(),
      () => this.#anchoring?.close(),
      () => this.#log.close(),
      () => this.#vault.close(),
    ];
    // Each in its turn, whatever became of those before; the first trouble is told.
    const troubles: unknown[] = [];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        troubles.push(error);
      }
    }
    if (troubles.length > 0) throw troubles[0];
  }

  async #place(reference: RecordReference): Promise<{ index: number; item: VaultItem }> {
    const named = checkReference(reference);
    const { id } = named;
    const found = 'org' in named ? [named] : await this.#vault.withId(id);
    const placed: { address: StatementAddress; index: number }[] = [];
    for (const address of found) {
      const index = await this.log.find(address);
      if (index !== undefined) placed.push({ address, index });
    }
    const [only, ...others] = placed;
    if (!only) {
      for (const address of found) await this.#checkAbsent(address);
      throw sdkError('SDK_ID_UNKNOWN', 'no record of this id was notarized here', { id });
    }
    if (others.length > 0) {
      throw sdkError(
        'SDK_ID_AMBIGUOUS',
        `${placed.length} organisations have a record of this id`,
        {
          id,
          issuers: placed.map(({ address }) => `${address.org}/${address.system}`),
        },
      );
    }
    const { index } = only;
    const [item, entry] = await Promise.all([
      this.#vault.item(only.address),
      this.log.entry(index),
    ]);
    if (item && equalBytes(item.entry, entry)) return { index, item };
    // That of an emitter, which keeps what opens it.
    if (parseStatement(entry).sequence) return { index, item: adoptedItem(only.address, entry) };
    throw sdkError('SDK_VAULT_DAMAGED', `vault: entry ${index} is another than in the log`, {
      index,
    });
  }

  /** Before it is said that a record is not there. @throws LOG_IDS_DAMAGED if it is known to be */
  async #checkAbsent(address: StatementAddress): Promise<void> {
    const item = await this.#vault.item(address);
    if (!item || !this.#vault.isAppended(item)) return;
    // Looked for again: it may have been appended since.
    if ((await this.log.find(address)) === undefined) throw idsDamagedError();
  }

  async #stageOf(index: number): Promise<Stage> {
    const anchored = this.#anchoring?.stageOf(index);
    if (anchored) return anchored;
    const isPublished =
      this.#batches.status.published > index || (await this.log.checkpointCovering(index));
    return isPublished ? 'published' : 'appended';
  }

  async #reach(index: number, wanted: Stage, timeoutMs: number): Promise<void> {
    if (!this.#anchoring && hasReached(wanted, 'anchored')) {
      throw sdkError('SDK_NO_CHAIN', `without a chain nothing becomes ${wanted}`);
    }
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const change = this.#changes.next;
      if (hasReached(await this.#stageOf(index), wanted)) return;
      const stopped = hasReached(wanted, 'anchored') ? this.#stopped() : undefined;
      if (stopped) throw stopped;
      if (this.#closing) throw closedError();
      const left = deadline - performance.now();
      if (!(left > 0)) throw this.#timeout(index, wanted, timeoutMs);
      await changeWithin(change, left);
    }
  }

  #timeout(index: number, wanted: Stage, timeoutMs: number): Error {
    const problem = this.#batches.status.problem ?? this.#anchoring?.status().problem;
    const why = problem ? `: ${problem.message}` : '';
    return sdkError('SDK_WAIT_TIMEOUT', `not ${wanted} within ${timeoutMs} ms${why}`, {
      index,
      wanted,
    });
  }

  /** Why nothing more is taken or waited for, if anchoring has stopped for good: a receipt would promise what cannot be kept. */
  #stopped(): Error | undefined {
    const status = this.#anchoring?.status();
    if (status?.state !== 'stopped') return undefined;
    const { code = '', message = 'the anchorer has stopped' } = status.problem ?? {};
    return sdkError('SDK_ANCHORING_STOPPED', `anchoring has stopped: ${message}`, { reason: code });
  }

  /** Do something that needs the stores. What fails because they are being closed meanwhile fails as closed. @throws SDK_CLOSED */
  async #whileOpen<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) throw closedError();
    try {
      return await work();
    } catch (error) {
      // What a vault refuses that is being closed it could not read.
      const isOwn =
        isCodedError(error) && error.code.startsWith('SDK_') && error.code !== 'SDK_VAULT_FAILED';
      if (!this.#closing || isOwn) throw error;
      throw closedError(error);
    }
  }
}

/** @throws SDK_REFERENCE_MALFORMED */
function checkReference(reference: unknown): StatementAddress | { readonly id: string } {
  if (typeof reference === 'string') return { id: reference };
  const { org, system, id } = (reference ?? {}) as Record<string, unknown>; // whatever it is, it has members or none
  if (typeof org === 'string' && typeof system === 'string' && typeof id === 'string') {
    return { org, system, id };
  }
  throw sdkError(
    'SDK_REFERENCE_MALFORMED',
    'expected the id of a record, or its organisation, system and id',
  );
}

function closedError(cause?: unknown): Error {
  return sdkError('SDK_CLOSED', 'the notary is closed', {}, { cause });
}
