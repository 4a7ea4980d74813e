import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PostgresServer } from '@anchorlog/testkit';
import { expect } from 'vitest';
import { directoryTiles, type Log } from '../../src/index.ts';
import { makePlace, statementOf, type Place } from './fixture.ts';
import { rederive, verifyTiles } from './inspect.ts';
import { newStoreUrl } from './postgres.ts';
import { randomOf } from '@anchorlog/testkit';
import { sql } from './sql.ts';

type Fact =
  | { readonly fact: 'opening' }
  | { readonly fact: 'opened'; readonly size: number }
  | { readonly fact: 'refused'; readonly code: string }
  | { readonly fact: 'published'; readonly size: number; readonly rootHash: string }
  | {
      readonly fact: 'appended';
      readonly number: number;
      readonly index: number;
      readonly note: string;
    };

/**
 * What may become of a rival: another is the writer; or was, and published at the same time; or the server was down when it opened. Once
 * it has opened the log, it sits out whatever becomes of the server: it never fails.
 */
const REFUSALS = new Set([
  'LOG_FENCED',
  'LOG_CHECKPOINT_MOVED',
  'ENOENT',
  'ENOTEMPTY',
  'LOG_STORE_UNREACHABLE',
]);

/** Facts that several processes state, and those who wait for more of them. */
export class Facts {
  readonly all: Fact[] = [];
  #waiting: (() => void)[] = [];

  add(fact: Fact): void {
    this.all.push(fact);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each();
  }

  /** Wait for so many more. */
  async more(count: number): Promise<void> {
    const end = this.all.length + count;
    await this.until(() => this.all.length >= end);
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** A process that appends to a log that is not its alone. */
export class Rival {
  readonly #place: Place;
  readonly #facts: Facts;
  #child: ChildProcess;
  #exited: Promise<unknown>;

  constructor(place: Place, facts: Facts, first: number) {
    this.#place = place;
    this.#facts = facts;
    [this.#child, this.#exited] = this.#spawn(first);
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async replace(first: number): Promise<void> {
    await this.kill();
    [this.#child, this.#exited] = this.#spawn(first);
  }

  #spawn(first: number): [ChildProcess, Promise<unknown>] {
    const { store, guard, tiles } = this.#place;
    const script = fileURLToPath(new URL('rival.ts', import.meta.url));
    const argv = [script, store, guard, tiles, String(first), String(first)];
    const child = spawn(process.execPath, ['-C', '@anchorlog/source', ...argv], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    // The last line may be cut; what is not a whole line was not stated.
    lines.on('line', (line) => line.endsWith('}') && this.#facts.add(JSON.parse(line) as Fact));
    return [child, once(child, 'close')];
  }
}

/**
 * Let two processes fight for one log, each taking it from the other, while they are paused, killed and cut off, and the server crashes, at
 * seeded moments. In the end there is one history, and all that anybody was told is in it.
 */
export async function fight(of: {
  readonly server: PostgresServer;
  readonly seed: number;
  readonly isOver: (soFar: { readonly rounds: number; readonly changes: number }) => boolean;
}): Promise<{ readonly entries: number; readonly changes: number }> {
  const { server, seed, isOver } = of;
  await using place = await makePlace(newStoreUrl(server));
  const random = randomOf(seed);
  const facts = new Facts();
  const changes = (): number => facts.all.filter(({ fact }) => fact === 'opened').length;
  let next = 1;
  const first = (): number => next++ * 1_000_000;
  const rivals = [new Rival(place, facts, first()), new Rival(place, facts, first())];
  try {
    for (let rounds = 0; !isOver({ rounds, changes: changes() }); rounds++) {
      await facts.more(20 + Math.floor(random() * 400));
      const rival = rivals[Math.floor(random() * 2)]!;
      const what = random();
      if (what < 0.5) {
        rival.pause();
        await facts.more(30); // the other goes on, once the lease has run out
        rival.resume();
      } else if (what < 0.75) await rival.replace(first());
      else if (what < 0.95) await cutAll(server);
      else {
        await server.stop('immediate');
        await server.start();
      }
    }
  } finally {
    for (const rival of rivals) await rival.kill();
  }
  await using log = await place.open();
  const entries = await checkHistory(log, facts.all);
  await verifyTiles(directoryTiles(place.tiles), await log.publish(), entries);
  return { entries: entries.length, changes: changes() };
}

async function cutAll({ url }: PostgresServer): Promise<void> {
  await sql(
    url,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'anchorlog'",
  );
}

/** Check that a log is whole, and holds what facts say of it; give its entries. */
export async function checkHistory(log: Log, facts: readonly Fact[]): Promise<Uint8Array[]> {
  const entries = await rederive(log);
  const places = new Map<number, { readonly index: number; readonly note: string }>();
  for (const fact of facts) {
    if (fact.fact === 'refused') expect(REFUSALS).toContain(fact.code);
    if (fact.fact === 'published') {
      expect(Buffer.from((await log.head(fact.size)).rootHash).toString('hex')).toBe(fact.rootHash);
    }
    if (fact.fact !== 'appended') continue;
    const { number, index, note } = fact;
    // Whoever was asked, and however often, the answer was the same.
    expect({ index, note }).toEqual(places.get(number) ?? { index, note });
    places.set(number, { index, note });
    if (!Buffer.from(statementOf(number)).equals(entries[index]!)) {
      expect.fail(`entry ${index} is not what was acknowledged as ${number}`);
    }
  }
  const numbers = [...places.keys()];
  for (let at = 0; at < numbers.length; at += 1000) {
    const some = numbers.slice(at, at + 1000);
    const receipts = await log.appendBatch(some.map((number) => statementOf(number)));
    for (const [i, receipt] of receipts.entries()) {
      const note = createHash('sha256').update(receipt.note).digest('base64');
      expect({ index: receipt.index, note }).toEqual(places.get(some[i]!));
    }
  }
  expect(log.size).toBe(entries.length); // all of it was there
  return entries;
}
