import { computeAddress } from 'ethers';

/** Give the `0x` address, in lower case, of the account that a private key (`0x` and 32 bytes) signs for. */
export function addressOfKey(privateKey: string): string {
  return computeAddress(privateKey).toLowerCase();
}
