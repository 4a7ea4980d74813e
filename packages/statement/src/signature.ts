import {
  canonicalize,
  concatBytes,
  encodeUtf8,
  equalBytes,
  formatBase64,
  formatBase64Url,
  lowS,
  nobleEd25519,
  parseBase64,
  parseHex,
  sha256,
  type Ed25519,
  type Es256,
  type JsonObject,
  type SignatureAlgorithm,
  type Signer,
  type Sm2,
  type VerifyingKey,
} from '@anchorlog/core';
import { statementError } from './error.ts';
import { SIGNING_TAG } from './form.ts';
import type { Issued } from './issue.ts';
import type { Statement } from './statement.ts';

/** What stands before a public key in its SPKI: RFC 8410 §4, RFC 5480 §2, GM/T 0009. */
const SPKI_PREFIX: Readonly<Record<SignatureAlgorithm, string>> = {
  Ed25519: '302a300506032b6570032100',
  ES256: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  SM2: '3059301306072a8648ce3d020106082a811ccf5501822d034200',
};

/** Name a public key in the form of a `VerifyingKey`: base64url(SHA-256(SPKI)), 43 characters. @throws STATEMENT_PUBLIC_KEY_FORM for another length */
export function keyId(publicKey: Uint8Array, alg: SignatureAlgorithm = 'Ed25519'): string {
  const length = alg === 'Ed25519' ? 32 : 65;
  if (publicKey.length !== length) {
    const message = `expected ${length} bytes, got ${publicKey.length}`;
    throw statementError('STATEMENT_PUBLIC_KEY_FORM', message);
  }
  return formatBase64Url(sha256.hash(concatBytes(parseHex(SPKI_PREFIX[alg]), publicKey)));
}

/** The bytes that the signature of `statement` covers: the tag, then the statement without `signature.value`. @throws STATEMENT_SIGNATURE_ABSENT */
export function signingInput(statement: Statement): Uint8Array {
  const { signature } = statement;
  if (!signature) throw statementError('STATEMENT_SIGNATURE_ABSENT', 'statement has no signature');
  const { alg, keyId: id } = signature;
  const signed = { ...statement, signature: { alg, keyId: id } };
  return encodeUtf8(SIGNING_TAG + canonicalize(asJson(signed)));
}

/** Verifiers of signatures; `ed25519` is there where none is given. */
export interface SignatureVerifiers {
  readonly ed25519?: Ed25519 | undefined;
  readonly es256?: Es256 | undefined;
  readonly sm2?: Sm2 | undefined;
}

/**
 * Verify the signature of `statement` by a key, in the strict form of its algorithm (spec/encoding §5, §7). A key has one algorithm: a
 * signature that says another was made for another key, or is forged.
 * @throws STATEMENT_SIGNATURE_ABSENT, STATEMENT_SIGNATURE_KEY, STATEMENT_SIGNATURE_KEY_ALGORITHM, STATEMENT_SIGNATURE_UNSUPPORTED where the
 * verifier was not given, STATEMENT_SIGNATURE_INVALID, STATEMENT_PUBLIC_KEY_FORM
 */
export function verifyStatementSignature(
  statement: Statement,
  key: VerifyingKey,
  verifiers: SignatureVerifiers = {},
): void {
  const message = signingInput(statement);
  const { alg: said, keyId: named, value } = statement.signature!; // present, or signingInput had thrown
  if (value === undefined) {
    throw statementError('STATEMENT_SIGNATURE_ABSENT', 'statement has no signature');
  }
  const { alg, publicKey, userId = '' } = key;
  if (keyId(publicKey, alg) !== named) {
    throw statementError('STATEMENT_SIGNATURE_KEY', 'signature: by another key');
  }
  if (said !== alg) {
    throw statementError(
      'STATEMENT_SIGNATURE_KEY_ALGORITHM',
      `signature: expected ${alg}, got ${said}`,
    );
  }
  const { ed25519 = nobleEd25519, es256, sm2 } = verifiers;
  const verifier = { Ed25519: ed25519, ES256: es256, SM2: sm2 }[alg];
  if (!verifier) {
    throw statementError('STATEMENT_SIGNATURE_UNSUPPORTED', `signature: no verifier of ${alg}`);
  }
  if (!verifier.verify({ message, signature: parseBase64(value, 64), publicKey, userId })) {
    throw statementError('STATEMENT_SIGNATURE_INVALID', 'signature: does not hold');
  }
}

/**
 * Sign what `issue` made for this signer's key, giving the final entry.
 * @throws STATEMENT_SIGNATURE_ABSENT when it was issued unsigned or is signed already, STATEMENT_SIGNATURE_KEY when it was for another key
 */
export async function signStatement(issued: Issued, signer: Signer): Promise<Issued> {
  const { signature } = issued.statement;
  if (!signature || !issued.signingInput) {
    throw statementError('STATEMENT_SIGNATURE_ABSENT', 'expected what was issued for a signer');
  }
  const { alg = 'Ed25519' } = signer;
  if (nameOf(signer) !== signature.keyId || alg !== signature.alg) {
    throw statementError('STATEMENT_SIGNATURE_KEY', 'statement was issued for another key');
  }
  const bytes = await signer.sign(issued.signingInput);
  if (bytes.length !== 64) throw new RangeError('signer: expected a signature of 64 bytes');
  // Devices give s as it comes, and verifiers take the lower half only.
  const value = formatBase64(alg === 'ES256' ? lowS(bytes) : bytes);
  const statement: Statement = { ...issued.statement, signature: { ...signature, value } };
  const { id, disclosures, openings } = issued;
  return { id, statement, entry: withValue(issued.entry, value), disclosures, openings };
}

/** By signer: its key, and the name of that, which takes as long to make as the signature. */
const names = /* @__PURE__ */ new WeakMap<
  Signer,
  { readonly key: Uint8Array; readonly id: string }
>();

function nameOf(signer: Signer): string {
  const { publicKey } = signer;
  const known = names.get(signer);
  if (known && equalBytes(known.key, publicKey)) return known.id;
  const made = { key: publicKey.slice(), id: keyId(publicKey, signer.alg) };
  names.set(signer, made);
  return made.id;
}

/** `signature` is the last member of a statement, and `value` of a signature: what ends `}}` goes on before it. */
function withValue(unsigned: Uint8Array, value: string): Uint8Array {
  return concatBytes(unsigned.subarray(0, -2), encodeUtf8(`,"value":"${value}"}}`));
}

function asJson(statement: Statement): JsonObject {
  return statement as unknown as JsonObject; // all its members are JSON; an interface has no index signature
}
