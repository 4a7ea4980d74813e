export { askRegistries, type AskedRegistry } from './asked-registry.ts';
export { matchDeliveries, type DeliveryMatch } from './delivery.ts';
export type { SignatureReport } from './entry-check.ts';
export { AUDIT_CODES, type AuditCode } from './error.ts';
export { FINDING_CODES, Findings, type Finding, type FindingCode } from './finding.ts';
export type { HeadReport, RegistryReport } from './head-check.ts';
export { headsFromFiles, type KnownHead } from './known-head.ts';
export { replay, type Doubt, type ReplayOptions, type ReplayReport } from './replay.ts';
export {
  SECOND_OPINION_LEAVES,
  SECOND_OPINION_WORK,
  type SecondOpinionResult,
} from './second-opinion.ts';
export type { SourceReport } from './source-check.ts';
export {
  directorySource,
  httpSource,
  publishedSource,
  storeSource,
  type AuditSource,
} from './source.ts';
export {
  scanTrail,
  type DisclosureLookup,
  type Trail,
  type TrailEntry,
  type TrailKey,
} from './trail.ts';
export type { WithheldReport } from './withheld-check.ts';
