import { formatUtf8 } from '@anchorlog/core';
import { keccak_256 } from '@noble/hashes/sha3.js';

/** Hash with Keccak-256 as the EVM does (the padding before SHA-3): 32 bytes. */
export function keccak256(data: Uint8Array): Uint8Array {
  return keccak_256(data);
}

/** Compute a log's on-chain id, 32 bytes, from its origin. spec/anchor §2 */
export function logId(origin: string): Uint8Array {
  return keccak_256(formatUtf8(origin));
}
