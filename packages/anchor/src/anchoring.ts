import { isCodedError, type CodedError } from '@anchorlog/core';
import type { AnchoredHead } from '@anchorlog/evm-proof';
import type { TreeHasher } from '@anchorlog/tlog';
import { Transaction } from 'ethers';
import type { Anchor, AnchorSource, ChainHead } from './anchor.ts';
import type { MinedTx, RegistryChain } from './chain.ts';
import type { Clock } from './clock.ts';
import type { Finality } from './config.ts';
import { anchorError } from './error.ts';
import { proveClosed, proveFinality } from './evidence.ts';
import type { HeadBook } from './head-book.ts';
import type { HeadRecord } from './journal.ts';
import { believed, equalHeads, isContradiction, provePrefix, unproven } from './prefix.ts';
import { encodeAnchor, type RegisteredLog } from './registry.ts';
import type { Sender, SignedTx } from './sender.ts';

/** What the steps of anchoring work with. */
export interface AnchoringWorld {
  readonly chain: RegistryChain;
  readonly source: AnchorSource;
  readonly sender: Sender;
  readonly book: HeadBook;
  readonly finality: Finality;
  readonly hasher: TreeHasher;
  readonly gasPrice: bigint;
  readonly pollMs: number;
  readonly resendMs: number;
  readonly gapMs: number;
  readonly clock: Clock;
}

/** Gas that an anchor may take without a proof, and for each hash of one; about twice what was measured. spec/anchor §3.4 */
const ANCHOR_GAS = 200_000n;
const HASH_GAS = 6000n;
/** Transactions that a head may need at once: reverted ones, and nonces that others took. spec/anchor §7.1 */
const FREE_ATTEMPTS = 3;

/** The steps that bring a log's heads on chain. Each is journalled before it is taken. spec/anchor §6, §7 */
export class Anchoring {
  readonly #world: AnchoringWorld;
  /** Whether the chain was looked at since the start. */
  #synced = false;
  /** Entries of the log's newest head, as far as it was asked. */
  #newestSize = 0;

  constructor(world: AnchoringWorld) {
    this.#world = world;
  }

  /** Whether the log has published a head that the chain is not known to have, or was not compared with the chain yet. */
  get isBehind(): boolean {
    if (this.#newestSize === 0) return false;
    return !this.#synced || this.#newestSize > this.#world.book.minedSize;
  }

  /** Take the next step of the head on its way, or begin with the log's newest. @throws ANCHOR_…, and what the log throws */
  async step(signal: AbortSignal): Promise<void> {
    const { source, book } = this.#world;
    const newest = await source.head();
    const size = newest?.size ?? 0;
    this.#newestSize = size;
    const journalled = book.journalledSize;
    if (journalled > size) {
      throw anchorError(
        'ANCHOR_SOURCE_BEHIND',
        `the log has ${size} entries, a head of ${journalled} was journalled`,
        { size, journalled },
      );
    }
    if (!newest) return;
    const [sent] = book.in('sent');
    if (sent) await this.#follow(sent, newest, signal);
    if (book.in('sent').length > 0) return;
    if (newest.size === book.minedSize && this.#synced) return;
    const begun = await this.#begin(newest, signal);
    // A chain that mines at once has it already.
    if (begun) await this.#follow(begun, newest, signal);
  }

  /** Give the chain's newest head, proved final; undefined if there is none beyond the newest that is final here. @throws ANCHOR_… */
  async newestOnChain(signal: AbortSignal): Promise<Anchor | undefined> {
    const { chain, book, finality } = this.#world;
    const log = await chain.log(signal);
    if (log.number <= (book.latest?.number ?? 0)) return undefined;
    const place = { after: log.number - 1, fromBlock: log.blockNumber };
    for await (const { txHash, size, rootHash, indexRoot } of chain.heads(log, place, signal)) {
      const head = { size, rootHash, indexRoot };
      const answer = await proveFinality({ chain, txHash, head, finality, signal });
      if (answer.kind === 'final') return answer.anchor;
    }
    throw anchorError('ANCHOR_CHAIN_UNPROVEN', 'the chain does not prove its newest head');
  }

  /** Take the log's newest head on its way, unless the chain has it already. */
  async #begin(newest: AnchoredHead, signal: AbortSignal): Promise<HeadRecord | undefined> {
    const { chain, book } = this.#world;
    const log = await chain.log(signal);
    await this.#reconcile(log, newest, signal);
    this.#synced = true;
    if (newest.size <= book.minedSize) return undefined;
    await this.#checkOpen(log, signal);
    const record: HeadRecord = { head: newest, state: 'prepared', attempts: [] };
    const passed = book.in('prepared').map(({ head }) => head.size);
    // A crash here loses nothing: the head is taken from the log again.
    await book.put(
      record,
      passed.filter((size) => size !== newest.size),
    );
    return this.#attempt(record, log, signal);
  }

  /** Make a transaction for a head, journal it, and send it; with the nonce `replace` if given. */
  async #attempt(
    record: HeadRecord,
    log: RegisteredLog,
    signal: AbortSignal,
    replace?: number,
  ): Promise<HeadRecord | undefined> {
    const { chain, source, sender, book, hasher, gasPrice, pollMs, gapMs, clock } = this.#world;
    const { head } = record;
    const step = head.size - log.size;
    if (step > log.maxStep) {
      throw anchorError(
        'ANCHOR_STEP_TOO_LARGE',
        `the log grew by ${step} entries, one anchor may grow it by ${log.maxStep}`,
        { size: head.size, latest: log.size, maxStep: log.maxStep },
      );
    }
    // Asked before the work of a proof, and again when it signs.
    if (replace === undefined && !sender.hasRoom(book)) return undefined;
    const older = { size: log.size, rootHash: log.rootHash };
    const hashes =
      log.number === 0 ? [] : await believed(provePrefix({ older, newer: head, source, hasher }));
    const proof = log.checked ? hashes : [];
    const data = encodeAnchor(chain.origin, head, proof);
    const gasLimit = ANCHOR_GAS + HASH_GAS * BigInt(proof.length);
    await chain.simulate({ from: await sender.address(), data, gas: gasLimit }, signal);
    let sent: HeadRecord | undefined;
    const journal = async (tx: SignedTx): Promise<void> => {
      // Before the first send: a crash from here on finds these bytes again, and sends them or finds them mined.
      sent = { head, state: 'sent', attempts: book.attemptsWith(record, tx) };
      await book.put(sent);
    };
    const request = { to: chain.contract, data, gasLimit, gasPrice };
    const signed = await sender.sign(chain, request, journal, { who: book, replace, signal });
    if (!sent || !signed) return undefined; // no room yet: at the next tick
    const progress = book.progressOf(sent);
    const now = clock.elapsed();
    progress.sentAt = now;
    progress.made++;
    const wait = pollMs * 2 ** Math.min(Math.max(progress.made - FREE_ATTEMPTS, 0), 20);
    progress.nextAt = now + Math.min(wait, gapMs);
    await this.#send(signed, signal);
    return sent;
  }

  /**
   * Hand bytes to the chain, and give the node's refusal, if any. A refusal decides nothing, transaction receipt and nonce do: the bytes
   * may have arrived before.
   */
  async #send({ raw }: SignedTx, signal: AbortSignal): Promise<Error | undefined> {
    try {
      await this.#world.chain.send(raw, signal);
      return undefined;
    } catch (error) {
      if (isCodedError(error) && error.code === 'ANCHOR_RPC_REFUSED') return error;
      throw error;
    }
  }

  /** Look what has become of the transactions of a head, and do what is to be done. spec/anchor §7.1 */
  async #follow(record: HeadRecord, newest: AnchoredHead, signal: AbortSignal): Promise<void> {
    const { chain, sender, book } = this.#world;
    if (await this.#lookForReceipts(record, signal)) return;
    const { dead } = book.progressOf(record);
    const living = record.attempts.filter(({ hash }) => !dead.has(hash));
    if (living.length > 0) {
      const count = await chain.txCount(await sender.address(), 'latest', signal);
      // The first that the chain comes to, and of several with its nonce the newest.
      const live = living
        .filter(({ nonce }) => nonce >= count)
        .toReversed()
        .toSorted((a, b) => a.nonce - b.nonce)[0];
      if (live) {
        await this.#urge(record, live, { count, newest, signal });
        return;
      }
      // Mined between the two questions, or another transaction has the nonce.
      if (await this.#lookForReceipts(record, signal)) return;
      for (const { nonce, hash } of record.attempts) if (nonce < count) book.bury(record, hash);
    }
    await this.#again(record, { newest, signal });
  }

  /** A transaction waits to be mined: send it again, or give up a nonce that the chain does not come to. */
  async #urge(
    record: HeadRecord,
    live: SignedTx,
    at: { readonly count: number; readonly newest: AnchoredHead; readonly signal: AbortSignal },
  ): Promise<void> {
    const { chain, sender, book, gasPrice, resendMs, gapMs, clock } = this.#world;
    const { count, newest, signal } = at;
    const progress = book.progressOf(record);
    const now = clock.elapsed();
    // Other attempts for this head are no reason to wait: the live one has the lowest nonce that can be mined.
    const own = new Set(record.attempts.map(({ nonce }) => nonce));
    const gap = count < live.nonce && !sender.holdsAny(count, live.nonce, own);
    progress.gapSince = gap ? (progress.gapSince ?? now) : undefined;
    if (progress.gapSince !== undefined && now - progress.gapSince >= gapMs) {
      progress.gapSince = undefined;
      await this.#again(record, { newest, signal, replace: count });
    } else if (Transaction.from(live.raw).gasPrice !== gasPrice) {
      await this.#again(record, { newest, signal, replace: live.nonce });
    } else if (now - progress.sentAt >= resendMs) {
      progress.sentAt = now;
      const refusal = await this.#send(live, signal);
      // "Already known" is well; a node that refuses it and does not have it is not.
      if (refusal && !(await chain.knowsTx(live.hash, signal))) throw refusal;
    }
  }

  /** Make another transaction for a head, unless the chain has it, or a larger one, by now. */
  async #again(
    record: HeadRecord,
    at: {
      readonly newest: AnchoredHead;
      readonly signal: AbortSignal;
      readonly replace?: number;
    },
  ): Promise<void> {
    const log = await this.#world.chain.log(at.signal);
    await this.#reconcile(log, at.newest, at.signal);
    const current = this.#world.book.get(record.head.size);
    if (current?.state !== 'sent') return;
    if (log.size >= current.head.size) {
      await this.#settlePassed(current, log, at);
      return;
    }
    await this.#checkOpen(log, at.signal);
    const { clock, book } = this.#world;
    const progress = book.progressOf(current);
    if (progress.made >= FREE_ATTEMPTS && clock.elapsed() < progress.nextAt)
      throw lost(progress.made);
    await this.#attempt(current, log, at.signal, at.replace);
    if (progress.made > FREE_ATTEMPTS) throw lost(progress.made);
  }

  /** The chain went beyond a head whose transactions it does not show: it has it by an event, or a larger head covers it. */
  async #settlePassed(
    { head }: HeadRecord,
    log: RegisteredLog,
    { newest, signal }: { readonly newest: AnchoredHead; readonly signal: AbortSignal },
  ): Promise<void> {
    const { chain, book } = this.#world;
    const { number: after, blockNumber: fromBlock } = book.knownBelow(head.size);
    for await (const found of chain.heads(log, { after, fromBlock }, signal)) {
      if (found.size === head.size) {
        await this.#adopt(found, newest, signal);
        return;
      }
      if (found.size > head.size) break;
    }
    await book.drop(head.size);
  }

  /** Tell whether one of the head's transactions was mined with success, and journal it. Reverted ones are buried. */
  async #lookForReceipts(record: HeadRecord, signal: AbortSignal): Promise<boolean> {
    const { chain, book } = this.#world;
    for (const { hash } of record.attempts) {
      if (book.progressOf(record).dead.has(hash)) continue;
      const tx = await chain.minedTx(hash, signal);
      if (tx?.succeeded) {
        await this.#mined(record, tx);
        return true;
      }
      if (tx) book.bury(record, hash);
    }
    return false;
  }

  async #mined(record: HeadRecord, tx: MinedTx): Promise<void> {
    const found = this.#world.chain.anchorIn(tx);
    const { txHash, blockNumber, blockHash } = tx;
    if (!found || !equalHeads(found.event, record.head)) {
      throw anchorError('ANCHOR_RPC_MALFORMED', 'the receipt of the anchor lacks its event', {
        txHash,
      });
    }
    const { number } = found.event;
    // A crash before this line: the transaction receipt is found again by the journalled hash.
    await this.#world.book.put({
      ...record,
      state: 'mined',
      mined: { number, txHash, blockNumber, blockHash, adopted: false },
    });
  }

  /**
   * Bring what is journalled in line with what the contract holds: heads that someone else anchored are adopted if the log has them as
   * prefixes, and heads on their way that are smaller are dropped. spec/anchor §7.2
   * @throws ANCHOR_CHAIN_BEHIND, ANCHOR_CHAIN_AHEAD, ANCHOR_CHAIN_CONFLICT, ANCHOR_CHAIN_UNPROVEN
   */
  async #reconcile(log: RegisteredLog, newest: AnchoredHead, signal: AbortSignal): Promise<void> {
    const { chain, book } = this.#world;
    const final = book.latest;
    if (final && (log.number < final.number || log.size < final.head.size)) {
      throw anchorError(
        'ANCHOR_CHAIN_BEHIND',
        `the chain shows ${log.number} heads, number ${final.number} was final`,
        { number: log.number, final: final.number },
      );
    }
    if (log.number === 0) return;
    const { number: after, blockNumber: fromBlock } = book.knownBelow(Number.POSITIVE_INFINITY);
    for await (const head of chain.heads(log, { after, fromBlock }, signal)) {
      await this.#adopt(head, newest, signal);
    }
    // A head without an event of its own, or of the number of one that the journal knows: only the node says so.
    await believed(this.#checkPrefix(log, newest));
  }

  async #adopt(found: ChainHead, newest: AnchoredHead, signal: AbortSignal): Promise<void> {
    const { book } = this.#world;
    const { number, txHash, blockNumber, blockHash, size, rootHash, indexRoot } = found;
    const head = { size, rootHash, indexRoot };
    const own = book.get(size);
    try {
      const ours = own?.head ?? (newest.size === size ? newest : undefined);
      if (ours && !equalHeads(ours, head)) {
        throw anchorError(
          'ANCHOR_CHAIN_CONFLICT',
          `the chain holds another head of size ${size} than the log`,
          { size, number },
        );
      }
      await this.#checkPrefix(head, newest);
    } catch (error) {
      if (isContradiction(error)) await this.#confirm(error, found, signal);
      throw error;
    }
    const attempts = own?.attempts ?? [];
    const adopted = !attempts.some(({ hash }) => hash === txHash);
    const passed = [...book.in('prepared'), ...book.in('sent')].filter(
      (record) => record.head.size < size,
    );
    // A crash before this line, or between two heads: they are read from the chain again.
    await book.put(
      {
        head,
        state: 'mined',
        attempts,
        mined: { number, txHash, blockNumber, blockHash, adopted },
      },
      passed.map((record) => record.head.size),
    );
  }

  /**
   * Prove that the chain holds a head that contradicts the log, as its finality is proved: one node's word stops nothing. spec/anchor §7.3
   * @throws ANCHOR_CHAIN_UNPROVEN
   */
  async #confirm(contradiction: CodedError, found: ChainHead, signal: AbortSignal): Promise<void> {
    const { chain, finality } = this.#world;
    const { txHash, number, size, rootHash, indexRoot } = found;
    const head = { size, rootHash, indexRoot };
    let cause: unknown = contradiction;
    try {
      const answer = await proveFinality({ chain, txHash, head, finality, signal });
      if (answer.kind === 'final' && answer.anchor.number === number) return;
    } catch (error) {
      signal.throwIfAborted();
      cause = error;
    }
    throw unproven(contradiction, cause);
  }

  /** Check that a head of the chain is a prefix of the log, which may have grown since `newest` was read. */
  async #checkPrefix(
    older: Pick<AnchoredHead, 'size' | 'rootHash'>,
    newest: AnchoredHead,
  ): Promise<void> {
    const { source, hasher } = this.#world;
    const newer = older.size > newest.size ? ((await source.head()) ?? newest) : newest;
    await provePrefix({ older, newer, source, hasher });
  }

  /** @throws ANCHOR_LOG_CLOSED if that is proved, ANCHOR_CHAIN_UNPROVEN if not, ANCHOR_LOG_SUSPENDED, ANCHOR_OPERATOR_FOREIGN */
  async #checkOpen(log: RegisteredLog, signal: AbortSignal): Promise<void> {
    if (log.closed) {
      const { chain, finality } = this.#world;
      const closed = anchorError('ANCHOR_LOG_CLOSED', 'the log is closed on chain');
      throw (await proveClosed({ chain, log, finality, signal })) ? closed : unproven(closed);
    }
    if (log.suspended) throw anchorError('ANCHOR_LOG_SUSPENDED', 'the log is suspended on chain');
    const own = await this.#world.sender.address();
    if (log.operator !== own) {
      throw anchorError('ANCHOR_OPERATOR_FOREIGN', 'the key is not the operator of the log', {
        operator: log.operator,
        own,
      });
    }
  }
}

function lost(made: number): Error {
  const text = `${made} transactions were made for one head, and the chain took none of them`;
  return anchorError('ANCHOR_TX_LOST', text, { made });
}
