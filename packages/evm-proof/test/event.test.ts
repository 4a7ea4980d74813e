import { describe, expect, test } from 'vitest';
import {
  TREE_HEAD_ANCHORED,
  decodeTreeHeadAnchored,
  encodeTreeHeadAnchored,
  keccak256,
  logId,
} from '../src/index.ts';
import { hex } from './vectors.ts';

describe('TREE_HEAD_ANCHORED', () => {
  test('is the hash of the event as Solidity writes it', () => {
    const event = 'TreeHeadAnchored(bytes32,uint64,uint256,uint64,bytes32,bytes32,bool)';
    expect(hex(TREE_HEAD_ANCHORED)).toBe(hex(keccak256(new Uint8Array(Buffer.from(event)))));
  });
});

describe('encodeTreeHeadAnchored', () => {
  test('writes what is read back', () => {
    const event = {
      logId: logId('example.gov/licenses'),
      number: 1,
      chainId: 2 ** 53 - 1,
      size: 4_294_967_297,
      rootHash: keccak256(new Uint8Array([1])),
      indexRoot: new Uint8Array(32),
      checked: false,
    };
    const log = encodeTreeHeadAnchored(new Uint8Array(20), event);
    expect(decodeTreeHeadAnchored(log)).toEqual(event);
  });
});
