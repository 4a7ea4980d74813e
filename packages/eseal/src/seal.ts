import { formatHex } from '@anchorlog/core';
import { sm3 } from '@anchorlog/core/sm3';
import { parseCertificate, type Certificate } from './certificate.ts';
import { DerReader, parseDer, TAG, type Der } from './der.ts';
import { esealError } from './error.ts';
import { takeTime } from './time.ts';

/** GM/T 0031-2014, GB/T 38540-2020, GM/T 0031-2025. */
export type SesVersion = 1 | 4 | 5;

/** The names of the versions, as profile `seal.lifecycle/1` has them. */
export const SES_FORMATS: Readonly<Record<SesVersion, string>> = {
  1: 'GM/T 0031-2014/V1',
  4: 'GB/T 38540-2020/V4',
  5: 'GM/T 0031-2025/V5',
};

/** An electronic seal, as far as it is read (spec/eseal §3). The picture itself is not kept. */
export interface Seal {
  readonly version: SesVersion;
  /** All bytes of the seal. */
  readonly bytes: Uint8Array;
  /** esID */
  readonly id: string;
  readonly vendor: string;
  readonly name: string;
  readonly type: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly validFrom: number;
  readonly validTo: number;
  readonly picture: {
    readonly type: string;
    readonly size: number;
    /** SM3, in hexadecimal. */
    readonly digest: string;
    readonly width: number;
    readonly height: number;
  };
  /** Who may sign with it: certificates, or digests of such in version 4 and later. */
  readonly signers: readonly SealSigner[];
  readonly extensions: readonly Extension[];
  readonly maker: Certificate;
  readonly algorithm: string;
  /** What the maker's signature is over. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** Not looked into. */
  readonly timestamp: Uint8Array | undefined;
}

export type SealSigner =
  | { readonly certificate: Certificate }
  | { readonly algorithm: string; readonly digest: Uint8Array };

export interface Extension {
  readonly id: string;
  readonly critical: boolean;
}

export const SEAL_BYTES_LIMIT = 16_777_216;
const SIGNERS_LIMIT = 1024;
const EXTENSIONS_LIMIT = 256;

/**
 * Read the bytes of a seal (`.esl`) of any version, strictly. Nothing is verified.
 * @throws ESEAL_SHAPE, ESEAL_VERSION_UNKNOWN, ESEAL_CERTIFICATE_SHAPE, ESEAL_TIME_FORM, ESEAL_INPUT_LIMIT, ESEAL_DER_…
 */
export function parseSeal(bytes: Uint8Array): Seal {
  return sealOf(parseDer(limited(bytes, 'seal')));
}

/** Refuse more bytes than a seal or a signature is read of. @throws ESEAL_INPUT_LIMIT */
export function limited(bytes: Uint8Array, what: string): Uint8Array {
  if (bytes.length <= SEAL_BYTES_LIMIT) return bytes;
  throw esealError('ESEAL_INPUT_LIMIT', `${what}: ${bytes.length} bytes`, {
    limit: SEAL_BYTES_LIMIT,
  });
}

/** Read a seal from DER that was read already. */
export function sealOf(der: Der): Seal {
  const reader = new DerReader(der, 'seal');
  const isFirst = reader.count === 2;
  const infoDer = reader.take(TAG.sequence);
  const info = sealInfoOf(infoDer, isFirst);
  const proof = isFirst ? reader.sequence('signInfo') : reader;
  const certificate = proof.take(TAG.octetString);
  const algorithm = proof.take(TAG.objectIdentifier);
  const signature = proof.bits();
  const hasStamp = info.version === 5 && proof.tag === TAG.context0;
  const timestamp = hasStamp ? explicitBits(proof) : undefined;
  proof.end();
  reader.end();
  // Version 1 signs its info with certificate and algorithm, the later ones the info alone (spec/eseal §3.2).
  const signed = isFirst ? sequenceOf([infoDer, certificate, algorithm]) : infoDer.bytes;
  return {
    ...info,
    bytes: der.bytes,
    maker: parseCertificate(certificate.content),
    algorithm: new DerReader({ ...der, items: [algorithm] }, 'seal').identifier(),
    signed,
    signature,
    timestamp,
  };
}

type SealInfo = Omit<Seal, 'bytes' | 'maker' | 'algorithm' | 'signed' | 'signature' | 'timestamp'>;

function sealInfoOf(der: Der, isFirst: boolean): SealInfo {
  const reader = new DerReader(der, 'sealInfo');
  const header = reader.sequence('header');
  if (header.text(TAG.ia5String) !== 'ES') throw header.fault('expected "ES"');
  const version = versionOf(header.number(), isFirst);
  const vendor = header.text(TAG.ia5String);
  header.end();
  const id = reader.text(TAG.ia5String);
  const property = propertyOf(reader.sequence('property'), version);
  const picture = pictureOf(reader.sequence('picture'));
  const extensions = extensionsOf(reader);
  reader.end();
  return { version, vendor, id, ...property, picture, extensions };
}

/** Two fields are version 1, whose header says 1 to 3; four or five are what the header says. @throws ESEAL_VERSION_UNKNOWN */
export function versionOf(number: number, isFirst: boolean): SesVersion {
  if (isFirst && number >= 1 && number <= 3) return 1;
  if (!isFirst && (number === 4 || number === 5)) return number;
  throw esealError('ESEAL_VERSION_UNKNOWN', `seal: version ${number} in this form`, {
    version: number,
  });
}

type Property = Pick<SealInfo, 'type' | 'name' | 'signers' | 'created' | 'validFrom' | 'validTo'>;

function propertyOf(reader: DerReader, version: SesVersion): Property {
  const type = reader.number();
  const name = reader.text(TAG.utf8String);
  const listType = version === 1 ? 1 : reader.number();
  const { items } = reader.take(TAG.sequence);
  if (items.length > SIGNERS_LIMIT) throw reader.fault(`expected at most ${SIGNERS_LIMIT} signers`);
  const signers = items.map((item) => signerOf(item, listType, reader));
  const tags = version === 1 ? [TAG.utcTime, TAG.generalizedTime] : [TAG.generalizedTime];
  const created = takeTime(reader, ...tags);
  const validFrom = takeTime(reader, ...tags);
  const validTo = takeTime(reader, ...tags);
  reader.end();
  return { type, name, signers, created, validFrom, validTo };
}

function signerOf(item: Der, listType: number, property: DerReader): SealSigner {
  if (listType === 1 && item.tag === TAG.octetString) {
    return { certificate: parseCertificate(item.content) };
  }
  if (listType !== 2) throw property.fault('expected certificates, or digests of such');
  const reader = new DerReader(item, 'certDigest');
  const algorithm = reader.text(TAG.printableString);
  const digest = reader.octets();
  reader.end();
  return { algorithm, digest };
}

function pictureOf(reader: DerReader): SealInfo['picture'] {
  const type = reader.text(TAG.ia5String);
  const data = reader.octets();
  const width = reader.number();
  const height = reader.number();
  reader.end();
  return { type, size: data.length, digest: formatHex(sm3.hash(data)), width, height };
}

/** Read the optional extensions, in either way that makers write them: as a SEQUENCE, or that one under the tag [0]. */
export function extensionsOf(reader: DerReader): readonly Extension[] {
  if (reader.tag === undefined) return [];
  const outer = reader.take(TAG.sequence, TAG.context0);
  const list = outer.tag === TAG.context0 ? outer.items[0] : outer;
  if (list?.tag !== TAG.sequence || (outer !== list && outer.items.length !== 1)) {
    throw reader.fault('expected a SEQUENCE of extensions');
  }
  if (list.items.length > EXTENSIONS_LIMIT) throw reader.fault('too many extensions');
  return list.items.map((item) => {
    const extension = new DerReader(item, 'extension');
    const id = extension.identifier();
    const isSaid = extension.tag === TAG.boolean;
    const critical = isSaid && extension.take(TAG.boolean).content[0] !== 0;
    extension.octets();
    extension.end();
    return { id, critical };
  });
}

/** Read `[0] EXPLICIT BIT STRING`: a timestamp token. */
export function explicitBits(reader: DerReader): Uint8Array {
  const { items, bytes, content } = reader.take(TAG.context0);
  const inner = new DerReader({ tag: TAG.sequence, bytes, content, items }, 'timeStamp');
  const bits = inner.bits();
  inner.end();
  return bits;
}

/** Encode a SEQUENCE of values that were read. */
function sequenceOf(items: readonly Der[]): Uint8Array {
  const length = items.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const head = [TAG.sequence, ...lengthBytes(length)];
  const whole = new Uint8Array(head.length + length);
  whole.set(head);
  let at = head.length;
  for (const { bytes } of items) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}
