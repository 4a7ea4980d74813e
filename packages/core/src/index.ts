export {
  checkSize,
  compareBytes,
  concatBytes,
  encodeUtf8,
  equalBytes,
  formatBase64,
  formatBase64Url,
  formatHex,
  formatUint64,
  formatUtf8,
  isBase64,
  isWellFormed,
  parseBase64,
  parseBase64Url,
  parseDecimal,
  parseHex,
  parseUint64,
  parseUtf8,
  setBase64Url,
  setUint64,
} from './bytes.ts';
export { ed25519Signer, isEd25519PublicKey, nobleEd25519, type Ed25519 } from './ed25519.ts';
export { formatDerSignature, lowS, parseDerSignature } from './ecdsa.ts';
export {
  CORE_CODES,
  CodedError,
  errorMaker,
  isCodedError,
  type CoreCode,
  type ErrorMaker,
} from './error.ts';
export { DIGEST_BYTES, hashBase64, hmac, sha256, type HashSuite, type SuiteName } from './hash.ts';
export { formatInstant, parseDate, parseInstant } from './instant.ts';
export { canonicalBytes, canonicalEach } from './jcs-bytes.ts';
export { canonicalize, parseCanonical } from './jcs.ts';
export {
  FILE_LIMITS,
  STATEMENT_LIMITS,
  checkJsonLimits,
  parseJson,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
} from './json.ts';
export { jsonErrorIn } from './json-place.ts';
export type { Es256, SignatureAlgorithm, Signer, Sm2, VerifyingKey } from './signature.ts';
export { ShapeReader, pointerToken, type Refuse } from './shape.ts';
