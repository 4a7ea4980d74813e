import { Interface, Wallet, type Result } from 'ethers';
import { afterAll, describe, expect, test } from 'vitest';
import { deployRegistry, registerLog } from '../src/deploy.ts';
import {
  ANCHOR_REGISTRY_ABI,
  ANCHOR_REGISTRY_CODE_HASH,
} from '../src/generated/anchor-registry.ts';
import { readChainHeads } from '../src/reader.ts';
import { logIdOf } from '../src/registry.ts';
import { addressOfKey } from '../src/sender.ts';
import { FaultProxy } from '@anchorlog/testkit';
import { TestLog } from './test-log.ts';
import { administer, createWorld, fastClock, freshLog } from './world.ts';

const world = await createWorld();
afterAll(() => world[Symbol.asyncDispose]());
const access = { url: world.devchain.url, chainId: 1337 };
const quick = { key: world.authorityKey, pollMs: 5 };

describe('deployRegistry', () => {
  test('deploys the code that a policy can pin', async () => {
    const deployed = await deployRegistry({ chain: access, authority: world.operator, ...quick });
    expect(deployed).toMatchObject({ codeHash: ANCHOR_REGISTRY_CODE_HASH });
    const heads = readChainHeads({ chain: { ...access, ...deployed }, origin: 'x' });
    await expect(heads).rejects.toMatchObject({ code: 'ANCHOR_LOG_UNREGISTERED' });
  });

  test('says so when the transaction is not mined in time', async () => {
    await using slow = await createWorld({ manual: true });
    const chain = { url: slow.devchain.url, chainId: 1337 };
    const clock = fastClock();
    const deploying = deployRegistry({
      chain,
      authority: world.operator,
      ...quick,
      pollMs: 500,
      clock,
    });
    await expect(deploying).rejects.toMatchObject({ code: 'ANCHOR_TX_PENDING' });
  });
});

describe('registerLog', () => {
  test('can be called again with the same rules, and not with others', async () => {
    const log = { chain: world.registry, origin: 'example.gov/again', operator: world.operator };
    const { logId } = await registerLog({ ...log, ...quick });
    expect(logId).toBe(logIdOf('example.gov/again'));
    expect(await registerLog({ ...log, ...quick })).toEqual({ logId });
    for (const change of [
      { operator: world.devchain.accounts[7]!.address },
      { checked: false },
      { maxStep: 5 },
    ]) {
      await expect(registerLog({ ...log, ...quick, ...change })).rejects.toMatchObject({
        code: 'ANCHOR_LOG_REGISTERED',
      });
    }
  });

  test('is the authority’s alone', async () => {
    const log = { chain: world.registry, origin: 'example.gov/mine', operator: world.operator };
    await expect(registerLog({ ...log, ...quick, key: world.operatorKey })).rejects.toMatchObject({
      code: 'ANCHOR_TX_REVERTED',
    });
  });
});

describe('readChainHeads', () => {
  test('reads all heads in order, or those after a number', async () => {
    const { origin } = await freshLog(world);
    const source = new TestLog(3);
    const anchorer = await world.anchorer({ source, origin });
    await anchorer.anchor();
    for (let i = 0; i < 3; i++) {
      await world.devchain.mine();
      await anchorer.anchor(source.grow(2));
    }
    const chain = world.registry;
    const { heads, closedNumber } = await readChainHeads({ chain, origin });
    expect(closedNumber).toBeUndefined();
    expect(heads.map(({ number, size }) => [number, size])).toEqual([
      [1, 3],
      [2, 5],
      [3, 7],
      [4, 9],
    ]);
    expect(heads[2]).toMatchObject({ ...source.headAt(7), checked: true });
    for (const after of [2, 3, 4]) {
      const later = await readChainHeads({ chain, origin, after });
      expect(later.heads).toEqual(heads.slice(after));
    }
  });

  test('says with which head the log was closed', async () => {
    const { origin } = await freshLog(world);
    const source = new TestLog(3);
    const anchorer = await world.anchorer({ source, origin });
    await anchorer.anchor();
    await anchorer.anchor(source.grow(2));
    await administer(world, 'close', [logIdOf(origin), 1]);
    const { heads, closedNumber } = await readChainHeads({ chain: world.registry, origin });
    expect(heads.map(({ number }) => number)).toEqual([1, 2]);
    expect(closedNumber).toBe(1);
  });

  test('does not look for a head in blocks that are yet to come', async () => {
    const { origin, proxy } = await anchoredTwice();
    await using _ = proxy;
    // The contract's answer, with the latest head in block 2^53 - 1.
    proxy.faults = ({ method }) => {
      if (method === 'eth_getLogs') return { kind: 'result', result: [] };
      return method === 'eth_call' ? { kind: 'change', change: inLastBlock } : undefined;
    };
    const chain = { ...world.registry, url: proxy.url };
    await expect(readChainHeads({ chain, origin })).rejects.toMatchObject({
      code: 'ANCHOR_RPC_MALFORMED',
    });
    expect(proxy.of('eth_getLogs')).toHaveLength(0);
  });

  test('leaves a node that is for ever about to name the next head', async () => {
    const { origin, proxy } = await anchoredTwice();
    await using _ = proxy;
    proxy.faults = ({ method }) => {
      if (method === 'eth_getLogs') return { kind: 'result', result: [] };
      if (method === 'eth_blockNumber') return { kind: 'result', result: '0x1fffffffffffff' };
      return method === 'eth_call' ? { kind: 'change', change: inLastBlock } : undefined;
    };
    const chain = { ...world.registry, url: proxy.url };
    await expect(readChainHeads({ chain, origin, deadlineMs: 300 })).rejects.toMatchObject({
      code: 'ANCHOR_RPC_TIMEOUT',
      context: { deadlineMs: 300 },
    });
  });

  test.each([
    ['that is not the pinned one', 500_000, 'ANCHOR_CONTRACT_MISMATCH'],
    ['that is longer than an answer may be', 7_500_000, 'ANCHOR_RPC_LIMIT'],
  ])('refuses code %s', async (_name, length, code) => {
    const { origin, proxy } = await anchoredTwice();
    await using _ = proxy;
    const result = `0x${'60'.repeat(length)}`;
    proxy.faults = ({ method }) =>
      method === 'eth_getCode' ? { kind: 'result', result } : undefined;
    const chain = { ...world.registry, url: proxy.url, requestTimeoutMs: 20_000 };
    await expect(readChainHeads({ chain, origin })).rejects.toMatchObject({ code });
  });

  test('does not take events that leave a gap, or end elsewhere than the contract', async () => {
    const { origin, proxy } = await anchoredTwice();
    await using _ = proxy;
    const chain = { ...world.registry, url: proxy.url };
    const whole = (await rawLogs(origin)) as readonly unknown[];
    expect(whole).toHaveLength(2);
    for (const result of [
      [],
      whole.slice(1),
      whole.slice(0, 1),
      [whole[1], whole[0]],
      [whole[0], whole[0]],
    ]) {
      proxy.faults = ({ method }) =>
        method === 'eth_getLogs' ? { kind: 'result', result } : undefined;
      await expect(readChainHeads({ chain, origin })).rejects.toMatchObject({
        code: 'ANCHOR_RPC_MALFORMED',
      });
    }
  });
});

/** A fresh log with two heads on the chain, and a proxy before its node. */
async function anchoredTwice(): Promise<{ origin: string; proxy: FaultProxy }> {
  const { origin } = await freshLog(world);
  const source = new TestLog(3);
  const anchorer = await world.anchorer({ source, origin });
  await anchorer.anchor();
  await anchorer.anchor(source.grow(2));
  return { origin, proxy: await FaultProxy.open(world.devchain.url) };
}

/** Change what `logInfo` returns: the block of the latest head becomes 2^53 - 1. */
function inLastBlock(result: unknown): string {
  const abi = new Interface(ANCHOR_REGISTRY_ABI);
  const info = abi.decodeFunctionResult('logInfo', String(result))[0] as Result; // a struct
  const changed = { ...info.toObject(), blockNumber: 2n ** 53n - 1n };
  return abi.encodeFunctionResult('logInfo', [changed]);
}

describe('addressOfKey', () => {
  test('is in lower case', () => {
    const { address } = new Wallet(world.operatorKey);
    expect(addressOfKey(world.operatorKey)).toBe(address.toLowerCase());
  });
});

async function rawLogs(origin: string): Promise<unknown> {
  const filter = {
    address: world.registry.contract,
    fromBlock: '0x0',
    topics: [null, logIdOf(origin)],
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getLogs', params: [filter] });
  const answer = await fetch(world.devchain.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { result } = (await answer.json()) as { result: readonly { topics: readonly string[] }[] };
  return result.filter(({ topics }) => topics.length === 3); // heads, not the registration
}
