import { formatHex, formatInstant } from '@anchorlog/core';
import type { Certificate } from './certificate.ts';
import { sm3Hex, type Check } from './check.ts';
import { SES_FORMATS, type Seal } from './seal.ts';
import type { SealSignature } from './signature.ts';

/**
 * Whether anything was altered, by what was checked and nothing else: `intact`; `partial` where files of the document are not protected;
 * `altered`; `unknown` where something could not be checked here; `unsigned` where there is no signature.
 */
export type Integrity = 'intact' | 'partial' | 'altered' | 'unknown' | 'unsigned';

/** Whether the signing time, as the signer says it, lies within the validity of seal and certificate. */
export type Validity = 'within' | 'outside' | 'unknown' | 'notAsked';

/** Whether the seal was made by a maker that the caller trusts. */
export type Trust = 'listed' | 'unlisted' | 'notAsked';

/** A certificate as reports show it. */
export interface CertificateReport {
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 */
  readonly fingerprint: string;
  /** Whether the caller's list has it; none where there is no list. */
  readonly listed: boolean | undefined;
}

/** A seal as reports show it; digests are SM3 in hexadecimal. */
export interface SealReport {
  readonly format: string;
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly vendor: string;
  readonly created: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly digest: string;
  readonly picture: Seal['picture'];
  readonly maker: CertificateReport;
  /** Serials of the certificates, or digests of such, that may sign with it. */
  readonly signers: readonly string[];
  /** SM3 of the timestamp token. */
  readonly timestampDigest: string | undefined;
}

/** What a seal signature says. */
export interface SignatureReport {
  readonly format: string;
  readonly seal: SealReport;
  readonly signer: CertificateReport;
  readonly signTime: string | undefined;
  /** The digest that was signed: in an OFD, of Signature.xml. */
  readonly signedDigest: string;
  readonly property: string;
  /** Of all bytes of the signature: in an OFD, of SignedValue.dat. */
  readonly signatureDigest: string;
  readonly timestampDigest: string | undefined;
}

/** SHA-256 of certificates, in lower-case hexadecimal. */
export type TrustedList = ReadonlySet<string> | undefined;

export function reportSeal(seal: Seal, trusted: TrustedList): SealReport {
  const { version, id, name, type, vendor, picture, maker, timestamp } = seal;
  return {
    format: SES_FORMATS[version],
    id,
    name,
    type,
    vendor,
    created: formatInstant(seal.created),
    validFrom: formatInstant(seal.validFrom),
    validTo: formatInstant(seal.validTo),
    digest: sm3Hex(seal.bytes),
    picture,
    maker: reportCertificate(maker, trusted),
    signers: seal.signers.map((signer) =>
      'certificate' in signer
        ? signer.certificate.serial
        : `${signer.algorithm}:${formatHex(signer.digest)}`,
    ),
    timestampDigest: timestamp && sm3Hex(timestamp),
  };
}

export function reportSignature(signature: SealSignature, trusted: TrustedList): SignatureReport {
  const { seal, signer, signTime, dataHash, property, timestamp, version } = signature;
  return {
    format: SES_FORMATS[version],
    seal: reportSeal(seal, trusted),
    signer: reportCertificate(signer, trusted),
    signTime: signTime === undefined ? undefined : formatInstant(signTime),
    signedDigest: formatHex(dataHash),
    property,
    signatureDigest: sm3Hex(signature.bytes),
    timestampDigest: timestamp && sm3Hex(timestamp),
  };
}

function reportCertificate(certificate: Certificate, trusted: TrustedList): CertificateReport {
  const { serial, subject, issuer, fingerprint } = certificate;
  return {
    serial,
    subject,
    issuer,
    notBefore: formatInstant(certificate.notBefore),
    notAfter: formatInstant(certificate.notAfter),
    fingerprint,
    listed: trusted?.has(fingerprint),
  };
}

const TIMES: readonly string[] = ['sealValidity', 'certificateValidity', 'timestamp'];

/** Judge integrity: by every check but those of times. */
export function integrityOf(checks: readonly Check[]): Integrity {
  const judged = checks.filter(({ name }) => !TIMES.includes(name));
  const failed = judged.filter(({ outcome }) => outcome === 'fail');
  if (failed.some(({ name }) => name !== 'coverage')) return 'altered';
  if (judged.some(({ outcome }) => outcome === 'unknown')) return 'unknown';
  return failed.length > 0 ? 'partial' : 'intact';
}

/** Judge validity: by the checks of times. */
export function validityOf(checks: readonly Check[]): Validity {
  const judged = checks.filter(({ name, outcome }) => TIMES.includes(name) && outcome !== 'skip');
  if (judged.length === 0) return 'notAsked';
  if (judged.some(({ outcome }) => outcome === 'fail')) return 'outside';
  return judged.some(({ outcome }) => outcome === 'unknown') ? 'unknown' : 'within';
}

/** Judge trust: the maker is listed, its signature on the seal holds, and the seal lists the signer (spec/eseal §6.3). */
export function trustOf(maker: CertificateReport, checks: readonly Check[]): Trust {
  if (maker.listed === undefined) return 'notAsked';
  const bound = checks.filter(({ name }) => name === 'sealSignature' || name === 'signerListed');
  return maker.listed && bound.every(({ outcome }) => outcome === 'pass') ? 'listed' : 'unlisted';
}

/** Give the worst of several. */
export function worst<T extends string>(order: readonly T[], found: readonly T[]): T | undefined {
  return order.find((each) => found.includes(each));
}
