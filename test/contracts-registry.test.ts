import { readFileSync } from 'node:fs';
import {
  ANCHOR_REGISTRY_ABI,
  ANCHOR_REGISTRY_BYTECODE,
  ANCHOR_REGISTRY_CODE_HASH,
  headHash,
} from '@anchorlog/anchor';
import { TREE_HEAD_ANCHORED } from '@anchorlog/evm-proof';
import { Interface, concat, hexlify, id, keccak256, toBeHex } from 'ethers';
import { beforeEach, describe, expect, test } from 'vitest';
import { readArtifact, readStorageLayout } from '../scripts/contract-artifact.ts';
import { FREE, deploy, ethers, type Called } from './contracts-world.ts';
import { uniformConsistency, uniformRoot } from './uniform-tree.ts';

const ORIGIN = 'example.gov/licenses';
const LOG = id(ORIGIN);
const OTHER = id('example.gov/other');
const ZERO = `0x${'00'.repeat(32)}`;
const NOBODY = `0x${'00'.repeat(20)}`;
const LIMIT = 2 ** 53 - 1;

const [authority, operator, stranger] = (await ethers.getSigners()).map(({ address }) => address);
const root = (size: number): string => hexlify(uniformRoot(size));
const proof = (older: number, newer: number): string[] =>
  uniformConsistency(older, newer).map((hash) => hexlify(hash));

let registry: Called;
let byOperator: Called;
let byStranger: Called;

beforeEach(async () => {
  registry = await deploy('AnchorRegistry', authority);
  byOperator = await registry.by(1);
  byStranger = await registry.by(2);
  await registry.sent('register', ORIGIN, operator, true, 1000);
});

describe('AnchorRegistry', () => {
  test('keeps every head, numbered from 1, under a hash that anyone can compute', async () => {
    await byOperator.sent('anchor', LOG, 5, root(5), ZERO, []);
    await byOperator.sent('anchor', LOG, 9, root(9), id('index'), proof(5, 9));
    for (const [number, size, indexRoot] of [
      [1, 5, ZERO],
      [2, 9, id('index')],
    ] as const) {
      const head = {
        size,
        rootHash: uniformRoot(size),
        indexRoot: Buffer.from(indexRoot.slice(2), 'hex'),
      };
      const expected = hexlify(headHash({ chainId: 1337, origin: ORIGIN, number, head }));
      expect(await registry.asked('head', LOG, number)).toBe(expected);
      expect(await registry.asked('isHead', LOG, number, size, root(size), indexRoot)).toBe(true);
      expect(await registry.asked('isHead', LOG, number, size, root(size), id('no'))).toBe(false);
    }
    const latest = (await registry.asked('latest', LOG)) as unknown[]; // a Result
    expect(latest.slice(0, 3)).toEqual([2n, 9n, root(9)]);
  });

  test('keeps the hash of a head at the place that storage proofs look for', async () => {
    await byOperator.sent('anchor', LOG, 5, root(5), ZERO, []);
    const word = (value: number): string => toBeHex(value, 32);
    const place = keccak256(concat([word(1), keccak256(concat([LOG, word(3)]))]));
    const stored = await ethers.provider.getStorage(await registry.getAddress(), place);
    expect(stored).toBe(await registry.asked('head', LOG, 1));
  });

  test('says what it refuses, and with which values', async () => {
    const refused = (...call: readonly unknown[]): Promise<string> =>
      byOperator.refused('anchor', ...call);
    await byOperator.sent('anchor', LOG, 5, root(5), ZERO, []);

    expect(await refused(OTHER, 6, root(6), ZERO, [])).toBe(`AnchorRegistryUnregistered(${OTHER})`);
    expect(await byStranger.refused('anchor', LOG, 6, root(6), ZERO, proof(5, 6))).toBe(
      `AnchorRegistryNotOperator(${LOG}, ${stranger})`,
    );
    expect(await refused(LOG, 4, root(4), ZERO, [])).toBe(
      `AnchorRegistrySizeNotGreater(${LOG}, 5, 4)`,
    );
    expect(await refused(LOG, 5, root(5), ZERO, [])).toBe(
      `AnchorRegistryAlreadyAnchored(${LOG}, 1)`,
    );
    expect(await refused(LOG, 5, root(4), ZERO, [])).toBe(`AnchorRegistryConflict(${LOG}, 1)`);
    expect(await refused(LOG, 5, root(5), id('index'), [])).toBe(
      `AnchorRegistryConflict(${LOG}, 1)`,
    );
    expect(await refused(LOG, BigInt(LIMIT) + 1n, root(5), ZERO, [])).toBe(
      `AnchorRegistrySizeTooLarge(${BigInt(LIMIT) + 1n}, ${LIMIT})`,
    );
    expect(await refused(LOG, 1006, root(1006), ZERO, proof(5, 1006))).toBe(
      `AnchorRegistryStepTooLarge(${LOG}, 1001, 1000)`,
    );
    expect(await refused(LOG, 1005, root(1005), ZERO, proof(5, 1005))).toBe('accepted');
    for (const wrong of [[], proof(5, 9).slice(1), [...proof(5, 9), ZERO], proof(4, 9)]) {
      expect(await refused(LOG, 9, root(9), ZERO, wrong)).toBe(
        `AnchorRegistryProofInvalid(${LOG}, 5, 9)`,
      );
    }
    expect(await registry.refused('head', LOG, 2)).toBe(`AnchorRegistryHeadUnknown(${LOG}, 2)`);
    expect(await registry.refused('head', LOG, 0)).toBe(`AnchorRegistryHeadUnknown(${LOG}, 0)`);
    for (const view of ['latest', 'logInfo']) {
      expect(await registry.refused(view, OTHER)).toBe(`AnchorRegistryUnregistered(${OTHER})`);
    }
    expect(await registry.refused('head', OTHER, 1)).toBe(`AnchorRegistryUnregistered(${OTHER})`);
  });

  test('takes no head of size 0 and no proof with the first', async () => {
    expect(await byOperator.refused('anchor', LOG, 0, ZERO, ZERO, [])).toBe(
      `AnchorRegistrySizeNotGreater(${LOG}, 0, 0)`,
    );
    expect(await byOperator.refused('anchor', LOG, 5, root(5), ZERO, [ZERO])).toBe(
      `AnchorRegistryProofInvalid(${LOG}, 0, 5)`,
    );
  });

  test('lets an unchecked log only grow, and takes no proof of it', async () => {
    await registry.sent('register', 'example.gov/other', operator, false, 1000);
    await byOperator.sent('anchor', OTHER, 5, root(5), ZERO, []);
    expect(await byOperator.refused('anchor', OTHER, 9, root(9), ZERO, proof(5, 9))).toBe(
      `AnchorRegistryProofInvalid(${OTHER}, 5, 9)`,
    );
    await byOperator.sent('anchor', OTHER, 9, root(8), ZERO, []);
    expect(await byOperator.refused('anchor', OTHER, 9, root(9), ZERO, [])).toBe(
      `AnchorRegistryConflict(${OTHER}, 2)`,
    );
  });

  test('registers each origin once, within its limits', async () => {
    const contract = registry;
    const refused = (...values: readonly unknown[]): Promise<string> =>
      contract.refused('register', ...values);
    expect(await refused(ORIGIN, stranger, false, 1)).toBe(
      `AnchorRegistryAlreadyRegistered(${LOG})`,
    );
    expect(await refused('', operator, true, 1)).toBe('AnchorRegistryOriginLength(0, 255)');
    expect(await refused('x'.repeat(256), operator, true, 1)).toBe(
      'AnchorRegistryOriginLength(256, 255)',
    );
    expect(await refused('new', NOBODY, true, 1)).toBe('AnchorRegistryOperatorZero()');
    expect(await refused('new', operator, true, 0)).toBe(`AnchorRegistryStepRange(0, ${LIMIT})`);
    expect(await refused('new', operator, true, BigInt(LIMIT) + 1n)).toBe(
      `AnchorRegistryStepRange(${BigInt(LIMIT) + 1n}, ${LIMIT})`,
    );
    expect(await refused('x'.repeat(255), operator, true, LIMIT)).toBe('accepted');
  });

  test('lets only the authority administer', async () => {
    const calls: readonly (readonly [string, ...unknown[]])[] = [
      ['register', 'new', stranger, true, 1],
      ['rotateOperator', LOG, stranger],
      ['suspend', LOG],
      ['resume', LOG],
      ['close', LOG, 0],
      ['succeed', LOG, OTHER],
      ['offerAuthority', stranger],
    ];
    for (const [name, ...values] of calls) {
      expect(await byStranger.refused(name, ...values)).toBe(
        `AnchorRegistryNotAuthority(${stranger})`,
      );
    }
    expect(await registry.refused('rotateOperator', OTHER, stranger)).toBe(
      `AnchorRegistryUnregistered(${OTHER})`,
    );
  });

  test('rotates the operator', async () => {
    expect(await registry.refused('rotateOperator', LOG, NOBODY)).toBe(
      'AnchorRegistryOperatorZero()',
    );
    await registry.sent('rotateOperator', LOG, stranger);
    expect(await byOperator.refused('anchor', LOG, 5, root(5), ZERO, [])).toBe(
      `AnchorRegistryNotOperator(${LOG}, ${operator})`,
    );
    await byStranger.sent('anchor', LOG, 5, root(5), ZERO, []);
  });

  test('suspends and resumes', async () => {
    expect(await registry.refused('resume', LOG)).toBe(`AnchorRegistryNotSuspended(${LOG})`);
    await registry.sent('suspend', LOG);
    expect(await registry.refused('suspend', LOG)).toBe(`AnchorRegistrySuspended(${LOG})`);
    expect(await byOperator.refused('anchor', LOG, 5, root(5), ZERO, [])).toBe(
      `AnchorRegistrySuspended(${LOG})`,
    );
    await registry.sent('resume', LOG);
    await byOperator.sent('anchor', LOG, 5, root(5), ZERO, []);
  });

  test('closes a log for ever at its last honest head, which stays with all others', async () => {
    await byOperator.sent('anchor', LOG, 5, root(5), ZERO, []);
    await byOperator.sent('anchor', LOG, 9, root(9), ZERO, proof(5, 9));
    expect(await registry.refused('close', LOG, 3)).toBe(`AnchorRegistryHeadUnknown(${LOG}, 3)`);
    await registry.sent('close', LOG, 1);
    expect(await byOperator.refused('anchor', LOG, 10, root(10), ZERO, proof(9, 10))).toBe(
      `AnchorRegistryClosed(${LOG}, 1)`,
    );
    for (const [name, ...values] of [
      ['close', LOG, 2],
      ['suspend', LOG],
      ['resume', LOG],
      ['rotateOperator', LOG, stranger],
    ] as const) {
      expect(await registry.refused(name, ...values)).toBe(`AnchorRegistryClosed(${LOG}, 1)`);
    }
    expect(await registry.asked('isHead', LOG, 2, 9, root(9), ZERO)).toBe(true);
  });

  test('links a closed log to its successor, once and never in a circle', async () => {
    expect(await registry.refused('succeed', LOG, OTHER)).toBe(`AnchorRegistryNotClosed(${LOG})`);
    await registry.sent('close', LOG, 0);
    expect(await registry.refused('succeed', LOG, OTHER)).toBe(
      `AnchorRegistryUnregistered(${OTHER})`,
    );
    expect(await registry.refused('succeed', LOG, LOG)).toBe(`AnchorRegistryClosed(${LOG}, 0)`);
    await registry.sent('register', 'example.gov/other', operator, true, 1000);
    await registry.sent('succeed', LOG, OTHER);
    expect(await registry.refused('succeed', LOG, OTHER)).toBe(
      `AnchorRegistrySucceeded(${LOG}, ${OTHER})`,
    );
    await registry.sent('close', OTHER, 0);
    expect(await registry.refused('succeed', OTHER, LOG)).toBe(`AnchorRegistryClosed(${LOG}, 0)`);
  });

  test('hands the authority over when it is accepted', async () => {
    expect(await byStranger.refused('acceptAuthority')).toBe(
      `AnchorRegistryNotOffered(${stranger})`,
    );
    await registry.sent('offerAuthority', stranger);
    expect(await registry.asked('offeredAuthority')).toBe(stranger);
    expect(await registry.asked('authority')).toBe(authority);
    await byStranger.sent('acceptAuthority');
    expect(await registry.asked('authority')).toBe(stranger);
    expect(await registry.refused('suspend', LOG)).toBe(`AnchorRegistryNotAuthority(${authority})`);
    await byStranger.sent('suspend', LOG);
  });

  test('wants an authority', async () => {
    const factory = await ethers.getContractFactory('AnchorRegistry');
    await expect(factory.deploy(NOBODY, FREE)).rejects.toThrow(/AnchorRegistryAuthorityZero/);
  });

  test('has errors that are all provoked above', () => {
    const text = readFileSync(import.meta.filename, 'utf8');
    const names = ANCHOR_REGISTRY_ABI.flatMap((item) => (item.type === 'error' ? [item.name] : []));
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(20);
  });

  test('can neither be upgraded nor call out', () => {
    const source = readFileSync(
      new URL('../contracts/AnchorRegistry.sol', import.meta.url),
      'utf8',
    );
    const code = source.replaceAll(/\/\/.*$/gm, '');
    expect(code).not.toMatch(
      /delegatecall|selfdestruct|\.call[({]|assembly|fallback|receive|\bdelete\b/,
    );
    // Written in one place, and never with a number that was given before.
    expect(code.match(/_heads\[logId\]\[number\] = /g)).toHaveLength(1);
  });
});

describe('what packages/anchor ships', () => {
  const artifact = readArtifact('AnchorRegistry');

  test('is what the compiler makes', () => {
    expect(ANCHOR_REGISTRY_ABI).toEqual(artifact.abi);
    expect(ANCHOR_REGISTRY_BYTECODE).toBe(artifact.bytecode);
    expect(ANCHOR_REGISTRY_CODE_HASH).toBe(keccak256(artifact.deployedBytecode));
  });

  test('has one code hash for every deployment', async () => {
    for (const each of [authority, operator]) {
      const deployed = await deploy('AnchorRegistry', each);
      const code = await ethers.provider.getCode(await deployed.getAddress());
      expect(keccak256(code)).toBe(ANCHOR_REGISTRY_CODE_HASH);
    }
  });

  test('has the event that verifiers look for', () => {
    const event = new Interface(ANCHOR_REGISTRY_ABI).getEvent('TreeHeadAnchored');
    expect(event?.topicHash).toBe(hexlify(TREE_HEAD_ANCHORED));
  });

  test('has the committed storage layout', () => {
    const committed = new URL('../contracts/AnchorRegistry.storage.json', import.meta.url);
    expect(readStorageLayout('AnchorRegistry')).toEqual(
      JSON.parse(readFileSync(committed, 'utf8')),
    );
  });
});
