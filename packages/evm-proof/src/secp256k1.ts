import { weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { concatBytes } from '@anchorlog/core';
import { evmError } from './error.ts';
import { keccak256 } from './keccak.ts';

// SEC 2 §2.4.1. Only the group is taken from the library: its ECDSA, with DER and hedged signing, doubles the verifier's size.
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const Point = /* @__PURE__ */ weierstrass(
  {
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn,
    n: ORDER,
    h: 1n,
    a: 0n,
    b: 7n,
    Gx: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
    Gy: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
  },
  {
    endo: {
      beta: 0x7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501een,
      basises: [
        [0x3086d221a7d46bcde86c90e49284eb15n, -0xe4437ed6010e88286f547fa90abfe4c3n],
        [0x114ca50f7a8e2f3f657c1108d9d44cfd8n, 0x3086d221a7d46bcde86c90e49284eb15n],
      ],
    },
  },
);

/**
 * Recover the address, 20 bytes, that signed `digest` (32 bytes) with `seal` = r (32) ‖ s (32) ‖ v (1; 0 or 1), s in the lower half of
 * the order. SEC 1 §4.1.6, spec/evidence §3.3
 * @throws EVM_SEAL_SHAPE, EVM_SEAL_MALLEATED
 */
export function recoverAddress({
  digest,
  seal,
}: {
  readonly digest: Uint8Array;
  readonly seal: Uint8Array;
}): Uint8Array {
  const r = integer(seal.subarray(0, 32));
  const s = integer(seal.subarray(32, 64));
  const v = seal[64]!;
  if (seal.length !== 65 || v > 1 || r === 0n || r >= ORDER || s === 0n || s >= ORDER) {
    throw evmError(
      'EVM_SEAL_SHAPE',
      `seal: expected r, s in range and v 0 or 1 in 65 bytes, got ${seal.length}`,
    );
  }
  if (s > ORDER / 2n) {
    throw evmError('EVM_SEAL_MALLEATED', 'seal: expected s in the lower half of the order');
  }
  try {
    const nonce = Point.fromBytes(concatBytes(Uint8Array.of(2 + v), seal.subarray(0, 32)));
    const inverse = Point.Fn.inv(r);
    const u1 = Point.Fn.create(-integer(digest) * inverse);
    const u2 = Point.Fn.create(s * inverse);
    const key = Point.BASE.mulAddUnsafe(u1, nonce, u2).toBytes(false); // refuses infinity
    return keccak256(key.subarray(1)).subarray(12);
  } catch (cause) {
    throw evmError('EVM_SEAL_SHAPE', 'seal: no key can be recovered from it', {}, { cause });
  }
}

function integer(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value;
}
