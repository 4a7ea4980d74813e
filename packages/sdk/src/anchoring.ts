import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createAnchorer,
  readChainHeads,
  type Anchor,
  type Anchorer,
  type AnchorerStatus,
  type AnchorSource,
  type RegistryConfig,
} from '@anchorlog/anchor';
import { DIGEST_BYTES, formatHex, isCodedError } from '@anchorlog/core';
import { anchorFolder, formatAnchorFile } from '@anchorlog/evm-proof';
import type { Log } from '@anchorlog/log';
import type { TreeHead } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import type { ChainSettings } from './config.ts';
import { writeDurably } from './durable-file.ts';
import type { KeyFile } from './key-file.ts';
import type { Stage } from './stage.ts';

export type AnchoringStatus = AnchorerStatus;

/** How long the chain may take at the start to name the heads that it holds; the notary does not wait longer. */
const START_TIMEOUT_MS = 2000;
/** The index root of a log without index (spec/log). */
const NO_INDEX = new Uint8Array(DIGEST_BYTES);

/**
 * Runs the anchorer of a notary beside its log, never in the way of notarizing. Each final anchor is published beside the tiles for auditors
 * (spec/audit §2).
 */
export class Anchoring {
  readonly #registry: RegistryConfig;
  readonly #origin: string;
  readonly #anchorer: Anchorer;
  readonly #source: LogSource;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  /** Number of the newest anchor that was written as a file. */
  #written = 0;

  private constructor(
    registry: RegistryConfig,
    origin: string,
    source: LogSource,
    anchorer: Anchorer,
  ) {
    this.#registry = registry;
    this.#origin = origin;
    this.#source = source;
    this.#anchorer = anchorer;
  }

  /** Open the journal. The log is handed over by `start`, since it wants to know before which heads are on the chain. */
  static async open({
    dir,
    origin,
    chain,
    operator,
  }: {
    readonly dir: string;
    readonly origin: string;
    readonly chain: ChainSettings;
    readonly operator: KeyFile;
  }): Promise<Anchoring> {
    const { url, chainId, contract, codeHash, fromBlock, validators, blockTimeMs } = chain;
    const registry: RegistryConfig = { url, chainId, contract, codeHash, fromBlock };
    const source = new LogSource();
    const anchorer = await createAnchorer({
      chain: registry,
      origin,
      dir: join(dir, 'anchors', anchorFolder(chainId, contract)),
      source,
      key: `0x${formatHex(operator.secret)}`,
      finality: { kind: 'sealed', validatorSets: [{ fromBlock, validators }] },
      hasher: nodeTreeHasher('sha256'),
      pollMs: Math.max(20, Math.min(250, Math.floor(blockTimeMs / 4))),
    });
    return new Anchoring(registry, origin, source, anchorer);
  }

  /** Give the heads that the journal and, if it answers soon, the chain hold: the log must contain them. */
  async knownHeads(): Promise<TreeHead[]> {
    const heads: TreeHead[] = [];
    for await (const { head } of this.#anchorer.anchors()) heads.push(head);
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
      heads.push(
        ...(await readChainHeads({
          chain: this.#registry,
          origin: this.#origin,
          after: heads.length,
          signal,
        })),
      );
    } catch (error) {
      // A chain that cannot be asked now is asked by the anchorer later, which stops if it knows a head that the log does not hold.
      if (!isCodedError(error) && !(error instanceof DOMException)) throw error;
    }
    return heads;
  }

  /** Begin to anchor what `log` publishes, and write final anchors under `tiles`. */
  start(log: Log, tiles: string): void {
    this.#source.log = log;
    const { chainId, contract } = this.#registry;
    this.#running = this.#run(join(tiles, 'anchors', anchorFolder(chainId, contract)));
  }

  /** Look at the log at once: it has published a head. */
  wake(): void {
    this.#wake?.();
  }

  status(): AnchoringStatus {
    return this.#anchorer.status();
  }

  /** Give the first final anchor that covers an entry. */
  anchorCovering(index: number): Promise<Anchor | undefined> {
    return this.#anchorer.firstCovering(index);
  }

  /** Tell whether an entry is anchored, or final; undefined if neither. */
  stageOf(index: number): Stage | undefined {
    const stage = this.#anchorer.stage(index);
    return stage === 'final' ? 'final' : stage === 'mined' ? 'anchored' : undefined;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake?.();
    await this.#running;
    await this.#anchorer.close();
  }

  async #run(folder: string): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const wait = await this.#anchorer.tick();
        await this.#writeFiles(folder);
        await this.#pause(wait);
      } catch {
        // Log and chain contradict each other: the anchorer has stopped and says why in its status. Notarizing goes on.
        if (this.#anchorer.status().state === 'stopped') return;
        await this.#pause(1000);
      }
    }
  }

  async #writeFiles(folder: string): Promise<void> {
    const { latest } = this.#anchorer;
    if (!latest || latest.number <= this.#written) return;
    await mkdir(folder, { recursive: true });
    for await (const { number, head, evidence } of this.#anchorer.anchors()) {
      if (number <= this.#written) continue;
      if (evidence) {
        const text = formatAnchorFile({ number, head, evidence: [evidence] });
        await writeDurably(join(folder, `${number}.json`), text);
      }
      this.#written = number;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#closing.signal.aborted) this.#wake();
    });
  }
}

/** The log as the anchorer sees it: its published heads, and proofs between them. */
class LogSource implements AnchorSource {
  log: Log | undefined;

  async head(): Promise<{ size: number; rootHash: Uint8Array; indexRoot: Uint8Array } | undefined> {
    const checkpoint = await this.log?.checkpoint();
    return (
      checkpoint && { size: checkpoint.size, rootHash: checkpoint.rootHash, indexRoot: NO_INDEX }
    );
  }

  async proveConsistency(sizes: {
    readonly olderSize: number;
    readonly newerSize: number;
  }): Promise<Uint8Array[]> {
    if (!this.log) throw new Error('asked for a proof before the log was open');
    return this.log.proveConsistency(sizes);
  }
}
