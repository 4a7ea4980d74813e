import { createHash } from 'node:crypto';
import type { AnchoredHead } from '@anchorlog/evm-proof';
import { MemoryTree, proveConsistency } from '@anchorlog/tlog';
import type { AnchorSource } from '../src/anchor.ts';

/** A log in memory, as far as the anchorer sees one: entry `n` is always the same, so that two logs of one size are equal. */
export class TestLog implements AnchorSource {
  readonly #tree = new MemoryTree();
  #published = 0;
  readonly #flavor: string;

  constructor(size = 0, flavor = 'entry') {
    this.#flavor = flavor;
    this.grow(size);
  }

  get size(): number {
    return this.#published;
  }

  /** Append `count` entries and publish. */
  grow(count: number): AnchoredHead {
    const leaves = new Uint8Array(32 * count);
    for (let i = 0; i < count; i++) {
      const entry = `\0${this.#flavor} ${this.#published + i}`;
      leaves.set(createHash('sha256').update(entry).digest(), 32 * i);
    }
    this.#tree.append(leaves);
    this.#published += count;
    return this.headAt(this.#published);
  }

  headAt(size: number): AnchoredHead {
    return { size, rootHash: this.#tree.root(size), indexRoot: new Uint8Array(32) };
  }

  head(): AnchoredHead | undefined {
    return this.#published === 0 ? undefined : this.headAt(this.#published);
  }

  proveConsistency(sizes: {
    readonly olderSize: number;
    readonly newerSize: number;
  }): Uint8Array[] {
    return proveConsistency(sizes, this.#tree.node);
  }
}
