import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makePlace, statementOf, type Place } from './support/fixture.ts';

const CODE = { code: 'LOG_STORE_REPLACED' };

/** What may become of a store's folder while it is open. */
const FATES: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  removed: ({ store }) => rm(store, { recursive: true }),
  'moved away': ({ store }) => rename(store, `${store}.old`),
  'replaced by a copy of itself': async ({ store }) => {
    await cp(store, `${store}.copy`, { recursive: true });
    await rm(store, { recursive: true });
    await rename(`${store}.copy`, store);
  },
  'replaced by an empty one': async ({ store }) => {
    await rm(store, { recursive: true });
    await mkdir(join(store, 'entries'), { recursive: true });
  },
  emptied: async ({ store }) => {
    await rm(join(store, 'entries'), { recursive: true });
    await mkdir(join(store, 'entries'));
  },
  'robbed of its lock': ({ store }) => rm(join(store, 'entries', 'LOCK')),
  'given the pointer of another opening': async ({ store }) => {
    const current = join(store, 'entries', 'CURRENT');
    await writeFile(`${current}.new`, await readFile(current));
    await rename(`${current}.new`, current);
  },
};

describe('a log whose store is in a folder', () => {
  test.each(Object.keys(FATES))('acknowledges nothing more once it was %s', async (fate) => {
    await using place = await makePlace();
    const log = await place.open();
    const receipt = await log.append(statementOf(1));
    await FATES[fate]!(place);
    await expect(log.append(statementOf(2))).rejects.toMatchObject(CODE);
    await expect(log.append(statementOf(3))).rejects.toMatchObject(CODE);
    expect([log.size, (await log.receipt(1)).note]).toEqual([2, receipt.note]);
    await log.close().catch(() => undefined); // the database may miss its files
  });

  test('signs no checkpoint either', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await log.append(statementOf(1));
    await FATES['moved away']!(place);
    await expect(log.publish()).rejects.toMatchObject(CODE);
    await log.close();
  });

  test('goes on once the folder is back and the log is opened again', async () => {
    await using place = await makePlace();
    const log = await place.open();
    await FATES['moved away']!(place);
    await expect(log.append(statementOf(1))).rejects.toMatchObject(CODE);
    await log.close();
    await rename(`${place.store}.old`, place.store);
    await using again = await place.open();
    expect((await again.append(statementOf(1))).index).toBe(1);
  });
});
