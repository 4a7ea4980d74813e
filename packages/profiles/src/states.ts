/** States that a lifecycle statement can bring a license into (spec/profiles §7.1). */
export const LICENSE_STATES = [
  'valid',
  'suspended',
  'transferred',
  'withdrawn',
  'revoked',
  'cancelled',
  'superseded',
  'expired',
] as const;

/** States that a lifecycle statement can bring a seal into. */
export const SEAL_STATES = [
  'applied',
  'approved',
  'made',
  'filed',
  'active',
  'suspended',
  'revoked',
  'withdrawn',
  'lost',
  'cancelled',
  'expired',
] as const;

/** What the fold can answer, of licenses and of seals (spec/profiles §7.2). */
export const STATUS_STATES = [
  'notYetValid',
  'pendingActivation',
  'valid',
  'suspended',
  'transferred',
  'withdrawn',
  'revoked',
  'cancelled',
  'superseded',
  'lost',
  'expired',
  'unknown',
] as const;

export type LicenseState = (typeof LICENSE_STATES)[number];
export type SealState = (typeof SEAL_STATES)[number];
export type StatusState = (typeof STATUS_STATES)[number];
