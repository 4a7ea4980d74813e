export {
  createDevchain,
  type Devchain,
  type DevchainAccount,
  type DevchainOptions,
} from './devchain.ts';
