import { sdkError } from './error.ts';
import { Changes } from './changes.ts';
import type { Onward } from './intake.ts';
import { sizeOf, type StoredItem, type VaultItem } from './vault-item.ts';
import type { Vault } from './vault.ts';

/** Statements that are sent together, and bytes of them: few, since none of them counts before all do. */
const BATCH_RECORDS = 256;
const BATCH_BYTES = 2 ** 22;

/** Statements that are sent together. */
export interface OutboxBatch {
  /** In their order, each as it is or as what fills its number; none if nothing waits. */
  readonly statements: readonly StoredItem[];
  /** What is kept of them. */
  readonly bytes: number;
}

/**
 * The statements of a source in their order, and how many of them the log has: a vault whose items bear the number under which they stand there.
 * What fills a number that can never be accepted stands beside its item (spec/emitter §2).
 */
export class Outbox implements Onward<number> {
  readonly #vault: Vault;
  readonly #maxBytes: number;
  readonly #voids: Set<number>;
  /** Announces that something was journalled or delivered. */
  readonly changes: Changes = new Changes();
  /** All items with smaller numbers are on disk. */
  #journalled: number;
  #delivered: number;
  #waitingBytes: number;
  /** Milliseconds after which there may be room again. */
  retryAfterMs = 1000;

  private constructor(
    vault: Vault,
    of: {
      readonly maxBytes: number;
      readonly voids: Set<number>;
      readonly waitingBytes: number;
    },
  ) {
    this.#vault = vault;
    this.#maxBytes = of.maxBytes;
    this.#voids = of.voids;
    this.#journalled = vault.next;
    this.#delivered = vault.appendedCount;
    this.#waitingBytes = of.waitingBytes;
  }

  /** Find out what waits. `maxBytes` may at most. @throws SDK_VAULT_… */
  static async open(vault: Vault, maxBytes: number): Promise<Outbox> {
    const waitingBytes = await bytesBetween(vault, vault.appendedCount, vault.next);
    return new Outbox(vault, { maxBytes, voids: new Set(await vault.voids()), waitingBytes });
  }

  get journalled(): number {
    return this.#journalled;
  }

  /** The log has all items with smaller numbers. */
  get deliveredCount(): number {
    return this.#delivered;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get voids(): ReadonlySet<number> {
    return this.#voids;
  }

  /** One that is alone is taken whatever its size, or it could never be. */
  admit(bytes: number): void {
    const waiting = this.#journalled - this.#delivered;
    if (waiting === 0 || this.#waitingBytes + bytes <= this.#maxBytes) return;
    throw sdkError('SDK_OUTBOX_FULL', `${waiting} records wait for the log already`, {
      retryAfterMs: this.retryAfterMs,
      records: waiting,
      bytes: this.#waitingBytes,
    });
  }

  async take(
    items: readonly (StoredItem & { readonly isNew?: boolean })[],
    flushed: Promise<number>,
  ): Promise<readonly number[]> {
    const next = await flushed;
    for (const item of items) if (item.isNew === true) this.#waitingBytes += sizeOf(item);
    this.#journalled = Math.max(this.#journalled, next);
    this.changes.announce();
    return items.map(({ number }) => number);
  }

  /** Give the statements that are to be sent next, at most so many. */
  async nextBatch(most: number): Promise<OutboxBatch> {
    // Others may look while the courier goes on.
    const [from, to] = [this.#delivered, this.#journalled];
    const statements: StoredItem[] = [];
    let [bytes, sent] = [0, 0];
    for await (const item of this.#vault.items(from)) {
      const { number } = item;
      if (number >= to) break;
      if (number !== from + statements.length) throw missing(from + statements.length);
      const isVoid = this.#voids.has(number);
      statements.push(isVoid ? { ...(await this.#fillingOf(number)), number } : item);
      bytes += sizeOf(item);
      sent += item.entry.length;
      if (statements.length >= Math.min(most, BATCH_RECORDS) || sent >= BATCH_BYTES) break;
    }
    if (statements.length === 0 && from < to) throw missing(from);
    return { statements, bytes };
  }

  /** Note that the log has a batch. A crash before sends it again, the same bytes. */
  async delivered({ statements, bytes }: OutboxBatch): Promise<void> {
    const next = this.#delivered + statements.length;
    this.#waitingBytes -= bytes;
    this.#delivered = next;
    this.#vault.appended(next);
    await this.#vault.saveAppended();
    this.changes.announce();
  }

  /** Go back: the log has less than it said. */
  async rewind(next: number): Promise<void> {
    this.#waitingBytes += await bytesBetween(this.#vault, next, this.#delivered);
    this.#delivered = next;
  }

  /** Fill a number, durably. */
  async fill(number: number, item: VaultItem): Promise<void> {
    await this.#vault.putVoid(number, item);
    this.#voids.add(number);
  }

  async #fillingOf(number: number): Promise<VaultItem> {
    const filling = await this.#vault.void(number);
    if (filling) return filling;
    throw missing(number);
  }
}

async function bytesBetween(vault: Vault, from: number, to: number): Promise<number> {
  let bytes = 0;
  for await (const item of vault.items(from)) {
    if (item.number >= to) break;
    bytes += sizeOf(item);
  }
  return bytes;
}

function missing(number: number): Error {
  return sdkError('SDK_VAULT_DAMAGED', `outbox: expected statement ${number}, got none`, {
    number,
  });
}
