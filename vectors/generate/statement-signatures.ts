import {
  P256,
  SM2,
  bytes32,
  inverse,
  publicKeyOf,
  signEs256,
  signSm2,
  sm2DigestOf,
  toInteger,
  type Curve,
} from './naive-curves.ts';
import { base64, jcs, seed, sha256, type Case, type Json } from './statement-parts.ts';
import type { Statement } from './statement-parts.ts';
import { FULL, KEY } from './statement-samples.ts';

// Statements signed with ES256 and SM2, and every way to spoil one: spec/statement §7, spec/encoding §7.

const TAG = 'anchorlog/statement/1\n';
const USER_ID = '1234567812345678';
const INVALID = 'STATEMENT_SIGNATURE_INVALID';

const { signature: _, ...UNSIGNED } = FULL.statement;
const BASE = UNSIGNED as Statement; // no signature yet

const curveOf = { ES256: P256, SM2 } as const;
type Algorithm = keyof typeof curveOf;

const secretOf = (label: string): bigint => toInteger(seed(label)) % (P256.n / 2n);
const SECRET = secretOf('issuer of a curve');
const NONCE = secretOf('nonce');
const keyIdOf = (curve: Curve, publicKey: Uint8Array): string =>
  sha256(Buffer.concat([Buffer.from(curve.prefix, 'hex'), publicKey])).toString('base64url');

/** What is signed by a key of that id, said to be of that algorithm. */
function half(alg: string, keyId: string, statement: Statement = BASE): Buffer {
  return Buffer.from(TAG + jcs({ ...statement, signature: { alg, keyId } } as Json));
}

function caseOf(of: {
  readonly name: string;
  readonly alg: Algorithm | 'Ed25519';
  readonly said?: string;
  readonly keyId?: string;
  readonly publicKey: Uint8Array;
  readonly userId?: string;
  readonly value: Uint8Array;
  readonly statement?: Statement;
  readonly code?: string;
}): Case {
  const { name, alg, said = alg, publicKey, userId, value, statement = BASE, code } = of;
  const keyId = of.keyId ?? keyIdOf(curveOf[alg === 'SM2' ? 'SM2' : 'ES256'], publicKey);
  const signed = { ...statement, signature: { alg: said, keyId, value: base64(value) } };
  return {
    name: `${alg}: ${name}`,
    alg,
    ...(userId === undefined ? {} : { userId }),
    entry: base64(jcs(signed as Json)),
    publicKey: base64(publicKey),
    ...(code === undefined ? {} : { code }),
  };
}

const joined = (r: bigint, s: bigint): Buffer => Buffer.concat([bytes32(r), bytes32(s)]);
const offCurve = (publicKey: Buffer): Buffer => {
  const other = Buffer.from(publicKey);
  other[64]! ^= 1;
  return other;
};

function es256Cases(): Case[] {
  const alg = 'ES256';
  const publicKey = publicKeyOf(P256, SECRET);
  const { n } = P256;
  const message = half(alg, keyIdOf(P256, publicKey));
  const [r, either] = signEs256(SECRET, NONCE, message);
  const s = either > n / 2n ? n - either : either;
  const invalid = (name: string, value: Uint8Array, more: object = {}): Case =>
    caseOf({ name, alg, publicKey, value, code: INVALID, ...more });
  const off = offCurve(publicKey);
  const hybrid = Buffer.concat([Buffer.of(6 + (publicKey[64]! % 2)), publicKey.subarray(1)]);
  const e = toInteger(sha256(message)) % n;
  return [
    caseOf({ name: 'by the key', alg, publicKey, value: joined(r, s) }),
    invalid('s in the upper half of the order', joined(r, n - s)),
    invalid('r of zero', joined(0n, s)),
    invalid('s of zero', joined(r, 0n)),
    invalid('r of the order', joined(n, s)),
    invalid('s of the order', joined(r, n)),
    invalid('another r', joined(r + 1n, s)),
    invalid('another s', joined(r, s - 1n)),
    invalid('all zero', Buffer.alloc(64)),
    invalid('a point at infinity', joined(((n - e) * inverse(SECRET, n)) % n, 5n)),
    invalid('a claim changed', joined(r, s), {
      statement: { ...BASE, claims: { ...BASE.claims, statusTo: 'revoked' } },
    }),
    invalid('by a key off the curve', joined(r, s), { publicKey: off }),
    invalid('by a key in hybrid form', joined(r, s), { publicKey: hybrid }),
    caseOf({
      name: 'by a compressed key',
      alg,
      publicKey: publicKey.subarray(0, 33),
      value: joined(r, s),
      code: 'STATEMENT_PUBLIC_KEY_FORM',
    }),
    caseOf({
      name: 'by another key',
      alg,
      publicKey: publicKeyOf(P256, SECRET + 1n),
      keyId: keyIdOf(P256, publicKey),
      value: joined(r, s),
      code: 'STATEMENT_SIGNATURE_KEY',
    }),
    caseOf({
      name: 'said to be of SM2',
      alg,
      said: 'SM2',
      publicKey,
      value: joined(r, s),
      code: 'STATEMENT_SIGNATURE_KEY_ALGORITHM',
    }),
    caseOf({
      name: 'said of a key of Ed25519',
      alg: 'Ed25519',
      said: alg,
      publicKey: KEY.publicKey,
      keyId: KEY.keyId,
      value: KEY.sign(half(alg, KEY.keyId)),
      code: 'STATEMENT_SIGNATURE_KEY_ALGORITHM',
    }),
  ];
}

function sm2Cases(): Case[] {
  const alg = 'SM2';
  const publicKey = publicKeyOf(SM2, SECRET);
  const { n } = SM2;
  const message = half(alg, keyIdOf(SM2, publicKey));
  const digest = sm2DigestOf(publicKey, USER_ID, message);
  const [r, s] = signSm2(SECRET, NONCE, digest);
  const sound = { alg, publicKey, userId: USER_ID, value: joined(r, s) } as const;
  const invalid = (name: string, value: Uint8Array, more: object = {}): Case =>
    caseOf({ ...sound, name, value, code: INVALID, ...more });
  const e = toInteger(digest) % n;
  const t = (e * inverse(1n + SECRET, n)) % n;
  const withoutZ = sha256(message);
  const byName = { userId: 'alice@example.com' };
  const named = signSm2(SECRET, NONCE + 1n, sm2DigestOf(publicKey, byName.userId, message));
  return [
    caseOf({ ...sound, name: 'by the key' }),
    caseOf({ ...sound, ...byName, name: 'by the key, under a name', value: joined(...named) }),
    invalid('under another user id', joined(r, s), byName),
    invalid('under no user id', joined(r, s), { userId: '' }),
    invalid('s negated', joined(r, n - s)),
    invalid('r of zero', joined(0n, s)),
    invalid('s of zero', joined(r, 0n)),
    invalid('r of the order', joined(n, s)),
    invalid('s of the order', joined(r, n)),
    invalid('r + s of the order', joined(r, n - r)),
    invalid('a point at infinity', joined(e, ((n - SECRET) * t) % n)),
    invalid('another r', joined(r + 1n, s)),
    invalid('another s', joined(r, s + 1n)),
    invalid('all zero', Buffer.alloc(64)),
    invalid('of a hash without Z', joined(...signSm2(SECRET, NONCE, withoutZ))),
    invalid('a claim changed', joined(r, s), {
      statement: { ...BASE, claims: { ...BASE.claims, statusTo: 'revoked' } },
    }),
    invalid('by a key off the curve', joined(r, s), { publicKey: offCurve(publicKey) }),
    caseOf({
      ...sound,
      name: 'said to be of ES256',
      said: 'ES256',
      code: 'STATEMENT_SIGNATURE_KEY_ALGORITHM',
    }),
    caseOf({
      ...sound,
      name: 'under the id that its point has as a key of ES256',
      keyId: keyIdOf(P256, publicKey),
      code: 'STATEMENT_SIGNATURE_KEY',
    }),
  ];
}

/** Signatures of the algorithms beside Ed25519. */
export function curveSignatureCases(): Case[] {
  return [...es256Cases(), ...sm2Cases()];
}
