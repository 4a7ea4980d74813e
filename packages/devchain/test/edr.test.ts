import { Interface, Transaction, Wallet, getCreateAddress, keccak256, toUtf8Bytes } from 'ethers';
import { network } from 'hardhat';
import { describe, expect, test } from 'vitest';
import {
  ANCHOR_REGISTRY_ABI,
  ANCHOR_REGISTRY_BYTECODE,
} from '../../anchor/src/generated/anchor-registry.ts';
import { createWorld, type RpcBlock } from './world.ts';

const ORIGIN = 'example.gov/licenses';
const LOG_ID = keccak256(toUtf8Bytes(ORIGIN));
const ROOT = `0x${'11'.repeat(32)}`;
const ZERO = `0x${'00'.repeat(32)}`;

type Send = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** The same signed transactions for both engines: deploy, calls, reverts, all three types. */
async function signedTransactions(wallet: Wallet): Promise<string[]> {
  const registry = new Interface(ANCHOR_REGISTRY_ABI);
  const to = getCreateAddress({ from: wallet.address, nonce: 0 });
  const authority = registry.encodeDeploy([wallet.address]).slice(2);
  const anchor = (size: number): string =>
    registry.encodeFunctionData('anchor', [LOG_ID, size, ROOT, ZERO, []]);
  const legacy = { type: 0, gasPrice: 0, gasLimit: 3_000_000, chainId: 1337 };
  const listed = { ...legacy, type: 1, accessList: [{ address: to, storageKeys: [ZERO] }] };
  const priced = {
    type: 2,
    maxFeePerGas: 3,
    maxPriorityFeePerGas: 2,
    gasLimit: 500_000,
    chainId: 1337,
  };
  const register = registry.encodeFunctionData('register', [ORIGIN, wallet.address, true, 2 ** 32]);
  const requests = [
    { ...legacy, data: `${ANCHOR_REGISTRY_BYTECODE}${authority}` },
    { ...legacy, to, data: anchor(1) }, // reverts: not registered
    { ...priced, to, data: register },
    { ...listed, to, data: anchor(1) },
    { ...priced, to, data: anchor(2) }, // reverts: no proof
    { ...legacy, to, data: anchor(1), gasLimit: 30_000 }, // runs out of gas
    { ...priced, to: wallet.address, value: 5 },
  ];
  return Promise.all(
    requests.map((request, nonce) => wallet.signTransaction({ ...request, nonce })),
  );
}

/** What both engines must agree on about each transaction and its block. */
async function run(send: Send, signed: readonly string[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const raw of signed) {
    await send('eth_sendRawTransaction', [raw]).catch((error: unknown) => {
      // This engine reports a revert of a mined transaction as an error of the call that sent it.
      if (!/revert|gas/i.test(String(error))) throw error;
    });
    const { hash } = Transaction.from(raw);
    const receipt = (await send('eth_getTransactionReceipt', [hash])) as Record<string, string>;
    const block = (await send('eth_getBlockByNumber', [receipt['blockNumber'], false])) as RpcBlock;
    const { transactionsRoot, receiptsRoot, gasUsed } = block;
    const { status, type, contractAddress, cumulativeGasUsed, logsBloom, effectiveGasPrice } =
      receipt;
    results.push({
      transactionsRoot,
      receiptsRoot,
      gasUsed,
      receipt: [status, type, contractAddress, cumulativeGasUsed, logsBloom, effectiveGasPrice],
    });
  }
  return results;
}

describe('createDevchain', () => {
  test('executes as another engine does: roots, gas, status, addresses, return data', async () => {
    await using world = await createWorld();
    const edr = await network.create('local');
    try {
      const ours: Send = (method, params) => world.provider.send(method, [...params]);
      const theirs: Send = (method, params) =>
        edr.provider.request({ method, params: [...params] });
      const signed = await signedTransactions(world.wallet);
      const balance = `0x${(10n ** 22n).toString(16)}`;
      await theirs('hardhat_setBalance', [world.wallet.address, balance]);
      await theirs('evm_mine', []); // ours begins with a sealed block 1
      const results = await run(ours, signed);
      expect(results).toEqual(await run(theirs, signed));
      const statuses = results.map((result) => (result as { receipt: string[] }).receipt[0]);
      expect(statuses).toEqual(['0x1', '0x0', '0x1', '0x1', '0x0', '0x0', '0x1']);

      const to = getCreateAddress({ from: world.wallet.address, nonce: 0 });
      const calls = new Interface(ANCHOR_REGISTRY_ABI);
      for (const name of ['latest', 'logInfo']) {
        const call = { to, data: calls.encodeFunctionData(name, [LOG_ID]) };
        expect(await ours('eth_call', [call, 'latest'])).toBe(
          await theirs('eth_call', [call, 'latest']),
        );
      }
      expect(await ours('eth_getCode', [to, 'latest'])).toBe(
        await theirs('eth_getCode', [to, 'latest']),
      );
    } finally {
      await edr.close();
    }
  });
});
