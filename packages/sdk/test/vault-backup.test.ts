import { cp, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backupVault } from '../src/vault-backup.ts';
import type { Receipt } from '../src/notary.ts';
import { Sandbox, license } from './support/sandbox.ts';

describe('backupVault', () => {
  test('has all that was acknowledged before, while more is taken, and opens it in the place of the vault', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const known = new Map<string, Receipt>();
    for (const key of ['A', 'B']) known.set(key, await notary.notarize(license(key)));
    const kept = join(sandbox.root, 'kept', 'vault');
    const [backup] = await Promise.all([
      backupVault(sandbox.dir, kept),
      ...['C', 'D'].map(async (key) => known.set(key, await notary.notarize(license(key)))),
    ]);
    expect(backup.files).toBe((await readdir(kept)).length);
    expect(backup.bytes).toBeGreaterThan(0);
    expect((await stat(kept)).mode % 0o100).toBe(0);
    const newest = join(sandbox.root, 'kept', 'newest');
    await backupVault(sandbox.dir, newest);
    const { id } = known.get('A')!;
    await notary.flush();
    const before = await notary.bundle(id, { disclose: ['/holderName'] });
    await notary.close();
    await rm(join(sandbox.dir, 'vault'), { recursive: true });
    await cp(newest, join(sandbox.dir, 'vault'), { recursive: true });
    const again = await sandbox.open();
    for (const [key, receipt] of known) expect(await again.notarize(license(key))).toEqual(receipt);
    const bundle = await again.bundle(id, { disclose: ['/holderName'] });
    expect(bundle.disclosures).toEqual(before.disclosures);
  });

  test('older than the newest entry is refused in the place of the vault', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    const kept = join(sandbox.root, 'kept');
    await backupVault(sandbox.dir, kept);
    await notary.notarize(license('B'));
    await notary.close();
    await rm(join(sandbox.dir, 'vault'), { recursive: true });
    await cp(kept, join(sandbox.dir, 'vault'), { recursive: true });
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_VAULT_BEHIND' });
  });

  test('is made nowhere where there is something, of no vault, and of none that is damaged', async () => {
    await using sandbox = await Sandbox.withNotary();
    const vault = join(sandbox.dir, 'vault');
    const kept = join(sandbox.root, 'kept');
    await expect(backupVault(sandbox.dir, kept)).rejects.toMatchObject({
      code: 'SDK_VAULT_MISSING',
    });
    for (const key of ['A', 'B']) {
      const notary = await sandbox.open();
      await notary.notarize(license(key));
      await notary.close();
    }
    await mkdir(kept);
    await expect(backupVault(sandbox.dir, kept)).rejects.toMatchObject({
      code: 'SDK_BACKUP_EXISTS',
    });
    await rm(kept, { recursive: true });
    const table = join(
      vault,
      (await readdir(vault)).find((name) => name.endsWith('.ldb'))!,
    );
    const bytes = await readFile(table);
    bytes[100]! ^= 4;
    await writeFile(table, bytes);
    const damaged = { code: 'SDK_VAULT_DAMAGED' };
    await expect(backupVault(sandbox.dir, kept)).rejects.toMatchObject(damaged);
    await rename(join(vault, 'CURRENT'), join(vault, 'current'));
    await writeFile(join(vault, 'CURRENT'), 'nonsense');
    await expect(backupVault(sandbox.dir, kept)).rejects.toMatchObject(damaged);
    expect((await readdir(sandbox.root)).filter((name) => name.startsWith('kept'))).toEqual([]);
  });
});
