export {
  ANCHOR_REGISTRY_ABI,
  ANCHOR_REGISTRY_BYTECODE,
  ANCHOR_REGISTRY_CODE_HASH,
} from './generated/anchor-registry.ts';
