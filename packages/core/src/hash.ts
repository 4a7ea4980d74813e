import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/** Names a log may carry for ever. */
export type SuiteName = 'sha256' | 'sm3';

/** A hash function with a digest of 32 bytes, as a value: a log, its statements and its proofs share one. */
export interface HashSuite {
  readonly name: SuiteName;
  /** Hash `data` to 32 bytes. */
  hash(data: Uint8Array): Uint8Array;
}

/** Bytes of every digest in every suite. */
export const DIGEST_BYTES = 32;

/** SHA-256 in pure JavaScript. `@anchorlog/core/node` has the same suite on the platform's own code. */
export const sha256: HashSuite = {
  name: 'sha256',
  hash: (data) => nobleSha256(data),
};

/** Bytes that SHA-256 and SM3 take at a time. */
const BLOCK = 64;

/** HMAC (RFC 2104 §2) with the hash of a suite: 32 bytes. */
export function hmac(suite: HashSuite, key: Uint8Array, data: Uint8Array): Uint8Array {
  const short = key.length > BLOCK ? suite.hash(key) : key;
  const inner = new Uint8Array(BLOCK + data.length).fill(0x36, 0, BLOCK);
  const outer = new Uint8Array(BLOCK + DIGEST_BYTES).fill(0x5c, 0, BLOCK);
  for (const [i, byte] of short.entries()) {
    inner[i]! ^= byte;
    outer[i]! ^= byte;
  }
  inner.set(data, BLOCK);
  outer.set(suite.hash(inner), BLOCK);
  return suite.hash(outer);
}
