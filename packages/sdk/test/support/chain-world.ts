import { addressOfKey, deployRegistry, registerLog } from '@anchorlog/anchor';
import { formatHex } from '@anchorlog/core';
import { createDevchain, type Devchain } from '@anchorlog/devchain';
import { readConfig, type ChainSettings } from '../../src/config.ts';
import { setChain } from '../../src/init.ts';
import { readKeys } from '../../src/keys.ts';

/** A development chain with a registry on it. */
export class ChainWorld implements AsyncDisposable {
  readonly devchain: Devchain;
  readonly settings: ChainSettings;

  private constructor(devchain: Devchain, settings: ChainSettings) {
    this.devchain = devchain;
    this.settings = settings;
  }

  static async make(id?: number): Promise<ChainWorld> {
    const devchain = await createDevchain({ chainId: id });
    const { url, chainId, validators, accounts } = devchain;
    const authority = accounts[0]!;
    const { contract, codeHash, blockNumber } = await deployRegistry({
      chain: { url, chainId },
      authority: authority.address,
      key: authority.privateKey,
      pollMs: 5,
    });
    return new ChainWorld(devchain, {
      url,
      chainId,
      contract,
      codeHash,
      validators,
      fromBlock: blockNumber,
      blockTimeMs: 80,
    });
  }

  /** Register the log of the notary in `dir`, and set the notary to this chain; at another URL if given. */
  async attach(dir: string, url = this.settings.url): Promise<void> {
    const config = await readConfig(dir);
    const { operator } = await readKeys(dir, config);
    await registerLog({
      chain: this.settings,
      origin: config.origin,
      operator: addressOfKey(`0x${formatHex(operator.secret)}`),
      key: this.devchain.accounts[0]!.privateKey,
      pollMs: 5,
    });
    await setChain(dir, { ...this.settings, url });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.devchain.close();
  }
}
