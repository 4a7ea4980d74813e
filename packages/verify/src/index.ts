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
export type { GivenFile, VerifyOptions } from './options.ts';
export {
  POLICY_FORMAT,
  parseTrustPolicy,
  type IssuerKey,
  type PolicyChain,
  type PolicyIssuer,
  type PolicyLog,
  type PolicyValidators,
  type TrustPolicy,
} from './policy.ts';
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
