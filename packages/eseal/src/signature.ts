import { parseCertificate, type Certificate } from './certificate.ts';
import { DerReader, parseDer, TAG, type Der } from './der.ts';
import { esealError } from './error.ts';
import {
  explicitBits,
  extensionsOf,
  limited,
  sealOf,
  versionOf,
  type Extension,
  type Seal,
  type SesVersion,
} from './seal.ts';
import { chinaTimeOf, takeTime, timeOf, timeOfText } from './time.ts';

/** An electronic seal signature, as far as it is read (spec/eseal §4). */
export interface SealSignature {
  readonly version: SesVersion;
  /** All bytes of the signature. */
  readonly bytes: Uint8Array;
  readonly seal: Seal;
  readonly signer: Certificate;
  /** As the signer says it, in milliseconds since 1970; none where only a timestamp token says it. */
  readonly signTime: number | undefined;
  /** Digest of what was sealed: in an OFD, of Signature.xml. */
  readonly dataHash: Uint8Array;
  /** What was sealed: in an OFD, the place of Signature.xml. */
  readonly property: string;
  readonly extensions: readonly Extension[];
  readonly algorithm: string;
  /** What the signature is over. */
  readonly signed: Uint8Array;
  /** The signature value, DER of r and s if it is whole. */
  readonly signature: Uint8Array;
  /** Not looked into. */
  readonly timestamp: Uint8Array | undefined;
}

/**
 * Read the bytes of a seal signature (`SignedValue.dat`) of any version, strictly. Nothing is verified.
 * @throws ESEAL_SHAPE, ESEAL_VERSION_UNKNOWN, ESEAL_CERTIFICATE_SHAPE, ESEAL_TIME_FORM, ESEAL_INPUT_LIMIT, ESEAL_DER_…
 */
export function parseSealSignature(bytes: Uint8Array): SealSignature {
  const reader = new DerReader(parseDer(limited(bytes, 'signature')), 'signature');
  const isFirst = reader.count === 2;
  const tbsDer = reader.take(TAG.sequence);
  const tbs = new DerReader(tbsDer, 'toSign');
  const version = versionOf(tbs.number(), isFirst);
  const seal = sealOf(tbs.take(TAG.sequence));
  if (seal.version !== version) throw versionsDiffer(version, seal.version);
  const time = isFirst
    ? firstTimeOf(tbs.bits())
    : { signTime: takeTime(tbs, TAG.generalizedTime), timestamp: undefined };
  const dataHash = tbs.bits();
  const property = tbs.text(TAG.ia5String);
  // Version 1 signs certificate and algorithm too; in the later ones they stand beside what is signed.
  const place = isFirst ? tbs : reader;
  const extensions = isFirst ? [] : extensionsOf(tbs);
  const signer = parseCertificate(place.octets());
  const algorithm = place.identifier();
  const signature = reader.bits();
  const stamp = !isFirst && reader.tag === TAG.context0 ? explicitBits(reader) : undefined;
  tbs.end();
  reader.end();
  return {
    version,
    bytes,
    seal,
    signer,
    signTime: time.signTime,
    dataHash,
    property,
    extensions,
    algorithm,
    signed: tbsDer.bytes,
    signature,
    timestamp: time.timestamp ?? stamp,
  };
}

function versionsDiffer(signature: SesVersion, seal: SesVersion): Error {
  const message = `signature: version ${signature} over a seal of version ${seal}`;
  return esealError('ESEAL_VERSION_UNKNOWN', message, { signature, seal });
}

/** In version 1 the time is a bit string that holds a time, in one of three ways, or else a timestamp token (spec/eseal §3.4). */
function firstTimeOf(bits: Uint8Array): Pick<SealSignature, 'signTime' | 'timestamp'> {
  if (bits.length > 32) return { signTime: undefined, timestamp: bits };
  const text = String.fromCharCode(...bits);
  const signTime = timeOfText(text) ?? chinaTimeOf(text) ?? timeOf(timeDerOf(bits));
  return { signTime, timestamp: undefined };
}

/** @throws ESEAL_TIME_FORM */
function timeDerOf(bits: Uint8Array): Der {
  const isTime = bits[0] === TAG.utcTime || bits[0] === TAG.generalizedTime;
  if (isTime) return parseDer(bits);
  throw esealError('ESEAL_TIME_FORM', 'signature: neither a time nor a timestamp token');
}
