import { compareBytes, formatUtf8 } from '@anchorlog/core';
import { keccak256 } from '@anchorlog/evm-proof';
import { secp256k1 } from '@noble/curves/secp256k1.js';

/** Everybody can derive these keys. What they guard on any other chain is lost. */
const SEED = 'anchorlog development chain: these keys are public, never use them elsewhere';

/** A secp256k1 key of the development chain. */
export interface DevelopmentKey {
  /** 20 bytes. */
  readonly address: Uint8Array;
  /** 32 bytes. */
  readonly secretKey: Uint8Array;
}

/** Derive the funded test accounts: the same ones always. */
export function developmentAccounts(count: number): DevelopmentKey[] {
  return Array.from({ length: count }, (_, i) => derive(`account/${i}`));
}

/**
 * Derive the validators: the same ones always for one chain, ascending by address as QBFT lists them. Those of two chains differ, since a policy
 * lets an address seal on one chain only (spec/policy §8).
 */
export function developmentValidators(count: number, chainId = 1337): DevelopmentKey[] {
  const path = chainId === 1337 ? 'validator' : `validator/${chainId}`;
  return Array.from({ length: count }, (_, i) => derive(`${path}/${i}`)).toSorted((a, b) =>
    compareBytes(a.address, b.address),
  );
}

function derive(path: string): DevelopmentKey {
  const secretKey = keccak256(formatUtf8(`${SEED}/${path}`));
  const publicKey = secp256k1.getPublicKey(secretKey, false);
  return { secretKey, address: keccak256(publicKey.subarray(1)).subarray(12) };
}
