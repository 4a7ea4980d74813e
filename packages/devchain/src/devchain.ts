import { setInterval } from 'node:timers/promises';
import { Chain } from './chain.ts';
import { hexData } from './answer.ts';
import { developmentAccounts, developmentValidators } from './keys.ts';
import { createMethods } from './methods.ts';
import { serveRpc } from './server.ts';

export interface DevchainOptions {
  /** Default 1337. */
  readonly chainId?: number | undefined;
  /** How many validators; default 4. */
  readonly validators?: number | undefined;
  /** A block each so many milliseconds, maybe empty. Without it every transaction gets a block at once. */
  readonly blockTimeMs?: number | undefined;
  /** On 127.0.0.1; default 0, any free one. */
  readonly port?: number | undefined;
  /** Seconds since 1970, of block 0; default now. */
  readonly genesisTime?: number | undefined;
  /** Milliseconds since 1970, now; block times come from it. */
  readonly clock?: (() => number) | undefined;
}

/** A funded test account. Its key is public. */
export interface DevchainAccount {
  /** `0x` and 20 bytes. */
  readonly address: string;
  /** `0x` and 32 bytes. */
  readonly privateKey: string;
}

/** A running development chain. */
export interface Devchain extends AsyncDisposable {
  /** Of the JSON-RPC server. */
  readonly url: string;
  readonly chainId: number;
  /** Addresses, `0x` and 20 bytes each, ascending: the set to pin. */
  readonly validators: readonly string[];
  readonly accounts: readonly DevchainAccount[];
  /** Mine a block of what waits, maybe of nothing, and give its number. */
  mine(): Promise<number>;
  /** Stop mining and serving. The chain is gone then. */
  close(): Promise<void>;
}

const ACCOUNTS = 10;

/**
 * Start an embedded chain for development and tests: a real EVM with London's rules, no fees and 30 million gas a block, behind JSON-RPC
 * on 127.0.0.1, with blocks sealed in QBFT form. Everything is in memory. One process holds all validator keys, so that blocks have the
 * form of finality and nothing of its worth.
 */
export async function createDevchain(options: DevchainOptions = {}): Promise<Devchain> {
  const { chainId = 1337, blockTimeMs, port = 0, clock = Date.now } = options;
  const validators = developmentValidators(options.validators ?? 4, chainId);
  if (validators.length === 0) throw new RangeError('validators: expected 1 or more');
  const accounts = developmentAccounts(ACCOUNTS);
  const chain = await Chain.create({
    chainId,
    validators,
    accounts,
    automine: blockTimeMs === undefined,
    clock,
    genesisTime: options.genesisTime ?? Math.floor(clock() / 1000),
  });
  const server = await serveRpc({ methods: () => createMethods(chain), port });
  const stop = new AbortController();
  const mining = blockTimeMs === undefined ? undefined : mineEach(blockTimeMs, chain, stop.signal);

  const close = async (): Promise<void> => {
    stop.abort();
    await Promise.all([mining, server.close()]);
  };
  return {
    url: server.url,
    chainId,
    validators: validators.map(({ address }) => hexData(address)),
    accounts: accounts.map(({ address, secretKey }) => ({
      address: hexData(address),
      privateKey: hexData(secretKey),
    })),
    mine: async () => (await chain.mine()).number,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function mineEach(ms: number, chain: Chain, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(ms, undefined, { signal })) await chain.mine();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
