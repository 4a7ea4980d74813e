import type { ChainHead } from './anchor.ts';
import { RegistryChain } from './chain.ts';
import type { RegistryConfig } from './config.ts';
import { within } from './deadline.ts';

/** What a registry holds for a log. */
export interface ChainHeads {
  /** In order of their numbers. */
  readonly heads: readonly ChainHead[];
  /** Number of the last head that counts, where the authority has closed the log; 0: none counts. spec/anchor §2.3 */
  readonly closedNumber?: number | undefined;
}

/** Long enough for a chain of some hundred million blocks. */
const DEFAULT_DEADLINE_MS = 600_000;

/**
 * Read the heads that the chain holds for the log of `origin`, those after number `after` only, and where the log was closed. The answer is
 * a node's word: a verifier wants evidence instead. A node that is for ever about to name the next head is left after `deadlineMs`.
 * @throws ANCHOR_LOG_UNREGISTERED, ANCHOR_CHAIN_MISMATCH, ANCHOR_CONTRACT_MISMATCH, ANCHOR_RPC_…
 */
export async function readChainHeads({
  chain: config,
  origin,
  after = 0,
  deadlineMs = DEFAULT_DEADLINE_MS,
  signal,
}: {
  readonly chain: RegistryConfig;
  readonly origin: string;
  readonly after?: number | undefined;
  /** Milliseconds for everything; 600,000 unless given. */
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<ChainHeads> {
  const chain = new RegistryChain(config, origin);
  return within(deadlineMs, signal, async (until) => {
    const log = await chain.log(until);
    const heads: ChainHead[] = [];
    for await (const head of chain.heads(log, { after, fromBlock: 0 }, until)) heads.push(head);
    return log.closed ? { heads, closedNumber: log.closedNumber } : { heads };
  });
}
