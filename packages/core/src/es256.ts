import { weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { p256 } from '@noble/curves/nist.js';
import { P256_ORDER, integerOf, scalarsOf } from './ecdsa.ts';
import { sha256 } from './hash.ts';
import type { Es256, Signer } from './signature.ts';

// SEC 2 §2.4.2. Only the group is taken from the library, which verifiers of sealed evidence have already.
const Point = /* @__PURE__ */ weierstrass({
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  n: P256_ORDER,
  h: 1n,
  a: 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});

/** ES256 (ECDSA on P-256 with SHA-256, FIPS 186-5 §6.4.2) in pure JavaScript, with s in the lower half of the order. spec/encoding §7.1 */
export const es256: Es256 = {
  verify({ message, signature, publicKey }) {
    const scalars = scalarsOf(signature, P256_ORDER);
    if (!scalars || scalars.s > P256_ORDER / 2n || !isEs256PublicKey(publicKey)) return false;
    const { r, s } = scalars;
    const { Fn } = Point;
    const inverse = Fn.inv(s);
    const u1 = Fn.create(integerOf(sha256.hash(message)) * inverse);
    const u2 = Fn.create(r * inverse);
    const point = Point.BASE.mulAddUnsafe(u1, Point.fromBytes(publicKey), u2);
    return !point.is0() && Fn.create(point.toAffine().x) === r;
  },
};

/** Tell whether `publicKey` may be used at all: `04 ‖ x ‖ y` of a point of P-256, 65 bytes. */
export function isEs256PublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 65 || publicKey[0] !== 4) return false;
  try {
    Point.fromBytes(publicKey).assertValidity();
    return true;
  } catch {
    return false;
  }
}

/** Make a signer from a secret of 32 bytes, 0 < secret < order, in pure JavaScript; nonces as RFC 6979. */
export function es256Signer(secret: Uint8Array): Signer {
  return {
    alg: 'ES256',
    publicKey: p256.getPublicKey(secret, false),
    sign: (message) => p256.sign(message, secret, { lowS: true, prehash: true }),
  };
}
