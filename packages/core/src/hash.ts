import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/** Names a log may carry for ever. */
export type SuiteName = 'sha256' | 'sm3';

/** A hash function with a digest of 32 bytes, as a value: a log, its statements and its proofs share one. */
export interface HashSuite {
  readonly name: SuiteName;
  /** Hash `data` to 32 bytes. */
  hash(data: Uint8Array): Uint8Array;
  /** HMAC (RFC 2104) with this hash: 32 bytes. */
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** Bytes of every digest in every suite. */
export const DIGEST_BYTES = 32;

/** SHA-256 in pure JavaScript. `@anchorlog/core/node` has the same suite on the platform's own code. */
export const sha256: HashSuite = {
  name: 'sha256',
  hash: (data) => nobleSha256(data),
  hmac: (key, data) => hmac(nobleSha256, key, data),
};
