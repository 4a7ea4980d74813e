import { equalBytes, formatHex } from '@anchorlog/core';
import { parseRlp, parseRlpInteger, type RlpItem } from '@anchorlog/evm-proof';
import type { Common } from '@ethereumjs/common';
import { createTxFromRLP, type TypedTransaction } from '@ethereumjs/tx';
import { RpcError } from './rpc-error.ts';

/** A transaction that waits for its block. */
export interface PendingTx {
  readonly tx: TypedTransaction;
  /** 32 bytes in hexadecimal. */
  readonly hash: string;
  /** The sender, 20 bytes in hexadecimal. */
  readonly from: string;
  readonly nonce: number;
}

/** What the state says about a sender. */
export interface SenderState {
  readonly nonce: number;
  /** In wei. */
  readonly balance: bigint;
}

const MOST_PENDING = 4096;
const KNOWN_TYPES = 2;

/** Transactions that wait, in order of arrival; one a sender and nonce. */
export class Pool {
  readonly #common: Common;
  readonly #gasLimit: number;
  readonly #waiting = new Map<string, PendingTx>();

  constructor({ common, gasLimit }: { readonly common: Common; readonly gasLimit: number }) {
    this.#common = common;
    this.#gasLimit = gasLimit;
  }

  /** Parse a signed transaction and check what needs no state. Messages are those that nodes give and clients look for. */
  parse(raw: Uint8Array): PendingTx {
    checkChain(raw, this.#common.chainId());
    const tx = parsed(raw, this.#common);
    const pending = {
      tx,
      hash: formatHex(tx.hash()),
      from: formatHex(tx.getSenderAddress().bytes),
      nonce: Number(tx.nonce),
    };
    if (this.#waiting.has(pending.hash)) throw new RpcError('refused', 'already known');
    if (tx.gasLimit > BigInt(this.#gasLimit)) {
      throw new RpcError('refused', 'exceeds block gas limit');
    }
    const intrinsic = tx.getIntrinsicGas();
    if (tx.gasLimit < intrinsic) {
      throw new RpcError(
        'refused',
        `intrinsic gas too low: gas ${tx.gasLimit}, minimum needed ${intrinsic}`,
      );
    }
    return pending;
  }

  /** Take a transaction in, if the sender's state allows it. */
  add(pending: PendingTx, sender: SenderState): void {
    const { tx, nonce, from } = pending;
    if (nonce < sender.nonce) {
      throw new RpcError('refused', `nonce too low: next nonce ${sender.nonce}, tx nonce ${nonce}`);
    }
    if (sender.balance < tx.value + tx.gasLimit * feeCap(tx)) {
      throw new RpcError('refused', 'insufficient funds for gas * price + value');
    }
    const earlier = [...this.#waiting.values()].find(
      (other) => other.from === from && other.nonce === nonce,
    );
    if (earlier) {
      // As nodes do: a tenth more, so that at price zero the first one stays.
      if (feeCap(tx) * 10n < feeCap(earlier.tx) * 11n || feeCap(tx) === 0n) {
        throw new RpcError('refused', 'replacement transaction underpriced');
      }
      this.#waiting.delete(earlier.hash);
    } else if (this.#waiting.size >= MOST_PENDING) {
      throw new RpcError('refused', 'txpool is full');
    }
    this.#waiting.set(pending.hash, pending);
  }

  /** Give a waiting transaction by its hash. */
  find(hash: string): PendingTx | undefined {
    return this.#waiting.get(hash);
  }

  /** Forget a transaction that is mined, or can never be. */
  drop(hash: string): void {
    this.#waiting.delete(hash);
  }

  /** Count up from `nonce` while the sender's transactions wait without a gap. */
  nextNonce(from: string, nonce: number): number {
    const waiting = new Set<number>();
    for (const pending of this.#waiting.values()) {
      if (pending.from === from) waiting.add(pending.nonce);
    }
    let next = nonce;
    while (waiting.has(next)) next++;
    return next;
  }

  /** Give the next transaction in order of arrival whose turn it is by nonce and which fits into `gas`. */
  async next(
    gas: number,
    nonceOf: (from: string) => Promise<number>,
  ): Promise<PendingTx | undefined> {
    for (const pending of this.#waiting.values()) {
      if (pending.tx.gasLimit > BigInt(gas)) continue;
      const nonce = await nonceOf(pending.from);
      if (pending.nonce === nonce) return pending;
      if (pending.nonce < nonce) this.drop(pending.hash);
    }
    return undefined;
  }
}

function feeCap(tx: TypedTransaction): bigint {
  return 'maxFeePerGas' in tx ? tx.maxFeePerGas : tx.gasPrice;
}

function parsed(raw: Uint8Array, common: Common): TypedTransaction {
  try {
    const tx = createTxFromRLP(raw, { common });
    tx.getSenderAddress();
    if (equalBytes(tx.serialize(), raw)) return tx;
  } catch (cause) {
    throw new RpcError('refused', `invalid transaction: ${(cause as Error).message}`, { cause }); // the library throws Errors
  }
  throw new RpcError('refused', 'invalid transaction: not in its canonical encoding');
}

/** Read the chain id before the library does, so that its refusal is the one that nodes give. */
function checkChain(raw: Uint8Array, chainId: bigint): void {
  const prefix = raw[0] ?? 0;
  if (prefix > KNOWN_TYPES && prefix < 0x80) {
    throw new RpcError('refused', 'transaction type not supported');
  }
  let named: number;
  try {
    const legacy = prefix >= 0x80;
    const fields = parseRlp(legacy ? raw : raw.subarray(1)) as readonly RlpItem[]; // a string has no fields, and fails below
    const field = parseRlpInteger(fields[legacy ? 6 : 0] as Uint8Array); // a list has no bytes, and fails below
    named = legacy ? Math.floor((field - 35) / 2) : field;
  } catch (cause) {
    throw new RpcError('refused', 'invalid transaction: not RLP', { cause });
  }
  if (named < 0) {
    throw new RpcError('refused', 'only replay-protected (EIP-155) transactions allowed over RPC');
  }
  if (BigInt(named) !== chainId) {
    throw new RpcError('refused', `invalid chain id for signer: have ${named} want ${chainId}`);
  }
}
