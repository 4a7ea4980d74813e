/** Bytes lately used, at most `limit` of them in all; what was used longest ago goes first. */
export class ByteCache {
  readonly #limit: number;
  #size = 0;
  /** In the order of their last use. */
  readonly #held = new Map<string, Uint8Array>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes held at present. */
  get size(): number {
    return this.#size;
  }

  get(key: string): Uint8Array | undefined {
    const bytes = this.#held.get(key);
    if (!bytes) return undefined;
    this.#held.delete(key);
    this.#held.set(key, bytes);
    return bytes;
  }

  set(key: string, bytes: Uint8Array): void {
    this.#drop(key);
    if (bytes.length > this.#limit) return;
    this.#held.set(key, bytes);
    this.#size += bytes.length;
    for (const oldest of this.#held.keys()) {
      if (this.#size <= this.#limit) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const bytes = this.#held.get(key);
    if (!bytes) return;
    this.#held.delete(key);
    this.#size -= bytes.length;
  }
}
