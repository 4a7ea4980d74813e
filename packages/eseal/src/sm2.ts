import { sm2, sm3 as sm3Hex } from 'sm-crypto-v2';
import { formatHex, parseHex, type HashSuite } from '@anchorlog/core';
import { DerReader, parseDer, TAG } from './der.ts';
import { esealError } from './error.ts';

export const SM2_WITH_SM3 = '1.2.156.10197.1.501';
export const SM2_CURVE = '1.2.156.10197.1.301';
export const SM3_OID = '1.2.156.10197.1.401';

/** Verifies SM2 signatures with SM3, with the default user id (GB/T 32918.2; GM/T 0009). */
export interface Sm2 {
  /** Tell whether a key of 65 bytes, `04‖x‖y`, is a point of the curve. */
  isPublicKey(publicKey: Uint8Array): boolean;
  /** Tell whether `signature`, `r‖s` of 64 bytes each from 1 to n - 1, is over `message`. */
  verify(input: {
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
    readonly publicKey: Uint8Array;
  }): boolean;
}

/** SM3 in pure JavaScript. */
export const sm3: HashSuite = {
  name: 'sm3',
  hash: (data) => parseHex(sm3Hex(data)),
};

/** SM2 in pure JavaScript. */
export const pureSm2: Sm2 = {
  isPublicKey(publicKey) {
    if (publicKey.length !== 65 || publicKey[0] !== 4) return false;
    try {
      return sm2.verifyPublicKey(formatHex(publicKey));
    } catch {
      return false; // the library throws for coordinates beyond the field
    }
  },
  verify({ message, signature, publicKey }) {
    if (signature.length !== 64 || !pureSm2.isPublicKey(publicKey)) return false;
    const options = { hash: true, der: false };
    return sm2.doVerifySignature(message, formatHex(signature), formatHex(publicKey), options);
  },
};

/** The order of the SM2 group (GB/T 32918.5). */
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

/**
 * Read the DER form of an SM2 signature as `r‖s` of 64 bytes (spec/eseal §2.3): one form for each signature, so that nobody can
 * write the same one differently. @throws ESEAL_SIGNATURE_FORM
 */
export function parseSm2Signature(bytes: Uint8Array): Uint8Array {
  try {
    const reader = new DerReader(parseDer(bytes), 'signature', 'ESEAL_SIGNATURE_FORM');
    const signature = new Uint8Array(64);
    for (const end of [32, 64]) {
      const { content } = reader.take(TAG.integer);
      const value = content[0] === 0 ? content.subarray(1) : content;
      const number = value.length <= 32 ? BigInt(`0x0${formatHex(value)}`) : 0n;
      if (content[0]! >= 0x80 || number < 1n || number >= ORDER) throw reader.fault('range');
      signature.set(value, end - value.length);
    }
    reader.end();
    return signature;
  } catch (error) {
    throw esealError(
      'ESEAL_SIGNATURE_FORM',
      'sm2 signature: not DER of r and s',
      {},
      { cause: error },
    );
  }
}
