import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMemoryStore, directoryTiles, fileGuard, type TileSink } from '../src/index.ts';
import { addressOf, makePlace, statementOf } from './support/fixture.ts';
import { gated } from './support/gated.ts';
import { rederive, verifyReceipt, verifyTiles } from './support/inspect.ts';

// Two logs on one store, guard and folder of tiles, as two processes have them. Either is stopped at the point in question by a gate.

describe('a log whose store another process has taken over', () => {
  test('appends and publishes no more, and reads on', async () => {
    await using place = await makePlace();
    const memory = createMemoryStore();
    const stale = await place.open({ store: await memory.open() });
    const receipt = await stale.append(statementOf(1));
    await using log = await place.open({ store: await memory.open() });
    await log.append(statementOf(2));
    await log.publish();
    await expect(stale.publish()).rejects.toMatchObject({ code: 'LOG_FENCED' });
    await expect(stale.append(statementOf(3))).rejects.toMatchObject({ code: 'LOG_FENCED' });
    await expect(stale.append(statementOf(1))).rejects.toMatchObject({ code: 'LOG_FENCED' });
    expect(stale.size).toBe(2);
    expect(await stale.receipt(1)).toEqual(receipt);
    await rederive(stale);
    await stale.close();
    expect((await log.append(statementOf(3))).index).toBe(3);
    await rederive(log);
  });

  test('does not answer for entries that only the other has', async () => {
    await using place = await makePlace();
    const memory = createMemoryStore();
    const stale = await place.open({ store: await memory.open() });
    await using log = await place.open({ store: await memory.open() });
    const receipt = await log.append(statementOf(1));
    expect(await stale.find(addressOf(1))).toBeUndefined();
    await expect(stale.append(statementOf(1))).rejects.toMatchObject({ code: 'LOG_FENCED' });
    await stale.close();
    expect(await log.append(statementOf(1))).toEqual(receipt);
  });

  test('closes without complaint when it had receipts to store', async () => {
    await using place = await makePlace();
    const memory = createMemoryStore();
    const stale = await place.open({ store: await memory.open() });
    const receipt = await stale.append(statementOf(1));
    await using log = await place.open({ store: await memory.open() });
    await stale.close();
    expect(await log.receipt(1)).toEqual(receipt);
  });
});

describe('a writer that is paused and replaced', () => {
  test('while it opens the log, is told so, and not that its store is an old copy', async () => {
    await using place = await makePlace();
    const memory = createMemoryStore();
    await (await place.open({ store: await memory.open() })).close();
    const [guard, gate] = gated(fileGuard(place.guard), 'read');
    const opening = place.open({ store: await memory.open(), guard });
    const late = expect(opening).rejects.toMatchObject({ code: 'LOG_FENCED' });
    await gate.reached(1); // it knows the size of the store, and is about to see what others have seen of it
    await using log = await place.open({ store: await memory.open() });
    await log.append(statementOf(1));
    gate.open(1);
    await late;
  });

  test('before it stores a group, stores nothing of it', async () => {
    await using place = await makePlace();
    const memory = createMemoryStore();
    const [store, gate] = gated(await memory.open(), 'commit');
    gate.open(2);
    const stale = await place.open({ store });
    const first = await stale.append(statementOf(1));
    const late = expect(stale.append(statementOf(2))).rejects.toMatchObject({ code: 'LOG_FENCED' });
    await gate.reached(3);
    await using log = await place.open({ store: await memory.open() });
    const [other, again] = await log.appendBatch([statementOf(3), statementOf(2)]);
    gate.open(100);
    await late;
    await stale.close();
    expect([first.index, other?.index, again?.index]).toEqual([1, 2, 3]);
    expect(await log.append(statementOf(1))).toEqual(first);
    await rederive(log);
  });

  test('after it stored a group, does not answer, and does not set the guard back', async () => {
    await using place = await makePlace();
    const memory = createMemoryStore();
    const [guard, gate] = gated(fileGuard(place.guard), 'write');
    gate.open(1);
    const stale = await place.open({ store: await memory.open(), guard });
    const late = expect(stale.append(statementOf(1))).rejects.toMatchObject({ code: 'LOG_FENCED' });
    await gate.reached(2);
    await using log = await place.open({ store: await memory.open() });
    const answer = await log.append(statementOf(1));
    expect(answer.index).toBe(1); // it was in the store
    verifyReceipt(answer, statementOf(1));
    const { head } = await log.append(statementOf(2));
    gate.open(100);
    await late;
    expect(await fileGuard(place.guard).read()).toEqual(head);
    await stale.close();
  });

  test('while it publishes, leaves the checkpoint of the other where it is', async () => {
    await using place = await makePlace();
    const memory = createMemoryStore();
    const [tiles, gate] = gated<TileSink>(directoryTiles(place.tiles), 'write');
    const stale = await place.open({ store: await memory.open(), tiles });
    await stale.append(statementOf(1));
    const late = expect(stale.publish()).rejects.toMatchObject({ code: 'LOG_FENCED' });
    await gate.reached(1); // the tiles are about to be written, and the checkpoint after them
    await using log = await place.open({ store: await memory.open() });
    await log.append(statementOf(2));
    const checkpoint = await log.publish();
    gate.open(100);
    await late;
    expect(gate.calls).toBe(1);
    await stale.close();
    expect(await readFile(join(place.tiles, 'checkpoint'), 'utf8')).toBe(checkpoint.note);
    await verifyTiles(directoryTiles(place.tiles), checkpoint, await rederive(log));
  });
});
