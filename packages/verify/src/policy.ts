import type { SuiteName } from '@anchorlog/core';
import type { Names } from './verdict.ts';

/** What a verifier trusts: pinned by the verifier, never taken from a bundle. Made by `parseTrustPolicy`. spec/policy §2 */
export interface TrustPolicy {
  readonly name: string;
  /** YYYY-MM-DD */
  readonly date: string;
  /** SHA-256 of the canonical JSON, 64 hexadecimal digits: two policies that say the same have the same digest. */
  readonly digest: string;
  /** By origin. */
  readonly logs: ReadonlyMap<string, PolicyLog>;
  /** By organisation. */
  readonly issuers: ReadonlyMap<string, PolicyIssuer>;
  /** By chain id. */
  readonly chains: ReadonlyMap<number, PolicyChain>;
  readonly evidence: EvidenceRule;
  /** Seconds. */
  readonly maxStatusAge: number;
}

export interface PolicyLog {
  readonly origin: string;
  readonly vkey: string;
  readonly receiptVkey?: string | undefined;
  readonly suite: SuiteName;
  readonly index: 'none' | 'index/1';
  /** Organisations whose statements count in this log. */
  readonly issuers: 'any' | readonly string[];
  readonly profiles: 'any' | readonly string[];
}

export interface PolicyIssuer {
  readonly org: string;
  readonly name?: Names | undefined;
  /** If there is one, every statement of this organisation must be signed by one of them. */
  readonly keys: readonly IssuerKey[];
}

export interface IssuerKey {
  readonly keyId: string;
  readonly alg: 'Ed25519';
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Milliseconds since 1970, judged at the anchored time. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** From this entry on the key is known to be in other hands. */
  readonly badFrom?: { readonly log: string; readonly size: number } | undefined;
}

export interface PolicyChain {
  readonly chainId: number;
  readonly name: string;
  /** 20 bytes. */
  readonly contract: Uint8Array;
  /** 32 bytes; auditors compare it with the code on the chain. */
  readonly codeHash: Uint8Array;
  readonly validatorSets: readonly PolicyValidators[];
}

export interface PolicyValidators {
  readonly fromBlock: number;
  /** The last block that they seal; absent for the set in office. */
  readonly untilBlock?: number | undefined;
  /** Addresses of 20 bytes. */
  readonly validators: readonly Uint8Array[];
}

/** Which evidence suffices. spec/policy §7 */
export type EvidenceRule =
  | { readonly kind: 'sealed' }
  | { readonly kind: 'witnessed' | 'observed' | 'live'; readonly count: number }
  | { readonly any: readonly EvidenceRule[] }
  | { readonly all: readonly EvidenceRule[] };

/** Parse a trust policy from its bytes, text or JSON. spec/policy §2 @throws VERIFY_POLICY_… */
export function parseTrustPolicy(_input: unknown): TrustPolicy {
  throw new Error('being built');
}
