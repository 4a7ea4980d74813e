import {
  encodeHeader,
  encodeTxReceipt,
  formatRlp,
  headerHash,
  keccak256,
  logId,
  parseHeader,
  parseQbftExtra,
  parseRpcTxReceipt,
  proveTxReceipt,
  receiptsRoot,
  verifyAnchorEvidence,
  verifySealedHeader,
  verifyTrieProof,
} from '@anchorlog/evm-proof';
import { RLP } from '@ethereumjs/rlp';
import { ContractFactory, Interface } from 'ethers';
import { describe, expect, test } from 'vitest';
import {
  ANCHOR_REGISTRY_ABI,
  ANCHOR_REGISTRY_BYTECODE,
} from '../../anchor/src/generated/anchor-registry.ts';
import { developmentValidators } from '../src/keys.ts';
import { formatSealed } from '../src/seal.ts';
import { PLAIN, blockOf, bytes, createWorld, deployRegistry, hex, type World } from './world.ts';

const ORIGIN = 'example.gov/licenses';

/** Transfers in a block, one of each type in turn. */
async function transfers(world: World, count: number): Promise<void> {
  const first = await world.wallet.getNonce();
  const to = world.chain.accounts[1]!.address;
  for (let i = 0; i < count; i++) {
    const priced = { type: 2, maxFeePerGas: 0, maxPriorityFeePerGas: 0, gasLimit: 30_000 };
    const request = i % 3 === 2 ? priced : { ...PLAIN, type: i % 3, gasLimit: 30_000 };
    await world.wallet.sendTransaction({ ...request, to, value: 1, nonce: first + i });
  }
  await world.chain.mine();
}

describe('a block of the development chain', () => {
  test('is sealed by a quorum of its validators, refers to its parent, and rotates the proposer', async () => {
    for (const validators of [1, 4, 7]) {
      await using world = await createWorld({ validators });
      const pinned = world.chain.validators.map(bytes);
      for (let i = 0; i < validators; i++) await world.chain.mine();
      const proposers = new Set<string>();
      let parent = hex(headerHash(parseHeader(encodeHeader(await blockOf(world, 0)))));
      expect(parent).toBe((await blockOf(world, 0)).hash);
      for (let number = 1; number <= validators; number++) {
        const block = await blockOf(world, number);
        const sealed = verifySealedHeader({ header: encodeHeader(block), validators: pinned });
        expect(sealed).toMatchObject({ number, round: 0 });
        expect(sealed.signers).toHaveLength(sealed.quorum);
        expect(sealed.signers.map(hex)).toContain(block.miner);
        expect(hex(sealed.hash)).toBe(block.hash);
        expect(block.parentHash).toBe(parent);
        parent = block.hash;
        proposers.add(block.miner);
      }
      expect(proposers.size).toBe(validators);
    }
  });

  test('is not sealed for a verifier who pins others', async () => {
    await using world = await createWorld();
    const header = encodeHeader(await blockOf(world, 'latest'));
    const validators = developmentValidators(5).map(({ address }) => address);
    expect(() => verifySealedHeader({ header, validators })).toThrow(
      expect.objectContaining({ code: 'EVM_VALIDATORS_DIFFER' }),
    );
  });

  test('names all validators, ascending', async () => {
    await using world = await createWorld({ validators: 7 });
    const { extraData } = parseHeader(encodeHeader(await blockOf(world, 'latest')));
    const named = parseQbftExtra(extraData).validators.map(hex);
    expect(named).toEqual([...world.chain.validators]);
    expect(named).toEqual(named.toSorted());
  });

  test('proves its transaction receipts and transactions by its roots', async () => {
    await using world = await createWorld({ blockTimeMs: 60_000 });
    await transfers(world, 20);
    const block = await blockOf(world, 'latest');
    const answers = (await world.send('eth_getBlockReceipts', block.number)) as unknown[];
    const receipts = answers.map((answer) => encodeTxReceipt(parseRpcTxReceipt(answer)));
    expect(receipts).toHaveLength(20);
    expect(hex(receiptsRoot(receipts))).toBe(block.receiptsRoot);
    for (const [i, hash] of block.transactions.entries()) {
      expect(await world.send('eth_getTransactionReceipt', hash)).toEqual(answers[i]);
    }
  });

  test('proves the state by its root', async () => {
    await using world = await createWorld();
    const registry = await deployRegistry(world.wallet);
    const target = await registry.getAddress();
    const older = await blockOf(world, 'latest');
    await (await registry.getFunction('register').send(ORIGIN, target, true, 1, PLAIN)).wait();
    for (const block of [older, await blockOf(world, 'latest')]) {
      const proof = (await world.send('eth_getProof', target, ['0x0'], block.number)) as Proof;
      const account = verifyTrieProof({
        root: bytes(block.stateRoot),
        key: keccak256(bytes(target)),
        nodes: proof.accountProof.map(bytes),
      });
      const [, , storageHash, codeHash] = RLP.decode(account) as Uint8Array[];
      expect([hex(storageHash!), hex(codeHash!)]).toEqual([proof.storageHash, proof.codeHash]);
      const word = BigInt(
        (await world.send('eth_getStorageAt', target, '0x0', block.number)) as string,
      );
      const [slot] = proof.storageProof;
      expect(BigInt(slot!.value)).toBe(word);
      if (word === 0n) continue;
      const value = verifyTrieProof({
        root: storageHash!,
        key: keccak256(new Uint8Array(32)),
        nodes: slot!.proof.map(bytes),
      });
      expect(hex(formatRlp(bytes(slot!.value)))).toBe(hex(value));
    }
  });

  test('is evidence for an anchored tree head', async () => {
    await using world = await createWorld({ blockTimeMs: 60_000 });
    const { wallet, chain } = world;
    const [target, rootHash, indexRoot] = await anchorOne(world);
    const block = await blockOf(world, 'latest');
    const answers = (await world.send('eth_getBlockReceipts', block.number)) as unknown[];
    const receipts = answers.map((answer) => encodeTxReceipt(parseRpcTxReceipt(answer)));
    const contract = bytes(target);
    const anchor = verifyAnchorEvidence({
      evidence: {
        kind: 'sealed',
        chainId: chain.chainId,
        contract,
        header: encodeHeader(block),
        txReceipt: { index: 2, logIndex: 0, nodes: proveTxReceipt(receipts, 2) },
      },
      validators: chain.validators.map(bytes),
      chainId: chain.chainId,
      contract,
      logId: logId(ORIGIN),
      head: { size: 1, rootHash, indexRoot },
    });
    expect(anchor).toMatchObject({
      number: 1,
      txIndex: 2,
      quorum: 3,
      validators: 4,
      checked: true,
    });
    expect(hex(anchor.blockHash)).toBe(block.hash);
    expect(await wallet.getNonce()).toBe(3);
  });
});

/** Deploy, register and anchor in one block. */
async function anchorOne({ wallet, chain }: World): Promise<[string, Uint8Array, Uint8Array]> {
  const factory = new ContractFactory(ANCHOR_REGISTRY_ABI, ANCHOR_REGISTRY_BYTECODE, wallet);
  const to = await (await factory.deploy(wallet.address, { ...PLAIN, nonce: 0 })).getAddress();
  const registry = new Interface(ANCHOR_REGISTRY_ABI);
  const register = [ORIGIN, wallet.address, true, 2 ** 32];
  const data = registry.encodeFunctionData('register', register);
  await wallet.sendTransaction({ ...PLAIN, to, data, nonce: 1 });
  const root = new Uint8Array(32).fill(9);
  const head = [logId(ORIGIN), 1, root, new Uint8Array(32), []];
  await wallet.sendTransaction({
    ...PLAIN,
    to,
    data: registry.encodeFunctionData('anchor', head),
    nonce: 2,
  });
  await chain.mine();
  return [to, root, new Uint8Array(32)];
}

interface Proof {
  readonly accountProof: readonly string[];
  readonly storageHash: string;
  readonly codeHash: string;
  readonly storageProof: readonly { readonly value: string; readonly proof: readonly string[] }[];
}

describe('formatSealed', () => {
  test('seals later rounds too', () => {
    const validators = developmentValidators(4);
    const root = new Uint8Array(32);
    const content = {
      parentHash: root,
      stateRoot: root,
      transactionsRoot: root,
      receiptsRoot: root,
      proposer: validators[0]!.address,
      logsBloom: new Uint8Array(256),
      number: 9,
      gasLimit: 30_000_000,
      gasUsed: 0,
      timestamp: 1,
    };
    const header = formatSealed(content, { validators, round: 3 });
    const pinned = validators.map(({ address }) => address);
    expect(verifySealedHeader({ header, validators: pinned }).round).toBe(3);
  });
});
