import { FaultProxy } from '@anchorlog/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { ChainWorld } from './support/chain-world.ts';
import { Sandbox, license } from './support/sandbox.ts';
import { falseHead } from '../../anchor/test/lying-node.ts';

const world = await ChainWorld.make();
afterAll(() => world[Symbol.asyncDispose]());

describe('a notary whose chain node lies of a head that nobody anchored', () => {
  test('opens and notarizes meanwhile, and anchors when the node is honest', async () => {
    const origin = 'lies.example.gov/head';
    await using proxy = await FaultProxy.open(world.settings.url);
    await using sandbox = await Sandbox.withNotary({ origin });
    await world.attach(sandbox.dir, proxy.url);
    const strange = new Uint8Array(32).fill(0x11);
    const head = { size: 1_000_000, rootHash: strange, indexRoot: new Uint8Array(32) };
    const registry = world.settings;
    proxy.faults = falseHead({ registry }, { origin, number: 1, head });
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    await notary.flush();
    const { id } = await notary.notarize(license('B'));
    await notary.flush();
    expect(notary.status().anchoring?.state).not.toBe('stopped');
    proxy.faults = () => undefined;
    await notary.bundle(id, { until: 'final' });
    expect(notary.status().anchoring).toMatchObject({ latest: { size: 3 } });
  }, 60_000);
});
