import { setTimeout as delay } from 'node:timers/promises';
import { isCodedError } from '@anchorlog/core';
import { idsDamagedError, type Log, type LogReceipt } from '@anchorlog/log';
import { addressOf, isOfEmitter } from './adopt.ts';
import { sdkError } from './error.ts';
import type { Onward } from './intake.ts';
import type { StoredItem } from './vault-item.ts';
import type { Vault } from './vault.ts';

const RETRY_MS = 50;
/** After these the log takes nothing more until it is opened again. */
const ENDS = new Set([
  'LOG_FAILED',
  'LOG_FENCED',
  'LOG_IDS_DAMAGED',
  'LOG_STORE_DAMAGED',
  'LOG_STORE_FAILED',
  'LOG_STORE_REPLACED',
  'LOG_CLOSED',
]);

/** The way of a notary's records from its vault into its log: group after group, each with one fsync of either. */
export class IntoLog implements Onward<LogReceipt> {
  readonly #vault: Vault;
  readonly #log: Log;
  /** Whether all groups so far are in the log. */
  #noting: Promise<boolean> = Promise.resolve(true);

  constructor({ vault, log }: { readonly vault: Vault; readonly log: Log }) {
    this.#vault = vault;
    this.#log = log;
  }

  /** Let a record that was issued before pass if the log finds it, should it be there: what it misses it would take for new. */
  async check(item: StoredItem): Promise<void> {
    if (!this.#vault.isAppended(item)) return;
    if ((await this.#log.find(item.address)) === undefined) throw idsDamagedError();
  }

  take(
    items: readonly StoredItem[],
    flushed: Promise<number>,
  ): Promise<readonly (LogReceipt | Error)[]> {
    const appended = flushed.then(() => this.#append(items.map(({ entry }) => entry)));
    this.#noting = this.#note(this.#noting, flushed, appended);
    return appended;
  }

  /** Resolves when all that was taken so far is noted, or cannot be. */
  async settled(): Promise<void> {
    await this.#noting;
  }

  /** Note in the vault that all groups so far are in the log. A crash before leaves it to the next start to look. Never rejects. */
  async #note(
    before: Promise<boolean>,
    flushed: Promise<number>,
    appended: Promise<readonly (LogReceipt | Error)[]>,
  ): Promise<boolean> {
    try {
      const [next, receipts] = await Promise.all([flushed, appended]);
      const isAll = (await before) && receipts.every((each) => 'index' in each);
      if (isAll) this.#vault.appended(next);
      return isAll;
    } catch {
      return false; // those who wait for receipts are told
    }
  }

  /** Append entries as one group of the log, each on its own if the log refuses one of them. */
  async #append(entries: readonly Uint8Array[]): Promise<(LogReceipt | Error)[]> {
    for (;;) {
      try {
        return entries.length > 0 ? await this.#log.appendBatch(entries) : [];
      } catch (error) {
        const code = isCodedError(error) ? error.code : undefined;
        if (code === 'LOG_BUSY') {
          await delay(RETRY_MS);
        } else if (code === undefined || ENDS.has(code)) {
          throw error;
        } else {
          return Promise.all(entries.map((entry) => this.#alone(entry)));
        }
      }
    }
  }

  async #alone(entry: Uint8Array): Promise<LogReceipt | Error> {
    try {
      return await this.#log.append(entry);
    } catch (error) {
      return this.#told(error, entry);
    }
  }

  /**
   * Say of what the log refuses whose fault it is. Every entry comes from the vault: where the log has another one under its id, an emitter has sent
   * that, or the vault has lost it, and took the record for a new one. The submitter has handed in the same.
   */
  async #told(error: unknown, entry: Uint8Array): Promise<Error> {
    if (!isCodedError(error) || error.code !== 'LOG_ID_CONFLICT') return asError(error);
    if (await isOfEmitter(this.#log, addressOf(entry))) return error;
    return sdkError(
      'SDK_VAULT_DAMAGED',
      'vault: it has lost a record that the log has. Put its newest copy back; if there is none, adoptVault (anchorlog log adopt-vault) goes on without what it lacks',
      {},
      { cause: error },
    );
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
