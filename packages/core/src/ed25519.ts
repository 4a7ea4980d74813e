import { edwards } from '@noble/curves/abstract/edwards.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes, formatHex } from './bytes.ts';
import type { Signer } from './signature.ts';

/**
 * Verification of Ed25519 signatures in the strict form: RFC 8032 §5.1.7 without the cofactor, S < L, points in canonical form, and
 * neither the public key nor R of small order. All implementations agree on every input, so that no crafted signature is valid here and not
 * there: OpenSSL 3.0 accepts points of small order and 3.5 does not, so the rule is checked before it is asked.
 */
export interface Ed25519 {
  /** Verify a signature of 64 bytes by a public key of 32 bytes; never throws. */
  verify(input: {
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
    readonly publicKey: Uint8Array;
  }): boolean;
}

// RFC 8032 §5.1. Only the group is taken from the library: who verifies need not carry its signing, and what verifies nothing carries nothing.
const P = 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffedn;
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const ORDER = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;
const Point = /* @__PURE__ */ edwards({
  p: P,
  n: ORDER,
  h: 8n,
  a: 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffecn,
  d: D,
  Gx: 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
  Gy: 0x6666666666666666666666666666666666666666666666666666666666666658n,
});

/** Ed25519 in pure JavaScript. */
export const nobleEd25519: Ed25519 = {
  verify({ message, signature, publicKey }) {
    if (signature.length !== 64 || publicKey.length !== 32) return false;
    const s = littleEndian(signature.subarray(32));
    if (s >= ORDER || hasSmallOrderR(signature)) return false;
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

/**
 * Tell whether the first half of a signature is a point of small order, as no honest signer makes it. y of those whose order divides four is
 * 0, 1 or -1; twice one of order eight has y = 0, so that x² = -y², and the curve's equation becomes dy⁴ + 2y² = 1.
 */
export function hasSmallOrderR(signature: Uint8Array): boolean {
  const y = littleEndian(signature.subarray(0, 32)) % 2n ** 255n;
  const square = (y * y) % P;
  return square < 2n || (D * square * square + 2n * square - 1n) % P === 0n;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${formatHex(bytes.toReversed())}`);
}
