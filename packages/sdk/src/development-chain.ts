import { addressOfKey, deployRegistry, registerLog } from '@anchorlog/anchor';
import { formatHex } from '@anchorlog/core';
import { readConfig, type ChainSettings } from './config.ts';
import { setChain } from './init.ts';
import { readKeys } from './keys.ts';

/** A chain on which this program may do as it likes, such as that of `@anchorlog/devchain`. */
export interface DevelopmentChain {
  readonly url: string;
  readonly chainId: number;
  /** `0x` addresses. */
  readonly validators: readonly string[];
  /** The first pays, deploys and is the authority of the registry. */
  readonly accounts: readonly { readonly address: string; readonly privateKey: string }[];
}

/** Milliseconds between looks at a chain in this process, whose blocks come at once. */
const POLL_MS = 20;

/** Deploy the registry on a development chain, and give the settings by which notaries use it. @throws ANCHOR_… */
export async function deployDevelopment(
  { url, chainId, validators, accounts }: DevelopmentChain,
  { blockTimeMs, pollMs = POLL_MS }: { readonly blockTimeMs: number; readonly pollMs?: number },
): Promise<ChainSettings> {
  const authority = accounts[0]!;
  const { contract, codeHash, blockNumber } = await deployRegistry({
    chain: { url, chainId },
    authority: authority.address,
    key: authority.privateKey,
    pollMs,
  });
  return { url, chainId, contract, codeHash, validators, fromBlock: blockNumber, blockTimeMs };
}

/**
 * Register the log of the notary in `dir` with a registry that `deployDevelopment` has deployed, and set the notary to it, at another URL if
 * given. The notary itself stays closed, for others to open. @throws SDK_NOT_INITIALIZED, SDK_CONFIG_MALFORMED, SDK_KEY_MALFORMED, ANCHOR_…
 */
export async function joinDevelopment(
  dir: string,
  chain: DevelopmentChain,
  settings: ChainSettings,
  {
    url = settings.url,
    pollMs = POLL_MS,
  }: { readonly url?: string; readonly pollMs?: number } = {},
): Promise<void> {
  const config = await readConfig(dir);
  const { operator } = await readKeys(dir, config);
  await registerLog({
    chain: settings,
    origin: config.origin,
    operator: addressOfKey(`0x${formatHex(operator.secret)}`),
    // The contract hashes with SHA-256: of a log of another suite it can see only that it grows (spec/anchor §2.1).
    checked: (config.suite ?? 'sha256') === 'sha256',
    key: chain.accounts[0]!.privateKey,
    pollMs,
  });
  await setChain(dir, { ...settings, url });
}
