import { setTimeout as delay } from 'node:timers/promises';
import { formatUtf8, isCodedError } from '@anchorlog/core';
import type { Log, LogReceipt } from '@anchorlog/log';
import { sdkError } from './error.ts';
import type { IssuedItem, Issuing, PreparedRecord } from './issuing.ts';

/** Records that are issued and written to the vault together. */
const GROUP = 1000;
/** Groups whose entries may be on their way to the log while the next is issued. */
const GROUPS_IN_FLIGHT = 4;
/** Records that may wait. */
const QUEUE = 16_384;
const RETRY_MS = 50;

interface Waiting {
  readonly prepared: PreparedRecord;
  readonly resolve: (taken: TakenRecord) => void;
  readonly reject: (error: unknown) => void;
}

/** A record that is in the log. */
export interface TakenRecord {
  readonly issued: IssuedItem;
  readonly receipt: LogReceipt;
}

/**
 * Takes records in groups: issued and written to the vault by one fsync, then appended to the log, while the next group is issued already.
 * Order among records that wait is kept.
 */
export class Intake {
  readonly #issuing: Issuing;
  readonly #log: Log;
  readonly #waiting: Waiting[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #pumping: Promise<void> | undefined;
  #closed = false;

  constructor(issuing: Issuing, log: Log) {
    this.#issuing = issuing;
    this.#log = log;
  }

  /** Take a record; resolves when it is in the log, on disk. @throws SDK_BUSY, SDK_CLOSED, and what issuing and the log throw */
  async take(input: unknown): Promise<TakenRecord> {
    if (this.#closed) throw sdkError('SDK_CLOSED', 'the notary is closed');
    if (this.#waiting.length >= QUEUE) {
      throw sdkError('SDK_BUSY', `${QUEUE} records wait already`, { retryAfterMs: RETRY_MS });
    }
    const prepared = await this.#issuing.prepare(input);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ prepared, resolve, reject });
      this.#pumping ??= this.#pump();
    });
  }

  /** Take nothing more and finish what waits. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pumping;
    await Promise.all(this.#inFlight);
  }

  async #pump(): Promise<void> {
    // Let the calls of this turn of the event loop come into one group.
    await new Promise((resolve) => void setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, GROUP);
      try {
        const issued = await this.#issuing.issueGroup(group.map(({ prepared }) => prepared));
        const appending = this.#append(group, issued).finally(() =>
          this.#inFlight.delete(appending),
        );
        this.#inFlight.add(appending);
      } catch (error) {
        // The vault could not be written: nothing of the group was shown to anybody.
        for (const { reject } of group) reject(error);
      }
      if (this.#inFlight.size >= GROUPS_IN_FLIGHT) await Promise.race(this.#inFlight);
    }
    this.#pumping = undefined;
  }

  async #append(
    group: readonly Waiting[],
    results: readonly (IssuedItem | Error)[],
  ): Promise<void> {
    await Promise.all(
      group.map(async ({ resolve, reject }, i) => {
        const issued = results[i]!;
        if (issued instanceof Error) return reject(issued);
        try {
          resolve({ issued, receipt: await this.#appendOne(formatUtf8(issued.item.entry)) });
        } catch (error) {
          reject(error);
        }
      }),
    );
  }

  async #appendOne(entry: Uint8Array): Promise<LogReceipt> {
    for (;;) {
      try {
        return await this.#log.append(entry);
      } catch (error) {
        if (!isCodedError(error) || error.code !== 'LOG_BUSY') throw error;
        const { retryAfterMs } = error.context;
        await delay(typeof retryAfterMs === 'number' ? retryAfterMs : RETRY_MS);
      }
    }
  }
}
