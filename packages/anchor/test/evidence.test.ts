import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { RegistryChain } from '../src/chain.ts';
import { proveFinality, type FinalityAnswer } from '../src/evidence.ts';
import { FaultProxy } from '@anchorlog/testkit';
import { TestLog } from './test-log.ts';
import { createWorld, freshLog, type World } from './world.ts';

type Members = Record<string, unknown>;

let world: World;
let proxy: FaultProxy;
let chain: RegistryChain;
let txHash: string;
const source = new TestLog(5);

// Three logs anchor in one block, so that its receipts trie has more than one leaf; the second is looked at.
beforeAll(async () => {
  world = await createWorld({ manual: true });
  proxy = await FaultProxy.open(world.devchain.url);
  const origins: string[] = [];
  for (let i = 0; i < 3; i++) origins.push((await freshLog(world, { manual: true })).origin);
  for (const [i, origin] of origins.entries()) {
    const anchorer = await world.anchorer({ source: new TestLog(4 + i), origin });
    await anchorer.tick();
    if (i === 1) txHash = anchorer.status().inFlight!.txHash!;
  }
  await world.devchain.mine();
  chain = new RegistryChain({ ...world.registry, url: proxy.url }, origins[1]!);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

function prove(): Promise<FinalityAnswer> {
  return proveFinality({ chain, txHash, head: source.headAt(5), finality: world.finality });
}

/** Change what the node says to `method`. */
function lie(method: string, change: (result: unknown) => unknown): void {
  proxy.faults = (request) => (request.method === method ? { kind: 'change', change } : undefined);
}

const block =
  (change: (block: Members) => unknown) =>
  (result: unknown): unknown =>
    change({ ...(result as Members) }); // a block
const receipts =
  (change: (receipts: Members[]) => unknown) =>
  (result: unknown): unknown =>
    change([...(result as Members[])]); // transaction receipts

describe('proveFinality', () => {
  test('proves one of several transactions of a block, whatever method the node has for it', async () => {
    proxy.faults = () => undefined;
    const answer = await prove();
    expect(answer).toMatchObject({ kind: 'final', anchor: { number: 1, head: { size: 5 } } });
    proxy.faults = ({ method }) =>
      method === 'eth_getBlockReceipts'
        ? { kind: 'error', code: -32_601, message: 'the method does not exist' }
        : undefined;
    expect(await prove()).toEqual(answer);
    lie('eth_getBlockReceipts', () => null);
    expect(await prove()).toEqual(answer);
  });

  test('tells when the transaction or its block is not there any more', async () => {
    lie('eth_getTransactionReceipt', () => null);
    expect(await prove()).toEqual({ kind: 'gone' });
    lie('eth_getBlockByHash', () => null);
    expect(await prove()).toEqual({ kind: 'gone' });
    proxy.faults = ({ method, params }) => {
      if (method === 'eth_getBlockReceipts') return { kind: 'result', result: null };
      const other = method === 'eth_getTransactionReceipt' && params[0] !== txHash;
      return other ? { kind: 'result', result: null } : undefined;
    };
    expect(await prove()).toEqual({ kind: 'gone' });
  });

  test.each([
    ['eth_getBlockByHash', 'another time', block((b) => ({ ...b, timestamp: '0x1' }))],
    ['eth_getBlockByHash', 'no extra data', block((b) => ({ ...b, extraData: '0x' }))],
    ['eth_getBlockByHash', 'no receipts root', block((b) => ({ ...b, receiptsRoot: undefined }))],
    ['eth_getBlockReceipts', 'a receipt too few', receipts((r) => r.slice(0, 2))],
    ['eth_getBlockReceipts', 'them in another order', receipts((r) => r.toReversed())],
    [
      'eth_getBlockReceipts',
      'another as reverted',
      receipts((r) => [{ ...r[0], status: '0x0' }, ...r.slice(1)]),
    ],
    ['eth_getBlockReceipts', 'none', receipts(() => [])],
    ['eth_getBlockReceipts', 'something else', receipts(() => [1, 2, 3])],
  ])('keeps nothing when %s gives %s', async (method, _, change) => {
    lie(method, change);
    await expect(prove()).rejects.toMatchObject({ code: 'ANCHOR_EVIDENCE_REFUSED' });
  });

  test('keeps nothing when the validators are not the pinned ones, or none are pinned for the height', async () => {
    proxy.faults = () => undefined;
    const [one, ...others] = world.devchain.validators;
    for (const validatorSets of [
      [{ fromBlock: 0, validators: others }],
      [{ fromBlock: 0, validators: [one!, world.operator] }],
      [{ fromBlock: 0, untilBlock: 1, validators: world.devchain.validators }],
      [],
    ]) {
      const finality = { kind: 'sealed', validatorSets } as const;
      const proof = proveFinality({ chain, txHash, head: source.headAt(5), finality });
      await expect(proof).rejects.toMatchObject({ code: 'ANCHOR_EVIDENCE_REFUSED' });
    }
  });

  test('keeps nothing for another head than the anchored one', async () => {
    const head = new TestLog(5, 'other').headAt(5);
    const proof = proveFinality({ chain, txHash, head, finality: world.finality });
    await expect(proof).rejects.toMatchObject({ code: 'ANCHOR_EVIDENCE_REFUSED' });
  });
});
