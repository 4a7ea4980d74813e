import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { directoryTiles } from '../../src/index.ts';
import { makePlace, statementOf, type Place } from './fixture.ts';
import { rederive, verifyReceipt, verifyTiles } from './inspect.ts';
import { randomOf } from '@anchorlog/testkit';

type Fact =
  | { readonly fact: 'opening' | 'publishing' }
  | { readonly fact: 'published'; readonly size: number }
  | {
      readonly fact: 'appended';
      readonly number: number;
      readonly index: number;
      readonly note: string;
    };

type Acknowledged = Extract<Fact, { fact: 'appended' }>;

/** Let a process append and kill it at a random fact: while it opens, appends, or publishes. Give all facts that it stated. */
async function appendAndKill(place: Place, first: number, random: () => number): Promise<Fact[]> {
  const kind = (['opening', 'appended', 'appended', 'publishing'] as const)[
    Math.floor(random() * 4)
  ]!;
  const nth = kind === 'opening' ? 1 : Math.ceil(random() * (kind === 'appended' ? 600 : 6));
  const appender = fileURLToPath(new URL('appender.ts', import.meta.url));
  const argv = [
    '-C',
    '@anchorlog/source',
    appender,
    place.store,
    place.guard,
    place.tiles,
    String(first),
  ];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const facts: Fact[] = [];
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line may be cut; what is not a whole line was not acknowledged.
    if (!line.endsWith('}')) continue;
    const fact = JSON.parse(line) as Fact; // written by the appender
    facts.push(fact);
    if (fact.fact === kind && ++seen === nth) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return facts;
}

/**
 * Kill a log again and again; after each time all that it acknowledged must be there, and it must go on. Its store is in a folder unless there
 * is a URL for it.
 */
export async function crashRounds(rounds: number, seed: number, url?: string): Promise<void> {
  await using place = await makePlace(url);
  const random = randomOf(seed);
  const appended = new Map<number, Acknowledged>();
  let first = 1;
  let published = 0;
  for (let round = 0; round < rounds; round++) {
    const facts = await appendAndKill(place, first, random);
    const fresh = facts.filter((fact) => fact.fact === 'appended');
    for (const fact of fresh) {
      expect(appended.get(fact.number)).toBeUndefined();
      appended.set(fact.number, fact);
    }
    published = Math.max(published, ...facts.map((fact) => ('size' in fact ? fact.size : 0)));
    first = Math.max(first, ...fresh.map(({ number }) => number + 1));

    await using log = await place.open({ clock: Date.now });
    const entries = await rederive(log);
    for (const { number, index } of appended.values()) {
      expect(Buffer.from(statementOf(number)).equals(entries[index]!)).toBe(true);
    }
    for (const { number, index, note } of fresh) {
      const receipt = await log.append(statementOf(number));
      expect(receipt.index).toBe(index);
      expect(createHash('sha256').update(receipt.note).digest('base64')).toBe(note);
      if (number === fresh.at(-1)!.number) verifyReceipt(receipt, statementOf(number));
    }
    const checkpoint = await log.publish();
    expect(checkpoint.size).toBeGreaterThanOrEqual(published);
    await verifyTiles(directoryTiles(place.tiles), checkpoint, entries);
    // What came in and was not acknowledged is sent again by the next round: its numbers start behind the last one acknowledged.
  }
  expect(appended.size).toBeGreaterThan(rounds);
}
