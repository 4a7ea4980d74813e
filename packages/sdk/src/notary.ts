import { join, resolve as resolvePath } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { formatUtf8 } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import { createLog, directoryTiles, fileGuard, type Log } from '@anchorlog/log';
import { indexKey, type Statement } from '@anchorlog/statement';
import type { Bundle } from '@anchorlog/verify';
import { Anchoring, type AnchoringStatus } from './anchoring.ts';
import { Batches, type BatchesStatus } from './batches.ts';
import { assembleBundle, type Disclose } from './bundle.ts';
import { readConfig, type NotaryConfig } from './config.ts';
import { sdkError } from './error.ts';
import { genesisRecord } from './genesis.ts';
import { Intake } from './intake.ts';
import { Issuing } from './issuing.ts';
import { signerOf } from './key-file.ts';
import { readKeys, type NotaryKeys } from './keys.ts';
import { keyspaceOf, readSecrets, type Secrets } from './secrets.ts';
import { hasReached, type Stage } from './stage.ts';
import { Vault, type RecordAddress, type VaultItem } from './vault.ts';

/** How a notary is opened. */
export interface NotaryOptions {
  /** Folder made by `initNotary` or `anchorlog init`. */
  readonly dir: string;
  /** URL of the chain's JSON-RPC endpoint, in place of the one in the settings. */
  readonly chain?: string | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
}

/** What a submitter gets at once: on disk, in the log, for ever at this index. The same record again gives the same receipt. */
export interface Receipt {
  readonly id: string;
  readonly index: number;
  /** 32 bytes. */
  readonly leafHash: Uint8Array;
  /** When the log took it, RFC 3339. */
  readonly time: string;
  /** Until when the log promises to have it anchored, RFC 3339. */
  readonly anchorBy: string;
}

export interface BundleOptions {
  /** Wait until the record has come so far: `published` unless given. */
  readonly until?: Exclude<Stage, 'appended'> | undefined;
  /** Which claims the bundle opens: none unless given. */
  readonly disclose?: Disclose | undefined;
  /** Milliseconds to wait at most: 120,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

/** Is it well? One look at a notary. */
export interface NotaryStatus {
  /** Entries in the log. */
  readonly size: number;
  readonly batches: BatchesStatus;
  /** Absent where the notary has no chain. */
  readonly anchoring?: AnchoringStatus | undefined;
}

/** A system's own notary: log, vault and anchorer in one process. */
export interface Notary {
  readonly config: NotaryConfig;
  /** The log, for reading: entries, heads, proofs. */
  readonly log: Log;
  /** Notarize a record. Resolves when it is on disk and has its place. @throws SDK_BUSY, SDK_ID_CONFLICT, SDK_ISSUER_UNKNOWN, SDK_LINK_UNRESOLVED, SDK_FILE_UNREADABLE, STATEMENT_…, PROFILES_… */
  notarize(record: unknown): Promise<Receipt>;
  /** Say how far a record has come. @throws SDK_ID_UNKNOWN */
  progress(id: string): Promise<Stage>;
  /** Give the proof bundle of a record. @throws SDK_ID_UNKNOWN, SDK_DISCLOSURE_UNKNOWN, SDK_NO_CHAIN, SDK_WAIT_TIMEOUT */
  bundle(id: string, options?: BundleOptions): Promise<Bundle>;
  /** Publish all that is in the log now, and wait until it has come so far: `published` unless given. @throws SDK_NO_CHAIN, SDK_WAIT_TIMEOUT */
  flush(options?: {
    readonly until?: Exclude<Stage, 'appended'>;
    readonly timeoutMs?: number;
  }): Promise<void>;
  status(): NotaryStatus;
  /** Give what opens a statement of this notary, index keys included; undefined if it is not in the vault. For trails. */
  disclosuresOf(statement: Statement): Promise<readonly Uint8Array[] | undefined>;
  /** Compute the index key under which an identifier is filed. */
  indexKeyOf(kind: string, identifier: string): { readonly kind: string; readonly key: Uint8Array };
  /** Finish what was taken, publish it, and close. What is not anchored yet is anchored after the next start. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Open the notary in a folder. Never waits for the chain: while it is down, notarizing goes on and anchoring catches up later.
 * @throws SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED, SDK_KEY_MALFORMED, SDK_SECRETS_MALFORMED, and as `createLog`
 */
export async function createNotary(options: NotaryOptions): Promise<Notary> {
  const dir = resolvePath(options.dir);
  const clock = options.clock ?? Date.now;
  const settings = await readConfig(dir);
  const chain =
    settings.chain && options.chain ? { ...settings.chain, url: options.chain } : settings.chain;
  const config = { ...settings, chain };
  const keys = await readKeys(dir, config);
  const secrets = await readSecrets(dir);
  const anchoring = config.chain
    ? await Anchoring.open({
        dir,
        origin: config.origin,
        chain: config.chain,
        operator: keys.operator,
      })
    : undefined;
  const vault = await Vault.open(join(dir, 'vault'));
  try {
    const issuing = new Issuing({ origin: config.origin, keys, secrets, vault, clock });
    const log = await openLog({ dir, config, keys, issuing, anchoring, clock });
    return new OpenNotary({ dir, config, secrets, vault, log, issuing, anchoring, clock });
  } catch (error) {
    await vault.close();
    await anchoring?.close();
    throw error;
  }
}

async function openLog(world: {
  readonly dir: string;
  readonly config: NotaryConfig;
  readonly keys: NotaryKeys;
  readonly issuing: Issuing;
  readonly anchoring: Anchoring | undefined;
  readonly clock: () => number;
}): Promise<Log> {
  const { dir, config, keys, issuing, anchoring, clock } = world;
  return createLog({
    origin: config.origin,
    store: join(dir, 'log'),
    signers: { checkpoint: signerOf(keys.checkpoint), receipt: signerOf(keys.receipt) },
    guard: fileGuard(resolvePath(dir, config.guard)),
    tiles: directoryTiles(join(dir, 'tiles')),
    knownHeads: await anchoring?.knownHeads(),
    clock,
    create: async () => {
      const [genesis] = await issuing.issueGroup([
        await issuing.prepare(genesisRecord(config, clock())),
      ]);
      if (!genesis || genesis instanceof Error)
        throw genesis ?? new Error('no log.create was issued');
      return formatUtf8(genesis.item.entry);
    },
  });
}

const WAIT_MS = 120_000;
const LOOK_MS = 20;

class OpenNotary implements Notary {
  readonly config: NotaryConfig;
  readonly log: Log;
  readonly #secrets: Secrets;
  readonly #vault: Vault;
  readonly #intake: Intake;
  readonly #batches: Batches;
  readonly #anchoring: Anchoring | undefined;
  #closing: Promise<void> | undefined;

  constructor(world: {
    readonly dir: string;
    readonly config: NotaryConfig;
    readonly secrets: Secrets;
    readonly vault: Vault;
    readonly log: Log;
    readonly issuing: Issuing;
    readonly anchoring: Anchoring | undefined;
    readonly clock: () => number;
  }) {
    const { config, secrets, vault, log, issuing, anchoring, clock } = world;
    this.config = config;
    this.log = log;
    this.#secrets = secrets;
    this.#vault = vault;
    this.#anchoring = anchoring;
    this.#intake = new Intake(issuing, log);
    const onPublished = (): void => anchoring?.wake();
    this.#batches = new Batches({ log, ...config.batch, clock, onPublished });
    anchoring?.start(log, join(world.dir, 'tiles'));
  }

  async notarize(record: unknown): Promise<Receipt> {
    const { issued, receipt } = await this.#intake.take(record);
    this.#batches.appended();
    const { index, leafHash, time, anchorBy } = receipt;
    return { id: issued.address.id, index, leafHash, time, anchorBy };
  }

  async progress(id: string): Promise<Stage> {
    return this.#stageOf((await this.#place(id)).index);
  }

  async bundle(id: string, options: BundleOptions = {}): Promise<Bundle> {
    const { until = 'published', disclose, timeoutMs = WAIT_MS } = options;
    const { index, item } = await this.#place(id);
    await this.#reach(index, until, timeoutMs);
    const anchor = await this.#anchoring?.anchorCovering(index);
    return assembleBundle({ log: this.log, index, item, anchor, disclose });
  }

  async flush({
    until = 'published',
    timeoutMs = WAIT_MS,
  }: { until?: Exclude<Stage, 'appended'>; timeoutMs?: number } = {}): Promise<void> {
    const { size } = await this.#batches.publish();
    await this.#reach(size - 1, until, timeoutMs);
  }

  status(): NotaryStatus {
    return {
      size: this.log.size,
      batches: this.#batches.status,
      anchoring: this.#anchoring?.status(),
    };
  }

  async disclosuresOf({ id, issuer }: Statement): Promise<readonly Uint8Array[] | undefined> {
    const item = await this.#vault.get({ id, org: issuer.org, system: issuer.system });
    return item && Object.values(item.disclosures).map(formatUtf8);
  }

  indexKeyOf(kind: string, identifier: string): { kind: string; key: Uint8Array } {
    const { name: keyspace, secret } = keyspaceOf(this.#secrets, kind);
    return { kind, key: indexKey({ suite: nodeSha256, secret, keyspace, kind, identifier }) };
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#intake.close();
    try {
      await this.#batches.publish();
    } finally {
      await this.#batches.close();
      await this.#anchoring?.close();
      await this.log.close();
      await this.#vault.close();
    }
  }

  async #place(id: string): Promise<{ address: RecordAddress; index: number; item: VaultItem }> {
    for (const address of await this.#vault.findId(id)) {
      const [index, item] = await Promise.all([this.log.find(address), this.#vault.get(address)]);
      if (index !== undefined && item) return { address, index, item };
    }
    throw sdkError('SDK_ID_UNKNOWN', 'no record of this id was notarized here', { id });
  }

  async #stageOf(index: number): Promise<Stage> {
    const anchored = this.#anchoring?.stageOf(index);
    if (anchored) return anchored;
    return this.#batches.status.published > index || (await this.log.checkpointCovering(index))
      ? 'published'
      : 'appended';
  }

  async #reach(index: number, wanted: Stage, timeoutMs: number): Promise<void> {
    if (!this.#anchoring && hasReached(wanted, 'anchored')) {
      throw sdkError('SDK_NO_CHAIN', `without a chain nothing becomes ${wanted}`);
    }
    for (let waited = 0; !hasReached(await this.#stageOf(index), wanted); waited += LOOK_MS) {
      if (this.#closing) throw sdkError('SDK_CLOSED', 'the notary was closed meanwhile');
      if (waited >= timeoutMs) {
        const problem = this.#anchoring?.status().problem ?? this.#batches.status.problem;
        throw sdkError(
          'SDK_WAIT_TIMEOUT',
          `not ${wanted} within ${timeoutMs} ms${problem ? `: ${problem.message}` : ''}`,
          { index, wanted },
        );
      }
      await delay(LOOK_MS);
    }
  }
}
