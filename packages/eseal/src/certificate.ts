import { equalBytes, formatHex, sha256 } from '@anchorlog/core';
import { DerReader, identifierOf, parseDer, TAG, textOf, type Der } from './der.ts';
import { esealError } from './error.ts';
import { SM2_CURVE } from './sm2.ts';
import { takeTime } from './time.ts';

/** What is read of a certificate. It is not validated: no chain, no revocation, no key usage (spec/eseal §6). */
export interface Certificate {
  readonly bytes: Uint8Array;
  /** Upper-case hexadecimal, as certificates are spoken of. */
  readonly serial: string;
  /** For people: `CN=…, O=…`. */
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the whole certificate, in hexadecimal: what a caller trusts it by. */
  readonly fingerprint: string;
  /** `04‖x‖y` of an SM2 key; none of another kind. */
  readonly publicKey: Uint8Array | undefined;
}

const BYTES_LIMIT = 65_536;
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const CODE = 'ESEAL_CERTIFICATE_SHAPE';

const NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

/** Read an X.509 certificate (RFC 5280 §4.1). @throws ESEAL_CERTIFICATE_SHAPE, ESEAL_INPUT_LIMIT, ESEAL_TIME_FORM, ESEAL_DER_… */
export function parseCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > BYTES_LIMIT) {
    throw esealError('ESEAL_INPUT_LIMIT', `certificate: ${bytes.length} bytes`, {
      limit: BYTES_LIMIT,
    });
  }
  const whole = new DerReader(parseDer(bytes), 'certificate', CODE);
  const tbs = whole.sequence('tbs');
  const outer = whole.take(TAG.sequence);
  whole.take(TAG.bitString);
  whole.end();
  if (tbs.tag === TAG.context0) tbs.take(TAG.context0);
  const serial = serialOf(tbs);
  const inner = tbs.take(TAG.sequence);
  if (!equalBytes(inner.bytes, outer.bytes))
    throw tbs.fault('expected one algorithm of the signature');
  const issuer = nameOf(tbs);
  const validity = tbs.sequence('validity');
  const notBefore = takeTime(validity, TAG.utcTime, TAG.generalizedTime);
  const notAfter = takeTime(validity, TAG.utcTime, TAG.generalizedTime);
  validity.end();
  const subject = nameOf(tbs);
  const publicKey = keyOf(tbs.sequence('subjectPublicKeyInfo'));
  return {
    bytes,
    serial,
    subject,
    issuer,
    notBefore,
    notAfter,
    fingerprint: formatHex(sha256.hash(bytes)),
    publicKey,
  };
}

/** RFC 5280 §4.1.2.2: positive, at most 20 bytes. */
function serialOf(tbs: DerReader): string {
  const { content } = tbs.take(TAG.integer);
  const value = content[0] === 0 ? content.subarray(1) : content;
  if (content[0]! >= 0x80 || value.length === 0 || value.length > 20) {
    throw tbs.fault('expected a serial number of up to 20 bytes');
  }
  return formatHex(value).toUpperCase();
}

/** The parts of a name in the order of the certificate. */
function nameOf(tbs: DerReader): string {
  const { items } = tbs.take(TAG.sequence);
  return items.flatMap((set) => set.items.map((part) => attributeOf(part, tbs))).join(', ');
}

function attributeOf({ items }: Der, tbs: DerReader): string {
  const [type, value] = items;
  if (type?.tag !== TAG.objectIdentifier || !value || items.length !== 2) {
    throw tbs.fault('expected a type and a value in a name');
  }
  const identifier = identifierOf(type);
  const isText = TEXTS.has(value.tag);
  return `${NAMES[identifier] ?? identifier}=${isText ? textOf(value) : `#${formatHex(value.content)}`}`;
}

const TEXTS: ReadonlySet<number> = new Set([TAG.utf8String, TAG.printableString, TAG.ia5String]);

function keyOf(info: DerReader): Uint8Array | undefined {
  const algorithm = info.sequence('algorithm');
  const isEc = algorithm.identifier() === EC_PUBLIC_KEY;
  const isSm2 =
    isEc && algorithm.tag === TAG.objectIdentifier && algorithm.identifier() === SM2_CURVE;
  const key = info.bits();
  info.end();
  return isSm2 && key.length === 65 && key[0] === 4 ? key : undefined;
}
