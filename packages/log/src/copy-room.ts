/** About so many bytes share one piece of memory: some hundred entries, which come and go together. */
const ROOM_BYTES = 256 * 1024;

/**
 * Copies byte arrays into large pieces of memory, one after the other. Each piece costs the garbage collector as much as it would if it held
 * one entry; it is let go with the last copy in it.
 */
export class CopyRoom {
  #room = new Uint8Array(0);
  #used = 0;

  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (this.#used + length > this.#room.length) {
      this.#room = new Uint8Array(Math.max(ROOM_BYTES, length));
      this.#used = 0;
    }
    const copy = new Uint8Array(this.#room.buffer, this.#used, length);
    copy.set(bytes);
    this.#used += length;
    return copy;
  }
}
