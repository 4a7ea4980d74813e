import { parseInstant, type JsonObject, type JsonValue } from '@anchorlog/core';
import type { LogRecord } from '@anchorlog/statement';
import { esealError } from './error.ts';
import type { OfdInspection, OfdSignatureInspection } from './inspect.ts';

/** What an OFD does not say of the use of its seal, and the one who notarizes it does. */
export interface SealUse {
  readonly event: 'seal.sign' | 'seal.verify';
  /** The number of this event in the system that hands it in. */
  readonly key: string;
  readonly eventTime: string;
  readonly documentType: string;
  /** What the status of the seal was at the time of signing, as the one who notarizes it knows; `unknown` unless given. */
  readonly sealStatusAtSigning?: string | undefined;
  readonly issuer?: LogRecord['issuer'];
  /** Further claims of the profile: `operator`, `reason`, `approvalRef`, `documentId`, `caseNo` … */
  readonly claims?: JsonObject | undefined;
  readonly links?: LogRecord['links'];
}

const SIGNATURE_ID_DIGITS = 32;

/**
 * Make the `seal.use/1` record of a signature in an OFD (spec/eseal §7): seal id, digests, signing time and certificate serial as the
 * signature has them. Neither picture, names nor document are in it.
 * @throws ESEAL_RECORD_INCOMPLETE where the signature could not be read, or its time stands in a token only, or `seal.sign` is asked of an altered one
 */
export function sealUseRecord(
  { ofd, signature }: { readonly ofd: OfdInspection; readonly signature: OfdSignatureInspection },
  use: SealUse,
): LogRecord {
  const { event, key, eventTime, documentType, sealStatusAtSigning = 'unknown' } = use;
  const said = signature.signature;
  if (said?.signTime === undefined) throw incomplete(signature.path, 'no signing time was read');
  if (event === 'seal.sign' && signature.integrity === 'altered') {
    throw incomplete(signature.path, 'it is altered: record that it was verified instead');
  }
  parseInstant(eventTime);
  const { timestampDigest } = said;
  return {
    profile: 'seal.use/1',
    event,
    key,
    eventTime,
    issuer: use.issuer,
    claims: {
      ...use.claims,
      sealId: said.seal.id,
      signatureId: said.signatureDigest.slice(0, SIGNATURE_ID_DIGITS),
      documentType,
      documentDigest: sm3Digest(ofd.digests.sm3),
      signedDigest: sm3Digest(said.signedDigest),
      signatureValueDigest: sm3Digest(said.signatureDigest),
      signTime: said.signTime,
      ...(timestampDigest === undefined ? {} : { tsaTokenDigest: sm3Digest(timestampDigest) }),
      signerCertSerial: said.signer.serial,
      sealStatusAtSigning,
      ...(event === 'seal.verify' ? { verifyResult: verifyResultOf(signature) } : {}),
      result: 'success',
    },
    links: use.links,
  };
}

function sm3Digest(value: string): JsonValue {
  return { alg: 'SM3', salted: false, value };
}

/** Give the profile's word for what verifying came to; the gravest first. */
function verifyResultOf({ integrity, validity, checks }: OfdSignatureInspection): string {
  const failed = checks.filter(({ outcome }) => outcome === 'fail').map(({ name }) => name);
  if (failed.includes('data') || failed.includes('protectedFiles')) return 'digest-mismatch';
  if (integrity === 'altered') return 'sig-invalid';
  if (integrity !== 'intact') return 'unknown';
  if (failed.includes('sealValidity')) return 'seal-invalid-at-signing';
  if (failed.includes('certificateValidity')) return 'cert-expired';
  return validity === 'within' ? 'valid' : 'unknown';
}

function incomplete(path: string, why: string): Error {
  return esealError('ESEAL_RECORD_INCOMPLETE', `signature ${path}: ${why}`, { path });
}
