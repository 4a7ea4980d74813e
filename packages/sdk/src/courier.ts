import { setTimeout as delay } from 'node:timers/promises';
import { formatBase64, formatInstant, isCodedError, type CodedError } from '@anchorlog/core';
import { parseStatement } from '@anchorlog/statement';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import type { EmitterLag, EmitterProblem, EmitterTarget } from './emitter.ts';
import { sdkError } from './error.ts';
import type { Issuing } from './issuing.ts';
import type { Outbox, OutboxBatch } from './outbox.ts';
import type { StoredItem } from './vault-item.ts';

/** How long the courier waits before it tries again: at first, and at most. Doubled each time. */
export interface RetryTimes {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** With these nothing gets better by itself: number or source are another's, or the log is. */
const STOPS = new Set([
  'LOG_SEQUENCE_TAKEN',
  'LOG_SOURCE_CLOSED',
  'LOG_SOURCE_PREDECESSOR',
  'LOG_ORIGIN_MISMATCH',
  'SDK_VAULT_DAMAGED',
]);
/** With these the log will never take a statement. */
const NEVER =
  /^(?:STATEMENT_|CORE_|PROFILES_|LOG_ID_CONFLICT$|LOG_SOURCE_MISMATCH$|LOG_CREATE_REPEATED$)/;

/**
 * Brings the statements of an outbox to the log, in their order, one batch after the other, for as long as the emitter is open. What does not arrive is
 * sent again, the same bytes; what the log will never take gives its number to a `source.void`; where the log says that numbers were
 * given to other bytes, it stops (spec/emitter §4).
 */
export class Courier {
  readonly #outbox: Outbox;
  readonly #to: EmitterTarget;
  readonly #issuing: Issuing;
  readonly #source: string;
  readonly #clock: () => number;
  readonly #retry: RetryTimes;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #state: EmitterLag['state'] = 'idle';
  #problem: EmitterProblem | undefined;
  /** The number up to which statements are sent one by one: one of a batch that was refused is there. */
  #singlyTo = 0;
  /** The number that the log asked for last, if it has not moved since. */
  #rewound: number | undefined;

  constructor(world: {
    readonly outbox: Outbox;
    readonly to: EmitterTarget;
    readonly issuing: Issuing;
    readonly source: string;
    readonly clock: () => number;
    readonly retry: RetryTimes;
  }) {
    this.#outbox = world.outbox;
    this.#to = world.to;
    this.#issuing = world.issuing;
    this.#source = world.source;
    this.#clock = world.clock;
    this.#retry = world.retry;
    this.#running = this.#run();
  }

  get state(): EmitterLag['state'] {
    return this.#state;
  }

  get problem(): EmitterProblem | undefined {
    return this.#problem;
  }

  /** Why nothing more is taken, if the courier has stopped. */
  get stopped(): Error | undefined {
    if (this.#state !== 'stopped') return undefined;
    const { code = '', message = '' } = this.#problem ?? {};
    return sdkError('SDK_EMITTER_STOPPED', `the emitter has stopped: ${message}`, { reason: code });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#outbox.changes.announce();
    await this.#running;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted && this.#state !== 'stopped') {
      const change = this.#outbox.changes.next;
      if (this.#outbox.deliveredCount === this.#outbox.journalled) {
        this.#state = 'idle';
        await change;
        continue;
      }
      const wait = await this.#send();
      if (wait > 0) await delay(wait, undefined, { signal }).catch(() => undefined); // closing ends it
    }
    this.#outbox.changes.announce();
  }

  /** Send one batch, and say how long to wait before the next. */
  async #send(): Promise<number> {
    const began = performance.now();
    let batch: OutboxBatch | undefined;
    try {
      const isSingly = this.#outbox.deliveredCount < this.#singlyTo;
      batch = await this.#outbox.nextBatch(isSingly ? 1 : Infinity);
      if (!this.#problem) this.#state = 'sending';
      const { signal } = this.#closing;
      await this.#to.submit(
        batch.statements.map(({ entry }) => entry),
        { signal },
      );
      await this.#outbox.delivered(batch);
    } catch (error) {
      return this.#refused(batch?.statements ?? [], error);
    }
    this.#problem = undefined;
    this.#rewound = undefined;
    this.#outbox.retryAfterMs = Math.ceil(Math.max(this.#retry.leastMs, performance.now() - began));
    return 0;
  }

  async #refused(batch: readonly StoredItem[], error: unknown): Promise<number> {
    const { code, context } = isCodedError(error)
      ? error
      : { code: codeOf(error), context: {} as CodedError['context'] };
    const [first] = batch;
    if (!first || this.#closing.signal.aborted) return this.#later(error, code);
    const { expected } = context;
    const isBehind = code === 'LOG_SEQUENCE_GAP' || code === 'LOG_SOURCE_UNREGISTERED';
    // The log has lost what it had: an older copy was put in its place, and is filled up from here.
    if (isBehind && isNumberBelow(expected, first.number) && this.#rewound !== expected) {
      this.#rewound = expected;
      return this.#trying(() => this.#outbox.rewind(expected));
    }
    const isRoot = code === 'LOG_SOURCE_UNREGISTERED' && first.number === 0;
    if (isRoot || STOPS.has(code)) return this.#stop(error, code);
    if (code !== 'LOG_BATCH_LENGTH' && !NEVER.test(code)) {
      const after = context['retryAfterMs'];
      return this.#later(error, code, typeof after === 'number' ? after : undefined);
    }
    if (batch.length > 1) {
      this.#singlyTo = first.number + batch.length;
      return 0;
    }
    return this.#fill(first, error, code);
  }

  /** Give the number of a statement that can never be accepted to one that says so. */
  async #fill(item: StoredItem, error: unknown, code: string): Promise<number> {
    const { number, entry } = item;
    const isAgain = this.#outbox.voids.has(number);
    // The opening itself, or what was to fill the number: nothing else can stand there.
    if (number === 0 || isAgain || !isStatement(entry)) return this.#stop(error, code);
    const hasher = nodeTreeHasher(this.#issuing.suite.name);
    const claims = {
      source: this.#source,
      number,
      replacedDigest: formatBase64(hasher.leaf(entry)),
    };
    return this.#trying(async () => {
      const filling = await this.#issuing.issueAt(
        {
          profile: 'log/1',
          event: 'source.void',
          key: `source.void/${suffixOf(this.#source)}/${number}`,
          eventTime: formatInstant(this.#clock()),
          claims,
        },
        number,
      );
      await this.#outbox.fill(number, filling);
    });
  }

  async #trying(work: () => Promise<void>): Promise<number> {
    try {
      await work();
      return 0;
    } catch (error) {
      return this.#refused([], error);
    }
  }

  #stop(error: unknown, code: string): number {
    this.#met(error, code);
    this.#state = 'stopped';
    return 0;
  }

  #later(error: unknown, code: string, afterMs?: number): number {
    if (STOPS.has(code)) return this.#stop(error, code);
    const { times } = this.#met(error, code);
    this.#state = 'retrying';
    const { leastMs, mostMs } = this.#retry;
    const wait = Math.min(mostMs, Math.max(afterMs ?? 0, leastMs * 2 ** Math.min(times - 1, 30)));
    this.#outbox.retryAfterMs = wait;
    return wait;
  }

  #met(error: unknown, code: string): EmitterProblem {
    const last = this.#problem;
    const message = error instanceof Error ? error.message : String(error);
    const since = last?.since ?? this.#clock();
    return (this.#problem = { code, message, since, times: (last?.times ?? 0) + 1 });
  }
}

function isNumberBelow(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < limit;
}

/** What is no statement even here was changed on this disk: that is no reason to fill its number. */
function isStatement(entry: Uint8Array): boolean {
  try {
    parseStatement(entry);
    return true;
  } catch {
    return false;
  }
}

function suffixOf(source: string): string {
  return source.slice(source.lastIndexOf('/') + 1);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
