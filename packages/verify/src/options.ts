import type { HashSuite } from '@anchorlog/core';
import type { SignatureVerifiers } from '@anchorlog/statement';

/** A file that somebody hands in beside the bundle. */
export interface GivenFile {
  readonly name?: string | undefined;
  /** SHA-256 of its bytes, 64 hexadecimal digits. */
  readonly sha256: string;
  /** SM3 of its bytes in the same form, for records that name their files by it. */
  readonly sm3?: string | undefined;
}

/** What `verifyBundle` needs of the world. spec/verdict §1 */
export interface VerifyOptions {
  readonly now: Date;
  /** The day on which the license or seal must be valid, YYYY-MM-DD. */
  readonly on?: string | undefined;
  /** Files that must be those of the record. */
  readonly files?: readonly GivenFile[] | undefined;
  /** The platform's own cryptography; pure JavaScript where absent. */
  readonly crypto?: VerifyCrypto | undefined;
}

/** Cryptography for `verifyBundle`. Each part counts only where the policy names what it is for; `sha256` and Ed25519 are always there. */
export interface VerifyCrypto extends SignatureVerifiers {
  /** One hash suite, or one for each that the policy's logs have. */
  readonly hash?: HashSuite | readonly HashSuite[] | undefined;
}
