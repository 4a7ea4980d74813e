import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { makePlace, type Place } from './support/fixture.ts';

type Fact =
  | { readonly fact: 'opened'; readonly size: number }
  | { readonly fact: 'appended'; readonly index: number; readonly note: string }
  | { readonly fact: 'refused'; readonly code: string };

/** A process that writes a log, and what it has said so far. */
class Writer {
  readonly facts: Fact[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  #wake: (() => void)[] = [];

  constructor(at: { readonly store: string; readonly guard: string; readonly tiles: string }) {
    const script = fileURLToPath(new URL('support/copy-writer.ts', import.meta.url));
    const first = String(Writer.#next++ * 1_000_000);
    const argv = ['-C', '@anchorlog/source', script, at.store, at.guard, at.tiles, first];
    this.child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      if (line.endsWith('}')) this.facts.push(JSON.parse(line) as Fact); // written by the process
      for (const wake of this.#wake.splice(0)) wake();
    });
    this.ended = once(this.child, 'close');
  }

  static #next = 1;

  async said(fact: Fact['fact'], count = 1): Promise<void> {
    while (this.facts.filter((each) => each.fact === fact).length < count) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  get code(): string | undefined {
    const refused = this.facts.find((each) => each.fact === 'refused');
    return refused?.code;
  }

  get appended(): { readonly index: number; readonly note: string }[] {
    return this.facts.filter((each) => each.fact === 'appended');
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Whoever acknowledged an index, nobody acknowledged it for another tree. */
function checkOneHistory(writers: readonly Writer[]): void {
  const notes = new Map<number, string>();
  for (const { index, note } of writers.flatMap(({ appended }) => appended)) {
    expect(notes.get(index) ?? note).toBe(note);
    notes.set(index, note);
  }
}

/** Copy the folder of a log whose writer has begun; the writer is paused then. */
async function copyWhileItRuns(place: Place): Promise<{ first: Writer; copy: Place }> {
  const copy = { ...place, store: join(place.dir, 'copy') };
  const first = new Writer(place);
  await first.said('appended', 50);
  first.child.kill('SIGSTOP');
  await cp(place.store, copy.store, { recursive: true });
  return { first, copy };
}

describe('a log whose folder was copied while it ran', () => {
  test('acknowledges nothing more once the copy is open with the same guard, and never two histories', async () => {
    await using place = await makePlace();
    const { first, copy } = await copyWhileItRuns(place);
    const second = new Writer(copy);
    await second.said('appended', 20);
    first.child.kill('SIGCONT');
    await first.ended;
    expect(first.code).toBe('LOG_FENCED');
    await second.said('appended', 100);
    await second.kill();
    checkOneHistory([first, second]);
    // The log that was fenced is an older copy now.
    await expect(place.open({ clock: Date.now })).rejects.toMatchObject({
      code: expect.stringMatching(/^LOG_(BEHIND_GUARD|INCONSISTENT)$/) as unknown,
    });
    await using log = await place.open({ store: copy.store, clock: Date.now });
    expect(log.size).toBeGreaterThanOrEqual(second.appended.at(-1)!.index);
  });

  test('goes on when the copy is refused for being older', async () => {
    await using place = await makePlace();
    const { first, copy } = await copyWhileItRuns(place);
    first.child.kill('SIGCONT');
    await first.said('appended', 200);
    const second = new Writer(copy);
    await second.ended;
    expect(second.code).toBe('LOG_BEHIND_GUARD');
    await first.said('appended', first.appended.length + 50);
    await first.kill();
    expect(first.code).toBeUndefined();
  });
});

describe('a log whose lock was removed', () => {
  test('acknowledges nothing more once somebody else has opened it', async () => {
    await using place = await makePlace();
    const first = new Writer(place);
    await first.said('appended', 50);
    first.child.kill('SIGSTOP');
    for (const name of ['entries', 'ids']) await rm(join(place.store, name, 'LOCK'));
    const second = new Writer(place);
    await second.said('appended', 20);
    first.child.kill('SIGCONT');
    await first.ended;
    // Paused between the check of its folder and its guard write, it meets the guard of the other first.
    expect(first.code).toMatch(/^LOG_(STORE_REPLACED|FENCED)$/);
    await second.kill();
    checkOneHistory([first, second]);
  });
});

describe('writers of one guard that are killed', () => {
  test('leave one that the next can claim, each time', async () => {
    await using place = await makePlace();
    const writers: Writer[] = [];
    for (let round = 0; round < 6; round++) {
      const writer = new Writer(place);
      writers.push(writer);
      await writer.said('appended', 5 + 7 * round);
      await writer.kill();
    }
    checkOneHistory(writers);
    for (const { facts, code } of writers)
      expect([facts[0]?.fact, code]).toEqual(['opened', undefined]);
  });
});
