import { mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TreeHead } from '@anchorlog/tlog';
import { adoptGuard, fileGuard, type Guard } from '../src/index.ts';
import { ORIGIN, makePlace, statementOf } from './support/fixture.ts';

const HEAD = { size: 7, rootHash: new Uint8Array(32).fill(9) };

function sized(size: number): TreeHead {
  return { ...HEAD, size };
}

/** Become the one who writes a guard, whatever it holds. */
async function claimed(path: string, head: TreeHead = HEAD): Promise<Guard> {
  const guard = fileGuard(path);
  await guard.claim({ origin: ORIGIN, head, check: async () => undefined });
  return guard;
}

describe('fileGuard', () => {
  test('has nothing until it is claimed, and then what was written last', async () => {
    await using place = await makePlace();
    expect(await fileGuard(place.guard).read()).toBeUndefined();
    const guard = await claimed(place.guard);
    expect(await guard.read()).toEqual(HEAD);
    await guard.write(sized(8));
    expect(await fileGuard(place.guard).read()).toEqual(sized(8));
    expect(await readdir(place.dir)).toEqual(['guard.json']);
  });

  test('is never lowered', async () => {
    await using place = await makePlace();
    const guard = await claimed(place.guard);
    await guard.write(sized(6));
    expect(await guard.read()).toEqual(HEAD);
  });

  test('is the only one who may read and write it', async () => {
    await using place = await makePlace();
    await (await claimed(place.guard)).write(sized(8));
    expect((await stat(place.guard)).mode & 0o777).toBe(0o600);
  });

  test('is written by the last one who claimed it, and by nobody else', async () => {
    await using place = await makePlace();
    const first = await claimed(place.guard);
    const second = await claimed(place.guard);
    await expect(first.write(sized(8))).rejects.toMatchObject({ code: 'LOG_FENCED' });
    await second.write(sized(9));
    await expect(first.write(sized(10))).rejects.toMatchObject({ code: 'LOG_FENCED' });
    expect(await first.read()).toEqual(sized(9));
    expect(await readdir(place.dir)).toEqual(['guard.json']);
  });

  test.each(['put back', 'removed', 'emptied'])(
    'is not written by one whose file was %s meanwhile',
    async (how) => {
      await using place = await makePlace();
      const guard = await claimed(place.guard);
      const old = await readFile(place.guard);
      await guard.write(sized(8));
      if (how === 'put back') await writeFile(place.guard, old);
      else if (how === 'emptied') await writeFile(place.guard, '');
      else await rm(place.guard);
      await expect(guard.write(sized(9))).rejects.toMatchObject({ code: 'LOG_FENCED' });
    },
  );

  test('shows each claim what is there, and stays as it is when the claim is withdrawn', async () => {
    await using place = await makePlace();
    const guard = await claimed(place.guard);
    const check = async (found: TreeHead | undefined): Promise<void> => {
      throw new RangeError(`saw ${found?.size}`);
    };
    const late = fileGuard(place.guard).claim({ origin: ORIGIN, head: sized(9), check });
    await expect(late).rejects.toThrow('saw 7');
    await guard.write(sized(8));
    expect(await guard.read()).toEqual(sized(8));
  });

  test('lets a claim look again when the guard was raised between its look and its step', async () => {
    await using place = await makePlace();
    const first = await claimed(place.guard);
    const seen: (number | undefined)[] = [];
    const check = async (found: TreeHead | undefined): Promise<void> => {
      seen.push(found?.size);
      if (seen.length === 1) await first.write(sized(8));
    };
    await fileGuard(place.guard).claim({ origin: ORIGIN, head: sized(9), check });
    expect(seen).toEqual([7, 8]);
    await expect(first.write(sized(10))).rejects.toMatchObject({ code: 'LOG_FENCED' });
  });

  test('takes one of twenty steps from the same state, and no other', async () => {
    await using place = await makePlace();
    const [path, check] = [place.guard, async (): Promise<void> => undefined];
    const guards = Array.from({ length: 20 }, () => fileGuard(path));
    await Promise.all(guards.map((guard) => guard.claim({ origin: ORIGIN, head: HEAD, check })));
    const ends = await Promise.allSettled(guards.map((guard, i) => guard.write(sized(100 + i))));
    const done = ends.flatMap(({ status }, i) => (status === 'fulfilled' ? [100 + i] : []));
    expect(done).toEqual([(await fileGuard(path).read())!.size]);
    expect(await readdir(place.dir)).toEqual(['guard.json']);
  });

  test('takes the turn away from a writer that was killed while it had it, and clears up after it', async () => {
    await using place = await makePlace();
    await claimed(place.guard);
    await mkdir(`${place.guard}.lock`);
    await writeFile(join(`${place.guard}.lock`, '00112233aabbccdd'), 'its next head');
    await mkdir(`${place.guard}.00112233aabbccee.new`);
    await writeFile(`${place.guard}.4711-0a0b0c0d.new`, 'of an earlier program');
    await (await claimed(place.guard)).write(sized(8));
    expect(await fileGuard(place.guard).read()).toEqual(sized(8));
    expect(await readdir(place.dir)).toEqual(['guard.json']);
  });

  test('is refused when it is that of another log', async () => {
    await using place = await makePlace();
    await claimed(place.guard);
    const check = async (): Promise<void> => undefined;
    const other = fileGuard(place.guard).claim({ origin: 'example.gov/seals', head: HEAD, check });
    await expect(other).rejects.toMatchObject({ code: 'LOG_GUARD_MISMATCH' });
  });

  test('reads what logs have written that did not claim it', async () => {
    await using place = await makePlace();
    const rootHash = Buffer.from(HEAD.rootHash).toString('base64');
    const old = JSON.stringify({ format: 'anchorlog/guard/1', size: 7, rootHash });
    await writeFile(place.guard, `${old}\n`);
    expect(await fileGuard(place.guard).read()).toEqual(HEAD);
    await (await claimed(place.guard)).write(sized(8));
    expect(await readFile(place.guard, 'utf8')).toContain('"anchorlog/guard/2"');
  });

  test('refuses a folder, a link and a file without end in its place', async () => {
    await using place = await makePlace();
    await mkdir(place.guard);
    const places = [place.guard, join(place.dir, 'link'), join(place.dir, 'zero')];
    await symlink(join(place.dir, 'somewhere'), places[1]!);
    await symlink('/dev/zero', places[2]!);
    for (const path of [...places, '/dev/zero']) {
      await expect(fileGuard(path).read()).rejects.toMatchObject({ code: 'LOG_GUARD_MALFORMED' });
      await expect(claimed(path)).rejects.toMatchObject({ code: 'LOG_GUARD_MALFORMED' });
    }
  });
});

describe('adoptGuard', () => {
  test('lets a log open again whose guard was lost, with a head that somebody else holds', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const { head } = await log.append(statementOf(1));
    await log.append(statementOf(2));
    await log.close();
    const guard = fileGuard(`${place.guard}.new-volume`);
    await expect(place.open({ guard })).rejects.toMatchObject({ code: 'LOG_GUARD_MISSING' });
    await adoptGuard(guard, { origin: ORIGIN, head });
    await using again = await place.open({ guard });
    expect(await guard.read()).toEqual(await again.head());
  });

  test('skips no check: a head that the store does not hold still refuses it', async () => {
    await using place = await makePlace();
    await (await place.open()).close();
    const guard = fileGuard(`${place.guard}.new-volume`);
    await adoptGuard(guard, { origin: ORIGIN, head: HEAD });
    await expect(place.open({ guard })).rejects.toMatchObject({ code: 'LOG_BEHIND_GUARD' });
  });

  test('replaces nothing', async () => {
    await using place = await makePlace();
    const guard = await claimed(place.guard);
    const adopted = adoptGuard(guard, { origin: ORIGIN, head: HEAD });
    await expect(adopted).rejects.toMatchObject({ code: 'LOG_GUARD_EXISTS' });
  });
});
