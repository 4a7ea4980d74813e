import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes, formatHex, isCodedError } from '@anchorlog/core';
import { anchorFolder, parseAnchorFile, type AnchorFile } from '@anchorlog/evm-proof';
import { hasCode } from '@anchorlog/log/durable-file';
import type { Log } from '@anchorlog/log';
import { parseTrustPolicy } from '@anchorlog/verify';
import { anchorNumbers } from './anchor-files.ts';
import type { ChainSettings } from './config.ts';

/** Anchors of one registry, as files numbered from 1. */
interface Registry {
  readonly folder: string;
  readonly count: number;
}

/**
 * The anchors of registries that the notary has left, of chains that its policy still knows: their evidence stands beside the tiles, and what
 * they prove is older than anything that the chain of today can say (spec/bundle §4). Nothing is added to them while the notary is open.
 */
export class FormerAnchors {
  readonly #registries: readonly Registry[];

  private constructor(registries: readonly Registry[]) {
    this.#registries = registries;
  }

  /** Look which there are. What cannot be read is left out: bundles are made without it. */
  static async open(dir: string, chain: ChainSettings | undefined): Promise<FormerAnchors> {
    const current = chain && anchorFolder(chain.chainId, chain.contract);
    const registries: Registry[] = [];
    for (const name of await knownFolders(dir)) {
      if (name === current) continue;
      const folder = join(dir, 'tiles', 'anchors', name);
      const { count } = await anchorNumbers(folder);
      registries.push({ folder, count });
    }
    return new FormerAnchors(registries);
  }

  /** Give the first anchors that cover an entry: the smallest head that does, and the same on another chain. */
  async covering(log: Log, index: number): Promise<AnchorFile[]> {
    const found: AnchorFile[] = [];
    for (const registry of this.#registries) {
      const file = await firstCovering(registry, index);
      // Of a head that the log never signed, or not like this, nothing is proven.
      const checkpoint = file && (await log.checkpoint(file.head.size));
      if (checkpoint && equalBytes(checkpoint.rootHash, file.head.rootHash)) found.push(file);
    }
    const least = Math.min(...found.map(({ head }) => head.size));
    return found.filter(({ head }) => head.size === least);
  }
}

/** Sizes grow with numbers: look in the middle of what is left. */
async function firstCovering(
  { folder, count }: Registry,
  index: number,
): Promise<AnchorFile | undefined> {
  let [low, high] = [1, count + 1];
  let found: AnchorFile | undefined;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const file = await readAnchor(join(folder, `${middle}.json`));
    if (!file) return undefined;
    if (file.head.size > index) [high, found] = [middle, file];
    else low = middle + 1;
  }
  return found;
}

async function readAnchor(path: string): Promise<AnchorFile | undefined> {
  try {
    return parseAnchorFile(await readFile(path));
  } catch (error) {
    if (hasCode(error, 'ENOENT') || isCodedError(error)) return undefined;
    throw error;
  }
}

/** Name the folders of the registries that the notary's own policy knows. */
async function knownFolders(dir: string): Promise<string[]> {
  try {
    const { chains } = parseTrustPolicy(await readFile(join(dir, 'policy.json')));
    return [...chains.values()].flatMap(({ chainId, contract, otherContracts }) =>
      [contract, ...otherContracts.map((other) => other.contract)].map((address) =>
        anchorFolder(chainId, `0x${formatHex(address)}`),
      ),
    );
  } catch (error) {
    if (hasCode(error, 'ENOENT') || isCodedError(error)) return [];
    throw error;
  }
}
