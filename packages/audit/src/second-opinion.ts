import { hash } from 'node:crypto';
import { DIGEST_BYTES, concatBytes, equalBytes, type SuiteName } from '@anchorlog/core';
import type { Findings } from './finding.ts';
import type { KnownHead } from './known-head.ts';

/** Leaves up to which another library rebuilds the tree: it keeps the whole of it in memory, some 250 bytes a leaf. */
export const SECOND_OPINION_LEAVES = 1_000_000;
/** Leaves of all the trees that it rebuilds together: a log may have thousands of heads a day. */
export const SECOND_OPINION_WORK = 8_000_000;

/** What merkletreejs says of the anchored roots. */
export interface SecondOpinionResult {
  readonly library: 'merkletreejs';
  readonly equal: number;
  readonly different: number;
  /** Heads beyond `SECOND_OPINION_LEAVES`, beyond `SECOND_OPINION_WORK` with the larger ones, or beyond the entries at hand. */
  readonly skipped: number;
}

/** Keeps leaf hashes and has their roots rebuilt by a library that this project did not write. spec/audit §4 */
export class SecondOpinion {
  readonly #suite: SuiteName;
  readonly #work: number;
  readonly #rows: Uint8Array[] = [];
  #leaves = 0;

  constructor(suite: SuiteName, work: number = SECOND_OPINION_WORK) {
    this.#suite = suite;
    this.#work = work;
  }

  append(leafHashes: Uint8Array): void {
    if (this.#leaves >= SECOND_OPINION_LEAVES) return;
    this.#rows.push(leafHashes);
    this.#leaves += leafHashes.length / DIGEST_BYTES;
  }

  /** Rebuild the roots of `heads`, the largest first, one tree for each size. */
  async compare(heads: readonly KnownHead[], findings: Findings): Promise<SecondOpinionResult> {
    const { MerkleTree } = await import('merkletreejs'); // loaded only when asked for
    const row = concatBytes(...this.#rows);
    const leaves: Buffer[] = [];
    const known = Math.min(this.#leaves, SECOND_OPINION_LEAVES);
    for (let i = 0; i < known; i++) {
      leaves.push(Buffer.from(row.buffer, row.byteOffset + i * DIGEST_BYTES, DIGEST_BYTES));
    }
    const node = (bytes: Buffer): Buffer =>
      hash(this.#suite, Buffer.concat([Uint8Array.of(1), bytes]), 'buffer');
    let [equal, different, skipped, left] = [0, 0, 0, this.#work];
    let built: { readonly size: number; readonly root: Uint8Array } | undefined;
    for (const { chainId, number, size, rootHash } of heads.toSorted((a, b) => b.size - a.size)) {
      if (built?.size !== size && size <= Math.min(left, known)) {
        built = { size, root: new MerkleTree(leaves.slice(0, size), node).getRoot() };
        left -= size;
      }
      if (built?.size !== size) skipped++;
      else if (equalBytes(built.root, rootHash)) equal++;
      else {
        different++;
        findings.add('AUDIT_SECOND_OPINION', { chainId, number, size });
      }
    }
    return { library: 'merkletreejs', equal, different, skipped };
  }
}
