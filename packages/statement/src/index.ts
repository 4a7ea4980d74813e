export { COMMITMENT_TAG } from './commitment.ts';
export {
  DISCLOSURE_LIMITS,
  openDisclosures,
  openKeys,
  parseDisclosure,
  selectDisclosures,
  type Disclosure,
  type OpenedClaims,
  type OpenedKey,
} from './disclosure.ts';
export { STATEMENT_CODES, type StatementCode } from './error.ts';
export { formatAddress, type StatementAddress } from './form.ts';
export { issue, type IssueContext, type Issued, type ResolvedLink } from './issue.ts';
export { indexKey, normalizeIdentifier, recordId } from './key.ts';
export type { DisclosureClass, Profile, ProfileField, ValueType } from './profile.ts';
export {
  parseRecord,
  RECORD_LIMITS,
  type FileDigest,
  type LogRecord,
  type RecordFile,
  type RecordIssuer,
  type RecordLink,
} from './record.ts';
export {
  keyId,
  signingInput,
  signStatement,
  verifyStatementSignature,
  type SignatureVerifiers,
} from './signature.ts';
export {
  parseStatement,
  type Statement,
  type StatementIssuer,
  type StatementKey,
  type StatementLink,
  type StatementSequence,
  type StatementSignature,
} from './statement.ts';
