export { headsFromFiles, type KnownHead } from './known-head.ts';
export { matchDeliveries, type DeliveryMatch } from './delivery.ts';
export { AUDIT_CODES, type AuditCode } from './error.ts';
export { FINDING_CODES, Findings, type Finding, type FindingCode } from './finding.ts';
export { replay, type ReplayOptions, type ReplayReport } from './replay.ts';
export { SECOND_OPINION_LEAVES, type SecondOpinionResult } from './second-opinion.ts';
export { directorySource, storeSource, type AuditSource } from './source.ts';
export {
  scanTrail,
  type DisclosureLookup,
  type Trail,
  type TrailEntry,
  type TrailKey,
} from './trail.ts';
