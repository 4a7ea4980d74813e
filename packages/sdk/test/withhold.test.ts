import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openLevelSnapshot, parseWithheld } from '@anchorlog/log';
import { describe, expect, test } from 'vitest';
import { adoptVault } from '../src/create.ts';
import { notaryPlaces } from '../src/places.ts';
import { withholdAgain, withholdEntries } from '../src/withhold.ts';
import { ChainWorld } from './support/chain-world.ts';
import { ORIGIN, Sandbox, license } from './support/sandbox.ts';

const BY_ORDER = {
  ground: 'order',
  document: '〔2026〕12号',
  since: '2026-05-06T00:00:00.000+08:00',
} as const;

/** A notary that is closed again, with a few records. */
async function withRecords(...keys: string[]): Promise<Sandbox> {
  const sandbox = await Sandbox.withNotary();
  const notary = await sandbox.open();
  for (const key of keys) await notary.notarize(license(key));
  await notary.flush();
  await notary.close();
  return sandbox;
}

describe('notaryPlaces', () => {
  test('tells where the log is, and the heads that guard, checkpoint and anchors hold', async () => {
    await using world = await ChainWorld.make();
    await using sandbox = await Sandbox.withNotary();
    const { dir } = sandbox;
    expect((await notaryPlaces(dir)).seen).toEqual([]);
    await world.attach(dir);
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    await notary.flush({ until: 'final' });
    await notary.notarize(license('B'));
    await notary.close();
    const places = await notaryPlaces(dir);
    expect(places).toMatchObject({
      origin: ORIGIN,
      isDatabase: false,
      store: join(dir, 'log'),
      seen: [
        { code: 'LOG_BEHIND_GUARD', size: 3 },
        { code: 'LOG_BEHIND_CHECKPOINT', size: 3 },
        { code: 'LOG_BEHIND_CHAIN', size: expect.any(Number) as number },
      ],
    });
    const store = await openLevelSnapshot(places.store);
    for (const { size, rootHash } of places.seen) {
      const group = await store.group(size - 1);
      expect(group?.rootHash).toEqual(rootHash);
    }
    await store.close();
  });
});

describe('withholdEntries', () => {
  test('lets the log say so first, and gives no bundle of what is withheld, but all else as before', async () => {
    await using sandbox = await withRecords('A', 'B', 'C');
    const { dir } = sandbox;
    const report = await withholdEntries({ dir, from: 2, to: 3, ...BY_ORDER });
    expect(report).toMatchObject({ orders: 1, withheld: 1, receipt: { index: 4 } });
    const again = await withholdEntries({ dir, from: 2, to: 3, ...BY_ORDER });
    expect(again).toEqual({ ...report, withheld: 0, bundles: 0 });
    expect(await withholdAgain(dir)).toEqual({ orders: 1, withheld: 0, bundles: 0 });
    const notary = await sandbox.open();
    expect(notary.log.size).toBe(5);
    const { id } = await notary.notarize(license('B'));
    await expect(notary.bundle(id)).rejects.toMatchObject({ code: 'LOG_ENTRY_WITHHELD' });
    await notary.bundle((await notary.notarize(license('C'))).id);
    const stood = [];
    for await (const entry of notary.log.entries()) stood.push(parseWithheld(entry) !== undefined);
    expect(stood).toEqual([false, false, true, false, false]);
  });

  test('logs no order for what may not be withheld, and none of another document for the same', async () => {
    await using sandbox = await withRecords('A');
    const { dir } = sandbox;
    for (const [from, to, code] of [
      [0, 1, 'LOG_WITHHOLD_REFUSED'],
      [1, 9, 'LOG_INDEX_RANGE'],
    ] as const) {
      await expect(withholdEntries({ dir, from, to, ...BY_ORDER })).rejects.toMatchObject({ code });
    }
    await withholdEntries({ dir, from: 1, to: 2, ...BY_ORDER });
    const other = { ...BY_ORDER, document: '13号' };
    await expect(withholdEntries({ dir, from: 1, to: 2, ...other })).rejects.toMatchObject({
      code: 'SDK_ID_CONFLICT',
    });
    const notary = await sandbox.open();
    expect(notary.log.size).toBe(3);
  });

  test('leaves a notary that opens also with a vault that was lost', async () => {
    await using sandbox = await withRecords('A', 'B');
    const { dir } = sandbox;
    await withholdEntries({ dir, from: 1, to: 2, ...BY_ORDER });
    await rm(join(dir, 'vault'), { recursive: true });
    expect(await adoptVault({ dir })).toEqual({ entries: 4, lost: [{ from: 0, to: 4 }] });
    const notary = await sandbox.open();
    await expect(notary.notarize(license('A'))).rejects.toMatchObject({
      code: 'SDK_OPENINGS_LOST',
    });
    expect((await notary.notarize(license('C'))).index).toBe(4);
  });
});
