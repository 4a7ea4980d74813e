import { createDevchain, type Devchain, type DevchainOptions } from '@anchorlog/devchain';
import { formatHex, parseHex } from '@anchorlog/core';
import { Contract, ContractFactory, JsonRpcProvider, Network, Wallet } from 'ethers';
import {
  ANCHOR_REGISTRY_ABI,
  ANCHOR_REGISTRY_BYTECODE,
} from '../../anchor/src/generated/anchor-registry.ts';

/** A chain, and an ethers wallet and contract on it. */
export interface World extends AsyncDisposable {
  readonly chain: Devchain;
  readonly provider: JsonRpcProvider;
  readonly wallet: Wallet;
  /** Call the chain, giving its result or throwing its error as ethers does. */
  readonly send: (method: string, ...params: readonly unknown[]) => Promise<unknown>;
}

/** Start a chain with a wallet of its first account. */
export async function createWorld(options: DevchainOptions = {}): Promise<World> {
  const chain = await createDevchain(options);
  const network = Network.from(chain.chainId);
  const provider = new JsonRpcProvider(chain.url, network, {
    staticNetwork: network,
    cacheTimeout: -1,
    pollingInterval: 20,
  });
  const wallet = new Wallet(chain.accounts[0]!.privateKey, provider);
  return {
    chain,
    provider,
    wallet,
    send: (method, ...params) => provider.send(method, [...params]),
    async [Symbol.asyncDispose]() {
      provider.destroy();
      await chain.close();
    },
  };
}

/** A transaction as every target chain takes it: type 0, no price, explicit limit. */
export const PLAIN = { type: 0, gasPrice: 0, gasLimit: 3_000_000 } as const;

/** Deploy the anchor registry with the wallet as its authority. */
export async function deployRegistry(wallet: Wallet): Promise<Contract> {
  const factory = new ContractFactory(ANCHOR_REGISTRY_ABI, ANCHOR_REGISTRY_BYTECODE, wallet);
  const registry = await factory.deploy(wallet.address, PLAIN);
  await registry.waitForDeployment();
  return registry as Contract;
}

/** Bytes of 0x hexadecimal. */
export function bytes(digits: string): Uint8Array {
  return parseHex(digits.slice(2).toLowerCase());
}

/** 0x hexadecimal of bytes. */
export function hex(of: Uint8Array): string {
  return `0x${formatHex(of)}`;
}

/** A block as nodes give it; only what the tests read. */
export interface RpcBlock {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly stateRoot: string;
  readonly receiptsRoot: string;
  readonly transactionsRoot: string;
  readonly gasUsed: string;
  readonly timestamp: string;
  readonly miner: string;
  readonly size: string;
  readonly transactions: readonly string[];
}

/** Give a block by number or tag. */
export async function blockOf(world: World, tag: number | string): Promise<RpcBlock> {
  const at = typeof tag === 'number' ? `0x${tag.toString(16)}` : tag;
  return (await world.send('eth_getBlockByNumber', at, false)) as RpcBlock;
}
