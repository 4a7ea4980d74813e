import { isCodedError } from '@anchorlog/core';
import { sha256Tree, type TreeHasher } from '@anchorlog/tlog';
import type { Anchor, AnchorProblem, AnchorSource, AnchorStage, AnchorerStatus } from './anchor.ts';
import { Anchoring } from './anchoring.ts';
import { RegistryChain } from './chain.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Finality, RegistryConfig, TxKey } from './config.ts';
import { anchorError, type AnchorCode } from './error.ts';
import { Finishing } from './finishing.ts';
import { within } from './deadline.ts';
import { HeadBook } from './head-book.ts';
import { Journal } from './journal.ts';
import { problemOf } from './problem.ts';
import { hex } from './registry.ts';
import { Sender } from './sender.ts';

/** What an anchorer is made of. */
export interface AnchorerOptions {
  readonly chain: RegistryConfig;
  /** The log's unique name line, as it was registered. */
  readonly origin: string;
  /** Folder of the journal, made if absent. */
  readonly dir: string;
  readonly source: AnchorSource;
  /** The operator's key, or a sender that anchorers of several logs share. */
  readonly key: TxKey | Sender;
  readonly finality: Finality;
  /** Hasher of the log's tree; SHA-256 unless given. */
  readonly hasher?: TreeHasher | undefined;
  /** Wei a unit of gas; 0 unless given. */
  readonly gasPrice?: bigint | undefined;
  /** Milliseconds between looks while something is on its way; 250 unless given. At most a quarter of the block time is best. */
  readonly pollMs?: number | undefined;
  /** Milliseconds between looks at the log while nothing is on its way; 1,000 unless given. `wake` cuts it short. */
  readonly idleMs?: number | undefined;
  /** Milliseconds after which the same bytes are sent again; 5,000 unless given. */
  readonly resendMs?: number | undefined;
  /** Milliseconds after which a nonce that the chain does not come to is given up; 60,000 unless given. */
  readonly gapMs?: number | undefined;
  /**
   * Milliseconds that one look at the log and the chain may take, and again the evidence of one head; 600,000 unless given: enough to search
   * a chain of some hundred million blocks.
   */
  readonly stepMs?: number | undefined;
  /** Milliseconds between attempts at most while something is wrong; 15,000 unless given. */
  readonly maxBackoffMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** Log and chain, or log and journal, provably contradict each other: trying again would not help, and going on could harm. */
const STOPPING: ReadonlySet<string> = new Set<AnchorCode>([
  'ANCHOR_CHAIN_AHEAD',
  'ANCHOR_CHAIN_CONFLICT',
  'ANCHOR_SOURCE_BEHIND',
  'ANCHOR_LOG_CLOSED',
]);

interface Pace {
  readonly pollMs: number;
  readonly idleMs: number;
  readonly maxBackoffMs: number;
  readonly stepMs: number;
}

/**
 * Open the journal in `dir` and give an anchorer, which needs no chain yet.
 * @throws ANCHOR_JOURNAL_LOCKED, ANCHOR_JOURNAL_MISMATCH, ANCHOR_JOURNAL_MALFORMED, ANCHOR_JOURNAL_FAILED
 */
export async function createAnchorer(options: AnchorerOptions): Promise<Anchorer> {
  const { origin, dir, source, key, finality, clock = systemClock } = options;
  const chain = new RegistryChain(options.chain, origin);
  const sender = key instanceof Sender ? key : new Sender(key, chain);
  const { chainId, contract } = chain;
  const journal = await Journal.open(dir, { chainId, contract, logId: hex(chain.logId) });
  try {
    const book = await HeadBook.read(journal, sender);
    const { hasher = sha256Tree, gasPrice = 0n, resendMs = 5000, gapMs = 60_000 } = options;
    const { pollMs = 250, idleMs = 1000, maxBackoffMs = 15_000, stepMs = 600_000 } = options;
    const parts = { chain, source, sender, book, finality, hasher, clock };
    const world = { ...parts, gasPrice, pollMs, resendMs, gapMs };
    const anchoring = new Anchoring(world);
    const pace = { pollMs, idleMs, maxBackoffMs, stepMs };
    const finishing = new Finishing(world, { backoff: (times) => backoff(pace, times), stepMs });
    return new Anchorer({ chain, source, journal, book, anchoring, finishing, clock, pace });
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/**
 * Puts the heads of a log on chain, one after the other, and keeps the evidence. Every step is journalled before it is taken, so that
 * after a crash at any point the same bytes are sent again, or found on chain. spec/anchor §5
 */
export class Anchorer {
  readonly #chain: RegistryChain;
  readonly #source: AnchorSource;
  readonly #journal: Journal;
  readonly #book: HeadBook;
  readonly #anchoring: Anchoring;
  readonly #finishing: Finishing;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #closing = new AbortController();
  readonly #wakers = new Set<AbortController>();
  /** Pauses that end with every tick. */
  readonly #watchers = new Set<AbortController>();
  #ticks = 0;
  /** Whether `wake` was called since the last pause. */
  #woken = false;
  #ticking: Promise<number> | undefined;
  #problem: AnchorProblem | undefined;
  #stopped: Error | undefined;

  /** Use `createAnchorer`. */
  constructor(parts: {
    readonly chain: RegistryChain;
    readonly source: AnchorSource;
    readonly journal: Journal;
    readonly book: HeadBook;
    readonly anchoring: Anchoring;
    readonly finishing: Finishing;
    readonly clock: Clock;
    readonly pace: Pace;
  }) {
    this.#chain = parts.chain;
    this.#source = parts.source;
    this.#journal = parts.journal;
    this.#book = parts.book;
    this.#anchoring = parts.anchoring;
    this.#finishing = parts.finishing;
    this.#clock = parts.clock;
    this.#pace = parts.pace;
  }

  /**
   * Anchor whatever the log publishes, until closed or aborted.
   * @throws the error that stopped it, when log and chain contradict each other
   */
  async run({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const until = this.#until(signal);
    while (!until.aborted) {
      try {
        const wait = await this.tick();
        if (!this.#woken || this.#problem) await this.#pause(wait, until, this.#wakers);
        this.#woken = false;
      } catch (error) {
        if (!until.aborted) throw error;
      }
    }
  }

  /**
   * Anchor the log's newest head, or `head`, and give the first final anchor that covers it: its own, or that of a larger head.
   * @throws the error that stopped the anchorer, ANCHOR_CLOSED, or the signal's reason
   */
  async anchor(
    head?: { readonly size: number },
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Anchor> {
    const target = head ?? (await this.#source.head());
    if (!target) throw new RangeError('the log has published no head yet');
    const until = this.#until(signal);
    let due = this.#clock.elapsed();
    for (;;) {
      until.throwIfAborted();
      const seen = this.#ticks;
      const anchor = await this.firstCovering(target.size - 1);
      if (anchor) return anchor;
      const rest = due - this.#clock.elapsed();
      if (rest <= 0) due = this.#clock.elapsed() + (await this.tick());
      // While `run` is at work too, each of its ticks may have brought the anchor.
      else if (this.#ticks === seen) await this.#pause(rest, until, this.#watchers);
    }
  }

  /**
   * Take every step that can be taken now, without waiting, and give the milliseconds after which to call again. Faults outside do not
   * throw: they show in `status`. Calls while one is running share it.
   * @throws the error that stopped the anchorer, ANCHOR_CLOSED
   */
  async tick(): Promise<number> {
    this.#closing.signal.throwIfAborted();
    if (this.#stopped) throw this.#stopped;
    this.#ticking ??= this.#tick(this.#closing.signal).finally(() => {
      this.#ticking = undefined;
      this.#ticks++;
      for (const watcher of this.#watchers) watcher.abort();
    });
    return this.#ticking;
  }

  /** Look at the log at once: it has published a head. */
  wake(): void {
    this.#woken = true;
    for (const waker of this.#wakers) waker.abort();
  }

  /** Give the final anchors, smallest head first. */
  anchors(): AsyncGenerator<Anchor> {
    this.#closing.signal.throwIfAborted();
    return this.#journal.anchors();
  }

  /** Give the first final anchor that covers entry `index`: the one that says since when it exists. */
  async firstCovering(index: number): Promise<Anchor | undefined> {
    this.#closing.signal.throwIfAborted();
    try {
      return await this.#journal.firstCovering(index);
    } catch (error) {
      this.#closing.signal.throwIfAborted();
      throw error;
    }
  }

  /** The final anchor with the largest head. */
  get latest(): Anchor | undefined {
    return this.#book.latest;
  }

  /**
   * Ask the chain for its newest head, and prove it as its finality is proved; undefined if the chain has none beyond `latest`.
   * @throws ANCHOR_CHAIN_UNPROVEN if it is not proved, ANCHOR_EVIDENCE_REFUSED, ANCHOR_RPC_…, ANCHOR_CLOSED
   */
  async newestOnChain({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<
    Anchor | undefined
  > {
    return this.#anchoring.newestOnChain(this.#until(signal));
  }

  /** How many heads have no evidence yet though a larger one is final. */
  get late(): number {
    return this.#book.late;
  }

  /** Tell how far entry `index` has come on the chain. */
  stage(index: number): AnchorStage {
    return this.#book.stage(index);
  }

  /** Tell what it is doing, and what keeps it from it. */
  status(): AnchorerStatus {
    const record = this.#book.in('sent')[0] ?? this.#book.in('prepared')[0];
    const problem = this.#problem ?? this.#finishing.problem;
    const newest = record?.attempts.at(-1);
    const latest = this.#book.latest;
    return {
      state: this.#stopped
        ? 'stopped'
        : problem
          ? 'retrying'
          : this.#book.count > 0 || this.#anchoring.isBehind
            ? 'working'
            : 'idle',
      problem,
      inFlight: record && {
        size: record.head.size,
        state: record.attempts.length === 0 ? 'prepared' : 'sent',
        nonce: newest?.nonce,
        txHash: newest?.hash,
        attempts: record.attempts.length,
      },
      awaitingFinality: this.#book.in('mined').length,
      latest: latest && {
        number: latest.number,
        size: latest.head.size,
        blockNumber: latest.blockNumber,
      },
    };
  }

  /** Stop, and close the journal. What is on its way goes on where it stands at the next start. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(anchorError('ANCHOR_CLOSED', 'the anchorer is closed'));
    await this.#ticking?.catch(() => undefined);
    this.#book.releaseAll();
    await this.#journal.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #tick(signal: AbortSignal): Promise<number> {
    try {
      await within(this.#pace.stepMs, signal, (until) => this.#anchoring.step(until));
      this.#problem = undefined;
    } catch (error) {
      signal.throwIfAborted();
      this.#problem = problemOf(this.#problem, error, this.#clock);
      if (isCodedError(error) && STOPPING.has(error.code)) {
        this.#stopped = error;
        throw error;
      }
      this.#chain.rotate();
    }
    await this.#finishing.step(signal);
    if (this.#problem) return backoff(this.#pace, this.#problem.times);
    return this.#book.count > 0 ? this.#pace.pollMs : this.#pace.idleMs;
  }

  #until(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
  }

  /** Sleep until the time is over or one of `wakers` is aborted. @throws the reason of `until` */
  async #pause(ms: number, until: AbortSignal, wakers: Set<AbortController>): Promise<void> {
    const waker = new AbortController();
    wakers.add(waker);
    try {
      await this.#clock.sleep(ms, AbortSignal.any([until, waker.signal]));
    } catch (error) {
      until.throwIfAborted();
      if (!waker.signal.aborted) throw error;
    } finally {
      wakers.delete(waker);
    }
  }
}

function backoff({ pollMs, maxBackoffMs }: Pace, times: number): number {
  return Math.min(pollMs * 2 ** Math.min(times - 1, 20), maxBackoffMs);
}
