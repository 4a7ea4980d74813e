import type { SuiteName } from '@anchorlog/core';
import { formatAddress, type StatementAddress } from '@anchorlog/statement';
import type { TreeHasher } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import type { IssuedItem, VaultItem } from './vault-item.ts';
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

/** The statements of a group whose signatures are on their way: they are in nobody's sight before they are in the vault. */
export class Unsigned {
  readonly #vault: Vault;
  readonly #hasher: TreeHasher;
  readonly #isGapless: boolean;
  readonly #items = new Map<string, UnsignedItem>();

  /** `isGapless`: those behind one that could not be signed have their numbers already, so that none of them counts either. */
  constructor(of: {
    readonly vault: Vault;
    readonly suite: SuiteName;
    readonly isGapless: boolean;
  }) {
    this.#vault = of.vault;
    this.#hasher = nodeTreeHasher(of.suite);
    this.#isGapless = of.isGapless;
  }

  has(address: StatementAddress): boolean {
    return this.#items.has(formatAddress(address));
  }

  add(item: UnsignedItem): void {
    this.#items.set(formatAddress(item.address), item);
  }

  /** Wait for all signatures, add the items to the vault in their order, and put what came out into `results`. */
  async settle(results: (IssuedItem | Error)[]): Promise<void> {
    for (const { at, key, signed } of this.#items.values()) {
      const item = await signed;
      if (item instanceof Error) {
        if (this.#isGapless) throw item;
        results[at] = item;
        continue;
      }
      const number = this.#vault.add({ item, leaf: this.#hasher.leaf(item.entry), key });
      results[at] = { ...item, number, isNew: true };
    }
    this.#items.clear();
  }
}
