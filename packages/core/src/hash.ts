import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { formatBase64 } from './bytes.ts';

/** Names a log may carry for ever. */
export type SuiteName = 'sha256' | 'sm3';

/** A hash function with a digest of 32 bytes, as a value: a log, its statements and its proofs share one. */
export interface HashSuite {
  readonly name: SuiteName;
  /** Hash `data` to 32 bytes. */
  hash(data: Uint8Array): Uint8Array;
  /** The digest in standard base64, where the platform gives it faster than by way of its bytes. */
  readonly hashBase64?: ((data: Uint8Array) => string) | undefined;
}

/** Bytes of every digest in every suite. */
export const DIGEST_BYTES = 32;

/** SHA-256 in pure JavaScript. `@anchorlog/core/node` has the same suite on the platform's own code. */
export const sha256: HashSuite = {
  name: 'sha256',
  hash: (data) => nobleSha256(data),
};

/** Hash `data` to the 44 characters of the digest in standard base64. */
export function hashBase64(suite: HashSuite, data: Uint8Array): string {
  return suite.hashBase64?.(data) ?? formatBase64(suite.hash(data));
}

/** Bytes that SHA-256 and SM3 take at a time. */
const BLOCK = 64;
/** Room for the input of short messages: an index key and an id take less. Holds nothing of a key between calls. */
const shared = /* @__PURE__ */ new Uint8Array(BLOCK + 512);

/** HMAC (RFC 2104 §2) with the hash of a suite: 32 bytes. */
export function hmac(suite: HashSuite, key: Uint8Array, data: Uint8Array): Uint8Array {
  const short = key.length > BLOCK ? suite.hash(key) : key;
  const length = BLOCK + data.length;
  const input = length <= shared.length ? shared : new Uint8Array(length);
  for (let i = 0; i < BLOCK; i++) input[i] = (short[i] ?? 0) ^ 0x36;
  input.set(data, BLOCK);
  const digest = suite.hash(input.subarray(0, length));
  for (let i = 0; i < BLOCK; i++) input[i] = (short[i] ?? 0) ^ 0x5c;
  input.set(digest, BLOCK);
  const mac = suite.hash(input.subarray(0, BLOCK + DIGEST_BYTES));
  input.fill(0, 0, length);
  return mac;
}
