import { concatBytes } from './bytes.ts';
import { integerOf, scalarBytes } from './ecdsa.ts';
import { DIGEST_BYTES, hmac, type HashSuite } from './hash.ts';

/**
 * Derive the nonce of a signature from the secret and the digest that it signs, RFC 6979 §3.2, for groups whose order has 256 bits. Two
 * digests never share one, however bad the machine's randomness is: a nonce that comes twice gives the secret away.
 */
export function deterministicNonce({
  suite,
  order,
  secret,
  digest,
}: {
  readonly suite: HashSuite;
  readonly order: bigint;
  readonly secret: Uint8Array;
  readonly digest: Uint8Array;
}): bigint {
  const input = concatBytes(secret, scalarBytes(integerOf(digest) % order));
  let v = new Uint8Array(DIGEST_BYTES).fill(1);
  let k = new Uint8Array(DIGEST_BYTES);
  const update = (mark: number, more: Uint8Array): void => {
    k = new Uint8Array(hmac(suite, k, concatBytes(v, Uint8Array.of(mark), more)));
    v = new Uint8Array(hmac(suite, k, v));
  };
  update(0, input);
  update(1, input);
  for (;;) {
    v = new Uint8Array(hmac(suite, k, v));
    const nonce = integerOf(v);
    if (nonce > 0n && nonce < order) return nonce;
    update(0, new Uint8Array(0));
  }
}
