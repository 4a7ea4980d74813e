import { afterEach, describe, test } from 'vitest';
import { storeSuite, type StorePlace } from '@anchorlog/testkit';
import { createMemoryStore } from '../src/index.ts';
import { openLevelStore } from '../src/level-store.ts';
import { openPostgresReader, openPostgresStore } from '../src/postgres.ts';
import { makePlace, type Place } from './support/fixture.ts';
import { describeWithPostgres, newSchema } from './support/postgres.ts';

describe('the store in memory', () => {
  test.each(storeSuite({ secondWriter: 'takesOver' }))('$name', async ({ run }) => {
    await run(createMemoryStore());
  });
});

describe('the embedded store', () => {
  let place: Place | undefined;
  afterEach(async () => place?.[Symbol.asyncDispose]());

  async function makeLevelPlace(): Promise<StorePlace> {
    place = await makePlace();
    const { store } = place;
    // Addresses of the suite do not follow from its entries: after a close in good order none has to be derived.
    const addressOf = (): string => {
      throw new Error('no address was lost');
    };
    return { open: () => openLevelStore(store, addressOf) };
  }

  test.each(storeSuite({ secondWriter: 'refused' }))('$name', async ({ run }) => {
    await run(await makeLevelPlace());
  });
});

describeWithPostgres('the store in PostgreSQL', (server) => {
  test.each(storeSuite({ secondWriter: 'refused' }))('$name', async ({ run }) => {
    const place = { url: server().url, schema: newSchema() };
    await run({ open: () => openPostgresStore(place), read: () => openPostgresReader(place) });
  });

  const names = new Set(storeSuite({ secondWriter: 'refused' }).map(({ name }) => name));
  const ofTakingOver = storeSuite({ secondWriter: 'takesOver' }).filter(
    ({ name }) => !names.has(name),
  );
  test.each(ofTakingOver)('$name', async ({ run }) => {
    const place = { url: server().url, schema: newSchema() };
    await run({ open: () => openPostgresStore({ ...place, whenHeld: 'takeOver' }) });
  });
});
