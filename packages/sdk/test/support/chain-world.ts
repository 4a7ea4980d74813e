import { createDevchain, type Devchain } from '@anchorlog/devchain';
import type { ChainSettings } from '../../src/config.ts';
import { deployDevelopment, joinDevelopment } from '../../src/development-chain.ts';

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
    const settings = await deployDevelopment(devchain, { blockTimeMs: 80, pollMs: 5 });
    return new ChainWorld(devchain, settings);
  }

  /** Register the log of the notary in `dir`, and set the notary to this chain; at another URL if given. */
  async attach(dir: string, url = this.settings.url): Promise<void> {
    await joinDevelopment(dir, this.devchain, this.settings, { url, pollMs: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.devchain.close();
  }
}
