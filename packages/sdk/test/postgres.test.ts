import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateLog } from '@anchorlog/log';
import { openPostgresStore } from '@anchorlog/log/postgres';
import { NO_POSTGRES, findPostgres, startPostgres } from '@anchorlog/testkit';
import { describe, expect, test } from 'vitest';
import { readConfig, writeConfig } from '../src/config.ts';
import { Sandbox, license } from './support/sandbox.ts';

describe('a notary whose log is in a database', () => {
  const isThere = findPostgres() !== undefined;
  test.skipIf(!isThere)(
    `gives receipts and bundles as any other (${isThere ? 'PostgreSQL' : NO_POSTGRES})`,
    async () => {
      await using server = await startPostgres();
      await using sandbox = await Sandbox.withNotary({ store: `${server.url}&schema=licenses` });
      const notary = await sandbox.open();
      const receipt = await notary.notarize(license('A'));
      await notary.flush();
      await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_LOCKED' });
      await notary.close();
      const again = await sandbox.open();
      expect(await again.notarize(license('A'))).toEqual(receipt);
      expect((await again.bundle(receipt.id)).checkpoint).toBeDefined();
      await expect(access(join(sandbox.dir, 'log'))).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );

  test.skipIf(!isThere)(
    `goes on there after it was kept in a folder (${isThere ? 'PostgreSQL' : NO_POSTGRES})`,
    async () => {
      await using server = await startPostgres();
      await using sandbox = await Sandbox.withNotary();
      const notary = await sandbox.open();
      const receipt = await notary.notarize(license('A'));
      await notary.close();
      const store = `${server.url}&schema=licenses`;
      const to = await openPostgresStore({ url: store });
      await migrateLog({ from: join(sandbox.dir, 'log'), to });
      await writeConfig(sandbox.dir, { ...(await readConfig(sandbox.dir)), store });
      const again = await sandbox.open();
      expect(await again.notarize(license('A'))).toEqual(receipt);
      expect((await again.notarize(license('B'))).index).toBe(2);
    },
  );

  test('is not named with a password, or as something else', async () => {
    for (const store of [
      'postgresql://somebody:secret@host/logs',
      'postgresql://somebody@host/logs?password=secret',
      './folder',
      'http://host/logs',
      '',
    ]) {
      await expect(Sandbox.withNotary({ store })).rejects.toMatchObject({
        code: 'SDK_CONFIG_MALFORMED',
      });
    }
  });
});
