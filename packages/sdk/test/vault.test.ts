import { readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { describe, expect, test } from 'vitest';
import { adoptVault } from '../src/create.ts';
import { Vault } from '../src/vault.ts';
import { BUREAU, Sandbox, license } from './support/sandbox.ts';

const UNKNOWN_ID = '00000000-0000-8000-8000-000000000000';

describe('Vault', () => {
  test('is not opened where any byte of a table of it is another, or CURRENT is gone', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    await notary.close();
    await (await sandbox.open()).close(); // its rows come into a table
    const folder = join(sandbox.dir, 'vault');
    const name = (await readdir(folder)).find((each) => each.endsWith('.ldb'))!;
    const table = join(folder, name);
    const sound = await readFile(table);
    const damaged = { code: 'SDK_VAULT_DAMAGED' };
    for (let at = 0; at < sound.length; at += 7) {
      const changed = Buffer.from(sound);
      changed[at]! ^= 1 << (at % 8);
      await writeFile(table, changed);
      await expect(sandbox.open()).rejects.toMatchObject(damaged);
    }
    await writeFile(table, sound);
    const current = await readFile(join(folder, 'CURRENT'));
    await rm(join(folder, 'CURRENT'));
    await expect(sandbox.open()).rejects.toMatchObject(damaged);
    await writeFile(join(folder, 'CURRENT'), current);
    await sandbox.open();
  });

  test('says that it is damaged where a table of it is cut, however it is read', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const { id } = await notary.notarize(license('A'));
    await notary.close();
    const folder = join(sandbox.dir, 'vault');
    await (await sandbox.open()).close(); // its rows come into a table
    for (const name of await readdir(folder)) {
      if (name.endsWith('.ldb')) await truncate(join(folder, name), 50);
    }
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_VAULT_DAMAGED' });
    await using place = await Sandbox.make();
    const path = join(place.root, 'vault');
    const vault = await Vault.open(path, 'test');
    const address = { org: BUREAU.org, system: BUREAU.system, id };
    await vault.close();
    const db = new Level<string, Uint8Array>(path, { valueEncoding: 'view' });
    await db.put(`id/${id}/${BUREAU.org}/${BUREAU.system}`, new Uint8Array(40).fill(255));
    await db.close();
    const changed = await Vault.open(path, 'test');
    await expect(changed.places([address])).rejects.toMatchObject({ code: 'SDK_VAULT_DAMAGED' });
    await changed.close();
  });

  test('fails for good once it cannot be read', async () => {
    await using sandbox = await Sandbox.make();
    const vault = await Vault.open(join(sandbox.root, 'vault'), 'test');
    await vault.close();
    const address = { org: BUREAU.org, system: BUREAU.system, id: UNKNOWN_ID };
    await expect(vault.places([address])).rejects.toMatchObject({ code: 'SDK_VAULT_FAILED' });
  });

  test('refuses an item whose number is missing among the others, as from a journal with a changed byte', async () => {
    await using sandbox = await Sandbox.withNotary();
    const folder = join(sandbox.dir, 'vault');
    const notary = await sandbox.open();
    for (const key of ['A', 'B', 'C']) await notary.notarize(license(key));
    await notary.close();
    for (const number of [0, 2]) {
      const db = new Level<string, Uint8Array>(folder, { valueEncoding: 'view' });
      const key = `item/${String(number).padStart(16, '0')}`;
      const row = await db.get(key);
      await db.del(key);
      await db.close();
      await expect(sandbox.open()).rejects.toMatchObject({
        code: 'SDK_VAULT_DAMAGED',
        message: expect.stringContaining(`item ${number} `) as unknown,
      });
      const again = new Level<string, Uint8Array>(folder, { valueEncoding: 'view' });
      await again.put(key, row);
      await again.close();
    }
    await sandbox.open();
  });
});

describe('a notary whose vault has changed under it', () => {
  test('does not say of the submitter that he has handed in another record', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const { id } = await notary.notarize(license('A'));
    await notary.notarize(license('B'));
    await notary.close();
    const db = new Level<string, Uint8Array>(join(sandbox.dir, 'vault'), { valueEncoding: 'view' });
    const address = `id/${id}/${BUREAU.org}/${BUREAU.system}`;
    const place = Buffer.from(await db.get(address));
    const key = `item/${String(Number(place.readBigUInt64BE())).padStart(16, '0')}`;
    const row = Buffer.from(await db.get(key));
    const changed = Buffer.from(row);
    changed[row.indexOf('"key":"A"') + 7]! ^= 1;
    await db.put(key, changed);
    await db.close();
    const open = await sandbox.open();
    const damaged = { code: 'SDK_VAULT_DAMAGED' };
    await expect(open.notarize(license('A'))).rejects.toMatchObject(damaged);
    await expect(open.bundle(id)).rejects.toMatchObject(damaged);
    await open.close();
    // A place without a sum is one that was written before there were sums.
    const old = new Level<string, Uint8Array>(join(sandbox.dir, 'vault'), {
      valueEncoding: 'view',
    });
    await old.batch([
      { type: 'put', key, value: row },
      { type: 'put', key: address, value: new Uint8Array(place.subarray(0, 40)) },
    ]);
    await old.close();
    expect((await (await sandbox.open()).notarize(license('A'))).id).toBe(id);
  });

  test('says that it has lost what the log has, takes nothing more, and goes on without it', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const { id, index } = await notary.notarize(license('A'));
    await notary.notarize(license('B'));
    await notary.close();
    const db = new Level(join(sandbox.dir, 'vault'));
    await db.del(`id/${id}/${BUREAU.org}/${BUREAU.system}`);
    await db.close();
    const damaged = { code: 'SDK_VAULT_DAMAGED' };
    const open = await sandbox.open();
    await expect(open.notarize(license('A'))).rejects.toMatchObject(damaged);
    await expect(open.notarize(license('C'))).rejects.toMatchObject(damaged);
    await open.close();
    await expect(sandbox.open()).rejects.toMatchObject(damaged);
    expect(await adoptVault({ dir: sandbox.dir })).toEqual({
      entries: 3,
      lost: [{ from: index, to: index + 1 }],
    });
    const mended = await sandbox.open();
    await expect(mended.notarize(license('A'))).rejects.toMatchObject({
      code: 'SDK_OPENINGS_LOST',
    });
    expect((await mended.notarize(license('C'))).index).toBe(3);
  });
});
