import { parseDerSignature } from '@anchorlog/core';
import { isSm2PublicKey, isSm2Signature, sm2, SM2_DEFAULT_USER_ID } from '@anchorlog/core/sm2';
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

/** SM2 in pure JavaScript. */
export const pureSm2: Sm2 = {
  isPublicKey: isSm2PublicKey,
  verify: (input) => sm2.verify({ ...input, userId: SM2_DEFAULT_USER_ID }),
};

/**
 * Read the DER form of an SM2 signature as `r‖s` of 64 bytes (spec/eseal §2.3): one form for each signature, so that nobody can
 * write the same one differently. @throws ESEAL_SIGNATURE_FORM
 */
export function parseSm2Signature(bytes: Uint8Array): Uint8Array {
  try {
    const signature = parseDerSignature(bytes);
    if (isSm2Signature(signature)) return signature;
  } catch (cause) {
    throw formError({ cause });
  }
  throw formError();
}

function formError(options?: ErrorOptions): Error {
  return esealError('ESEAL_SIGNATURE_FORM', 'sm2 signature: not DER of r and s', {}, options);
}
