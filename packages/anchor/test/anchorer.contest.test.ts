import { Wallet } from 'ethers';
import { describe, expect, test } from 'vitest';
import type { AnchorSource } from '../src/anchor.ts';
import type { Anchorer } from '../src/anchorer.ts';
import { readChainHeads } from '../src/reader.ts';
import { encodeAnchor } from '../src/registry.ts';
import { FaultProxy, first } from '@anchorlog/testkit';
import { TestLog } from './test-log.ts';
import { ORIGIN, allOf, anchorsOf, createWorld, fastClock, settle, type World } from './world.ts';

/** A log of which only the first entries are seen. */
function prefixOf(log: TestLog, size: number): AnchorSource {
  return { head: () => log.headAt(size), proveConsistency: (sizes) => log.proveConsistency(sizes) };
}

async function headsOf(world: World): Promise<number[]> {
  const { heads } = await readChainHeads({ chain: world.registry, origin: ORIGIN });
  return heads.map(({ size }) => size);
}

/** Mine and tick until the anchorer is idle or has stopped. */
async function mineAndSettle(world: World, anchorer: Anchorer): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await world.devchain.mine();
    await anchorer.tick();
    if (anchorer.status().state === 'idle') return;
  }
  throw new Error(`not settled: ${JSON.stringify(anchorer.status())}`);
}

// Two anchorers with the operator's key and journals of their own: what the first sends is in the pool when the second makes its
// transaction, so that both are mined in one block and the second is reverted.
describe('Anchorer, when another anchorer was first', () => {
  test('adopts the same head', async () => {
    await using world = await createWorld({ manual: true });
    const log = new TestLog(10);
    const rival = await world.anchorer({ source: log });
    const anchorer = await world.anchorer({ source: log });
    await rival.tick();
    await anchorer.tick();
    expect(anchorer.status().inFlight?.nonce).toBe(rival.status().inFlight!.nonce! + 1);
    await mineAndSettle(world, anchorer);
    await mineAndSettle(world, rival);
    expect(await headsOf(world)).toEqual([10]);
    expect(await allOf(anchorer)).toEqual(await allOf(rival));
  });

  test('proves anew from a smaller head, with a new nonce', async () => {
    await using world = await createWorld({ manual: true });
    const log = new TestLog(10);
    const rival = await world.anchorer({ source: prefixOf(log, 6) });
    const anchorer = await world.anchorer({ source: log });
    await rival.tick();
    await anchorer.tick();
    const nonce = anchorer.status().inFlight!.nonce!;
    await world.devchain.mine();
    await anchorer.tick();
    expect(anchorer.status().inFlight).toMatchObject({ nonce: nonce + 1, attempts: 2 });
    await mineAndSettle(world, anchorer);
    expect(await headsOf(world)).toEqual([6, 10]);
    expect(await anchorsOf(anchorer)).toEqual([
      { number: 1, size: 6 },
      { number: 2, size: 10 },
    ]);
  });

  test('lets go of its head where a larger one covers it that the log has', async () => {
    await using world = await createWorld({ manual: true });
    const log = new TestLog(10);
    const rival = await world.anchorer({ source: log });
    let visible = 6;
    const anchorer = await world.anchorer({
      source: { ...prefixOf(log, 10), head: () => log.headAt(visible) },
    });
    await rival.tick();
    await anchorer.tick();
    visible = 10;
    await mineAndSettle(world, anchorer);
    expect(await anchorsOf(anchorer)).toEqual([{ number: 1, size: 10 }]);
    const covering = await anchorer.anchor({ size: 6 });
    expect(covering.head.size).toBe(10);
  });

  test('stops where the chain has a larger head than the log', async () => {
    await using world = await createWorld();
    const log = new TestLog(10);
    await (await world.anchorer({ source: log })).anchor();
    const restored = await world.anchorer({ source: new TestLog(6) });
    await expect(restored.anchor()).rejects.toMatchObject({ code: 'ANCHOR_CHAIN_AHEAD' });
    expect(restored.status()).toMatchObject({
      state: 'stopped',
      problem: { code: 'ANCHOR_CHAIN_AHEAD' },
    });
    await expect(restored.run()).rejects.toMatchObject({ code: 'ANCHOR_CHAIN_AHEAD' });
    expect(await headsOf(world)).toEqual([10]);
  });

  test.each([
    ['of the same size', 10],
    ['that is no prefix of it', 12],
  ])('stops where the chain has a head %s that the log does not have', async (_, size) => {
    await using world = await createWorld();
    await (await world.anchorer({ source: new TestLog(10) })).anchor();
    const other = await world.anchorer({ source: new TestLog(size, 'other') });
    await expect(other.anchor()).rejects.toMatchObject({ code: 'ANCHOR_CHAIN_CONFLICT' });
    expect(await headsOf(world)).toEqual([10]);
  });

  test('stops where the chain has the same tree with another index root', async () => {
    await using world = await createWorld();
    const log = new TestLog(10);
    await (await world.anchorer({ source: log })).anchor();
    const indexRoot = new Uint8Array(32).fill(1);
    const source = { ...prefixOf(log, 10), head: () => ({ ...log.headAt(10), indexRoot }) };
    const other = await world.anchorer({ source });
    await expect(other.anchor()).rejects.toMatchObject({ code: 'ANCHOR_CHAIN_CONFLICT' });
  });

  test('goes on with it for many heads: each is on chain once, and both journals have all', async () => {
    await using world = await createWorld();
    const log = new TestLog(1);
    const both = [await world.anchorer({ source: log }), await world.anchorer({ source: log })];
    for (let i = 0; i < 12; i++) {
      log.grow(1 + (i % 3));
      await Promise.all(both.map((each) => each.tick()));
    }
    for (const each of both) await each.anchor();
    log.grow(1);
    for (const each of both) await each.anchor();
    const { heads } = await readChainHeads({ chain: world.registry, origin: ORIGIN });
    const expected = heads.map(({ number, size }) => ({ number, size }));
    expect(expected.map(({ number }) => number)).toEqual(expected.map((_, i) => i + 1));
    expect(new Set(expected.map(({ size }) => size)).size).toBe(expected.length);
    for (const each of both) expect(await anchorsOf(each)).toEqual(expected);
  });
});

describe('Anchorer, with its nonces', () => {
  test('sends the same bytes again when the node took them and lost them', async () => {
    await using world = await createWorld();
    await using proxy = await FaultProxy.open(world.devchain.url);
    const clock = fastClock();
    proxy.faults = first(3, 'eth_sendRawTransaction', {
      kind: 'result',
      result: `0x${'11'.repeat(32)}`,
    });
    const anchorer = await world.anchorer({
      source: new TestLog(10),
      chain: { ...world.registry, url: proxy.url },
      clock,
      resendMs: 20,
    });
    const problems = await settle(anchorer, clock);
    const sent = proxy.of('eth_sendRawTransaction').map(([raw]) => raw);
    expect(sent).toHaveLength(4);
    expect(new Set(sent).size).toBe(1);
    expect(problems).toEqual([]);
    expect(await headsOf(world)).toEqual([10]);
  });

  test('sends the same bytes again after a restart', async () => {
    await using world = await createWorld();
    await using proxy = await FaultProxy.open(world.devchain.url);
    const clock = fastClock();
    const chain = { ...world.registry, url: proxy.url };
    const dir = await world.folder();
    const source = new TestLog(10);
    proxy.faults = first(1, 'eth_sendRawTransaction', { kind: 'break' });
    const before = await world.anchorer({ source, chain, clock, dir });
    await before.tick();
    const inFlight = before.status().inFlight;
    expect(inFlight).toMatchObject({ state: 'sent', attempts: 1 });
    await before.close();
    const after = await world.anchorer({ source, chain, clock, dir, resendMs: 0 });
    expect(after.status().inFlight).toEqual(inFlight);
    await settle(after, clock);
    const [first2, second] = proxy.of('eth_sendRawTransaction');
    expect(second).toEqual(first2);
    expect(await headsOf(world)).toEqual([10]);
  });

  test('shows a refusal that lasts, and does not take "already known" for one', async () => {
    await using world = await createWorld({ manual: true });
    await using proxy = await FaultProxy.open(world.devchain.url);
    const clock = fastClock();
    const chain = { ...world.registry, url: proxy.url };
    proxy.faults = first(2, 'eth_sendRawTransaction', {
      kind: 'error',
      code: -32_000,
      message: 'intrinsic gas too low',
    });
    const anchorer = await world.anchorer({ source: new TestLog(10), chain, clock, resendMs: 5 });
    await settle(anchorer, clock, () => anchorer.status().problem?.code === 'ANCHOR_RPC_REFUSED');
    await settle(anchorer, clock, () => proxy.of('eth_sendRawTransaction').length > 4);
    expect(anchorer.status()).toMatchObject({ state: 'working', problem: undefined });
    await mineAndSettle(world, anchorer);
  });

  test('takes another nonce when someone else has used its own', async () => {
    await using world = await createWorld({ manual: true });
    await using proxy = await FaultProxy.open(world.devchain.url);
    const clock = fastClock();
    const chain = { ...world.registry, url: proxy.url };
    proxy.faults = first(1000, 'eth_sendRawTransaction', {
      kind: 'result',
      result: `0x${'11'.repeat(32)}`,
    });
    const anchorer = await world.anchorer({ source: new TestLog(10), chain, clock });
    await anchorer.tick();
    const { nonce } = anchorer.status().inFlight!;
    await sendForeign(world, nonce!);
    await world.devchain.mine();
    proxy.faults = () => undefined;
    await anchorer.tick();
    expect(anchorer.status().inFlight).toMatchObject({ nonce: nonce! + 1, attempts: 2 });
    await mineAndSettle(world, anchorer);
    expect(await headsOf(world)).toEqual([10]);
  });

  test('gives up a nonce that the chain does not come to', async () => {
    await using world = await createWorld();
    await using proxy = await FaultProxy.open(world.devchain.url);
    const clock = fastClock();
    const chain = { ...world.registry, url: proxy.url };
    // The node counts three waiting transactions that it has lost since.
    proxy.faults = (request) =>
      request.method === 'eth_getTransactionCount' && request.params[1] === 'pending'
        ? { kind: 'result', result: '0x3' }
        : undefined;
    const source = new TestLog(10);
    const anchorer = await world.anchorer({ source, chain, clock, gapMs: 200 });
    await anchorer.tick();
    expect(anchorer.status().inFlight).toMatchObject({ nonce: 3, attempts: 1 });
    proxy.faults = () => undefined;
    await settle(anchorer, clock);
    expect(await headsOf(world)).toEqual([10]);
    // The stranded one is mined later, and reverted: the next head comes after it.
    source.grow(1);
    await settle(anchorer, clock);
    source.grow(1);
    await settle(anchorer, clock);
    source.grow(1);
    await settle(anchorer, clock);
    source.grow(1);
    await settle(anchorer, clock);
    expect(await headsOf(world)).toEqual([10, 11, 12, 13, 14]);
  });

  test('signs anew with the same nonce when the price was changed', async () => {
    await using world = await createWorld();
    await using proxy = await FaultProxy.open(world.devchain.url);
    const clock = fastClock();
    const chain = { ...world.registry, url: proxy.url };
    const dir = await world.folder();
    const source = new TestLog(10);
    proxy.faults = first(1, 'eth_sendRawTransaction', {
      kind: 'error',
      code: -32_000,
      message: 'gas price below minimum',
    });
    const before = await world.anchorer({ source, chain, clock, dir });
    await before.tick();
    const nonce = before.status().inFlight?.nonce;
    await before.close();
    const after = await world.anchorer({ source, chain, clock, dir, gasPrice: 7n });
    await after.tick();
    expect(after.status().inFlight).toMatchObject({ nonce, attempts: 2 });
    await settle(after, clock);
    expect(await headsOf(world)).toEqual([10]);
  });
});

describe('Anchorer, when mined transactions vanish', () => {
  const deep = { kind: 'depth', blocks: 3 } as const;

  test('sends the same bytes again', async () => {
    await using world = await createWorld({ manual: true });
    await using proxy = await FaultProxy.open(world.devchain.url);
    const chain = { ...world.registry, url: proxy.url };
    const clock = fastClock();
    const options = { source: new TestLog(10), chain, clock, finality: deep, resendMs: 0 };
    const anchorer = await world.anchorer(options);
    await anchorer.tick();
    await world.devchain.mine();
    await anchorer.tick();
    expect(anchorer.status().awaitingFinality).toBe(1);
    const gone = new Set(['eth_getTransactionReceipt', 'eth_getTransactionCount']);
    proxy.faults = ({ method }) =>
      gone.has(method)
        ? { kind: 'result', result: method === 'eth_getTransactionCount' ? '0x0' : null }
        : undefined;
    await anchorer.tick();
    expect(anchorer.status()).toMatchObject({ awaitingFinality: 0, inFlight: { attempts: 1 } });
    await anchorer.tick();
    const sent = proxy.of('eth_sendRawTransaction');
    expect(sent.length).toBeGreaterThan(1);
    expect(new Set(sent.map(([raw]) => raw)).size).toBe(1);
    proxy.faults = () => undefined;
    await mineAndSettle(world, anchorer);
    expect(await anchorsOf(anchorer)).toEqual([{ number: 1, size: 10 }]);
  });

  test.each([
    ['by its event, where the chain has it', true],
    ['as covered, where it does not', false],
  ])('takes a head that the chain went beyond %s', async (_, shown) => {
    await using world = await createWorld({ manual: true });
    await using proxy = await FaultProxy.open(world.devchain.url);
    const chain = { ...world.registry, url: proxy.url };
    const clock = fastClock();
    const source = new TestLog(10);
    const anchorer = await world.anchorer({ source, chain, clock, finality: deep });
    await anchorer.tick();
    const lost = anchorer.status().inFlight!.txHash;
    await world.devchain.mine();
    await anchorer.tick();
    source.grow(2);
    await anchorer.tick();
    await world.devchain.mine();
    await anchorer.tick();
    expect(anchorer.status().awaitingFinality).toBe(2);
    proxy.faults = ({ method, params }) => {
      if (method === 'eth_getTransactionReceipt' && params[0] === lost) {
        return { kind: 'result', result: null };
      }
      const change = (logs: unknown): unknown => (logs as unknown[]).map(renumbered); // an array
      return method === 'eth_getLogs' && !shown ? { kind: 'change', change } : undefined;
    };
    await anchorer.tick();
    expect(anchorer.status()).toMatchObject({ awaitingFinality: 1, inFlight: { size: 10 } });
    await anchorer.tick();
    expect(anchorer.status().problem).toBeUndefined();
    proxy.faults = () => undefined;
    await mineAndSettle(world, anchorer);
    const expected = shown ? [10, 12] : [12];
    expect((await anchorsOf(anchorer)).map(({ size }) => size)).toEqual(expected);
  });
});

/** Make the event of head 1, of size 10, that of another head, of size 9. */
function renumbered(value: unknown): unknown {
  const log = value as { readonly data: string; readonly topics: readonly string[] }; // from eth_getLogs
  if (Number(log.topics[2]) !== 1) return log;
  return { ...log, data: log.data.replace(`${'0'.repeat(63)}a`, `${'0'.repeat(63)}9`) };
}

/** Use a nonce of the operator for something else. */
async function sendForeign(world: World, nonce: number): Promise<void> {
  const raw = await new Wallet(world.operatorKey).signTransaction({
    type: 0,
    chainId: 1337,
    nonce,
    gasPrice: 0n,
    gasLimit: 21_000n,
    to: world.operator,
  });
  const body = { jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: [raw] };
  await fetch(world.devchain.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

// The calldata that everything above rests on.
test('encodeAnchor names the log by the hash of its origin', () => {
  const data = encodeAnchor(ORIGIN, new TestLog(3).headAt(3), []);
  expect(data.length).toBe(2 + 2 * (4 + 32 * 6));
});
