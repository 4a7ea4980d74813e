import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown. */
export const VERIFY_CODES = {
  VERIFY_BUNDLE_MALFORMED: 'not a bundle in its form (spec/bundle §2)',
  VERIFY_BUNDLE_VERSION: 'a bundle of a format version that this version does not know',
  VERIFY_POLICY_MALFORMED: 'not a trust policy in its form (spec/policy §2)',
  VERIFY_POLICY_VERSION: 'a trust policy of a format version that this version does not know',
  VERIFY_POLICY_KEY:
    'a key of the policy is no sound public key, or its name or id is not the one it must have',
  VERIFY_POLICY_REPEATED:
    'a policy names a key, validator, log, organisation, chain or contract twice where it may stand once',
  VERIFY_POLICY_RANGE: 'validator sets of one chain overlap, or a range ends before it begins',
} as const;

export type VerifyCode = keyof typeof VERIFY_CODES;

export const verifyError: ErrorMaker<VerifyCode> = /* @__PURE__ */ errorMaker();
