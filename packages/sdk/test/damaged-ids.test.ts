import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatAddress } from '@anchorlog/statement';
import { Level } from 'level';
import { describe, expect, test } from 'vitest';
import type { Receipt } from '../src/notary.ts';
import { BUREAU, Sandbox, license } from './support/sandbox.ts';

const DAMAGED = { code: 'LOG_IDS_DAMAGED' };

/** Remove rows of a database, which keeps no more of them than a changed byte in a table of it would. */
async function hide(folder: string, ...keys: string[]): Promise<void> {
  const db = new Level(folder);
  for (const key of keys) await db.del(key);
  await db.close();
}

function addressOf({ id }: Receipt): string {
  return formatAddress({ org: BUREAU.org, system: BUREAU.system, id });
}

async function notarized(sandbox: Sandbox, ...keys: string[]): Promise<Receipt[]> {
  await using notary = await sandbox.open();
  return Promise.all(keys.map((key) => notary.notarize(license(key))));
}

describe('a notary whose log does not find what it has', () => {
  test('appends nothing twice, takes nothing more, and goes on with an index made again', async () => {
    await using sandbox = await Sandbox.withNotary();
    const ids = join(sandbox.dir, 'log', 'ids');
    const [first, second] = await notarized(sandbox, 'A', 'B');
    await hide(ids, addressOf(first!));
    const notary = await sandbox.open();
    const { size } = notary.log;
    await expect(notary.progress(first!.id)).rejects.toMatchObject(DAMAGED);
    await expect(notary.bundle(first!.id)).rejects.toMatchObject(DAMAGED);
    const [fresh, again] = await Promise.allSettled([
      notary.notarize(license('C')),
      notary.notarize(license('A')),
    ]);
    // A new record of the same group stands, as the vault has it.
    expect(fresh).toMatchObject({ status: 'fulfilled', value: { index: size } });
    expect(again).toMatchObject({ status: 'rejected', reason: DAMAGED });
    await expect(notary.notarize(license('D'))).rejects.toMatchObject(DAMAGED);
    expect(notary.log.size).toBe(size + 1);
    await notary.close();
    await rm(ids, { recursive: true });
    const mended = await sandbox.open();
    expect(await mended.notarize(license('A'))).toEqual(first);
    expect(await mended.notarize(license('B'))).toEqual(second);
    expect(await mended.notarize(license('D'))).toMatchObject({ index: size + 1 });
  });

  test('does not open to append what a crash has left unnoted, nor call such a log an older copy', async () => {
    await using sandbox = await Sandbox.withNotary();
    const ids = join(sandbox.dir, 'log', 'ids');
    const [first, , last] = await notarized(sandbox, 'A', 'B', 'C');
    await hide(ids, addressOf(last!));
    // What the vault knows to be there is missed.
    await expect(sandbox.open()).rejects.toMatchObject(DAMAGED);
    await rm(ids, { recursive: true });
    await (await sandbox.open()).close();
    for (const missed of [first, last]) {
      await hide(join(sandbox.dir, 'vault'), 'appended');
      await hide(ids, addressOf(missed!));
      await expect(sandbox.open()).rejects.toMatchObject(DAMAGED);
      await rm(ids, { recursive: true });
      const mended = await sandbox.open();
      expect(mended.log.size).toBe(4);
      await mended.close();
    }
  });

  test('never has a record twice, whichever byte of a table of the index is another', async () => {
    await using sandbox = await Sandbox.withNotary();
    const ids = join(sandbox.dir, 'log', 'ids');
    const [first, second] = await notarized(sandbox, 'A', 'B');
    await (await sandbox.open()).close(); // the journal becomes a table
    const kept = join(sandbox.root, 'ids.kept');
    await cp(ids, kept, { recursive: true });
    const name = (await readdir(kept)).findLast((each) => each.endsWith('.ldb'))!;
    const sound = await readFile(join(kept, name));
    let refused = 0;
    for (let at = 0; at < sound.length; at += 9) {
      const changed = Buffer.from(sound);
      changed[at]! ^= 1;
      await rm(ids, { recursive: true });
      await cp(kept, ids, { recursive: true });
      await writeFile(join(ids, name), changed);
      const notary = await sandbox.open().catch(() => undefined);
      if (!notary) {
        refused++;
        continue;
      }
      const { size } = notary.log;
      for (const [key, receipt] of [
        ['A', first],
        ['B', second],
      ] as const) {
        const again = await notary.notarize(license(key)).catch(() => undefined);
        if (again) expect(again).toEqual(receipt);
        else refused++;
      }
      expect(notary.log.size).toBe(size);
      await notary.close().catch(() => undefined);
    }
    expect(refused).toBeGreaterThan(0);
  });
});
