import {
  canonicalize,
  concatBytes,
  encodeUtf8,
  equalBytes,
  formatBase64,
  formatBase64Url,
  nobleEd25519,
  parseBase64,
  parseHex,
  sha256,
  type Ed25519,
  type JsonObject,
  type Signer,
} from '@anchorlog/core';
import { statementError } from './error.ts';
import { SIGNING_TAG } from './form.ts';
import type { Issued } from './issue.ts';
import type { Statement } from './statement.ts';

const SPKI_PREFIX = /* @__PURE__ */ parseHex('302a300506032b6570032100'); // RFC 8410 §4

/**
 * Name an Ed25519 key: base64url(SHA-256(SPKI)), 43 characters. Takes the raw 32 bytes or the SPKI itself.
 * @throws STATEMENT_PUBLIC_KEY_FORM
 */
export function keyId(publicKey: Uint8Array): string {
  const spki = publicKey.length === 32 ? concatBytes(SPKI_PREFIX, publicKey) : publicKey;
  if (spki.length !== 44 || !equalBytes(spki.subarray(0, 12), SPKI_PREFIX)) {
    throw statementError(
      'STATEMENT_PUBLIC_KEY_FORM',
      `expected 32 bytes or an SPKI of 44, got ${publicKey.length} bytes`,
    );
  }
  return formatBase64Url(sha256.hash(spki));
}

/** The bytes that the signature of `statement` covers: the tag, then the statement without `signature.value`. @throws STATEMENT_SIGNATURE_ABSENT */
export function signingInput(statement: Statement): Uint8Array {
  const { signature } = statement;
  if (!signature) throw statementError('STATEMENT_SIGNATURE_ABSENT', 'statement has no signature');
  const { alg, keyId: id } = signature;
  const signed = { ...statement, signature: { alg, keyId: id } };
  return encodeUtf8(SIGNING_TAG + canonicalize(asJson(signed)));
}

/**
 * Verify the signature of `statement` by `publicKey` (raw 32 bytes), in the strict form of Ed25519 (spec/encoding §5).
 * @throws STATEMENT_SIGNATURE_ABSENT, STATEMENT_SIGNATURE_KEY, STATEMENT_SIGNATURE_INVALID, STATEMENT_PUBLIC_KEY_FORM
 */
export function verifyStatementSignature(
  statement: Statement,
  publicKey: Uint8Array,
  ed25519: Ed25519 = nobleEd25519,
): void {
  const message = signingInput(statement);
  const { keyId: named, value } = statement.signature!; // present, or signingInput had thrown
  if (value === undefined) {
    throw statementError('STATEMENT_SIGNATURE_ABSENT', 'statement is not signed yet');
  }
  const raw = publicKey.length === 44 ? publicKey.subarray(12) : publicKey;
  if (keyId(publicKey) !== named) {
    throw statementError('STATEMENT_SIGNATURE_KEY', 'signature is by another key');
  }
  if (!ed25519.verify({ message, signature: parseBase64(value, 64), publicKey: raw })) {
    throw statementError('STATEMENT_SIGNATURE_INVALID', 'signature does not hold');
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
  if (nameOf(signer) !== signature.keyId) {
    throw statementError('STATEMENT_SIGNATURE_KEY', 'statement was issued for another key');
  }
  const bytes = await signer.sign(issued.signingInput);
  if (bytes.length !== 64) throw new RangeError('signer: expected a signature of 64 bytes');
  const value = formatBase64(bytes);
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
  const made = { key: publicKey.slice(), id: keyId(publicKey) };
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
