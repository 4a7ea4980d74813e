export { parseCertificate, type Certificate } from './certificate.ts';
export type { Check, CheckName } from './check.ts';
export { ESEAL_CODES, type EsealCode } from './error.ts';
export {
  inspectFile,
  inspectOfd,
  inspectSeal,
  inspectSignature,
  type InspectOptions,
  type Judgement,
  type OfdInspection,
  type OfdSignatureInspection,
  type ProtectedFile,
  type SealInspection,
  type SignatureInspection,
} from './inspect.ts';
export { readOfd, type OfdIndex, type OfdSignature, type Reference } from './ofd.ts';
export { sealUseRecord, type SealUse } from './record.ts';
export type {
  CertificateReport,
  Integrity,
  SealReport,
  SignatureReport,
  Trust,
  Validity,
} from './report.ts';
export {
  parseSeal,
  SES_FORMATS,
  type Extension,
  type Seal,
  type SealSigner,
  type SesVersion,
} from './seal.ts';
export { parseSealSignature, type SealSignature } from './signature.ts';
export { parseSm2Signature, pureSm2, type Sm2 } from './sm2.ts';
export { parseXml, type XmlElement } from './xml.ts';
export { openZip, ZIP_LIMITS, type Zip, type ZipLimits } from './zip.ts';
