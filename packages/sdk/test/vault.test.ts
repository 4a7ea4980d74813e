import { readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { describe, expect, test } from 'vitest';
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
});
