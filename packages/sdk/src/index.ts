export type { BatchesStatus } from './batches.ts';
export type { Disclose } from './bundle.ts';
export { readConfig, type ChainSettings, type IssuerConfig, type NotaryConfig } from './config.ts';
export { createEmitter, type EmitterOptions } from './create-emitter.ts';
export type {
  Emitted,
  Emitter,
  EmitterLag,
  EmitterProblem,
  EmitterStage,
  EmitterTarget,
} from './emitter.ts';
export type { VaultAdoption } from './adopt.ts';
export { adoptVault, createNotary, type NotaryOptions } from './create.ts';
export { deployDevelopment, joinDevelopment, type DevelopmentChain } from './development-chain.ts';
export { SDK_CODES, type SdkCode } from './error.ts';
export { digestFile, type DigestOptions, type FileDigests } from './file-digest.ts';
export { initNotary, setChain, type InitOptions } from './init.ts';
export { issuerOf } from './issuer.ts';
export {
  generateKey,
  isKeyName,
  readKeyFile,
  signerOf,
  writeKeyFile,
  type KeyFile,
  type KeyUse,
} from './key-file.ts';
export { readKeys, type NotaryKeys } from './keys.ts';
export type {
  BundleOptions,
  FlushOptions,
  Notary,
  NotaryStatus,
  Receipt,
  RecordReference,
} from './notary.ts';
export type { NotaryLog } from './notary-log.ts';
export { addProfile, readProfiles } from './own-profiles.ts';
export { notaryPlaces, storeToRead, storeToWrite, type NotaryPlaces } from './places.ts';
export { policyOf } from './policy.ts';
export { STAGES, type Stage } from './stage.ts';
export { backupVault, type VaultBackup } from './vault-backup.ts';
export {
  withholdAgain,
  withholdEntries,
  type WithheldReport,
  type WithholdEntriesOptions,
} from './withhold.ts';
