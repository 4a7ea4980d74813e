import { Contract, isError, keccak256, toUtf8Bytes, type TransactionReceipt } from 'ethers';
import { describe, expect, test } from 'vitest';
import { createDevchain } from '../src/index.ts';
import { PLAIN, blockOf, createWorld, deployRegistry } from './world.ts';

const ORIGIN = 'example.gov/licenses';
const LOG_ID = keccak256(toUtf8Bytes(ORIGIN));
const word = (byte: number): string => `0x${byte.toString(16).padStart(2, '0').repeat(32)}`;

/** Send through a contract's function and wait. */
async function transact(
  contract: Contract,
  name: string,
  ...args: readonly unknown[]
): Promise<TransactionReceipt> {
  const sent = await contract.getFunction(name).send(...args, PLAIN);
  return (await sent.wait())!;
}

describe('createDevchain', () => {
  test('lets ethers deploy, send, call and read logs', async () => {
    await using world = await createWorld();
    const registry = await deployRegistry(world.wallet);
    const { address } = world.wallet;
    await transact(registry, 'register', ORIGIN, address, true, 2 ** 32);
    const receipt = await transact(registry, 'anchor', LOG_ID, 1, word(1), word(0), []);
    expect(receipt).toMatchObject({ status: 1, type: 0, from: address, to: registry.target });

    const [event] = await registry.queryFilter('TreeHeadAnchored', 0, 'latest');
    expect(registry.interface.parseLog(event!)!.args.toArray()).toEqual([
      LOG_ID,
      1n,
      1337n,
      1n,
      word(1),
      word(0),
      true,
    ]);
    expect(await registry.queryFilter('TreeHeadAnchored', 0, receipt.blockNumber - 1)).toEqual([]);
    expect((await registry.getFunction('latest')(LOG_ID)) as unknown).toBeDefined();
  });

  test('gives the data of a revert to calls, estimates and mined transactions', async () => {
    await using world = await createWorld();
    const registry = await deployRegistry(world.wallet);
    const anchor = registry.getFunction('anchor');
    const args = [LOG_ID, 1, word(1), word(0), []] as const;
    for (const attempt of [() => anchor.staticCall(...args), () => anchor.estimateGas(...args)]) {
      const error: unknown = await attempt().catch((caught: unknown) => caught);
      if (!isError(error, 'CALL_EXCEPTION')) throw error;
      const reason = registry.interface.parseError(error.data!);
      expect([reason!.name, ...reason!.args]).toEqual(['AnchorRegistryUnregistered', LOG_ID]);
    }
    const sent = await anchor.send(...args, PLAIN);
    await expect(sent.wait()).rejects.toMatchObject({ code: 'CALL_EXCEPTION' });
    expect(await world.provider.getTransactionReceipt(sent.hash)).toMatchObject({
      status: 0,
      logs: [],
    });
  });

  test('estimates gas that suffices, and hardly more than is used', async () => {
    await using world = await createWorld();
    const registry = await deployRegistry(world.wallet);
    const register = registry.getFunction('register');
    const args = [ORIGIN, world.wallet.address, true, 2 ** 32] as const;
    const gasLimit = await register.estimateGas(...args);
    const sent = await register.send(...args, { ...PLAIN, gasLimit });
    const receipt = await sent.wait();
    expect(receipt).toMatchObject({ status: 1 });
    expect(Number(gasLimit)).toBeLessThan(Number(receipt!.gasUsed) * 1.05);
    expect(await world.provider.estimateGas({ to: world.wallet.address })).toBe(21_000n);
  });

  test('starts with a sealed block, the same accounts and validators every time, and all funds', async () => {
    await using one = await createWorld({
      genesisTime: 1_782_000_000,
      clock: () => 1_782_000_005_999,
    });
    await using other = await createWorld({
      genesisTime: 1_782_000_000,
      clock: () => 1_782_000_005_999,
    });
    expect(one.chain.validators).toEqual(other.chain.validators);
    expect(one.chain.accounts).toEqual(other.chain.accounts);
    expect(await blockOf(one, 'latest')).toEqual(await blockOf(other, 'latest'));
    expect(await blockOf(one, 'latest')).toMatchObject({ number: '0x1', timestamp: '0x6a372985' });
    expect(await one.provider.getBalance(one.wallet.address)).toBe(10_000n * 10n ** 18n);
  });

  test('is another chain with another id and number of validators', async () => {
    await using world = await createWorld({ chainId: 20_260, validators: 7 });
    expect(world.chain.validators).toHaveLength(7);
    expect(await world.send('eth_chainId')).toBe('0x4f24');
    expect(await world.send('net_version')).toBe('20260');
    await expect(createDevchain({ validators: 0 })).rejects.toThrow(RangeError);
  });

  test('never sets a block time ahead of the clock, nor back', async () => {
    let now = 1_782_000_000_000;
    await using world = await createWorld({ clock: () => now });
    const time = async (): Promise<number> => Number((await blockOf(world, 'latest')).timestamp);
    await world.chain.mine();
    expect(await time()).toBe(1_782_000_000);
    now += 2_500;
    await world.chain.mine();
    expect(await time()).toBe(1_782_000_002);
    now -= 60_000;
    await world.chain.mine();
    expect(await time()).toBe(1_782_000_002);
  });

  test('mines what waits at its block time, several transactions in a block', async () => {
    await using world = await createWorld({ blockTimeMs: 60_000 });
    const to = world.chain.accounts[1]!.address;
    const sent = [];
    for (let nonce = 0; nonce < 5; nonce++) {
      sent.push(await world.wallet.sendTransaction({ to, ...PLAIN, gasLimit: 21_000, nonce }));
    }
    expect(await world.send('eth_getTransactionReceipt', sent[0]!.hash)).toBeNull();
    expect(await world.send('eth_getTransactionByHash', sent[0]!.hash)).toMatchObject({
      blockHash: null,
    });
    expect(await world.provider.getTransactionCount(world.wallet.address, 'pending')).toBe(5);
    expect(await world.provider.getTransactionCount(world.wallet.address, 'latest')).toBe(0);
    expect(await world.chain.mine()).toBe(2);
    const block = await blockOf(world, 2);
    expect(block.transactions).toEqual(sent.map(({ hash }) => hash));
    expect(block.gasUsed).toBe(`0x${(5 * 21_000).toString(16)}`);
  });

  test('makes blocks of its own accord when it has a block time', async () => {
    await using world = await createWorld({ blockTimeMs: 5 });
    const mined = await new Promise<number>((resolve) => {
      void world.provider.on('block', (number: number) => {
        if (number >= 4) resolve(number);
      });
    });
    expect(mined).toBeGreaterThanOrEqual(4);
  });

  test('keeps a transaction with a later nonce until the gap is filled', async () => {
    await using world = await createWorld();
    const to = world.chain.accounts[1]!.address;
    const send = (nonce: number): Promise<unknown> =>
      world.wallet.sendTransaction({ to, ...PLAIN, gasLimit: 21_000, nonce });
    await send(2);
    await send(1);
    expect(await world.provider.getTransactionCount(world.wallet.address, 'pending')).toBe(0);
    await send(0);
    expect((await blockOf(world, 'latest')).transactions).toHaveLength(3);
  });

  test('puts no more into a block than its gas allows', async () => {
    await using world = await createWorld({ blockTimeMs: 60_000 });
    const to = world.chain.accounts[1]!.address;
    for (let nonce = 0; nonce < 3; nonce++) {
      await world.wallet.sendTransaction({ to, ...PLAIN, gasLimit: 15_000_000, nonce });
    }
    await world.chain.mine();
    expect((await blockOf(world, 'latest')).transactions).toHaveLength(3); // unused gas is given back
    for (let nonce = 3; nonce < 5; nonce++) {
      await world.wallet.sendTransaction({ to, ...PLAIN, gasLimit: 30_000_000, nonce });
    }
    await world.chain.mine();
    expect((await blockOf(world, 'latest')).transactions).toHaveLength(1);
    await world.chain.mine();
    expect((await blockOf(world, 'latest')).transactions).toHaveLength(1);
  });

  test('drops a transaction whose sender has spent the funds since', async () => {
    await using world = await createWorld({ blockTimeMs: 60_000 });
    const [, second] = world.chain.accounts;
    const all = await world.provider.getBalance(world.wallet.address);
    const spend = (nonce: number): Promise<{ hash: string }> =>
      world.wallet.sendTransaction({
        to: second!.address,
        value: all,
        ...PLAIN,
        gasLimit: 21_000,
        nonce,
      });
    await spend(0);
    const { hash } = await spend(1);
    await world.chain.mine();
    expect((await blockOf(world, 'latest')).transactions).toHaveLength(1);
    expect(await world.send('eth_getTransactionByHash', hash)).toBeNull();
  });

  test('answers about the state of older blocks', async () => {
    await using world = await createWorld();
    const to = world.chain.accounts[1]!.address;
    const before = await world.provider.getBalance(to);
    await (await world.wallet.sendTransaction({ to, value: 7n, ...PLAIN })).wait();
    expect(await world.provider.getBalance(to)).toBe(before + 7n);
    expect(await world.provider.getBalance(to, 1)).toBe(before);
    expect(await world.provider.getTransactionCount(world.wallet.address, 1)).toBe(0);
  });

  test('shows contracts the hashes of the blocks before', async () => {
    await using world = await createWorld();
    // Runtime code: return blockhash(calldata word).
    const runtime = '6000354060005260206000f3';
    const init = `0x6b${runtime}600052600c6014f3`;
    const made = await (await world.wallet.sendTransaction({ data: init, ...PLAIN })).wait();
    const { hash } = await blockOf(world, 1);
    const found = await world.provider.call({
      to: made!.contractAddress!,
      data: `0x${'1'.padStart(64, '0')}`,
    });
    expect(found).toBe(hash);
  });
});
