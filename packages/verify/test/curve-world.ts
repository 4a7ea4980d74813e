import { canonicalize, type JsonObject, type Signer } from '@anchorlog/core';
import { es256Signer } from '@anchorlog/core/es256';
import { sm2Signer } from '@anchorlog/core/sm2';
import { keyId } from '@anchorlog/statement';
import { ORIGIN, TestLog, base64, blocks, bundleOf, chain, license, policyOf } from './world.ts';

export const USER_ID = '1234567812345678';
const SECRET = new Uint8Array(32).fill(5);

export const SIGNERS = {
  ES256: es256Signer(SECRET),
  SM2: sm2Signer({ secret: SECRET, userId: USER_ID }),
} as const satisfies Readonly<Record<string, Signer>>;

export type Curve = keyof typeof SIGNERS;

/** The record of a signer's key in a policy. */
export function curveKeyRecord(alg: Curve, changes: JsonObject = {}): JsonObject {
  const { publicKey } = SIGNERS[alg];
  return {
    keyId: keyId(publicKey, alg),
    alg,
    publicKey: base64(publicKey),
    ...(alg === 'SM2' ? { userId: USER_ID } : {}),
    ...changes,
  };
}

/** The policy with such a key of the issuer. */
export function policyWithCurve(alg: Curve, changes: JsonObject = {}): JsonObject {
  const [first, second] = policyOf()['issuers'] as readonly JsonObject[]; // as the vectors have it
  return policyOf({ issuers: [{ ...first, keys: [curveKeyRecord(alg, changes)] }, second!] });
}

/** The license signed by that algorithm, anchored in a log of its own. */
export function curveBundle(alg: Curve, changes: JsonObject = {}): JsonObject {
  const { signature: _, ...unsigned } = license.statement;
  const id = { alg, keyId: keyId(SIGNERS[alg].publicKey, alg) };
  const half = canonicalize({ ...unsigned, signature: id });
  const value = SIGNERS[alg].sign(Buffer.from(`anchorlog/statement/1\n${half}`)) as Uint8Array; // of a key in memory
  const signature = { ...id, value: base64(value), ...changes };
  const entry = Buffer.from(canonicalize({ ...unsigned, signature }));
  const other = new TestLog(ORIGIN, new Map([[0, entry]]));
  return {
    ...bundleOf({ anchors: [] }),
    entry: base64(entry),
    disclosures: [],
    inclusion: { index: 0, hashes: [] },
    checkpoint: other.checkpoint(1),
    anchors: [other.anchor(3, 1, [chain.evidence({ ...blocks.first, size: 3, log: other })])],
  };
}
