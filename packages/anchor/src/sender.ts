import { Transaction, Wallet } from 'ethers';
import type { Chain } from './chain.ts';
import type { TxFields, TxKey, TxSigner } from './config.ts';
import { anchorError } from './error.ts';
import { address } from './rpc-value.ts';

/** A signed transaction, ready to be sent any number of times. */
export interface SignedTx {
  readonly nonce: number;
  /** `0x` hash. */
  readonly hash: string;
  /** `0x` bytes: what is sent. */
  readonly raw: string;
}

/** What a transaction is to do. */
export interface TxRequest {
  /** `0x` address; absent when a contract is made. */
  readonly to?: string | undefined;
  readonly data: string;
  readonly gasLimit: bigint;
  readonly gasPrice: bigint;
}

/** Give the `0x` address, in lower case, of the account that a private key in `0x` hexadecimal signs for. */
export function addressOfKey(key: string): string {
  return address(new Wallet(key).address);
}

/** Nodes take few waiting transactions of one account (Besu's pool: four); more would be dropped unseen. */
const MOST_IN_FLIGHT = 4;

/** Who waits for room keeps its place until the others have asked so many times each; an anchorer in trouble asks no more. */
const PATIENCE = 4;

/**
 * An account that sends transactions on one chain, and its nonces. Anchorers of several logs with one key in one process share one
 * sender, so that they do not take each other's nonces; it lets at most four transactions be on their way, and the logs take turns.
 * spec/anchor §6.2
 */
export class Sender {
  readonly chainId: number;
  readonly #signer: TxSigner;
  readonly #timeoutMs: number;
  readonly #held = new Set<number>();
  /** Who found no room, with the count of questions when it last asked. */
  readonly #waiting = new Map<object, number>();
  #asked = 0;
  /** The nonce with which each last had its turn. */
  readonly #turns = new WeakMap<object, number>();
  #address: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(key: TxKey, chain: { readonly chainId: number; readonly timeoutMs: number }) {
    this.#signer = typeof key === 'string' ? new Wallet(key) : key;
    this.chainId = chain.chainId;
    this.#timeoutMs = chain.timeoutMs;
  }

  /** Give the account's `0x` address in lower case. */
  async address(): Promise<string> {
    this.#address ??= address(await this.#inTime(this.#signer.getAddress()));
    return this.#address;
  }

  /** Tell whether one of this process's transactions with a nonce from `from` up to, but not with, `to` is on its way, besides `own`. */
  holdsAny(from: number, to: number, own: ReadonlySet<number>): boolean {
    for (const nonce of this.#held) {
      if (nonce >= from && nonce < to && !own.has(nonce)) return true;
    }
    return false;
  }

  /** Mark the nonce of a transaction that is on its way, also one from before a restart. */
  hold(nonce: number): void {
    this.#held.add(nonce);
  }

  /** A transaction is not on its way any more. */
  release(nonce: number): void {
    this.#held.delete(nonce);
  }

  /**
   * Tell whether there is room for another transaction of `who`. If not, or if there is only for others whose last turn is longer ago, it
   * stands in line, and is to ask again.
   */
  hasRoom(who: object): boolean {
    const now = ++this.#asked;
    const patience = PATIENCE * (this.#waiting.size + 1);
    for (const [each, asked] of this.#waiting) {
      if (now - asked > patience) this.#waiting.delete(each);
    }
    this.#waiting.set(who, now);
    const turn = this.#lastTurn(who);
    const before = [...this.#waiting.keys()].filter((each) => this.#lastTurn(each) < turn);
    return before.length < MOST_IN_FLIGHT - this.#held.size;
  }

  /** Who will send nothing more gives up its place in line. */
  leave(who: object): void {
    this.#waiting.delete(who);
  }

  /**
   * Take the next nonce, sign, and let `journal` keep the result before anyone else gets a nonce. Gives undefined if as many
   * transactions as allowed are on their way, or others have waited longer than `who` for room. With `replace` that nonce is
   * taken instead of the next.
   */
  async sign(
    chain: Chain,
    request: TxRequest,
    journal: (tx: SignedTx) => Promise<void>,
    {
      who = this,
      replace,
      signal,
    }: {
      readonly who?: object;
      readonly replace?: number | undefined;
      readonly signal?: AbortSignal | undefined;
    } = {},
  ): Promise<SignedTx | undefined> {
    return this.#alone(async () => {
      if (replace === undefined && !this.hasRoom(who)) return undefined;
      const from = await this.address();
      const nonce = replace ?? (await this.#nextNonce(chain, from, signal));
      const tx = await this.#signed(from, nonce, request);
      await journal(tx);
      this.hold(nonce);
      this.#turns.set(who, nonce);
      this.leave(who);
      return tx;
    });
  }

  #lastTurn(who: object): number {
    return this.#turns.get(who) ?? -1;
  }

  /** The node's count of waiting transactions, unless ours go beyond: a node that has lost them counts too few. */
  async #nextNonce(chain: Chain, from: string, signal: AbortSignal | undefined): Promise<number> {
    let nonce = await chain.txCount(from, 'pending', signal);
    while (this.#held.has(nonce)) nonce++;
    return nonce;
  }

  async #signed(from: string, nonce: number, request: TxRequest): Promise<SignedTx> {
    const { to, data, gasLimit, gasPrice } = request;
    const fields: TxFields = {
      type: 0,
      chainId: this.chainId,
      nonce,
      gasPrice,
      gasLimit,
      value: 0n,
      data,
      ...(to === undefined ? {} : { to }),
    };
    const raw = await this.#inTime(this.#signer.signTransaction(fields));
    // A signer may be a machine elsewhere: what it signed is looked at before it can move money or take another nonce.
    const tx = Transaction.from(raw);
    const same =
      tx.from?.toLowerCase() === from &&
      tx.type === 0 &&
      tx.chainId === BigInt(this.chainId) &&
      tx.nonce === nonce &&
      tx.gasPrice === gasPrice &&
      tx.gasLimit === gasLimit &&
      tx.value === 0n &&
      tx.data === data.toLowerCase() &&
      (tx.to ?? undefined)?.toLowerCase() === to?.toLowerCase();
    if (!same || tx.hash === null) {
      throw anchorError('ANCHOR_SIGNER_MISMATCH', 'the signer gave another transaction', { nonce });
    }
    return { nonce, hash: tx.hash, raw: tx.serialized };
  }

  /** One after the other: a nonce is journalled before the next is given. */
  #alone<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #inTime<T>(promise: Promise<T>): Promise<T> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    return new Promise<T>((resolve, reject) => {
      timeout.addEventListener('abort', () => {
        reject(anchorError('ANCHOR_RPC_TIMEOUT', 'the signer did not answer in time'));
      });
      promise.then(resolve, reject);
    });
  }
}
