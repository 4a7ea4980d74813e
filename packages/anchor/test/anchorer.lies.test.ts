import { FaultProxy, type PassingRequest } from '@anchorlog/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import type { AnchorerOptions } from '../src/anchorer.ts';
import { asks, falseHead, falseLog, type FalseLog } from './lying-node.ts';
import { TestLog } from './test-log.ts';
import { anchorsOf, createWorld, fastClock, freshLog, settle } from './world.ts';

const world = await createWorld();
afterAll(() => world[Symbol.asyncDispose]());

/** A fresh log behind a node that may lie. */
async function lyingWorld(): Promise<{
  proxy: FaultProxy;
  options: Pick<AnchorerOptions, 'origin' | 'chain'>;
  origin: string;
}> {
  const proxy = await FaultProxy.open(world.devchain.url);
  const { origin } = await freshLog(world);
  return { proxy, origin, options: { origin, chain: { ...world.registry, url: proxy.url } } };
}

const STRANGE = `0x${'11'.repeat(32)}`;
const LIES: readonly (readonly [string, FalseLog, string])[] = [
  [
    'a larger head',
    { number: 1n, size: 1_000_000n, rootHash: STRANGE, blockNumber: 2n },
    'ANCHOR_RPC_MALFORMED',
  ],
  [
    'another head of the same size',
    { number: 1n, size: 5n, rootHash: STRANGE, blockNumber: 2n },
    'ANCHOR_RPC_MALFORMED',
  ],
  ['a head that is no prefix', { size: 3n, rootHash: STRANGE }, 'ANCHOR_TX_REFUSED'],
  ['an end of the log', { closed: true }, 'ANCHOR_CHAIN_UNPROVEN'],
  ['a small step', { maxStep: 1n }, 'ANCHOR_STEP_TOO_LARGE'],
];

describe('Anchorer, when the node lies of', () => {
  test.each(LIES)('%s, waits, and goes on with an honest one', async (_, lie, code) => {
    const { proxy, options } = await lyingWorld();
    await using __ = proxy;
    const clock = fastClock();
    const anchorer = await world.anchorer({ ...options, source: new TestLog(5), clock });
    proxy.faults = (request) => (asks(request, 'logInfo') ? falseLog(lie) : undefined);
    await anchorer.tick();
    const { state, problem } = anchorer.status();
    if (code !== 'ANCHOR_TX_REFUSED') expect([state, problem?.code]).toEqual(['retrying', code]);
    proxy.faults = () => undefined;
    await settle(anchorer, clock);
    expect(await anchorsOf(anchorer)).toEqual([{ number: 1, size: 5 }]);
  });

  test.each([
    ['larger than the log', new TestLog(9).headAt(9), 'ANCHOR_CHAIN_AHEAD'],
    ['no prefix of it', new TestLog(4, 'other').headAt(4), 'ANCHOR_CHAIN_CONFLICT'],
    ['of its size', new TestLog(5, 'other').headAt(5), 'ANCHOR_CHAIN_CONFLICT'],
  ])('a head %s, event included, stops for proof alone', async (_, head, reason) => {
    const { proxy, options, origin } = await lyingWorld();
    await using __ = proxy;
    const clock = fastClock();
    const anchorer = await world.anchorer({ ...options, source: new TestLog(5), clock });
    proxy.faults = falseHead(world, { origin, number: 1, head });
    await anchorer.tick();
    expect(anchorer.status()).toMatchObject({
      state: 'retrying',
      problem: { code: 'ANCHOR_CHAIN_UNPROVEN' },
    });
    expect(anchorer.status().problem?.message).toContain('the node says, and does not prove');
    await expect(anchorer.newestOnChain()).rejects.toMatchObject({ code: 'ANCHOR_CHAIN_UNPROVEN' });
    proxy.faults = () => undefined;
    expect(await anchorer.newestOnChain()).toBeUndefined();
    await settle(anchorer, clock);

    // The chain does hold it: the same head, by the same operator.
    const { origin: other } = await freshLog(world);
    const rival = new TestLog(head.size, reason === 'ANCHOR_CHAIN_AHEAD' ? 'entry' : 'other');
    await (await world.anchorer({ source: rival, origin: other })).anchor();
    const stopped = await world.anchorer({ source: new TestLog(5), origin: other });
    expect((await stopped.newestOnChain())?.head).toEqual(head);
    await expect(stopped.anchor()).rejects.toMatchObject({ code: reason });
  });

  test('another head by the number of one that is final', async () => {
    const { proxy, options } = await lyingWorld();
    await using __ = proxy;
    const clock = fastClock();
    const source = new TestLog(5);
    const anchorer = await world.anchorer({ ...options, source, clock });
    await settle(anchorer, clock);
    source.grow(2);
    const lie = falseLog({ size: 6n, rootHash: STRANGE });
    const lies = (request: PassingRequest): boolean => asks(request, 'logInfo');
    proxy.faults = (request) => (lies(request) ? lie : undefined);
    await anchorer.tick();
    expect(anchorer.status().problem).toMatchObject({ code: 'ANCHOR_CHAIN_UNPROVEN' });
    proxy.faults = () => undefined;
    await settle(anchorer, clock);
    expect(await anchorsOf(anchorer)).toHaveLength(2);
  });
});
