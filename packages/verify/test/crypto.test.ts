import { nodeEs256, nodeSm3 } from '@anchorlog/core/node';
import { createSm2 } from '@anchorlog/core/sm2';
import { describe, expect, test } from 'vitest';
import { loadCrypto } from '../src/crypto.ts';
import { parseTrustPolicy, verifyBundle, type Verdict, type VerifyCrypto } from '../src/index.ts';
import { curveBundle, curveKeyRecord, policyWithCurve, type Curve } from './curve-world.ts';
import { NOW, base64, bundleOf, policyOf, policyWithLog } from './world.ts';

const ON_OPENSSL: VerifyCrypto = { es256: nodeEs256, sm2: createSm2(nodeSm3) };
const found = ({ outcome, reason, steps }: Verdict): unknown[] => [
  outcome,
  reason,
  steps.find(({ step }) => step === 'signature')?.facts['cause'],
];

describe('loadCrypto', () => {
  test('loads what the policy asks for, and nothing besides', async () => {
    const loaded = async (policy: unknown): Promise<string[]> =>
      Object.entries(await loadCrypto(parseTrustPolicy(policy)))
        .filter(([, part]) => part !== undefined)
        .map(([name]) => name);
    expect(await loaded(policyOf())).toEqual([]);
    expect(await loaded(policyWithCurve('ES256'))).toEqual(['es256']);
    expect(await loaded(policyWithCurve('SM2'))).toEqual(['sm2']);
    expect(await loaded(policyWithLog({ suite: 'sm3' }))).toEqual(['hash']);
  });
});

describe.each<Curve>(['ES256', 'SM2'])('verifyBundle, signed by %s', (alg) => {
  const policy = parseTrustPolicy(policyWithCurve(alg));
  const options = { now: new Date(NOW) };

  test('verifies by what was loaded, and by OpenSSL', async () => {
    for (const crypto of [await loadCrypto(policy), ON_OPENSSL]) {
      const verdict = verifyBundle(curveBundle(alg), policy, { ...options, crypto });
      expect(found(verdict)).toEqual(['verified', undefined, undefined]);
    }
  });

  test('cannot tell without, and never says forged', () => {
    expect(found(verifyBundle(curveBundle(alg), policy, options))).toEqual([
      'unknown',
      'signature.unsupported',
      'STATEMENT_SIGNATURE_UNSUPPORTED',
    ]);
  });

  test('refutes another signature, another user id, and a key that is no point', () => {
    const forged = curveBundle(alg, { value: base64(new Uint8Array(64).fill(1)) });
    const refuted = ['refuted', 'signature.invalid', 'STATEMENT_SIGNATURE_INVALID'];
    expect(found(verifyBundle(forged, policy, { ...options, crypto: ON_OPENSSL }))).toEqual(
      refuted,
    );
    if (alg === 'ES256') return;
    const other = parseTrustPolicy(policyWithCurve(alg, { userId: 'alice@example.com' }));
    const verdict = verifyBundle(curveBundle(alg), other, { ...options, crypto: ON_OPENSSL });
    expect(found(verdict)).toEqual(refuted);
  });

  test('refutes a signature that says another algorithm than its key has', () => {
    const said = curveBundle(alg, { alg: alg === 'SM2' ? 'ES256' : 'SM2' });
    expect(found(verifyBundle(said, policy, { ...options, crypto: ON_OPENSSL }))).toEqual([
      'refuted',
      'signature.invalid',
      'STATEMENT_SIGNATURE_KEY_ALGORITHM',
    ]);
  });

  test('does not know a key that the policy does not have', () => {
    const without = parseTrustPolicy(policyOf());
    const verdict = verifyBundle(curveBundle(alg), without, { ...options, crypto: ON_OPENSSL });
    expect(found(verdict)).toEqual(['unknown', 'signature.keyUnknown', undefined]);
  });

  test('leaves what Ed25519 signed as it is', () => {
    const verdict = verifyBundle(bundleOf(), parseTrustPolicy(policyOf()), {
      ...options,
      crypto: ON_OPENSSL,
    });
    expect(found(verdict)).toEqual(['verified', undefined, undefined]);
  });

  test('is known by a key record of its form', () => {
    expect(curveKeyRecord(alg)['keyId']).toBe(
      [...policy.issuers.values()].flatMap(({ keys }) => keys).find((key) => key.alg === alg)
        ?.keyId,
    );
  });
});
