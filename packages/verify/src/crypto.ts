import type { VerifyCrypto } from './options.ts';
import type { TrustPolicy } from './policy.ts';

/**
 * Load the cryptography that a policy asks for beside SHA-256 and Ed25519: SM3 for its logs, ES256 and SM2 for its issuers' keys. Each is a
 * part of its own, so that a page fetches what it needs and no more. spec/verdict §1
 */
export async function loadCrypto(policy: TrustPolicy): Promise<VerifyCrypto> {
  const algorithms = new Set(
    [...policy.issuers.values()].flatMap(({ keys }) => keys.map(({ alg }) => alg)),
  );
  const isSm3 = [...policy.logs.values()].some(({ suite }) => suite === 'sm3');
  const [hash, es256, sm2] = await Promise.all([
    isSm3 ? import('@anchorlog/core/sm3').then((part) => part.sm3) : undefined,
    algorithms.has('ES256')
      ? import('@anchorlog/core/es256').then((part) => part.es256)
      : undefined,
    algorithms.has('SM2') ? import('@anchorlog/core/sm2').then((part) => part.sm2) : undefined,
  ]);
  return { hash, es256, sm2 };
}
