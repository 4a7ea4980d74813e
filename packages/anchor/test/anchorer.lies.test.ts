import { FaultProxy, type PassingRequest } from '@anchorlog/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import type { Anchorer, AnchorerOptions } from '../src/anchorer.ts';
import { asks, falseHead, falseLog, type FalseLog } from './lying-node.ts';
import { TestLog } from './test-log.ts';
import { anchorsOf, createWorld, fastClock, freshLog, settle } from './world.ts';

const world = await createWorld();
afterAll(() => world[Symbol.asyncDispose]());

/** A fresh log behind a node that may lie. */
async function lyingWorld(): Promise<LyingWorld> {
  const proxy = await FaultProxy.open(world.devchain.url);
  const { origin } = await freshLog(world);
  return {
    proxy,
    origin,
    options: { origin, chain: { ...world.registry, url: proxy.url } },
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

interface LyingWorld extends AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly origin: string;
  readonly options: Pick<AnchorerOptions, 'origin' | 'chain'>;
}

const NEVER = new AbortController().signal;
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
    await using lying = await lyingWorld();
    const { proxy, options } = lying;
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
    await using lying = await lyingWorld();
    const { proxy, options, origin } = lying;
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
    await using lying = await lyingWorld();
    const { proxy, options } = lying;
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

/** A node that takes every transaction, shows none of them, and says that each nonce is used. */
function swallowing(): FaultProxy['faults'] {
  let count = 0;
  return ({ method, params }) => {
    switch (method) {
      case 'eth_sendRawTransaction':
        return { kind: 'result', result: STRANGE };
      case 'eth_getTransactionReceipt':
        return { kind: 'result', result: null };
      case 'eth_getTransactionCount':
        if (params[1] === 'latest') count++;
        return { kind: 'result', result: `0x${count.toString(16)}` };
      default:
        return undefined;
    }
  };
}

describe('Anchorer, when the node swallows its transactions', () => {
  test('makes new ones ever more rarely, keeps few of them, and shows it', async () => {
    await using lying = await lyingWorld();
    const { proxy, options } = lying;
    const clock = fastClock();
    const dir = await world.folder();
    const source = new TestLog(5);
    const settings = { ...options, dir, source, clock };
    const before = await world.anchorer(settings);
    proxy.faults = swallowing();
    for (let i = 0; i < 120; i++) await clock.sleep(await before.tick(), NEVER);
    expect(before.status()).toMatchObject({
      state: 'retrying',
      problem: { code: 'ANCHOR_TX_LOST' },
    });
    const sent = new Set(proxy.of('eth_sendRawTransaction').map(([raw]) => raw)).size;
    expect(sent).toBeGreaterThan(3);
    expect(sent).toBeLessThan(25);
    expect(before.status().inFlight!.attempts).toBeLessThanOrEqual(8);
    await before.close();

    proxy.faults = () => undefined;
    const after = await world.anchorer({ ...settings, gapMs: 200 });
    expect(after.status().inFlight!.attempts).toBeLessThanOrEqual(8);
    await settle(after, clock);
    expect(await anchorsOf(after)).toEqual([{ number: 1, size: 5 }]);
  });

  test('keeps few of those that wait for nonces which the chain does not come to', async () => {
    await using lying = await lyingWorld();
    const { proxy, options } = lying;
    const clock = fastClock();
    const anchorer = await world.anchorer({ ...options, source: new TestLog(5), clock, gapMs: 10 });
    let nonce = 1000;
    proxy.faults = (request) => {
      const { method, params } = request;
      if (method !== 'eth_getTransactionCount') return swallowing()(request);
      // Below every nonce so far, so that nothing is on its way before it.
      return {
        kind: 'result',
        result: `0x${(params[1] === 'latest' ? --nonce : 1000).toString(16)}`,
      };
    };
    for (let i = 0; i < 60; i++) await clock.sleep(await anchorer.tick(), NEVER);
    expect(anchorer.status().inFlight!.attempts).toBeLessThanOrEqual(8);
  });

  test('comes back from two nonces that the chain never comes to, also after a restart', async () => {
    await using liar = await createWorld();
    await using proxy = await FaultProxy.open(liar.devchain.url);
    const clock = fastClock();
    const chain = { ...liar.registry, url: proxy.url };
    const settings = { dir: await liar.folder(), source: new TestLog(5), chain, clock, gapMs: 50 };
    const before = await liar.anchorer(settings);
    const counts = ['0x32', '0x33', '0x64']; // waiting, mined, waiting
    proxy.faults = (request) =>
      request.method === 'eth_getTransactionCount'
        ? { kind: 'result', result: counts.shift() ?? '0x0' }
        : swallowing()(request);
    await before.tick();
    await before.tick();
    expect(before.status().inFlight).toMatchObject({ nonce: 100, attempts: 2 });
    await before.close();
    proxy.faults = () => undefined;
    const after = await liar.anchorer(settings);
    await settle(after, clock);
    expect(await anchorsOf(after)).toEqual([{ number: 1, size: 5 }]);
  });
});

describe('Anchorer, when one head has no evidence', () => {
  test('makes later ones final, and that one when it has', async () => {
    await using lying = await lyingWorld();
    const { proxy, options } = lying;
    const clock = fastClock();
    const source = new TestLog();
    const anchorer = await world.anchorer({ ...options, source, clock });
    const missing = new Set<unknown>();
    proxy.faults = ({ method, params }) =>
      method === 'eth_getBlockByHash' && (missing.size < 20 || missing.has(params[0]))
        ? (missing.add(params[0]), { kind: 'error', code: -32_000, message: 'busy' })
        : undefined;
    // More than are tried in one step.
    for (let mined = 1; mined <= 21; mined++) {
      source.grow(1);
      await settle(
        anchorer,
        clock,
        () => anchorer.status().awaitingFinality + (anchorer.latest ? 1 : 0) === mined,
      );
    }
    await settle(anchorer, clock, () => anchorer.latest?.number === 21);
    expect(anchorer.late).toBe(20);
    expect(anchorer.status()).toMatchObject({
      state: 'retrying',
      awaitingFinality: 20,
      problem: { code: 'ANCHOR_RPC_REFUSED' },
    });
    proxy.faults = () => undefined;
    source.grow(1);
    await settle(anchorer, clock);
    const numbers = (await anchorsOf(anchorer)).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
  });
});

describe('Anchorer, when the journal is lost', () => {
  /** A log with two heads on chain, grown by one, and a new anchorer behind a node that may lie. */
  async function lostJournal(lying: LyingWorld): Promise<{ source: TestLog; anchorer: Anchorer }> {
    const { origin, options } = lying;
    const source = new TestLog(5);
    const before = await world.anchorer({ origin, source });
    await before.anchor();
    await before.anchor(source.grow(2));
    source.grow(1);
    const anchorer = await world.anchorer({ ...options, source, clock: fastClock() });
    return { source, anchorer };
  }

  test.each([[1], [2], [3]])(
    'lets go of a head that nobody anchored, shown as number %i',
    async (number) => {
      await using lying = await lyingWorld();
      const { proxy, origin } = lying;
      const { source, anchorer } = await lostJournal(lying);
      const lies = falseHead(world, { origin, number, head: source.headAt(8) });
      proxy.faults = (request) => lies(request);
      for (let i = 0; i < 3; i++) await anchorer.tick();
      proxy.faults = () => undefined;
      await settle(anchorer, fastClock());
      const expected = [
        { number: 1, size: 5 },
        { number: 2, size: 7 },
        { number: 3, size: 8 },
      ];
      expect(await anchorsOf(anchorer)).toEqual(expected);
    },
  );

  test('finds a head whose transaction the node had made up', async () => {
    await using lying = await lyingWorld();
    const { proxy } = lying;
    const { anchorer } = await lostJournal(lying);
    const change = (logs: unknown): unknown =>
      (logs as object[]).map((log) => ({ ...log, transactionHash: STRANGE })); // from eth_getLogs
    proxy.faults = ({ method }) =>
      method === 'eth_getLogs' ? { kind: 'change', change } : undefined;
    await anchorer.tick();
    expect(anchorer.status()).toMatchObject({ problem: { code: 'ANCHOR_RPC_MALFORMED' } });
    proxy.faults = (request) =>
      asks(request, 'isHead') ? { kind: 'result', result: '0x' } : undefined;
    await anchorer.tick();
    expect(anchorer.latest?.number ?? 0).not.toBe(1);
    proxy.faults = () => undefined;
    await settle(anchorer, fastClock());
    expect((await anchorsOf(anchorer)).map(({ size }) => size)).toEqual([5, 7, 8]);
  });
});
