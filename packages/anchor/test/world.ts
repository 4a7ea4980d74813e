import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevchain, type Devchain, type DevchainOptions } from '@anchorlog/devchain';
import { Interface, Wallet } from 'ethers';
import type { Anchor } from '../src/anchor.ts';
import { createAnchorer, type Anchorer, type AnchorerOptions } from '../src/anchorer.ts';
import { systemClock, type Clock } from '../src/clock.ts';
import type { Finality, RegistryConfig } from '../src/config.ts';
import { deployRegistry, registerLog } from '../src/deploy.ts';
import { ANCHOR_REGISTRY_ABI } from '../src/generated/anchor-registry.ts';
import { TestLog } from './test-log.ts';

export const ORIGIN = 'example.gov/licenses';

/** A clock whose sleeps take no time: what a test waits for depends on steps, not on seconds. */
export function fastClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    elapsed: () => performance.now() + ahead,
    sleep: (ms, signal) => {
      ahead += ms;
      return systemClock.sleep(0, signal);
    },
  };
}

/** A clock whose sleeps mine a block: for waiting on a chain that mines only when told. */
function miningClock(devchain: Devchain): Clock {
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    sleep: async () => {
      await devchain.mine();
    },
  };
}

/** A development chain with a registry and one registered log, and folders that go with it. */
export interface World extends AsyncDisposable {
  readonly devchain: Devchain;
  readonly registry: RegistryConfig;
  readonly finality: Finality;
  readonly operatorKey: string;
  readonly operator: string;
  readonly authorityKey: string;
  /** Give a fresh folder. */
  folder(): Promise<string>;
  /** Give an anchorer on this chain. */
  anchorer(options?: Partial<AnchorerOptions>): Promise<Anchorer>;
}

let logs = 0;

/** Register another log in the same world. */
export async function freshLog(
  world: World,
  { manual = false }: { readonly manual?: boolean } = {},
): Promise<{ readonly origin: string }> {
  const origin = `example.gov/log-${++logs}`;
  await registerLog({
    chain: world.registry,
    origin,
    operator: world.operator,
    key: world.authorityKey,
    pollMs: 5,
    ...(manual ? { clock: miningClock(world.devchain) } : {}),
  });
  return { origin };
}

const registryAbi = new Interface(ANCHOR_REGISTRY_ABI);

/** Call a function of the registry as its authority. */
export async function administer(
  { devchain, authorityKey, registry }: World,
  name: string,
  values: readonly unknown[],
): Promise<void> {
  const { url, accounts } = devchain;
  const from = accounts[0]!.address;
  const nonce = Number(await post(url, 'eth_getTransactionCount', [from, 'latest']));
  const raw = await new Wallet(authorityKey).signTransaction({
    type: 0,
    chainId: 1337,
    nonce,
    gasPrice: 0n,
    gasLimit: 300_000n,
    to: registry.contract,
    data: registryAbi.encodeFunctionData(name, values),
  });
  await post(url, 'eth_sendRawTransaction', [raw]);
}

async function post(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return ((await answer.json()) as { result: unknown }).result; // JSON-RPC
}

/** What a world may be made of besides the chain's own options. */
export interface WorldOptions extends DevchainOptions {
  readonly maxStep?: number | undefined;
  readonly checked?: boolean | undefined;
  /** Whether blocks are mined only when the test says so. */
  readonly manual?: boolean | undefined;
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { maxStep, checked, manual = false, ...chainOptions } = options;
  const devchain = await createDevchain({
    ...chainOptions,
    ...(manual ? { blockTimeMs: 2 ** 30 } : {}),
  });
  const [authority, operator] = devchain.accounts;
  const { url, chainId, validators } = devchain;
  const quick = {
    key: authority!.privateKey,
    pollMs: 5,
    ...(manual ? { clock: miningClock(devchain) } : {}),
  };
  const { contract } = await deployRegistry({
    chain: { url, chainId },
    authority: authority!.address,
    ...quick,
  });
  const registry: RegistryConfig = { url, chainId, contract, requestTimeoutMs: 2000 };
  await registerLog({
    chain: registry,
    origin: ORIGIN,
    operator: operator!.address,
    maxStep,
    checked,
    ...quick,
  });
  const folders: string[] = [];
  const anchorers: Anchorer[] = [];
  const folder = async (): Promise<string> => {
    const made = await mkdtemp(join(tmpdir(), 'anchorlog-anchor-'));
    folders.push(made);
    return made;
  };
  const finality: Finality = { kind: 'sealed', validatorSets: [{ fromBlock: 0, validators }] };
  return {
    devchain,
    registry,
    finality,
    operatorKey: operator!.privateKey,
    operator: operator!.address,
    authorityKey: authority!.privateKey,
    folder,
    anchorer: async (changes = {}) => {
      const anchorer = await createAnchorer({
        chain: registry,
        origin: ORIGIN,
        dir: changes.dir ?? (await folder()),
        source: new TestLog(),
        key: operator!.privateKey,
        finality,
        pollMs: 5,
        maxBackoffMs: 50,
        ...changes,
      });
      anchorers.push(anchorer);
      return anchorer;
    },
    [Symbol.asyncDispose]: async () => {
      for (const anchorer of anchorers) await anchorer.close();
      await devchain.close();
      for (const each of folders) await rm(each, { recursive: true, force: true });
    },
  };
}

/** Tick until everything is final, and give the codes of the problems that showed meanwhile. */
export async function settle(
  anchorer: Anchorer,
  clock: Clock,
  until: () => boolean = () => anchorer.status().state === 'idle',
): Promise<string[]> {
  const codes = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const wait = await anchorer.tick();
    const { problem } = anchorer.status();
    if (problem) codes.add(problem.code);
    if (until()) return [...codes];
    await clock.sleep(wait, new AbortController().signal);
  }
  throw new Error(`not settled: ${JSON.stringify(anchorer.status())}`);
}

/** Give every final anchor. */
export async function allOf(anchorer: Anchorer): Promise<Anchor[]> {
  const anchors: Anchor[] = [];
  for await (const anchor of anchorer.anchors()) anchors.push(anchor);
  return anchors;
}

/** Give the size and number of every final anchor. */
export async function anchorsOf(anchorer: Anchorer): Promise<{ number: number; size: number }[]> {
  const anchors = await allOf(anchorer);
  return anchors.map(({ number, head }) => ({ number, size: head.size }));
}
