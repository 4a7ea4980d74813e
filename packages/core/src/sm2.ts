import { sm2 as group } from 'sm-crypto-v2';
import { concatBytes, formatHex, formatUtf8, parseHex } from './bytes.ts';
import { integerOf, scalarsOf } from './ecdsa.ts';
import type { HashSuite } from './hash.ts';
import { deterministicNonce } from './nonce.ts';
import type { Signer, Sm2 } from './signature.ts';
import { sm2Point, signSm2Digest } from './sm2-sign.ts';
import { sm3 } from './sm3.ts';

/** Order of the group (GB/T 32918.5-2017 §A). */
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

/** a ‖ b ‖ xG ‖ yG, as they are hashed into Z (GB/T 32918.5-2017 §A). */
const CURVE = /* @__PURE__ */ parseHex(
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
);

/** The user id that GM/T 0009 gives to whoever has none of their own. */
export const SM2_DEFAULT_USER_ID = '1234567812345678';

const USER_ID_BYTES = 8191;

/** Make SM2 verification (GB/T 32918.2-2016 §7.1) in JavaScript; the hash of `@anchorlog/core/node` is the faster one. spec/encoding §7.2 */
export function createSm2(hash: HashSuite = sm3): Sm2 {
  return {
    verify({ message, signature, publicKey, userId }) {
      const scalars = scalarsOf(signature, ORDER);
      if (!scalars || !isSm2PublicKey(publicKey)) return false;
      try {
        const digest = sm2Digest({ message, publicKey, userId, hash });
        // At infinity there is no x, and the library takes it for 0. Nobody knows a point of x = 0 as a multiple of the base.
        if (integerOf(digest) % ORDER === scalars.r) return false;
        return group.doVerifySignature(digest, formatHex(signature), formatHex(publicKey));
      } catch {
        return false;
      }
    },
  };
}

/** SM2 with SM3, all in JavaScript. */
export const sm2: Sm2 = /* @__PURE__ */ createSm2();

/** Tell whether `publicKey` may be used at all: `04 ‖ x ‖ y` of a point of the curve, 65 bytes. */
export function isSm2PublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 65 || publicKey[0] !== 4) return false;
  try {
    return group.verifyPublicKey(formatHex(publicKey));
  } catch {
    return false;
  }
}

/** Tell whether `signature` is `r ‖ s` of 64 bytes, both from 1 to the order less one. */
export function isSm2Signature(signature: Uint8Array): boolean {
  return scalarsOf(signature, ORDER) !== undefined;
}

/**
 * Give what an SM2 signature signs: e = SM3(Z ‖ message), where Z = SM3(ENTL ‖ user id ‖ a ‖ b ‖ xG ‖ yG ‖ xA ‖ yA) and ENTL is the length
 * of the user id in bits, as two bytes. GB/T 32918.2-2016 §5.5. @throws RangeError for a user id whose length ENTL cannot hold
 */
export function sm2Digest({
  message,
  publicKey,
  userId,
  hash = sm3,
}: {
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly userId: string;
  readonly hash?: HashSuite | undefined;
}): Uint8Array {
  const id = formatUtf8(userId);
  if (id.length > USER_ID_BYTES) throw new RangeError('user id: expected at most 8191 bytes');
  const bits = id.length * 8;
  const length = Uint8Array.of(Math.floor(bits / 256), bits % 256);
  const z = hash.hash(concatBytes(length, id, CURVE, publicKey.subarray(1)));
  return hash.hash(concatBytes(z, message));
}

/**
 * Make a signer from a secret of 32 bytes, 0 < secret < order - 1. Nonces are as RFC 6979 with HMAC-SM3. JavaScript's integers take time
 * that depends on their value: where others can measure it, sign in an HSM. @throws RangeError
 */
export function sm2Signer({
  secret,
  userId,
  hash = sm3,
}: {
  readonly secret: Uint8Array;
  readonly userId: string;
  readonly hash?: HashSuite | undefined;
}): Signer {
  const scalar = integerOf(secret);
  // With order - 1 there is no inverse of 1 + secret.
  if (secret.length !== 32 || scalar === 0n || scalar >= ORDER - 1n) {
    throw new RangeError('secret: expected 32 bytes between 0 and the order less one');
  }
  const publicKey = sm2Point(scalar);
  return {
    alg: 'SM2',
    publicKey,
    sign(message) {
      const digest = sm2Digest({ message, publicKey, userId, hash });
      const nonce = deterministicNonce({ suite: hash, order: ORDER, secret, digest });
      return signSm2Digest({ secret, digest, nonce });
    },
  };
}
