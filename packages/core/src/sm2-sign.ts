import { sm2 as group } from 'sm-crypto-v2';
import { formatHex, parseHex } from './bytes.ts';
import { scalarBytes } from './ecdsa.ts';

/** Sign a digest with a nonce that was never used before. GB/T 32918.2-2016 §6.1 */
export function signSm2Digest({
  secret,
  digest,
  nonce,
}: {
  readonly secret: Uint8Array;
  readonly digest: Uint8Array;
  readonly nonce: bigint;
}): Uint8Array {
  const k = formatHex(scalarBytes(nonce));
  const publicKey = formatHex(sm2Point(nonce));
  // Its own nonces are left aside. It draws one only if this one gives r or s of zero, which nobody will see.
  const point = { privateKey: k, publicKey, k: nonce, x1: BigInt(`0x${publicKey.slice(2, 66)}`) };
  return parseHex(group.doSignature(digest, formatHex(secret), { pointPool: [point] }));
}

/** Give a multiple of the base, `04 ‖ x ‖ y`. */
export function sm2Point(scalar: bigint): Uint8Array {
  return parseHex(group.getPublicKeyFromPrivateKey(formatHex(scalarBytes(scalar))));
}
