import { Wallet } from 'ethers';
import { afterAll, describe, expect, test } from 'vitest';
import { deployRegistry, registerLog } from '../src/deploy.ts';
import { ANCHOR_REGISTRY_CODE_HASH } from '../src/generated/anchor-registry.ts';
import { readChainHeads } from '../src/reader.ts';
import { logIdOf } from '../src/registry.ts';
import { addressOfKey } from '../src/sender.ts';
import { FaultProxy } from '@anchorlog/testkit';
import { TestLog } from './test-log.ts';
import { createWorld, fastClock, freshLog } from './world.ts';

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
    const deploying = deployRegistry({ chain, authority: world.operator, ...quick, clock });
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
    const heads = await readChainHeads({ chain, origin });
    expect(heads.map(({ number, size }) => [number, size])).toEqual([
      [1, 3],
      [2, 5],
      [3, 7],
      [4, 9],
    ]);
    expect(heads[2]).toMatchObject({ ...source.headAt(7), checked: true });
    expect(await readChainHeads({ chain, origin, after: 2 })).toEqual(heads.slice(2));
    expect(await readChainHeads({ chain, origin, after: 3 })).toEqual(heads.slice(3));
    expect(await readChainHeads({ chain, origin, after: 4 })).toEqual([]);
  });

  test('does not take events that leave a gap, or end elsewhere than the contract', async () => {
    const { origin } = await freshLog(world);
    const source = new TestLog(3);
    const anchorer = await world.anchorer({ source, origin });
    await anchorer.anchor();
    await anchorer.anchor(source.grow(2));
    await using proxy = await FaultProxy.open(world.devchain.url);
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
  const answer = await fetch(world.devchain.url, { method: 'POST', body });
  const { result } = (await answer.json()) as { result: readonly { topics: readonly string[] }[] };
  return result.filter(({ topics }) => topics.length === 3); // heads, not the registration
}
