import { ANCHOR_REGISTRY_ABI, addressOfKey, deployRegistry, registerLog } from '@anchorlog/anchor';
import { DIGEST_BYTES } from '@anchorlog/core';
import { createDevchain } from '@anchorlog/devchain';
import { logId } from '@anchorlog/evm-proof';
import { MemoryTree, proveConsistency } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { Interface, JsonRpcProvider, Network, Wallet } from 'ethers';
import type { BenchRow } from './row.ts';

const SIZE = 1_000_000;
const STEP = 1000;
const STEPS = 20;
const ORIGIN = 'bench.example.gov/gas';

/** Measure the gas of anchors near a million entries: consistency checked by the contract, index root stored. */
export async function benchGas(): Promise<BenchRow[]> {
  const hasher = nodeTreeHasher();
  const tree = new MemoryTree(hasher);
  const row = new Uint8Array((SIZE + STEP * STEPS) * DIGEST_BYTES);
  new DataView(row.buffer).setUint32(0, 1);
  for (let i = 0; i < row.length; i += DIGEST_BYTES)
    row.set(hasher.leaf(row.subarray(i, i + 4)), i);
  tree.append(row);

  await using chain = await createDevchain();
  const { url, chainId, accounts } = chain;
  const key = accounts[0]!.privateKey;
  const registry = await deployRegistry({
    chain: { url, chainId },
    authority: accounts[0]!.address,
    key,
    pollMs: 5,
  });
  const operator = accounts[1]!.privateKey;
  await registerLog({
    chain: { url, chainId, contract: registry.contract },
    origin: ORIGIN,
    operator: addressOfKey(operator),
    key,
    pollMs: 5,
  });
  const network = Network.from(chainId);
  const provider = new JsonRpcProvider(url, network, {
    staticNetwork: network,
    cacheTimeout: -1,
    batchMaxCount: 1,
  });
  const wallet = new Wallet(operator, provider);
  const abi = new Interface(ANCHOR_REGISTRY_ABI);
  const gas: number[] = [];
  try {
    for (let i = 0; i <= STEPS; i++) {
      const sizes = { olderSize: SIZE + (i - 1) * STEP, newerSize: SIZE + i * STEP };
      const proof = i === 0 ? [] : proveConsistency(sizes, tree.node, hasher);
      const indexRoot = hasher.leaf(Uint8Array.of(i));
      const data = abi.encodeFunctionData('anchor', [
        logId(ORIGIN),
        sizes.newerSize,
        tree.root(sizes.newerSize),
        indexRoot,
        proof,
      ]);
      const sent = await wallet.sendTransaction({
        to: registry.contract,
        data,
        type: 0,
        gasPrice: 0,
        gasLimit: 1_000_000,
        nonce: i,
      });
      const receipt = await provider.getTransactionReceipt(sent.hash);
      if (receipt?.status !== 1) throw new Error('the contract refused an anchor');
      gas.push(Number(receipt.gasUsed));
    }
  } finally {
    provider.destroy();
  }
  const steady = gas.slice(1);
  const mean = steady.reduce((sum, each) => sum + each, 0) / steady.length;
  const worst = Math.max(...steady);
  return [
    {
      name: `anchor ${STEP.toLocaleString('en')} more at a million entries, mean`,
      value: mean,
      unit: 'gas',
      against: `first anchor ${gas[0]!.toLocaleString('en')}`,
      ratio: undefined,
      goal: '≤ 95,000',
      met: mean <= 95_000,
    },
    {
      name: 'the same, worst of 20',
      value: worst,
      unit: 'gas',
      against: '',
      ratio: undefined,
      goal: '≤ 105,000',
      met: worst <= 105_000,
    },
  ];
}
