import { SigningKey, computeAddress } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keccak256, recoverAddress } from '../src/index.ts';
import { bytes, hex, refusal } from './vectors.ts';

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('recoverAddress', () => {
  test('finds the address of the key that another implementation signed with', () => {
    fc.assert(
      fc.property(digest, digest, (secret, signed) => {
        const key = new SigningKey(keccak256(secret));
        const { r, s, yParity } = key.sign(signed);
        const seal = bytes(`${r}${s.slice(2)}0${yParity}`);
        expect(hex(recoverAddress({ digest: signed, seal }))).toBe(
          computeAddress(key).toLowerCase(),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('refuses or finds somebody for any bytes, and throws nothing else', () => {
    fc.assert(
      fc.property(digest, fc.uint8Array({ minLength: 60, maxLength: 66 }), (signed, seal) => {
        seal[64] = (seal[64] ?? 0) % 3;
        expect(refusal(() => recoverAddress({ digest: signed, seal }))).toMatch(
          /^(accepted|EVM_SEAL_SHAPE|EVM_SEAL_MALLEATED)$/,
        );
      }),
      { numRuns: 300 },
    );
  });
});
