import type { AnchoredHead } from '@anchorlog/evm-proof';
import type { Anchor, AnchorStage } from './anchor.ts';
import type { HeadRecord, Journal } from './journal.ts';
import type { Sender, SignedTx } from './sender.ts';

/** What is known of a head on its way only as long as the process runs. */
export interface Progress {
  /** When its newest bytes were last handed to the chain, by `Clock.elapsed`, as all times here. */
  sentAt: number;
  /** Since when the chain has not come to its nonce, with nothing of ours before it. */
  gapSince: number | undefined;
  /** Transactions made for it, those that are kept no more too. */
  made: number;
  /** When another one may be made at the earliest, if many were. */
  nextAt: number;
  /** Hashes of attempts that cannot be mined any more: reverted, or their nonce is taken. */
  readonly dead: Set<string>;
}

/** Attempts of one head that are kept while they may be mined, and afterwards, beside the newest. */
const MOST_LIVE = 5;
const MOST_DEAD = 2;

/** The heads of one log that are not final yet, in memory as on disk, and the nonces that they hold. */
export class HeadBook {
  readonly #journal: Journal;
  readonly #sender: Sender;
  readonly #records = new Map<number, HeadRecord>();
  readonly #progress = new Map<number, Progress>();
  #latest: Anchor | undefined;

  private constructor(journal: Journal, sender: Sender, latest: Anchor | undefined) {
    this.#journal = journal;
    this.#sender = sender;
    this.#latest = latest;
  }

  /** Read what the journal holds, and hold the nonces of what is on its way. @throws ANCHOR_JOURNAL_MALFORMED */
  static async read(journal: Journal, sender: Sender): Promise<HeadBook> {
    const book = new HeadBook(journal, sender, await journal.latest());
    for (const record of await journal.unfinished()) {
      book.#records.set(record.head.size, record);
      if (record.state === 'sent') book.#hold(record);
    }
    return book;
  }

  /** The final anchor with the largest head. */
  get latest(): Anchor | undefined {
    return this.#latest;
  }

  /** Heads that are not final. */
  get count(): number {
    return this.#records.size;
  }

  get(size: number): HeadRecord | undefined {
    return this.#records.get(size);
  }

  /** The heads in `state`, smallest first. */
  in(state: HeadRecord['state']): HeadRecord[] {
    return [...this.#records.values()]
      .filter((record) => record.state === state)
      .toSorted((a, b) => a.head.size - b.head.size);
  }

  /** Entries of the largest head that the journal knows, whatever has become of it. */
  get journalledSize(): number {
    return Math.max(this.#latest?.head.size ?? 0, ...this.#records.keys());
  }

  /** Entries of the largest head that the chain is known to have taken. */
  get minedSize(): number {
    return Math.max(this.#latest?.head.size ?? 0, this.in('mined').at(-1)?.head.size ?? 0);
  }

  /** Mined heads that have no evidence yet though a larger one is final. */
  get late(): number {
    const final = this.#latest?.head.size ?? 0;
    return this.in('mined').filter(({ head }) => head.size < final).length;
  }

  /** The largest head below `size` that the chain is known to have taken: its number and block; zeros if there is none. */
  knownBelow(size: number): { readonly number: number; readonly blockNumber: number } {
    const mined = this.in('mined').findLast(({ head }) => head.size < size)?.mined;
    const final = this.#latest && this.#latest.head.size < size ? this.#latest : undefined;
    // A larger head may be final before a smaller one.
    if (mined && final) return mined.number > final.number ? mined : final;
    return mined ?? final ?? { number: 0, blockNumber: 0 };
  }

  stage(index: number): AnchorStage {
    if (this.#latest && this.#latest.head.size > index) return 'final';
    const covers = ({ head }: { readonly head: AnchoredHead }): boolean => head.size > index;
    if (this.in('mined').some(covers)) return 'mined';
    return this.in('sent').some(covers) ? 'sent' : 'none';
  }

  progressOf({ head, attempts }: HeadRecord): Progress {
    let progress = this.#progress.get(head.size);
    if (!progress) {
      const made = attempts.length;
      progress = {
        sentAt: -Infinity,
        gapSince: undefined,
        made,
        nextAt: -Infinity,
        dead: new Set(),
      };
      this.#progress.set(head.size, progress);
    }
    return progress;
  }

  /**
   * Give the attempts of a head that are kept with another one: those that may be mined yet, but not more than a few, and of the others the
   * newest. One that was dropped and is mined after all is found by its event. spec/anchor §6.1
   */
  attemptsWith(record: HeadRecord, tx: SignedTx): SignedTx[] {
    const { dead } = this.progressOf(record);
    const live = record.attempts.filter(({ hash }) => !dead.has(hash));
    // The lowest nonces are mined first.
    const kept = new Set(live.toSorted((a, b) => a.nonce - b.nonce).slice(0, MOST_LIVE));
    for (const each of record.attempts.filter(({ hash }) => dead.has(hash)).slice(-MOST_DEAD)) {
      kept.add(each);
    }
    return [...record.attempts.filter((each) => kept.has(each)), tx];
  }

  /** Note that one attempt cannot be mined any more. */
  bury(record: HeadRecord, hash: string): void {
    const { dead } = this.progressOf(record);
    dead.add(hash);
    const nonce = record.attempts.find((attempt) => attempt.hash === hash)?.nonce;
    const needed = record.attempts.some((each) => each.nonce === nonce && !dead.has(each.hash));
    if (nonce !== undefined && !needed) this.#sender.release(nonce);
  }

  /** Journal a record, in one write with forgetting those of the sizes in `drop`. */
  async put(record: HeadRecord, drop: readonly number[] = []): Promise<void> {
    await this.#journal.put(record, drop);
    for (const size of drop) this.#forget(size);
    const before = this.#records.get(record.head.size);
    this.#records.set(record.head.size, record);
    if (before) this.#releaseDropped(before, record);
    if (record.state === 'mined') this.#release(record);
  }

  /** A head turned out not to be mined: its transactions go on. */
  async unmine({ head, attempts }: HeadRecord): Promise<void> {
    const record: HeadRecord = { head, state: 'sent', attempts };
    await this.put(record);
    this.#progress.delete(head.size); // what was dead may live again
    this.#hold(record);
  }

  /** Forget a head: nothing more will become of it. */
  async drop(size: number): Promise<void> {
    await this.#journal.drop(size);
    this.#forget(size);
  }

  /** Keep a final anchor in the place of its record. */
  async finish(anchor: Anchor): Promise<void> {
    await this.#journal.finish(anchor);
    this.#forget(anchor.head.size);
    if (anchor.head.size > (this.#latest?.head.size ?? 0)) this.#latest = anchor;
  }

  /** Let go of all nonces, and of a place in line for another: nothing more is done here. */
  releaseAll(): void {
    this.#sender.leave(this);
    for (const record of this.#records.values()) this.#release(record);
  }

  #forget(size: number): void {
    const record = this.#records.get(size);
    if (record) this.#release(record);
    this.#records.delete(size);
    this.#progress.delete(size);
  }

  #hold({ attempts }: HeadRecord): void {
    for (const { nonce } of attempts) this.#sender.hold(nonce);
  }

  #releaseDropped(before: HeadRecord, after: HeadRecord): void {
    const kept = new Set(after.attempts.map(({ nonce }) => nonce));
    for (const { nonce } of before.attempts) if (!kept.has(nonce)) this.#sender.release(nonce);
  }

  #release({ attempts }: HeadRecord): void {
    for (const { nonce } of attempts) this.#sender.release(nonce);
  }
}
