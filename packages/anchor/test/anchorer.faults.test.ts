import { afterAll, describe, expect, test } from 'vitest';
import { readChainHeads } from '../src/reader.ts';
import { FaultProxy, first, type Fault } from '@anchorlog/testkit';
import { TestLog } from './test-log.ts';
import { anchorsOf, createWorld, fastClock, freshLog, settle } from './world.ts';

const world = await createWorld();
afterAll(() => world[Symbol.asyncDispose]());
// Long enough that a slow machine adds no timeouts of its own to those that are asked for.
const TIMEOUT_MS = 1000;

/** Every method that anchoring a second head needs, whatever goes wrong first. */
const METHODS = [
  'eth_chainId',
  'eth_getCode',
  'eth_call',
  'eth_getTransactionCount',
  'eth_sendRawTransaction',
  'eth_getTransactionReceipt',
  'eth_getBlockByHash',
] as const;

const FAULTS: Readonly<
  Record<string, { readonly fault: Fault; readonly codes: readonly string[] }>
> = {
  'a broken connection': { fault: { kind: 'break' }, codes: ['ANCHOR_RPC_UNREACHABLE'] },
  'a node that hangs': { fault: { kind: 'hang' }, codes: ['ANCHOR_RPC_TIMEOUT'] },
  'an answer lost after the effect': { fault: { kind: 'lose' }, codes: ['ANCHOR_RPC_UNREACHABLE'] },
  'an answer cut in two': { fault: { kind: 'cut' }, codes: ['ANCHOR_RPC_UNREACHABLE'] },
  'status 500': {
    fault: { kind: 'http', status: 500, body: 'oops' },
    codes: ['ANCHOR_RPC_STATUS'],
  },
  'garbage instead of JSON': {
    fault: { kind: 'http', status: 200, body: '<html>' },
    codes: ['ANCHOR_RPC_MALFORMED'],
  },
  'an answer to another request': {
    fault: { kind: 'http', status: 200, body: '{"jsonrpc":"2.0","id":-1,"result":null}' },
    codes: ['ANCHOR_RPC_MALFORMED'],
  },
  'a result of another shape': {
    fault: { kind: 'result', result: { nonsense: true } },
    codes: ['ANCHOR_RPC_MALFORMED', 'ANCHOR_CHAIN_MISMATCH'],
  },
  'an error': {
    fault: { kind: 'error', code: -32_000, message: 'busy' },
    codes: ['ANCHOR_RPC_REFUSED', 'ANCHOR_TX_REFUSED'],
  },
};

describe('Anchorer, when the chain', () => {
  for (const [name, { fault, codes }] of Object.entries(FAULTS)) {
    test.each(METHODS)(
      `gives ${name} to %s: shows it, goes on, and anchors once`,
      async (method) => {
        await using proxy = await FaultProxy.open(world.devchain.url);
        const { origin } = await freshLog(world);
        const source = new TestLog(3);
        const clock = fastClock();
        const anchorer = await world.anchorer({
          chain: { ...world.registry, url: proxy.url, requestTimeoutMs: TIMEOUT_MS },
          origin,
          source,
          clock,
          resendMs: 0,
        });
        proxy.faults = first(2, method, fault);
        const met = await settle(anchorer, clock);
        source.grow(4);
        await settle(anchorer, clock);

        const once = [
          { number: 1, size: 3 },
          { number: 2, size: 7 },
        ];
        const { heads } = await readChainHeads({ chain: world.registry, origin });
        expect(heads.map(({ number, size }) => ({ number, size }))).toEqual(once);
        expect(await anchorsOf(anchorer)).toEqual(once);
        if (method !== 'eth_sendRawTransaction') expect(met).not.toEqual([]);
        // A refusal to send, or a result nobody reads, is no problem: the transaction receipt tells.
        expect(codes).toEqual(expect.arrayContaining(met));
      },
    );
  }
});

describe('Anchorer, when the clock of the machine is set back', () => {
  test.each([
    ['collects evidence', 'eth_getBlockByHash', { kind: 'error', code: -32_000, message: 'busy' }],
    ['sends again', 'eth_sendRawTransaction', { kind: 'result', result: `0x${'11'.repeat(32)}` }],
  ] as const)('%s as soon as ever', async (_, method, fault) => {
    await using proxy = await FaultProxy.open(world.devchain.url);
    const { origin } = await freshLog(world);
    const chain = { ...world.registry, url: proxy.url };
    const fast = fastClock();
    let back = 0;
    const clock = { ...fast, now: () => fast.now() - back };
    const anchorer = await world.anchorer({ chain, origin, source: new TestLog(3), clock });
    proxy.faults = (request) => (request.method === method ? fault : undefined);
    await anchorer.tick();
    await anchorer.tick();
    back = 86_400_000;
    proxy.faults = () => undefined;
    await fast.sleep(5000, new AbortController().signal);
    await settle(anchorer, clock);
    expect(await anchorsOf(anchorer)).toEqual([{ number: 1, size: 3 }]);
  });
});

describe('Anchorer, when the node is for ever about to answer', () => {
  test('ends the step at its deadline, and does not call itself idle meanwhile', async () => {
    await using proxy = await FaultProxy.open(world.devchain.url);
    const { origin } = await freshLog(world);
    const chain = { ...world.registry, url: proxy.url, requestTimeoutMs: 60_000 };
    const source = new TestLog(3);
    const clock = fastClock();
    const anchorer = await world.anchorer({ chain, origin, source, clock, stepMs: 100 });
    expect(anchorer.status().state).toBe('idle');
    let state: string | undefined;
    proxy.faults = ({ method }) => {
      state ??= anchorer.status().state;
      return method === 'eth_call' ? { kind: 'hang' } : undefined;
    };
    await anchorer.tick();
    expect(state).toBe('working');
    expect(anchorer.status().problem).toMatchObject({
      code: 'ANCHOR_RPC_TIMEOUT',
      message: 'not done within 100 ms',
    });
    proxy.faults = ({ method }) => (method === 'eth_getBlockByHash' ? { kind: 'hang' } : undefined);
    await settle(anchorer, clock, () => anchorer.status().awaitingFinality === 1);
    expect(anchorer.status().problem).toMatchObject({ code: 'ANCHOR_RPC_TIMEOUT' });
    proxy.faults = () => undefined;
    await settle(anchorer, clock);
    expect(await anchorsOf(anchorer)).toEqual([{ number: 1, size: 3 }]);
  });
});
