import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes } from './bytes.ts';

/**
 * Verification of Ed25519 signatures in the strict form: RFC 8032 §5.1.7 without the cofactor, S < L, points in canonical form, and no
 * public key of small order. All implementations agree on every input, so that no crafted signature is valid here and not there.
 */
export interface Ed25519 {
  /** Verify a signature of 64 bytes by a public key of 32 bytes; never throws. */
  verify(input: {
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
    readonly publicKey: Uint8Array;
  }): boolean;
}

/** Something that signs: a key in memory, a key file, a KMS or an HSM. */
export interface Signer {
  /** 32 bytes (Ed25519). */
  readonly publicKey: Uint8Array;
  /** Sign `message`, giving 64 bytes. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const { Point } = ed25519;
const ORDER = /* @__PURE__ */ (() => Point.Fn.ORDER)();

/** Ed25519 in pure JavaScript. */
export const nobleEd25519: Ed25519 = {
  verify({ message, signature, publicKey }) {
    if (signature.length !== 64 || publicKey.length !== 32) return false;
    const s = littleEndian(signature.subarray(32));
    if (s >= ORDER) return false;
    try {
      const key = Point.fromBytes(publicKey, false);
      if (key.isSmallOrder()) return false;
      const r = signature.subarray(0, 32);
      const challenge = littleEndian(sha512(concatBytes(r, publicKey, message))) % ORDER;
      // Without the cofactor: [S]B - [k]A must encode to R itself, as OpenSSL checks.
      const base = s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s);
      const product = challenge === 0n ? Point.ZERO : key.negate().multiplyUnsafe(challenge);
      return equalBytes(base.add(product).toBytes(), r);
    } catch {
      return false; // not a point
    }
  },
};

/** Make a signer from a seed of 32 bytes, in pure JavaScript. */
export function ed25519Signer(seed: Uint8Array): Signer {
  return { publicKey: ed25519.getPublicKey(seed), sign: (message) => ed25519.sign(message, seed) };
}

/** Tell whether `publicKey` may be used at all: 32 bytes, canonical, on the curve, not of small order. */
export function isEd25519PublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  try {
    return !Point.fromBytes(publicKey, false).isSmallOrder();
  } catch {
    return false;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = value * 256n + BigInt(bytes[i]!);
  return value;
}
