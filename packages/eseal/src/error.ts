import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown, or stands at a check that did not pass. */
export const ESEAL_CODES = {
  ESEAL_INPUT_LIMIT: 'a file, seal, signature or certificate of more bytes than is read',
  ESEAL_INPUT_UNKNOWN: 'a file that is neither an OFD file, nor a seal, nor a seal signature',
  ESEAL_DER_LENGTH:
    'ASN.1 with a length that is indefinite, not the shortest, or runs past its end',
  ESEAL_DER_TRAILING: 'bytes after an ASN.1 value',
  ESEAL_DER_TAG: 'ASN.1 with a tag that DER or these formats do not have',
  ESEAL_DER_VALUE: 'an ASN.1 value that is not in the one form that DER gives it',
  ESEAL_DER_LIMIT: 'ASN.1 that is deeper, or of more values, than is read',
  ESEAL_SHAPE: 'a seal or signature that is not built as its standard says',
  ESEAL_TIME_FORM: 'a time in a seal, signature or certificate that is none, or not in UTC',
  ESEAL_VERSION_UNKNOWN:
    'a seal or signature of another version than 1, 4 and 5, or of two at once',
  ESEAL_CERTIFICATE_SHAPE: 'a certificate that is not built as RFC 5280 says',
  ESEAL_SIGNATURE_FORM: 'an SM2 signature that is not DER of two numbers from 1 to n - 1',
  ESEAL_ALGORITHM_UNKNOWN: 'a signature by another algorithm than SM2 with SM3',
  ESEAL_KEY_UNSUPPORTED: 'a certificate with another key than one of SM2',
  ESEAL_KEY_POINT: 'a public key that is no point of the SM2 curve',
  ESEAL_SEAL_SIGNATURE: "a seal that does not carry its maker's signature, or was altered after it",
  ESEAL_SIGNATURE_INVALID:
    'a seal signature that its certificate did not make, or altered after it',
  ESEAL_SIGNER_UNLISTED: 'a signer whose certificate the seal does not list',
  ESEAL_EXTENSION_CRITICAL: 'an extension marked as critical that is not known here',
  ESEAL_DATA_DIGEST: 'a Signature.xml, or other signed data, that is not the one that was signed',
  ESEAL_DATA_MISSING: 'a seal signature without the data that it signs',
  ESEAL_PROPERTY_PATH: 'a signature that was made for another place than where it stands',
  ESEAL_SEAL_FILE: 'a seal file that differs from the seal within the signature',
  ESEAL_SEAL_TIME: 'a signing time outside of the validity of the seal',
  ESEAL_CERTIFICATE_TIME: "a signing time outside of the validity of the signer's certificate",
  ESEAL_SIGN_TIME_UNKNOWN: 'a signing time that stands only in a timestamp token',
  ESEAL_SIGNATURE_KIND: 'a signature value that is no seal signature, such as CMS or a bare one',
  ESEAL_CHECK_METHOD: 'protected files with digests by another algorithm than SM3',
  ESEAL_REFERENCE_DIGEST: 'a protected file whose content is not what was protected',
  ESEAL_REFERENCE_MISSING: 'a protected file that is not there',
  ESEAL_REFERENCE_TWICE: 'a signature that protects one file twice',
  ESEAL_UNPROTECTED: 'files of the document that the signature does not protect',
  ESEAL_ZIP_FORM: 'not a ZIP file, or one whose parts contradict each other or leave gaps',
  ESEAL_ZIP_UNSUPPORTED: 'a ZIP file that is encrypted, split, ZIP64, or compressed in a rare way',
  ESEAL_ZIP_NAME: 'a file name in a ZIP that is absolute, climbs with .., or is no plain path',
  ESEAL_ZIP_DUPLICATE: 'two files in a ZIP with the same name, letter case aside',
  ESEAL_ZIP_OVERLAP: 'files in a ZIP that share bytes',
  ESEAL_ZIP_DEPTH: 'folders in a ZIP nested deeper than is read',
  ESEAL_ZIP_LIMIT: 'a ZIP of more files, or of more bytes once unpacked, than is read',
  ESEAL_ZIP_RATIO: 'a file in a ZIP that unpacks to many times its size',
  ESEAL_ZIP_CHECKSUM: 'a file in a ZIP that is not of the size or the checksum it should be',
  ESEAL_XML_SYNTAX: 'XML that is not well-formed UTF-8 with namespaces',
  ESEAL_XML_DOCTYPE: 'XML with a document type declaration',
  ESEAL_XML_ENTITY: 'XML with an entity other than the five of the standard',
  ESEAL_XML_LIMIT: 'XML that is longer, deeper or of more nodes than is read',
  ESEAL_OFD_SHAPE: 'an XML file of the OFD that is not built as GB/T 33190 says',
  ESEAL_OFD_PATH: 'a place within an OFD that is no plain path',
  ESEAL_OFD_MISSING: 'a file that the OFD names and does not have',
  ESEAL_RECORD_INCOMPLETE: 'a signature without what a record of its use must say',
} as const;

export type EsealCode = keyof typeof ESEAL_CODES;

export const esealError: ErrorMaker<EsealCode> = /* @__PURE__ */ errorMaker();
