import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { adoptGuard, fileGuard } from '../src/index.ts';
import { makePlace, statementOf } from './support/fixture.ts';

const HEAD = { size: 7, rootHash: new Uint8Array(32).fill(9) };

describe('fileGuard', () => {
  test('has nothing until it is written, and then what was written last', async () => {
    await using place = await makePlace();
    const guard = fileGuard(place.guard);
    expect(await guard.read()).toBeUndefined();
    await guard.write(HEAD);
    await guard.write({ ...HEAD, size: 8 });
    expect(await fileGuard(place.guard).read()).toEqual({ ...HEAD, size: 8 });
    expect(await readdir(place.dir)).toEqual(['guard.json']);
  });

  test('is never lowered', async () => {
    await using place = await makePlace();
    const guard = fileGuard(place.guard);
    await guard.write(HEAD);
    await guard.write({ ...HEAD, size: 6 });
    expect(await guard.read()).toEqual(HEAD);
  });

  test('is one of the heads, and whole, when several write at once', async () => {
    await using place = await makePlace();
    const guards = Array.from({ length: 20 }, () => fileGuard(place.guard));
    await Promise.all(guards.map((guard, i) => guard.write({ ...HEAD, size: 10 ** (i % 15) })));
    const head = await fileGuard(place.guard).read();
    expect(head).toEqual({ ...HEAD, size: expect.any(Number) as unknown });
    expect(await readdir(place.dir)).toEqual(['guard.json']);
  });
});

describe('adoptGuard', () => {
  test('lets a log open again whose guard was lost, with a head that somebody else holds', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const receipt = await log.append(statementOf(1));
    await log.append(statementOf(2));
    await log.close();
    const guard = fileGuard(`${place.guard}.new-volume`);
    await expect(place.open({ guard })).rejects.toMatchObject({ code: 'LOG_GUARD_MISSING' });
    await adoptGuard(guard, receipt.head);
    await using again = await place.open({ guard });
    expect(await guard.read()).toEqual(await again.head());
  });

  test('skips no check: a head that the store does not hold still refuses it', async () => {
    await using place = await makePlace();
    await (await place.open()).close();
    const guard = fileGuard(`${place.guard}.new-volume`);
    await adoptGuard(guard, HEAD);
    await expect(place.open({ guard })).rejects.toMatchObject({ code: 'LOG_BEHIND_GUARD' });
  });

  test('replaces nothing', async () => {
    await using place = await makePlace();
    const guard = fileGuard(place.guard);
    await guard.write(HEAD);
    await expect(adoptGuard(guard, HEAD)).rejects.toMatchObject({ code: 'LOG_GUARD_EXISTS' });
  });
});
