import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevchain, type Devchain, type DevchainOptions } from '@anchorlog/devchain';
import { createAnchorer, type Anchorer, type AnchorerOptions } from '../src/anchorer.ts';
import { systemClock, type Clock } from '../src/clock.ts';
import type { Finality, RegistryConfig } from '../src/config.ts';
import { deployRegistry, registerLog } from '../src/deploy.ts';
import { TestLog } from './test-log.ts';

export const ORIGIN = 'example.gov/licenses';

/** A clock whose sleeps take no time: what a test waits for depends on steps, not on seconds. */
export function fastClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    sleep: (ms, signal) => {
      ahead += ms;
      return systemClock.sleep(0, signal);
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

export async function createWorld(
  options: DevchainOptions & { readonly maxStep?: number; readonly checked?: boolean } = {},
): Promise<World> {
  const { maxStep, checked, ...chainOptions } = options;
  const devchain = await createDevchain(chainOptions);
  const [authority, operator] = devchain.accounts;
  const { url, chainId, validators } = devchain;
  const quick = { key: authority!.privateKey, pollMs: 5 };
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
