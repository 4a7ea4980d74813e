import { isCodedError } from '@anchorlog/core';
import { Chain, RegistryChain, type MinedTx } from './chain.ts';
import { systemClock, type Clock } from './clock.ts';
import type { ChainAccess, RegistryConfig, TxKey } from './config.ts';
import { anchorError } from './error.ts';
import { encodeDeploy, encodeRegister, logIdOf, type RegisteredLog } from './registry.ts';
import { address } from './rpc-value.ts';
import { ANCHOR_REGISTRY_CODE_HASH } from './generated/anchor-registry.ts';
import { Sender, type TxRequest } from './sender.ts';

/** How one administrative transaction is sent. */
export interface TxOptions {
  readonly key: TxKey;
  /** Wei a unit of gas; 0 unless given. */
  readonly gasPrice?: bigint | undefined;
  /** Milliseconds to wait for it to be mined; 60,000 unless given. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds between looks; 250 unless given. */
  readonly pollMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A registry that was deployed. */
export interface DeployedRegistry {
  /** `0x` address. */
  readonly contract: string;
  /** `0x` keccak256 of its runtime code. */
  readonly codeHash: string;
  readonly blockNumber: number;
  readonly txHash: string;
}

const DEPLOY_GAS = 3_000_000n;
const REGISTER_GAS = 250_000n;
/** Entries by which one anchor may grow a log, unless its registration says otherwise. */
export const DEFAULT_MAX_STEP: number = 2 ** 32;

/**
 * Deploy an AnchorRegistry under `authority`: a contract that asks k of n; one key only in development.
 * @throws ANCHOR_TX_REVERTED, ANCHOR_TX_PENDING, ANCHOR_CHAIN_MISMATCH, ANCHOR_RPC_…
 */
export async function deployRegistry({
  chain: access,
  authority,
  ...options
}: TxOptions & {
  readonly chain: ChainAccess;
  /** `0x` address. */
  readonly authority: string;
}): Promise<DeployedRegistry> {
  const chain = new Chain(access);
  const data = encodeDeploy(address(authority));
  const tx = await sendOnce(chain, { data, gasLimit: DEPLOY_GAS }, options);
  if (tx.created === undefined) {
    throw anchorError('ANCHOR_RPC_MALFORMED', 'the node names no contract in the receipt', {});
  }
  return {
    contract: tx.created,
    codeHash: ANCHOR_REGISTRY_CODE_HASH,
    blockNumber: tx.blockNumber,
    txHash: tx.txHash,
  };
}

/**
 * Register a log, by the authority's key. A log that is registered already with the same operator and rules is left as it is.
 * @throws ANCHOR_LOG_REGISTERED, ANCHOR_TX_REVERTED, ANCHOR_TX_PENDING, ANCHOR_CHAIN_MISMATCH, ANCHOR_RPC_…
 */
export async function registerLog({
  chain: config,
  origin,
  operator,
  checked = true,
  maxStep = DEFAULT_MAX_STEP,
  ...options
}: TxOptions & {
  readonly chain: RegistryConfig;
  readonly origin: string;
  /** `0x` address of the account that anchors. */
  readonly operator: string;
  /** Whether the chain checks consistency: true for SHA-256 logs, false for others. */
  readonly checked?: boolean | undefined;
  /** Entries by which one anchor may grow the log. */
  readonly maxStep?: number | undefined;
}): Promise<{ readonly logId: string }> {
  const chain = new RegistryChain(config, origin);
  const log = { origin, operator: address(operator), checked, maxStep };
  const known = await registered(chain, options.signal);
  if (!known) {
    const request = { to: chain.contract, data: encodeRegister(log), gasLimit: REGISTER_GAS };
    await sendOnce(chain, request, options);
  } else if (
    known.operator !== log.operator ||
    known.checked !== checked ||
    known.maxStep !== maxStep
  ) {
    throw anchorError('ANCHOR_LOG_REGISTERED', 'the origin is registered with other rules');
  }
  return { logId: logIdOf(origin) };
}

async function registered(
  chain: RegistryChain,
  signal: AbortSignal | undefined,
): Promise<RegisteredLog | undefined> {
  try {
    return await chain.log(signal);
  } catch (error) {
    if (isCodedError(error) && error.code === 'ANCHOR_LOG_UNREGISTERED') return undefined;
    throw error;
  }
}

/** Send a transaction and wait for it. Nothing is journalled: both callers can be called again. */
async function sendOnce(
  chain: Chain,
  request: Omit<TxRequest, 'gasPrice'>,
  options: TxOptions,
): Promise<MinedTx> {
  const { key, gasPrice = 0n, timeoutMs = 60_000, pollMs = 250, clock = systemClock } = options;
  const signal = options.signal ?? new AbortController().signal;
  const sender = new Sender(key, chain);
  const signed = await sender.sign(chain, { ...request, gasPrice }, () => Promise.resolve(), {
    signal,
  });
  const { hash, raw } = signed!; // a fresh sender has nothing on its way
  await chain.send(raw, signal);
  const until = clock.elapsed() + timeoutMs;
  for (;;) {
    const tx = await chain.minedTx(hash, signal);
    if (tx?.succeeded) return tx;
    if (tx) {
      throw anchorError('ANCHOR_TX_REVERTED', 'the chain refused the transaction', {
        txHash: hash,
        blockNumber: tx.blockNumber,
      });
    }
    if (clock.elapsed() >= until) {
      throw anchorError('ANCHOR_TX_PENDING', `not mined within ${timeoutMs} ms`, { txHash: hash });
    }
    await clock.sleep(pollMs, signal);
  }
}
