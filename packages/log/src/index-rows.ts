import { concatBytes, formatUint64, formatUtf8, parseUint64 } from '@anchorlog/core';
import type { FullTile, ListStore } from '@anchorlog/vindex/builder';
import { Level } from 'level';

// Rows of the index that are no segments: tiles of long lists, and the heads that proofs are made at (spec/index §8.3).
const TILE = formatUtf8('t');
const HEAD = formatUtf8('h');
const DIGEST = 32;
const LAST = 2 ** 53 - 1;

/** A head of the index. */
export interface IndexHeadRow {
  readonly size: number;
  readonly indexRoot: Uint8Array;
}

/** The small database of an index. One process at a time has it open. */
export class IndexRows implements ListStore {
  readonly #db: Level<Uint8Array, Uint8Array>;
  /** Tiles that are not in the database yet, by their keys in hexadecimal. */
  readonly #fresh = new Map<string, { readonly key: Uint8Array; readonly value: Uint8Array }>();

  constructor(dir: string) {
    this.#db = new Level(dir, { keyEncoding: 'view', valueEncoding: 'view' });
  }

  async open(): Promise<void> {
    await this.#db.open();
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  /** Forget everything. */
  async clear(): Promise<void> {
    this.#fresh.clear();
    await this.#db.clear();
  }

  write({ path, number, positions, root }: FullTile): void {
    const key = tileKey(path, number);
    this.#fresh.set(nameOf(key), { key, value: concatBytes(root, positions) });
  }

  positions(path: Uint8Array, number: number): Uint8Array {
    return this.#tile(path, number).subarray(DIGEST);
  }

  root(path: Uint8Array, number: number): Uint8Array {
    return this.#tile(path, number).subarray(0, DIGEST);
  }

  /** Give the heads that were put and not removed, by size. */
  async heads(): Promise<IndexHeadRow[]> {
    const range = { gte: headKey(0), lte: headKey(LAST) };
    const rows = await this.#db.iterator(range).all();
    return rows.map(([key, value]) => ({
      size: parseUint64(key, HEAD.length),
      indexRoot: new Uint8Array(value),
    }));
  }

  /** Put a head and remove others, with all tiles that were written before; durable when it resolves. */
  async put(head: IndexHeadRow | undefined, forgotten: readonly number[]): Promise<void> {
    const written = [...this.#fresh];
    const puts = written.map(([, row]) => ({ type: 'put' as const, ...row }));
    if (head) puts.push({ type: 'put', key: headKey(head.size), value: head.indexRoot });
    const removals = forgotten.map((size) => ({ type: 'del' as const, key: headKey(size) }));
    await this.#db.batch([...puts, ...removals], { sync: true });
    for (const [name, row] of written) {
      if (this.#fresh.get(name) === row) this.#fresh.delete(name);
    }
  }

  #tile(path: Uint8Array, number: number): Uint8Array {
    const key = tileKey(path, number);
    const tile = this.#fresh.get(nameOf(key))?.value ?? this.#db.getSync(key);
    if (!tile) throw new Error(`index: expected tile ${number} of a list, got none`);
    return tile;
  }
}

function tileKey(path: Uint8Array, number: number): Uint8Array {
  return concatBytes(TILE, path, formatUint64(number));
}

function headKey(size: number): Uint8Array {
  return concatBytes(HEAD, formatUint64(size));
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
}
