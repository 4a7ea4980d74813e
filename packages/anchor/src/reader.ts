import type { ChainHead } from './anchor.ts';
import { RegistryChain } from './chain.ts';
import type { RegistryConfig } from './config.ts';

/**
 * Read the heads that the chain holds for the log of `origin`, in order of their numbers, those after number `after` only. The answer is
 * a node's word: a verifier wants evidence instead.
 * @throws ANCHOR_LOG_UNREGISTERED, ANCHOR_CHAIN_MISMATCH, ANCHOR_CONTRACT_MISMATCH, ANCHOR_RPC_…
 */
export async function readChainHeads({
  chain: config,
  origin,
  after = 0,
  signal,
}: {
  readonly chain: RegistryConfig;
  readonly origin: string;
  readonly after?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<ChainHead[]> {
  const chain = new RegistryChain(config, origin);
  const heads: ChainHead[] = [];
  const log = await chain.log(signal);
  for await (const head of chain.heads(log, { after, fromBlock: 0 }, signal)) heads.push(head);
  return heads;
}
