import { expect, test } from 'vitest';
import { crashRounds } from './support/crash.ts';
import { fight } from './support/fight.ts';
import { describeWithPostgres, newStoreUrl } from './support/postgres.ts';

const FIGHT_MS = 600_000;

describeWithPostgres('a log in PostgreSQL', (server) => {
  test.each([1, 2, 3, 4, 5])(
    'has all that it acknowledged and goes on when it is killed, 40 times, seed %i',
    async (seed) => {
      await crashRounds(40, seed, newStoreUrl(server()));
    },
  );

  test('has one history while two processes fight for it for ten minutes', async () => {
    const end = Date.now() + FIGHT_MS;
    const isOver = (): boolean => Date.now() > end;
    const { entries, changes } = await fight({ server: server(), seed: 7, isOver });
    expect(entries).toBeGreaterThan(10_000);
    expect(changes).toBeGreaterThan(200);
  });
});
