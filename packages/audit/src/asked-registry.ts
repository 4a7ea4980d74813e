import { isCodedError } from '@anchorlog/core';
import type { TrustPolicy } from '@anchorlog/verify';
import { registriesOf, type KnownHead, type PolicyRegistry } from './known-head.ts';

/** What a chain's node says of a log in one registry: one node's word. */
export interface AskedRegistry {
  readonly chainId: number;
  /** `0x` address in lower case. */
  readonly contract: string;
  /** All heads, in order; none where the registry does not know the log. */
  readonly heads: readonly KnownHead[];
  /** The last number that counts, where the log was closed; 0: none counts. spec/anchor §2.3 */
  readonly closedNumber?: number | undefined;
}

/**
 * Ask a node for the heads that the policy's registries on its chain hold.
 * @throws ANCHOR_CHAIN_MISMATCH if the policy names no such chain, ANCHOR_CONTRACT_MISMATCH, ANCHOR_RPC_…
 */
export async function askRegistries(
  url: string,
  {
    policy,
    origin,
    deadlineMs,
    signal,
  }: {
    readonly policy: TrustPolicy;
    readonly origin: string;
    /** Milliseconds for each registry. */
    readonly deadlineMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<AskedRegistry[]> {
  const { readChainHeads } = await import('@anchorlog/anchor'); // loaded only when a chain is asked
  const ask = async (registry: PolicyRegistry): Promise<AskedRegistry> => {
    const { chainId, contract, codeHash } = registry;
    try {
      const chain = { url, chainId, contract, codeHash };
      const held = await readChainHeads({ chain, origin, deadlineMs, signal });
      const heads = held.heads.map(({ number, size, rootHash, indexRoot }): KnownHead => ({
        chainId,
        contract,
        number,
        size,
        rootHash,
        indexRoot,
        from: 'chain',
      }));
      return { chainId, contract, heads, closedNumber: held.closedNumber };
    } catch (error) {
      if (!isCodedError(error) || error.code !== 'ANCHOR_LOG_UNREGISTERED') throw error;
      return { chainId, contract, heads: [] };
    }
  };
  const answers: AskedRegistry[] = [];
  let mismatch: unknown;
  for (const registry of registriesOf(policy)) {
    try {
      answers.push(await ask(registry));
    } catch (error) {
      if (!isCodedError(error) || error.code !== 'ANCHOR_CHAIN_MISMATCH') throw error;
      mismatch = error;
    }
  }
  if (answers.length === 0 && mismatch !== undefined) throw mismatch;
  return answers;
}
