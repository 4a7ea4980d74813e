import { afterAll, describe, expect, test } from 'vitest';
import { readChainHeads } from '@anchorlog/anchor';
import { FaultProxy, type Fault } from '@anchorlog/testkit';
import { ChainWorld } from './support/chain-world.ts';
import { Sandbox, license } from './support/sandbox.ts';

const world = await ChainWorld.make();
afterAll(() => world[Symbol.asyncDispose]());

const NONSENSE: readonly (readonly [string, Fault])[] = [
  ['nothing at all', { kind: 'hang' }],
  ['a broken connection', { kind: 'break' }],
  ['half of what it should', { kind: 'cut' }],
  ['with a page of HTML', { kind: 'http', status: 200, body: '<html>login</html>' }],
  ['with an HTTP error', { kind: 'http', status: 503, body: '' }],
  ['with another chain', { kind: 'result', result: '0x1' }],
  ['with a refusal', { kind: 'error', code: -32_603, message: 'internal error' }],
  ['nothing, though it did what it was asked', { kind: 'lose' }],
];

describe('a notary whose chain', () => {
  test.each(NONSENSE)(
    'answers %s notarizes at its speed, and anchors each head once when the chain is back',
    async (_, fault) => {
      const origin = `faults.example.gov/${NONSENSE.findIndex(([, each]) => each === fault)}`;
      await using proxy = await FaultProxy.open(world.settings.url);
      await using sandbox = await Sandbox.withNotary({ origin });
      await world.attach(sandbox.dir, proxy.url);
      proxy.faults = () => fault;
      const notary = await sandbox.open();
      const early = await notary.notarize(license('A'));
      await notary.flush();
      const late = await notary.notarize(license('B'));
      await notary.flush();
      expect([await notary.progress(early.id), await notary.progress(late.id)]).toEqual([
        'published',
        'published',
      ]);
      proxy.faults = () => undefined;
      const { anchors } = await notary.bundle(late.id, { until: 'final' });
      expect(anchors).toHaveLength(1);
      const { heads } = await readChainHeads({ chain: world.settings, origin });
      const sizes = heads.map(({ size }) => size);
      expect(sizes.at(-1)).toBe(3);
      expect(sizes).toEqual([...new Set(sizes)]);
    },
    60_000,
  );

  test('is down when it opens, and up later, anchors what came meanwhile', async () => {
    const origin = 'faults.example.gov/down';
    await using proxy = await FaultProxy.open(world.settings.url);
    await using sandbox = await Sandbox.withNotary({ origin });
    await world.attach(sandbox.dir, proxy.url);
    await proxy.down();
    const notary = await sandbox.open();
    const { id } = await notary.notarize(license('A'));
    await notary.flush();
    expect(notary.status().anchoring?.latest).toBeUndefined();
    await proxy.up();
    await notary.bundle(id, { until: 'final' });
    expect(notary.status().anchoring).toMatchObject({ state: 'idle', latest: { size: 2 } });
  }, 60_000);
});
