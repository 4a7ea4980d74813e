import type { LogStore } from './store.ts';
import type { FullTiles } from './tree-reader.ts';

/** Full tiles lately read from the store, at most `limit` of 8 KiB each. Full tiles never change. */
export class TileCache implements FullTiles {
  readonly #store: Pick<LogStore, 'tile'>;
  readonly #limit: number;
  /** In the order of their last use. */
  readonly #tiles = new Map<string, Uint8Array>();

  constructor(store: Pick<LogStore, 'tile'>, limit = 256) {
    this.#store = store;
    this.#limit = limit;
  }

  /** Give a full tile, undefined if the store has none. */
  async tile(level: number, index: number): Promise<Uint8Array | undefined> {
    const key = `${level}/${index}`;
    const tile = this.#tiles.get(key) ?? (await this.#store.tile({ level, index }));
    if (!tile) return undefined;
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    if (this.#tiles.size > this.#limit) {
      const [oldest = ''] = this.#tiles.keys();
      this.#tiles.delete(oldest);
    }
    return tile;
  }
}
