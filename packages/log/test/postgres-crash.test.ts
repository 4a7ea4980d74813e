import { expect, test } from 'vitest';
import { makePlace, statementOf } from './support/fixture.ts';
import { crashRounds } from './support/crash.ts';
import { Facts, Rival, checkHistory, fight } from './support/fight.ts';
import { describeWithPostgres, newStoreUrl } from './support/postgres.ts';

describeWithPostgres('a log in PostgreSQL', (server) => {
  test('has all that it acknowledged and goes on when it is killed, 6 times at seeded moments', async () => {
    await crashRounds(6, 20_261_123, newStoreUrl(server()));
  }, 120_000);

  test('refuses its writer that was paused, replaced, and wakes up', async () => {
    await using place = await makePlace(newStoreUrl(server()));
    const facts = new Facts();
    const writer = new Rival(place, facts, 1_000_000);
    try {
      await facts.more(200);
      writer.pause();
      const stated = facts.all.length;
      const log = await place.open({ whenHeld: 'wait' }); // for the lease of the paused one
      const sizeBefore = log.size;
      for (let number = 1; number <= 50; number++) await log.append(statementOf(number));
      writer.resume();
      const isRefused = (): boolean =>
        facts.all.slice(stated).some((fact) => fact.fact === 'refused');
      await facts.until(isRefused);
      await log.close();
      await writer.kill();
      // What the paused one still stated was stored before it was replaced; what it tried afterwards was refused.
      for (const fact of facts.all.slice(stated)) {
        if (fact.fact === 'refused') expect(fact.code).toBe('LOG_FENCED');
        if (fact.fact === 'opened') break;
        if (fact.fact === 'appended') expect(fact.index).toBeLessThan(sizeBefore);
      }
    } finally {
      await writer.kill();
    }
    await using again = await place.open();
    await checkHistory(again, facts.all);
  });

  test('has one history while two processes fight for it', async () => {
    // How soon a lease runs out in rounds is the machine's: the fight is over when the log has changed hands often enough.
    const isOver = (soFar: { readonly rounds: number; readonly changes: number }): boolean =>
      soFar.rounds >= 8 && soFar.changes > 5;
    const { entries } = await fight({ server: server(), seed: 1, isOver });
    expect(entries).toBeGreaterThan(500);
  }, 120_000);
});
