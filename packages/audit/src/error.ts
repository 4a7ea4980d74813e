import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown. What an audit finds is no error: see `FINDING_CODES`. */
export const AUDIT_CODES = {
  AUDIT_SOURCE_UNREADABLE: 'no published log is there: no checkpoint, or files that cannot be read',
  AUDIT_SUITE_UNSUPPORTED: 'this build of Node does not have the hash function of the log',
  AUDIT_POLICY_LOG_UNKNOWN: 'the trust policy does not name the log that is to be audited',
  AUDIT_LOG_FOREIGN:
    'the source is another log than the one to be audited, by its checkpoint and by its first entry',
} as const;

export type AuditCode = keyof typeof AUDIT_CODES;

export const auditError: ErrorMaker<AuditCode> = /* @__PURE__ */ errorMaker();
