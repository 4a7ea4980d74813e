export {
  BUNDLE_FORMAT,
  BUNDLE_LIMITS,
  formatBundle,
  parseBundle,
  type Bundle,
  type BundleAnchor,
  type Evidence,
  type OtherEvidence,
} from './bundle.ts';
export type { EvidenceRule } from './evidence-rule.ts';
export { VERIFY_CODES, type VerifyCode } from './error.ts';
export type { GivenFile, VerifyCrypto, VerifyOptions } from './options.ts';
export {
  POLICY_FORMAT,
  parseTrustPolicy,
  type PolicyClosure,
  type PolicyLog,
  type TrustPolicy,
} from './policy.ts';
export type { PolicyChain, PolicyContract, PolicyValidators } from './policy-chain.ts';
export {
  isKeyBad,
  judgeKey,
  type Existence,
  type IssuerKey,
  type KeyWorth,
  type PolicyIssuer,
} from './policy-issuer.ts';
export {
  STEP_CODES,
  STEP_NAMES,
  resultOf,
  troubleOf,
  type StepCode,
  type StepName,
  type StepResult,
  type Trouble,
} from './step.ts';
export {
  isAccepted,
  type Names,
  type Outcome,
  type StatusState,
  type Step,
  type Verdict,
  type VerdictAnchor,
  type VerdictTimes,
} from './verdict.ts';
export { verifyBundle } from './verify.ts';
