export type {
  Anchor,
  AnchorProblem,
  AnchorSource,
  AnchorStage,
  AnchorerStatus,
  ChainHead,
} from './anchor.ts';
export { createAnchorer, type Anchorer, type AnchorerOptions } from './anchorer.ts';
export { systemClock, type Clock } from './clock.ts';
export type {
  ChainAccess,
  Finality,
  PinnedValidators,
  RegistryConfig,
  TxFields,
  TxKey,
  TxSigner,
} from './config.ts';
export {
  DEFAULT_MAX_STEP,
  deployRegistry,
  registerLog,
  type DeployedRegistry,
  type TxOptions,
} from './deploy.ts';
export { ANCHOR_CODES, type AnchorCode } from './error.ts';
export {
  ANCHOR_REGISTRY_ABI,
  ANCHOR_REGISTRY_BYTECODE,
  ANCHOR_REGISTRY_CODE_HASH,
} from './generated/anchor-registry.ts';
export { readChainHeads, type ChainHeads } from './reader.ts';
export { headHash } from './registry.ts';
export { Sender, addressOfKey } from './sender.ts';
