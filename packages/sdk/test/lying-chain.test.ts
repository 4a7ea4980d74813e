import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultProxy } from '@anchorlog/testkit';
import { Level } from 'level';
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

describe('a notary whose anchoring journal is damaged', () => {
  test.each([
    ['by a row that is not its own', 'row'],
    ['as a whole', 'database'],
    ['in a table', 'table'],
    ['in its MANIFEST, which is gone', 'manifest'],
  ])('%s, opens, tells it, and fills a new one from the chain', async (_, what) => {
    const origin = `lies.example.gov/${what}`;
    await using sandbox = await Sandbox.withNotary({ origin });
    await world.attach(sandbox.dir);
    const before = await sandbox.open();
    await before.notarize(license('A'));
    await before.flush({ until: 'final' });
    await before.close();
    const folder = join(sandbox.dir, 'anchors');
    const [name] = await readdir(folder);
    const journal = join(folder, name!);
    if (what === 'row') {
      const db = new Level(journal);
      await db.put('head/0000000000000005', '{}');
      await db.close();
    } else if (what === 'table') {
      const db = new Level(journal);
      await db.open(); // what is in the database's own journal goes into a table
      await db.close();
      const tables = (await readdir(journal)).filter((each) => each.endsWith('.ldb'));
      expect(tables).not.toEqual([]);
      for (const file of tables) {
        const bytes = await readFile(join(journal, file));
        await writeFile(join(journal, file), bytes.fill(0, 0, 64));
      }
    } else if (what === 'manifest') {
      const file = (await readdir(journal)).find((each) => each.startsWith('MANIFEST'))!;
      await rm(join(journal, file));
    } else await writeFile(join(journal, 'CURRENT'), 'nonsense');

    const notary = await sandbox.open();
    expect(notary.status().anchoring).toMatchObject({
      state: 'retrying',
      problem: { code: 'ANCHOR_JOURNAL_MALFORMED' },
    });
    const { id } = await notary.notarize(license('B'));
    await notary.flush({ until: 'final' });
    expect((await notary.bundle(id)).anchors).toHaveLength(1);
    expect((await readdir(folder)).toSorted()).toEqual([name, `${name}.damaged-1`]);
    await notary.close();
    const again = await sandbox.open();
    expect(again.status().anchoring).toMatchObject({ state: 'idle', latest: { size: 3 } });
  });
});

describe('a notary whose anchoring journal is found damaged while it runs', () => {
  test('says so of what is read from it, sets it aside, and fills a new one from the chain', async () => {
    await using sandbox = await Sandbox.withNotary({ origin: 'lies.example.gov/found' });
    await world.attach(sandbox.dir);
    const before = await sandbox.open();
    const { id } = await before.notarize(license('A'));
    await before.flush({ until: 'final' });
    await before.notarize(license('B'));
    await before.flush({ until: 'final' });
    const first = (await before.bundle(id)).anchors;
    await before.close();
    const folder = join(sandbox.dir, 'anchors');
    const [name] = await readdir(folder);
    const db = new Level(join(folder, name!));
    await db.put('final/0000000000000002', '{}');
    await db.close();

    const notary = await sandbox.open();
    expect(notary.status().anchoring).toMatchObject({ state: 'idle', latest: { size: 3 } });
    await expect(notary.bundle(id)).rejects.toMatchObject({ code: 'ANCHOR_JOURNAL_MALFORMED' });
    await notary.notarize(license('C'));
    await notary.flush({ until: 'final' });
    expect((await notary.bundle(id)).anchors).toEqual(first);
    expect((await readdir(folder)).toSorted()).toEqual([name, `${name}.damaged-1`]);
    await notary.close();
    const again = await sandbox.open();
    expect(again.status().anchoring).toMatchObject({ state: 'idle', latest: { size: 4 } });
  });
});

describe('a notary of which one head has no evidence', () => {
  test('publishes the anchors of later ones, and its own when it has', async () => {
    await using proxy = await FaultProxy.open(world.settings.url);
    await using sandbox = await Sandbox.withNotary({ origin: 'lies.example.gov/late' });
    await world.attach(sandbox.dir, proxy.url);
    const notary = await sandbox.open();
    let missing: unknown;
    proxy.faults = ({ method, params }) => {
      if (method !== 'eth_getBlockByHash') return undefined;
      missing ??= params[0];
      return params[0] === missing ? { kind: 'result', result: {} } : undefined;
    };
    const { id } = await notary.notarize(license('A'));
    await notary.flush({ until: 'anchored' });
    await notary.notarize(license('B'));
    await notary.flush({ until: 'final' });
    expect(notary.status().anchoring).toMatchObject({ awaitingFinality: 1, latest: { number: 2 } });
    proxy.faults = () => undefined;
    await notary.notarize(license('C'));
    await notary.flush({ until: 'final' });
    expect((await notary.bundle(id, { until: 'final' })).anchors).toHaveLength(1);
    // A turn later, the file of every anchor of the turns before is there.
    await notary.notarize(license('D'));
    await notary.flush({ until: 'final' });
    const folder = join(sandbox.dir, 'tiles', 'anchors');
    const [name] = await readdir(folder);
    const files = await readdir(join(folder, name!));
    expect(files).toEqual(expect.arrayContaining(['1.json', '2.json', '3.json']));
  });
});
