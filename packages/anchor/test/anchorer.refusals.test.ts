import { FaultProxy } from '@anchorlog/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { RegistryChain } from '../src/chain.ts';
import type { RegistryConfig } from '../src/config.ts';
import { encodeAnchor, logIdOf } from '../src/registry.ts';
import { TestLog } from './test-log.ts';
import {
  ORIGIN,
  administer,
  createWorld,
  fastClock,
  freshLog,
  settle,
  type World,
} from './world.ts';

const world = await createWorld();
afterAll(() => world[Symbol.asyncDispose]());

describe('Anchorer, when it may not anchor', () => {
  test('waits for a suspended log to be resumed', async () => {
    const { origin } = await freshLog(world);
    const clock = fastClock();
    const anchorer = await world.anchorer({ source: new TestLog(3), origin, clock });
    await administer(world, 'suspend', [logIdOf(origin)]);
    await anchorer.tick();
    expect(anchorer.status()).toMatchObject({
      state: 'retrying',
      problem: { code: 'ANCHOR_LOG_SUSPENDED' },
    });
    await administer(world, 'resume', [logIdOf(origin)]);
    await settle(anchorer, clock);
  });

  test('asks first, and sends nothing that would be reverted', async () => {
    const { origin } = await freshLog(world);
    await (await world.anchorer({ source: new TestLog(12), origin })).anchor();
    const chain = new RegistryChain(world.registry, origin);
    const data = encodeAnchor(origin, new TestLog(12).headAt(12), []);
    const asked = chain.simulate({ from: world.operator, data, gas: 300_000n });
    await expect(asked).rejects.toMatchObject({
      code: 'ANCHOR_TX_REFUSED',
      context: { reason: 'AnchorRegistryAlreadyAnchored' },
    });
  });

  test.each([
    ['by seals', world.finality],
    ['by depth', { kind: 'depth', blocks: 1 } as const],
  ])('stops when the log is closed, and that is final %s', async (_, finality) => {
    const { origin } = await freshLog(world);
    const anchorer = await world.anchorer({ source: new TestLog(3), origin, finality });
    await administer(world, 'close', [logIdOf(origin), 0]);
    if (finality.kind === 'depth') await world.devchain.mine();
    await expect(anchorer.anchor()).rejects.toMatchObject({ code: 'ANCHOR_LOG_CLOSED' });
  });

  test.each([
    ['the event is not shown', 'eth_getLogs', []],
    ['its transaction is gone', 'eth_getTransactionReceipt', null],
    ['its block is gone', 'eth_getBlockByHash', null],
  ])('waits when the log is closed, and %s', async (_, method, result) => {
    const { origin } = await freshLog(world);
    await using proxy = await FaultProxy.open(world.devchain.url);
    const chain = { ...world.registry, url: proxy.url };
    const clock = fastClock();
    const anchorer = await world.anchorer({ source: new TestLog(3), origin, chain, clock });
    await administer(world, 'close', [logIdOf(origin), 0]);
    proxy.faults = (request) =>
      request.method === method ? { kind: 'result', result } : undefined;
    await anchorer.tick();
    expect(anchorer.status()).toMatchObject({
      state: 'retrying',
      problem: { code: 'ANCHOR_CHAIN_UNPROVEN' },
    });
    proxy.faults = () => undefined;
    await expect(anchorer.anchor()).rejects.toMatchObject({ code: 'ANCHOR_LOG_CLOSED' });
  });

  test('waits when others than the pinned validators sealed the closing', async () => {
    const { origin } = await freshLog(world);
    const validators = world.devchain.accounts.map(({ address }) => address);
    const finality = { kind: 'sealed', validatorSets: [{ fromBlock: 0, validators }] } as const;
    const anchorer = await world.anchorer({ source: new TestLog(3), origin, finality });
    await administer(world, 'close', [logIdOf(origin), 0]);
    await anchorer.tick();
    expect(anchorer.status().problem).toMatchObject({ code: 'ANCHOR_CHAIN_UNPROVEN' });
  });

  test('waits for the operator to be set, and for the log to be registered', async () => {
    const { origin } = await freshLog(world);
    const clock = fastClock();
    const anchorer = await world.anchorer({ source: new TestLog(3), origin, clock });
    const other = world.devchain.accounts[5]!.address;
    await administer(world, 'rotateOperator', [logIdOf(origin), other]);
    await anchorer.tick();
    expect(anchorer.status().problem?.code).toBe('ANCHOR_OPERATOR_FOREIGN');
    await administer(world, 'rotateOperator', [logIdOf(origin), world.operator]);
    await settle(anchorer, clock);

    const later = await world.anchorer({
      source: new TestLog(3),
      origin: 'example.gov/later',
      clock,
    });
    await later.tick();
    expect(later.status().problem?.code).toBe('ANCHOR_LOG_UNREGISTERED');
    await administer(world, 'register', ['example.gov/later', world.operator, true, 100]);
    await settle(later, clock);
  });

  test('sends nothing when the log has grown by more than one anchor may', async () => {
    await using narrow = await createWorld({ maxStep: 100 });
    const source = new TestLog(100);
    const anchorer = await narrow.anchorer({ source });
    await anchorer.anchor();
    source.grow(101);
    await anchorer.tick();
    const { state, problem, inFlight } = anchorer.status();
    expect([state, problem?.code, inFlight?.state]).toEqual([
      'retrying',
      'ANCHOR_STEP_TOO_LARGE',
      'prepared',
    ]);
    expect(problem?.message).toContain('grew by 101 entries');
  });
});

describe('Anchorer, when it stands before another chain or log', () => {
  async function problemOf(changes: Partial<RegistryConfig>): Promise<string | undefined> {
    const { origin } = await freshLog(world);
    const chain = { ...world.registry, ...changes };
    const anchorer = await world.anchorer({ source: new TestLog(3), origin, chain });
    await anchorer.tick();
    expect(anchorer.status().inFlight).toBeUndefined();
    return anchorer.status().problem?.code;
  }

  test('sends nothing to a chain of another id, or a contract with other code', async () => {
    expect(await problemOf({ chainId: 1 })).toBe('ANCHOR_CHAIN_MISMATCH');
    expect(await problemOf({ codeHash: `0x${'11'.repeat(32)}` })).toBe('ANCHOR_CONTRACT_MISMATCH');
    expect(await problemOf({ contract: world.operator })).toBe('ANCHOR_CONTRACT_MISMATCH');
  });

  test('skips an endpoint of another chain', async () => {
    const { origin } = await freshLog(world);
    await using other = await createWorld({ chainId: 7 });
    const url = [other.devchain.url, world.devchain.url];
    const chain = { ...world.registry, url };
    const anchorer = await world.anchorer({ source: new TestLog(3), origin, chain });
    await anchorer.anchor();
    expect(anchorer.status().problem).toBeUndefined();
  });

  test('waits when the chain shows less than it has made final', async () => {
    const dir = await world.folder();
    const source = new TestLog(3);
    const clock = fastClock();
    await using anchored = await anchoredWorld(source, dir);
    const chain = { ...anchored.registry };
    // The same addresses on a chain that began anew: a node that lost its state.
    await using fresh = await createWorld();
    expect(fresh.registry.contract).toBe(chain.contract);
    const behind = await world.anchorer({
      source,
      dir,
      clock,
      origin: ORIGIN,
      chain: { ...chain, url: fresh.devchain.url },
    });
    source.grow(1);
    await behind.tick();
    expect(behind.status()).toMatchObject({
      state: 'retrying',
      problem: { code: 'ANCHOR_CHAIN_BEHIND' },
    });
    await behind.close();
    const again = await world.anchorer({ source, dir, clock, origin: ORIGIN, chain });
    await settle(again, clock);
    expect(again.latest?.number).toBe(2);
  });

  test('stops when the log is smaller than what it has journalled', async () => {
    const dir = await world.folder();
    await using anchored = await anchoredWorld(new TestLog(10), dir);
    for (const source of [new TestLog(9), new TestLog(0)]) {
      const anchorer = await anchored.anchorer({ source, dir });
      await expect(anchorer.run()).rejects.toMatchObject({ code: 'ANCHOR_SOURCE_BEHIND' });
      await anchorer.close();
    }
  });
});

/** A world in which the log's head is final, and the journal in `dir` is closed. */
async function anchoredWorld(source: TestLog, dir: string): Promise<World> {
  const made = await createWorld();
  await using anchorer = await made.anchorer({ source, dir });
  await anchorer.anchor();
  return made;
}
