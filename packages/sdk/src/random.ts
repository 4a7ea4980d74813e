import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 32_768;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/** Give fresh random bytes. They come from a pool, since asking the system for 16 at a time costs a hundred times more. */
export function randomBytes(length: number): Uint8Array {
  if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length));
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.slice(used, used + length);
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}
