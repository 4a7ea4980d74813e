import { equalBytes, formatHex, isCodedError } from '@anchorlog/core';
import { sm3 } from '@anchorlog/core/sm3';
import type { Certificate } from './certificate.ts';
import { esealError, type EsealCode } from './error.ts';
import type { Seal, SealSigner } from './seal.ts';
import type { SealSignature } from './signature.ts';
import { parseSm2Signature, SM2_WITH_SM3, SM3_OID, type Sm2 } from './sm2.ts';

/** What is checked, in this order; see spec/eseal §6. */
export type CheckName =
  | 'form'
  | 'sealSignature'
  | 'sealFile'
  | 'signerListed'
  | 'extensions'
  | 'place'
  | 'data'
  | 'signature'
  | 'protectedFiles'
  | 'coverage'
  | 'sealValidity'
  | 'certificateValidity'
  | 'timestamp';

/** One check and what came of it: `skip` where there is nothing to check, `unknown` where it cannot be done here. */
export interface Check {
  readonly name: CheckName;
  readonly outcome: 'pass' | 'fail' | 'skip' | 'unknown';
  readonly code?: string | undefined;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

const UNKNOWN: ReadonlySet<string> = new Set<EsealCode>([
  'ESEAL_ALGORITHM_UNKNOWN',
  'ESEAL_KEY_UNSUPPORTED',
  'ESEAL_EXTENSION_CRITICAL',
  'ESEAL_DATA_MISSING',
  'ESEAL_SIGN_TIME_UNKNOWN',
  'ESEAL_SIGNATURE_KIND',
  'ESEAL_CHECK_METHOD',
]);

/** Run a check that throws what it refuses with. */
export function check(name: CheckName, run: () => void): Check {
  try {
    run();
    return { name, outcome: 'pass' };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const { code, context } = error;
    return { name, outcome: UNKNOWN.has(code) ? 'unknown' : 'fail', code, facts: context };
  }
}

/** Check the maker's signature over a seal. */
export function checkSeal(seal: Seal, sm2: Sm2): readonly Check[] {
  return [
    check('sealSignature', () => {
      const { algorithm, signed: message, signature, maker } = seal;
      if (!isSigned({ algorithm, message, signature, by: maker }, sm2)) {
        throw esealError('ESEAL_SEAL_SIGNATURE', 'seal: not signed by its maker');
      }
    }),
    check('extensions', () => refuseCritical(seal.extensions)),
  ];
}

/** Check a seal signature by itself, without the data that it is over. */
export function checkSignature(signature: SealSignature, sm2: Sm2): readonly Check[] {
  const { seal, signer, extensions } = signature;
  const [sealSignature] = checkSeal(seal, sm2);
  return [
    sealSignature!,
    check('signerListed', () => {
      if (!seal.signers.some((listed) => isSigner(listed, signer))) {
        throw esealError(
          'ESEAL_SIGNER_UNLISTED',
          'signature: its signer is not listed in the seal',
        );
      }
    }),
    check('extensions', () => refuseCritical([...seal.extensions, ...extensions])),
    check('signature', () => {
      const { algorithm, signed: message } = signature;
      if (!isSigned({ algorithm, message, signature: signature.signature, by: signer }, sm2)) {
        throw esealError('ESEAL_SIGNATURE_INVALID', 'signature: not made by its certificate');
      }
    }),
  ];
}

/** Check that `data` is what was sealed. */
export function checkData({ dataHash }: SealSignature, data: Uint8Array | undefined): Check {
  return check('data', () => {
    if (!data) throw esealError('ESEAL_DATA_MISSING', 'signature: the sealed data is not there');
    if (!equalBytes(sm3.hash(data), dataHash)) {
      throw esealError('ESEAL_DATA_DIGEST', 'signature: over other data');
    }
  });
}

/** Check the signing time, as the signer says it, against what seal and certificate say of themselves. */
export function checkTimes({ signTime, seal, signer, timestamp }: SealSignature): readonly Check[] {
  const within = (from: number, to: number, code: EsealCode): void => {
    if (signTime === undefined) {
      throw esealError('ESEAL_SIGN_TIME_UNKNOWN', 'signature: its time stands in a token only');
    }
    if (signTime < from || signTime > to) throw esealError(code, 'signature: made at another time');
  };
  return [
    check('sealValidity', () => within(seal.validFrom, seal.validTo, 'ESEAL_SEAL_TIME')),
    check('certificateValidity', () =>
      within(signer.notBefore, signer.notAfter, 'ESEAL_CERTIFICATE_TIME'),
    ),
    // Present or not, it proves nothing here: tokens are not verified (spec/eseal §6.4).
    { name: 'timestamp', outcome: 'skip', facts: { present: timestamp !== undefined } },
  ];
}

interface Signed {
  readonly algorithm: string;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly by: Certificate;
}

/** @throws ESEAL_ALGORITHM_UNKNOWN, ESEAL_KEY_UNSUPPORTED, ESEAL_KEY_POINT, ESEAL_SIGNATURE_FORM */
function isSigned({ algorithm, message, signature, by }: Signed, sm2: Sm2): boolean {
  if (algorithm !== SM2_WITH_SM3) {
    throw esealError('ESEAL_ALGORITHM_UNKNOWN', `signature: algorithm ${algorithm}`, { algorithm });
  }
  const { publicKey } = by;
  if (!publicKey) throw esealError('ESEAL_KEY_UNSUPPORTED', 'certificate: its key is not of SM2');
  if (!sm2.isPublicKey(publicKey)) {
    throw esealError('ESEAL_KEY_POINT', 'certificate: its key is not on the curve');
  }
  return sm2.verify({ message, signature: parseSm2Signature(signature), publicKey });
}

const SM3_NAMES: readonly string[] = ['SM3', SM3_OID];

/** Tell whether a name, as files of this kind write it, means SM3. */
export function isSm3Name(name: string): boolean {
  return SM3_NAMES.includes(name.toUpperCase());
}

function isSigner(listed: SealSigner, signer: Certificate): boolean {
  if ('certificate' in listed) return equalBytes(listed.certificate.bytes, signer.bytes);
  return isSm3Name(listed.algorithm) && equalBytes(listed.digest, sm3.hash(signer.bytes));
}

function refuseCritical(extensions: Seal['extensions']): void {
  const critical = extensions.find((extension) => extension.critical);
  if (!critical) return;
  const { id } = critical;
  throw esealError('ESEAL_EXTENSION_CRITICAL', `extension ${id} is critical`, { id });
}

/** Give a digest as people and records write it. */
export function sm3Hex(bytes: Uint8Array): string {
  return formatHex(sm3.hash(bytes));
}
