import { hash } from 'node:crypto';
import { DIGEST_BYTES, concatBytes, equalBytes } from '@anchorlog/core';
import type { KnownHead } from './known-head.ts';

/** Leaves up to which another library rebuilds the tree: it keeps the whole of it in memory, some 250 bytes a leaf. */
export const SECOND_OPINION_LEAVES = 1_000_000;

/** What merkletreejs says of the anchored roots. */
export interface SecondOpinionResult {
  readonly library: 'merkletreejs';
  readonly equal: number;
  readonly different: number;
  /** Heads beyond `SECOND_OPINION_LEAVES`, or beyond the entries at hand. */
  readonly skipped: number;
}

/** Keeps leaf hashes and has their roots rebuilt by a library that this project did not write. spec/audit §4 */
export class SecondOpinion {
  readonly #rows: Uint8Array[] = [];
  #leaves = 0;

  append(leafHashes: Uint8Array): void {
    if (this.#leaves >= SECOND_OPINION_LEAVES) return;
    this.#rows.push(leafHashes);
    this.#leaves += leafHashes.length / DIGEST_BYTES;
  }

  async compare(heads: readonly KnownHead[]): Promise<SecondOpinionResult> {
    const { MerkleTree } = await import('merkletreejs'); // loaded only when asked for
    const row = concatBytes(...this.#rows);
    const leaves: Buffer[] = [];
    const known = Math.min(this.#leaves, SECOND_OPINION_LEAVES);
    for (let i = 0; i < known; i++) {
      leaves.push(Buffer.from(row.buffer, row.byteOffset + i * DIGEST_BYTES, DIGEST_BYTES));
    }
    const node = (bytes: Buffer): Buffer =>
      hash('sha256', Buffer.concat([Uint8Array.of(1), bytes]), 'buffer');
    let [equal, different, skipped] = [0, 0, 0];
    for (const { size, rootHash } of heads) {
      if (size > leaves.length) skipped++;
      else if (equalBytes(new MerkleTree(leaves.slice(0, size), node).getRoot(), rootHash)) equal++;
      else different++;
    }
    return { library: 'merkletreejs', equal, different, skipped };
  }
}
