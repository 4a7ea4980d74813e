import { formatAddress, type StatementAddress } from '@anchorlog/statement';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import type { VaultItem } from './vault-item.ts';
import type { Vault } from './vault.ts';

/** A statement that is being signed. */
export interface UnsignedItem {
  /** Place of its record in the group. */
  readonly at: number;
  readonly address: StatementAddress;
  /** The record's own number. */
  readonly key: string | undefined;
  /** Never rejects. */
  readonly signed: Promise<VaultItem | Error>;
}

const leafHasher = nodeTreeHasher('sha256');

/** The statements of a group whose signatures are on their way: they are in nobody's sight before they are in the vault. */
export class Unsigned {
  readonly #vault: Vault;
  readonly #items = new Map<string, UnsignedItem>();

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  has(address: StatementAddress): boolean {
    return this.#items.has(formatAddress(address));
  }

  add(item: UnsignedItem): void {
    this.#items.set(formatAddress(item.address), item);
  }

  /** Wait for all signatures, add the items to the vault in their order, and put what came out into `results`. */
  async settle(results: (VaultItem | Error)[]): Promise<void> {
    for (const { at, key, signed } of this.#items.values()) {
      const item = await signed;
      results[at] = item;
      if (item instanceof Error) continue;
      this.#vault.add({ item, leaf: leafHasher.leaf(item.entry), key });
    }
    this.#items.clear();
  }
}
