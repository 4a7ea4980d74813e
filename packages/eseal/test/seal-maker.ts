import { createHash } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import type { SesVersion } from '../src/index.ts';
import {
  bits,
  boolean,
  explicit,
  generalizedTime,
  ia5,
  integer,
  octets,
  oid,
  printable,
  sequence,
  set,
  utcTime,
  utf8,
} from './der-writer.ts';

// Makes SM2 certificates, seals and seal signatures of every version for tests. Keys are drawn from names: nothing here is secret.

export const SM2_SM3 = '1.2.156.10197.1.501';
const SM2_CURVE = '1.2.156.10197.1.301';
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';

export const sm3 = (data: Uint8Array): Buffer => createHash('sm3').update(data).digest();

/** A key and a certificate for it. */
export interface Identity {
  readonly secret: string;
  readonly publicKey: string;
  readonly certificate: Uint8Array;
  readonly fingerprint: string;
  readonly serial: string;
}

export interface IdentityOptions {
  readonly from?: string;
  readonly to?: string;
  /** Bits of the subject's public key, in another's place. */
  readonly key?: Uint8Array;
  readonly curve?: string;
}

export function makeIdentity(name: string, options: IdentityOptions = {}): Identity {
  const { from = '2025-01-01T00:00:00Z', to = '2029-12-31T23:59:59Z', curve = SM2_CURVE } = options;
  const secret = createHash('sha256').update(`test key of ${name}`).digest('hex');
  const publicKey = sm2.getPublicKeyFromPrivateKey(secret);
  const serial = createHash('sha256').update(name).digest().subarray(0, 8);
  const names = sequence(
    set(sequence(oid('2.5.4.6'), printable('CN'))),
    set(sequence(oid('2.5.4.10'), utf8('测试机构(虚构)'))),
    set(sequence(oid('2.5.4.3'), utf8(name))),
  );
  const algorithm = sequence(oid(SM2_SM3));
  const tbs = sequence(
    explicit(0, integer(2)),
    integer(serial),
    algorithm,
    names,
    sequence(utcTime(from), utcTime(to)),
    names,
    sequence(
      sequence(oid(EC_PUBLIC_KEY), oid(curve)),
      bits(options.key ?? Buffer.from(publicKey, 'hex')),
    ),
  );
  const certificate = sequence(tbs, algorithm, bits(signWith(secret, tbs)));
  const fingerprint = createHash('sha256').update(certificate).digest('hex');
  const shown = serial.toString('hex').toUpperCase();
  return { secret, publicKey, certificate, fingerprint, serial: shown };
}

/** Sign with a nonce drawn from key and message, so that what is made is the same each time. */
export function signWith(secret: string, message: Uint8Array): Uint8Array {
  const nonce = createHash('sha256').update(`nonce ${secret}`).update(message).digest('hex');
  const x1 = BigInt(`0x${sm2.getPublicKeyFromPrivateKey(nonce).slice(2, 66)}`);
  const pointPool = [{ k: BigInt(`0x${nonce}`), x1 }];
  return Buffer.from(sm2.doSignature(message, secret, { hash: true, der: true, pointPool }), 'hex');
}

export const MAKER: Identity = makeIdentity('seal maker');
export const SIGNER: Identity = makeIdentity('seal signer');
export const PICTURE: Uint8Array = Buffer.from('GIF89a: a picture of a seal, made up for tests');

export interface SealOptions {
  readonly version?: SesVersion;
  readonly header?: string;
  readonly headerVersion?: number;
  readonly id?: string;
  readonly maker?: Identity;
  readonly signers?: readonly Identity[];
  readonly listType?: 1 | 2;
  readonly digestName?: string;
  readonly from?: string;
  readonly to?: string;
  readonly critical?: boolean;
  readonly algorithm?: string;
  readonly timestamp?: Uint8Array;
  /** Changes the signature's bytes. */
  readonly resign?: (signature: Uint8Array) => Uint8Array;
  /** A member too many. */
  readonly extra?: Uint8Array;
}

export function makeSeal(options: SealOptions = {}): Uint8Array {
  const { version = 4, maker = MAKER, algorithm = SM2_SM3, resign = same } = options;
  const info = sealInfo(options, version);
  const certificate = octets(maker.certificate);
  const extra = options.extra ? [options.extra] : [];
  if (version === 1) {
    const signed = sequence(info, certificate, oid(algorithm));
    const signature = resign(signWith(maker.secret, signed));
    return sequence(info, sequence(certificate, oid(algorithm), bits(signature)), ...extra);
  }
  const signature = resign(signWith(maker.secret, info));
  const stamp = options.timestamp ? [explicit(0, bits(options.timestamp))] : [];
  return sequence(info, certificate, oid(algorithm), bits(signature), ...stamp, ...extra);
}

const same = (bytes: Uint8Array): Uint8Array => bytes;

function sealInfo(options: SealOptions, version: SesVersion): Uint8Array {
  const { headerVersion = version, id = '99990026000045', listType = 1, header = 'ES' } = options;
  const { from = '2026-01-01T00:00:00Z', to = '2028-12-31T23:59:59Z' } = options;
  const { signers = [SIGNER], digestName = 'SM3' } = options;
  const time = version === 1 ? utcTime : generalizedTime;
  const list = signers.map(({ certificate }) =>
    listType === 1
      ? octets(certificate)
      : sequence(printable(digestName), octets(sm3(certificate))),
  );
  const property = [
    integer(1),
    utf8('示例市市场监督管理局(虚构)'),
    ...(version === 1 ? [] : [integer(listType)]),
    sequence(...list),
    time(from),
    time(from),
    time(to),
  ];
  return sequence(
    sequence(ia5(header), integer(headerVersion), ia5('TestVendor')),
    ia5(id),
    sequence(...property),
    sequence(ia5('GIF'), octets(PICTURE), integer(40), integer(40)),
    ...(options.critical === undefined ? [] : [extensions(options.critical)]),
  );
}

function extensions(critical: boolean): Uint8Array {
  const flag = critical ? [boolean(true)] : [];
  return sequence(sequence(oid('1.2.3.4'), ...flag, octets(Buffer.from('x'))));
}

export interface SignatureOptions extends SealOptions {
  readonly seal?: Uint8Array;
  readonly signer?: Identity;
  readonly data: Uint8Array;
  readonly property: string;
  readonly time?: string;
  /** Bits of the time of version 1, in another form. */
  readonly timeBits?: Uint8Array;
  readonly tbsVersion?: number;
  readonly signerAlgorithm?: string;
  readonly token?: Uint8Array;
  readonly signatureCritical?: boolean;
  readonly resignSignature?: (signature: Uint8Array) => Uint8Array;
  readonly extraSignature?: Uint8Array;
}

export const SIGN_TIME = '2026-04-15T07:20:30Z';

export function makeSignature(options: SignatureOptions): Uint8Array {
  const { version = 4, signer = SIGNER, time = SIGN_TIME } = options;
  const { tbsVersion = version, signerAlgorithm = SM2_SM3, resignSignature = same } = options;
  const seal = options.seal ?? makeSeal(options);
  const hash = bits(sm3(options.data));
  const certificate = octets(signer.certificate);
  const algorithm = oid(signerAlgorithm);
  const extra = options.extraSignature ? [options.extraSignature] : [];
  if (version === 1) {
    const timeInfo = bits(options.timeBits ?? utcTime(time));
    const head = [integer(tbsVersion), seal, timeInfo, hash, ia5(options.property)];
    const tbs = sequence(...head, certificate, algorithm);
    return sequence(tbs, bits(resignSignature(signWith(signer.secret, tbs))), ...extra);
  }
  const critical = options.signatureCritical;
  const more = critical === undefined ? [] : [explicit(0, extensions(critical))];
  const head = [integer(tbsVersion), seal, generalizedTime(time), hash, ia5(options.property)];
  const tbs = sequence(...head, ...more);
  const signature = bits(resignSignature(signWith(signer.secret, tbs)));
  const stamp = options.token ? [explicit(0, bits(options.token))] : [];
  return sequence(tbs, certificate, algorithm, signature, ...stamp, ...extra);
}
