import { parseHex } from '@anchorlog/core';
import { verifyAnchorEvidence } from '@anchorlog/evm-proof';
import { Wallet } from 'ethers';
import { afterAll, describe, expect, test } from 'vitest';
import { createAnchorer, type Anchorer } from '../src/anchorer.ts';
import { RegistryChain } from '../src/chain.ts';
import { Sender } from '../src/sender.ts';
import { TestLog } from './test-log.ts';
import { allOf, anchorsOf, createWorld, fastClock, freshLog, settle } from './world.ts';

const world = await createWorld();
afterAll(() => world[Symbol.asyncDispose]());

describe('Anchorer', () => {
  test('anchors a head and keeps evidence that verifies against the pinned validators', async () => {
    const { origin } = await freshLog(world);
    const source = new TestLog(5);
    const anchorer = await world.anchorer({ source, origin });
    const anchor = await anchorer.anchor();
    expect(anchor).toMatchObject({ number: 1, chainId: 1337, head: source.headAt(5) });
    const chain = new RegistryChain(world.registry, origin);
    const proved = verifyAnchorEvidence({
      evidence: anchor.evidence!,
      validators: world.devchain.validators.map((each) => parseHex(each.slice(2))),
      chainId: 1337,
      contract: chain.contractBytes,
      logId: chain.logId,
      head: source.headAt(5),
    });
    expect(proved).toMatchObject({ number: 1, checked: true, blockTime: anchor.blockTime });
    expect(anchorer.status()).toMatchObject({ state: 'idle', latest: { number: 1, size: 5 } });
  });

  test('gives the first anchor that covers an entry, and tells how far an entry has come', async () => {
    const { origin } = await freshLog(world);
    const source = new TestLog(5);
    const anchorer = await world.anchorer({ source, origin });
    expect(anchorer.stage(0)).toBe('none');
    await anchorer.anchor();
    await anchorer.anchor(source.grow(10));
    expect(await anchorsOf(anchorer)).toEqual([
      { number: 1, size: 5 },
      { number: 2, size: 15 },
    ]);
    expect((await anchorer.firstCovering(4))?.number).toBe(1);
    expect((await anchorer.firstCovering(5))?.number).toBe(2);
    expect(await anchorer.firstCovering(15)).toBeUndefined();
    expect([anchorer.stage(14), anchorer.stage(15)]).toEqual(['final', 'none']);
    expect(anchorer.latest?.number).toBe(2);
  });

  test('anchors what the log publishes while it runs, the newest head where several wait', async () => {
    const { origin } = await freshLog(world);
    const source = new TestLog();
    const anchorer = await world.anchorer({ source, origin, idleMs: 60_000 });
    const running = anchorer.run();
    source.grow(3);
    source.grow(4);
    anchorer.wake();
    await anchorer.anchor({ size: 7 });
    anchorer.wake();
    expect(await anchorsOf(anchorer)).toEqual([{ number: 1, size: 7 }]);
    await anchorer.close();
    await running;
    await expect(anchorer.tick()).rejects.toMatchObject({ code: 'ANCHOR_CLOSED' });
    await expect(anchorer.anchor({ size: 9 })).rejects.toMatchObject({ code: 'ANCHOR_CLOSED' });
  });

  test('needs no chain to start, and waits for it as long as it takes', async () => {
    const clock = fastClock();
    const dead = { ...world.registry, url: 'http://127.0.0.1:9' };
    const anchorer = await world.anchorer({ source: new TestLog(1), chain: dead, clock });
    for (let i = 1; i <= 12; i++) {
      const wait = await anchorer.tick();
      expect(wait).toBe(Math.min(5 * 2 ** (i - 1), 50));
      expect(anchorer.status()).toMatchObject({
        state: 'retrying',
        problem: { code: 'ANCHOR_RPC_UNREACHABLE', times: i },
      });
    }
  });

  test('ends waiting when the caller does not want it any more', async () => {
    const anchorer = await world.anchorer({
      source: new TestLog(1),
      chain: { ...world.registry, url: 'http://127.0.0.1:9' },
    });
    const caller = new AbortController();
    const waiting = anchorer.anchor(undefined, { signal: caller.signal });
    caller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await anchorer.run({ signal: AbortSignal.timeout(30) });
    const empty = await world.anchorer();
    await expect(empty.anchor()).rejects.toThrow(RangeError);
  });

  test('takes over what the chain holds when the journal is lost, evidence included', async () => {
    const { origin } = await freshLog(world);
    const source = new TestLog(5);
    const before = await world.anchorer({ source, origin });
    await before.anchor();
    await before.anchor(source.grow(10));
    await before.anchor(source.grow(10));
    const after = await world.anchorer({ source, origin });
    await settle(after, fastClock());
    expect(await allOf(after)).toEqual(await allOf(before));
  });

  test('is final after so many blocks on a chain without seals, and keeps no evidence then', async () => {
    const { origin } = await freshLog(world);
    const source = new TestLog(5);
    const anchorer = await world.anchorer({
      source,
      origin,
      finality: { kind: 'depth', blocks: 2 },
    });
    await anchorer.tick();
    await anchorer.tick();
    expect(anchorer.status()).toMatchObject({ state: 'working', awaitingFinality: 1 });
    expect(anchorer.stage(0)).toBe('mined');
    await world.devchain.mine();
    await anchorer.tick();
    expect(anchorer.status().state).toBe('working');
    await world.devchain.mine();
    await anchorer.tick();
    expect(anchorer.status().state).toBe('idle');
    expect((await anchorer.firstCovering(0))?.evidence).toBeUndefined();
  });

  test('goes on anchoring while evidence cannot be had, and collects it later', async () => {
    const { origin } = await freshLog(world);
    const source = new TestLog(5);
    const dir = await world.folder();
    const clock = fastClock();
    const wrong = [{ fromBlock: 0, validators: world.devchain.accounts.map((a) => a.address) }];
    const finality = { kind: 'sealed', validatorSets: wrong } as const;
    const before = await world.anchorer({ source, origin, dir, clock, finality });
    await settle(before, clock, () => before.status().awaitingFinality === 1);
    source.grow(5);
    await settle(before, clock, () => before.status().awaitingFinality === 2);
    expect(before.status()).toMatchObject({
      state: 'retrying',
      problem: { code: 'ANCHOR_EVIDENCE_REFUSED' },
    });
    expect(await anchorsOf(before)).toEqual([]);
    await before.close();
    const after = await world.anchorer({ source, origin, dir, clock });
    await settle(after, clock);
    expect(await anchorsOf(after)).toEqual([
      { number: 1, size: 5 },
      { number: 2, size: 10 },
    ]);
  });

  test('anchors logs that the chain does not check without a proof', async () => {
    await using unchecked = await createWorld({ checked: false });
    const source = new TestLog(5);
    const anchorer = await unchecked.anchorer({ source });
    await anchorer.anchor();
    await anchorer.anchor(source.grow(4));
    expect(await anchorsOf(anchorer)).toHaveLength(2);
  });

  test('lets another signer sign, and looks at what it signed', async () => {
    const { origin } = await freshLog(world);
    const wallet = new Wallet(world.operatorKey);
    const source = new TestLog(5);
    await using honest = await world.anchorer({ source, origin, key: wallet });
    expect((await honest.anchor()).number).toBe(1);
    source.grow(1);
    for (const change of [
      { nonce: 99 },
      { gasPrice: 1n },
      { to: world.operator },
      { data: '0x' },
    ]) {
      const key = {
        getAddress: () => wallet.getAddress(),
        signTransaction: (tx: object) => wallet.signTransaction({ ...tx, ...change }),
      };
      const anchorer = await world.anchorer({ source, origin, key });
      await anchorer.tick();
      expect(anchorer.status().problem).toMatchObject({ code: 'ANCHOR_SIGNER_MISMATCH' });
    }
    const silent = {
      getAddress: () => wallet.getAddress(),
      signTransaction: () => new Promise<string>(() => undefined),
    };
    const chain = { ...world.registry, requestTimeoutMs: 100 };
    const anchorer = await world.anchorer({ source, origin, key: silent, chain });
    await anchorer.tick();
    expect(anchorer.status().problem).toMatchObject({ code: 'ANCHOR_RPC_TIMEOUT' });
  });

  test('has the next endpoint when one fails', async () => {
    const { origin } = await freshLog(world);
    const url = ['http://127.0.0.1:9', world.registry.url].flat();
    const anchorer = await world.anchorer({
      source: new TestLog(5),
      origin,
      chain: { ...world.registry, url },
    });
    await anchorer.anchor();
    expect(anchorer.status().problem).toBeUndefined();
  });
});

describe('Sender', () => {
  test('lets four transactions of one account be on their way, whatever the number of logs', async () => {
    await using slow = await createWorld({ manual: true });
    const key = new Sender(slow.operatorKey, { chainId: 1337, timeoutMs: 2000 });
    const clock = fastClock();
    const anchorers: Anchorer[] = [];
    for (let i = 0; i < 6; i++) {
      const { origin } = await freshLog(slow, { manual: true });
      const source = new TestLog(i + 1);
      anchorers.push(await slow.anchorer({ source, origin, key, clock }));
    }
    await Promise.all(anchorers.map((each) => each.tick()));
    const states = (): (string | undefined)[] =>
      anchorers.map((each) => each.status().inFlight?.state);
    expect(states().filter((state) => state === 'sent')).toHaveLength(4);
    expect(states().filter((state) => state === 'prepared')).toHaveLength(2);
    const nonces = anchorers.flatMap((each) => each.status().inFlight?.nonce ?? []);
    expect(new Set(nonces)).toEqual(new Set([0, 1, 2, 3]));
    for (let i = 0; i < 4; i++) {
      await slow.devchain.mine();
      await Promise.all(anchorers.map((each) => each.tick()));
    }
    expect(anchorers.map((each) => each.status().state)).toEqual(Array(6).fill('idle'));
  });
});

describe('createAnchorer', () => {
  test('refuses a journal that is open, or another log’s', async () => {
    const dir = await world.folder();
    const first = await world.anchorer({ dir });
    await expect(world.anchorer({ dir })).rejects.toMatchObject({ code: 'ANCHOR_JOURNAL_LOCKED' });
    await first.close();
    await expect(world.anchorer({ dir, origin: 'example.gov/else' })).rejects.toMatchObject({
      code: 'ANCHOR_JOURNAL_MISMATCH',
    });
    await expect(
      world.anchorer({ dir, chain: { ...world.registry, chainId: 1 } }),
    ).rejects.toMatchObject({ code: 'ANCHOR_JOURNAL_MISMATCH' });
    const again = await world.anchorer({ dir });
    expect(again.status()).toEqual({
      state: 'idle',
      problem: undefined,
      inFlight: undefined,
      awaitingFinality: 0,
      latest: undefined,
    });
  });

  test('wants an address and a key of their form', async () => {
    const dir = await world.folder();
    const options = {
      origin: 'x',
      dir,
      source: new TestLog(),
      key: world.operatorKey,
      finality: world.finality,
    };
    await expect(
      createAnchorer({ ...options, chain: { ...world.registry, contract: '0x12' } }),
    ).rejects.toThrow(TypeError);
    await expect(
      createAnchorer({ ...options, chain: { ...world.registry, url: [] } }),
    ).rejects.toThrow(RangeError);
  });
});
