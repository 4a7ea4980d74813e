import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { directoryTiles, fileGuard, type LogReceipt } from '../src/index.ts';
import { creationOf, makePlace, statementOf, type Place } from './support/fixture.ts';
import { rederive, verifyTiles } from './support/inspect.ts';
import { checkWhole } from './support/whole.ts';

// Rows of the table of faults (spec/log §17) that take a real disk, or another one.

/** Disks that the tests may make: a full one is as real as can be. */
const CAN_MOUNT =
  process.platform === 'linux' &&
  spawnSync('mount', ['-V']).status === 0 &&
  process.getuid?.() === 0;

interface Writing {
  readonly notes: ReadonlyMap<number, string>;
  readonly end: { readonly code: string; readonly reason: string };
}

/** Let a process write the log of a place until it is refused; `limit` are the blocks of 512 bytes that a file of its may have. */
async function writeUntilRefused(place: Place, limit?: number): Promise<Writing> {
  const script = fileURLToPath(new URL('support/full-disk-writer.ts', import.meta.url));
  const argv = ['-C', '@anchorlog/source', script, place.store, place.guard, place.tiles];
  const command = `${limit === undefined ? '' : `ulimit -f ${limit}; `}exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const notes = new Map<number, string>();
  let end: Writing['end'] | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const fact = JSON.parse(line) as { index: number; note: string } | Writing['end']; // written by the process
    if ('code' in fact) end = fact;
    else notes.set(fact.index, fact.note);
  }
  expect(await ended).toEqual([0, null]);
  return { notes, end: end! }; // or it had not ended by itself
}

/** Open the log when there is room again: whole, with all that the process was told of. */
async function checkNotes(place: Place, notes: ReadonlyMap<number, string>): Promise<void> {
  expect(notes.size).toBeGreaterThan(0);
  await using log = await place.open({ queue: { maxEntries: 5000 } });
  const entries = await rederive(log);
  for (const [index, digest] of notes) {
    const { note } = await log.receipt(index);
    expect(createHash('sha256').update(note).digest('base64')).toBe(digest);
    expect(entries[index]).toEqual(statementOf(index));
  }
  await log.append(statementOf(900_000));
  await verifyTiles(directoryTiles(place.tiles), await log.publish(), await rederive(log));
}

describe.skipIf(!CAN_MOUNT)('a disk that is really full (a small tmpfs)', () => {
  test.each([
    ['store', 'LOG_FAILED'],
    ['guard', 'LOG_FAILED'],
    ['tiles', 'none'],
  ] as const)(
    'under the %s: the log says so, and goes on when there is room',
    async (which, code) => {
      await using place = await makePlace();
      const disk = join(place.dir, 'disk');
      await mkdir(disk);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', disk]);
      expect(mounted.stderr.toString()).toBe('');
      try {
        const full: Place = {
          ...place,
          [which]: join(disk, which === 'guard' ? 'guard.json' : which),
        };
        const open: Place['open'] = (change) =>
          place.open({
            ...change,
            store: full.store,
            guard: fileGuard(full.guard),
            tiles: directoryTiles(full.tiles),
          });
        const ballast = join(disk, 'ballast');
        if (which === 'guard') {
          const first = await open();
          await first.append(statementOf(1));
          await first.close();
          spawnSync('sh', ['-c', 'cat /dev/zero > "$0"', ballast]); // until there is no room at all
        }
        const { notes, end } = await writeUntilRefused(full);
        expect(end.code).toBe(code);
        if (which !== 'store') expect(end.reason).toBe('ENOSPC');
        else expect(end.reason).toMatch(/No space left/);
        await rm(ballast, { force: true });
        expect(spawnSync('mount', ['-o', 'remount,size=64m', disk]).status).toBe(0);
        if (which === 'guard') await (await open()).close();
        else await checkNotes({ ...full, open }, notes);
      } finally {
        spawnSync('umount', [disk]);
      }
    },
  );
});

describe.skipIf(process.platform === 'win32')('a file that may not grow (RLIMIT_FSIZE)', () => {
  test('stops the log, which goes on without the limit', async () => {
    await using place = await makePlace();
    const { notes, end } = await writeUntilRefused(place, 512);
    expect(end.code).toBe('LOG_FAILED');
    expect(end.reason).toMatch(/File too large/);
    await checkNotes(place, notes);
  });
});

describe('what is put in the place of a log', () => {
  /** A log of two publishings, with a copy of its store from between them. */
  async function makeAged(): Promise<{
    place: Place;
    older: string;
    acknowledged: Map<number, LogReceipt>;
  }> {
    const place = await makePlace();
    const older = join(place.dir, 'older');
    const acknowledged = new Map<number, LogReceipt>();
    for (const numbers of [
      [1, 2, 3],
      [4, 5],
    ]) {
      await using log = await place.open();
      for (const number of numbers) acknowledged.set(number, await log.append(statementOf(number)));
      await log.publish();
      if (numbers[0] !== 1) continue;
      await log.close();
      await cp(place.store, older, { recursive: true });
    }
    return { place, older, acknowledged };
  }

  const ROWS_OF_PLACES: readonly (readonly [
    string,
    string,
    RegExp,
    (place: Place, older: string) => Promise<void>,
  ])[] = [
    [
      'an old backup of the store',
      'LOG_BEHIND_GUARD',
      /[Pp]ut the newest copy back/,
      async ({ store }, older) => rename(older, store),
    ],
    [
      'an old backup of store and guard',
      'LOG_BEHIND_CHECKPOINT',
      /[Pp]ut the newest copy back/,
      async ({ store, guard }, older) => {
        await rename(older, store);
        const text = {
          format: 'anchorlog/guard/1',
          size: 0,
          rootHash: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
        };
        await writeFile(guard, JSON.stringify(text));
      },
    ],
    [
      'an empty folder, as of a disk that is not mounted',
      'LOG_BEHIND_GUARD',
      /[Pp]ut the newest copy back/,
      async ({ store }) => {
        await mkdir(store);
      },
    ],
    [
      'another log of this name on a swapped disk',
      'LOG_INCONSISTENT',
      /[Pp]ut a sound copy back/,
      async ({ store }) => {
        await using other = await makePlace();
        const log = await other.open();
        for (let number = 101; number <= 120; number++) await log.append(statementOf(number));
        await log.close();
        await cp(other.store, store, { recursive: true });
      },
    ],
    [
      'a log of another name on a swapped disk',
      'LOG_INCONSISTENT',
      /[Pp]ut a sound copy back/,
      async ({ store }) => {
        await using other = await makePlace();
        const origin = 'example.gov/seals';
        const of = { log: origin };
        const create = (): Uint8Array => creationOf({ origin }, of);
        const log = await other.open({ origin, create });
        for (let number = 101; number <= 120; number++) await log.append(statementOf(number, of));
        await log.close();
        await cp(other.store, store, { recursive: true });
      },
    ],
  ];

  test.each(ROWS_OF_PLACES)('%s is refused with %s and what to do', async (_, code, todo, put) => {
    const { place, older, acknowledged } = await makeAged();
    await using end = new AsyncDisposableStack();
    end.use(place);
    const away = join(place.dir, 'away');
    const guarded = join(place.dir, 'guarded');
    await cp(place.guard, guarded);
    await rename(place.store, away);
    await put(place, older);
    await expect(place.open()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(todo) as unknown,
    });
    await rm(place.store, { recursive: true });
    await rename(away, place.store);
    await cp(guarded, place.guard);
    await checkWhole(place, place.store, acknowledged);
  });
});
