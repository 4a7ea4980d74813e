import { DIGEST_BYTES, equalBytes } from '@anchorlog/core';
import { TILE_WIDTH, type TileCoordinate, type TreeHasher } from '@anchorlog/tlog';
import type { Findings } from './finding.ts';
import type { AuditSource } from './source.ts';

const TILE_BYTES = TILE_WIDTH * DIGEST_BYTES;
/** Tiles asked for ahead of the one that is compared: over a network, each waits. */
const AHEAD = 8;

/** A tile that was derived, and the one that was asked for to compare it with. */
interface Comparison {
  readonly tile: TileCoordinate;
  readonly derived: Uint8Array;
  readonly stored: Promise<Uint8Array | undefined>;
}

/**
 * Derives every tile from the leaf hashes and compares it with what the source holds, in memory that grows with the logarithm of the size:
 * one open tile a level. spec/audit §3
 */
export class TileCheck {
  readonly #source: AuditSource;
  readonly #hasher: TreeHasher;
  readonly #findings: Findings;
  /** By level: the open tile, hashes in it, and full tiles before it. */
  readonly #open: { readonly bytes: Uint8Array; width: number; index: number }[] = [];
  /** In the order in which they were derived. */
  readonly #asked: Comparison[] = [];

  constructor(source: AuditSource, hasher: TreeHasher, findings: Findings) {
    this.#source = source;
    this.#hasher = hasher;
    this.#findings = findings;
  }

  /** Take a row of leaf hashes in the log's order. */
  async append(leafHashes: Uint8Array): Promise<void> {
    await this.#append(0, leafHashes);
  }

  /** Compare the partial tiles at the right edge, and all that is not compared yet. */
  async end(): Promise<void> {
    for (const [level, { width }] of this.#open.entries())
      if (width > 0) await this.#compare(level);
    await this.#settle(0);
  }

  async #append(level: number, row: Uint8Array): Promise<void> {
    this.#open[level] ??= { bytes: new Uint8Array(TILE_BYTES), width: 0, index: 0 };
    const tile = this.#open[level];
    for (let at = 0; at < row.length;) {
      const taken = Math.min(row.length - at, TILE_BYTES - tile.width * DIGEST_BYTES);
      tile.bytes.set(row.subarray(at, at + taken), tile.width * DIGEST_BYTES);
      tile.width += taken / DIGEST_BYTES;
      at += taken;
      if (tile.width < TILE_WIDTH) continue;
      await this.#compare(level);
      const root = this.#fold(tile.bytes);
      tile.index++;
      tile.width = 0;
      await this.#append(level + 1, root);
    }
  }

  async #compare(level: number): Promise<void> {
    const { bytes, width, index } = this.#open[level]!;
    const tile = { level, index, width };
    const stored = this.#source.tile(tile);
    // Its failure is told in its turn.
    stored.catch(() => undefined);
    this.#asked.push({ tile, derived: bytes.slice(0, width * DIGEST_BYTES), stored });
    await this.#settle(AHEAD);
  }

  /** Compare what was asked for first, until only so many are left. */
  async #settle(left: number): Promise<void> {
    while (this.#asked.length > left) {
      const { tile, derived, stored } = this.#asked.shift()!;
      this.#judge(tile, derived, await stored);
    }
  }

  #judge(
    { level, index, width }: TileCoordinate,
    derived: Uint8Array,
    stored: Uint8Array | undefined,
  ): void {
    if (!stored) {
      this.#findings.add('AUDIT_TILE_MISSING', { level, index, width });
      return;
    }
    if (equalBytes(stored, derived)) return;
    // Leaf by leaf only what is a tile: of another length, nothing says which leaf is which.
    if (level > 0 || stored.length !== derived.length) {
      this.#findings.add('AUDIT_TILE_MISMATCH', { level, index, width });
      return;
    }
    for (let i = 0; i < width; i++) {
      const [from, to] = [i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES];
      if (!equalBytes(stored.subarray(from, to), derived.subarray(from, to))) {
        this.#findings.add('AUDIT_LEAF_MISMATCH', { index: index * TILE_WIDTH + i });
      }
    }
  }

  #fold(tile: Uint8Array): Uint8Array {
    let row = tile;
    while (row.length > DIGEST_BYTES) {
      const parents = new Uint8Array(row.length / 2);
      this.#hasher.hashNodes(row, 0, parents, 0, parents.length / DIGEST_BYTES);
      row = parents;
    }
    return row;
  }
}
