import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatUint64 } from '@anchorlog/core';
import { formatAddress } from '@anchorlog/statement';
import { Level } from 'level';
import { describe, expect, test } from 'vitest';
import { verifyConsistency, verifyInclusion } from '@anchorlog/tlog';
import type { Log, LogReceipt } from '../src/index.ts';
import { NOW, addressOf, creationOf, idOf, makePlace, statementOf } from './support/fixture.ts';
import { allEntries, hasher, rederive, treeOf, verifyReceipt } from './support/inspect.ts';

const ADDRESS = { org: '11999999000000001X', system: 'license-make' };

function statements(from: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => statementOf(from + i));
}

async function appendAll(log: Log, entries: readonly Uint8Array[]): Promise<LogReceipt[]> {
  return Promise.all(entries.map((entry) => log.append(entry)));
}

describe('createLog', () => {
  test('makes a new log whose entry 0 is its log.create', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    expect(log.size).toBe(1);
    expect(Uint8Array.from(await log.entry(0))).toEqual(creationOf());
    await rederive(log);
  });

  test('opens the same log again, without asking for an entry 0', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await appendAll(first, statements(1, 700));
    const head = await first.head();
    await first.close();
    await using log = await place.open({ create: undefined });
    expect(await log.head()).toEqual(head);
    await rederive(log);
  });

  test('refuses one key for two purposes', async () => {
    await using place = await makePlace();
    const { CHECKPOINT_SIGNER: signer } = await import('./support/fixture.ts');
    await expect(place.open({ signers: { checkpoint: signer, receipt: signer } })).rejects.toThrow(
      TypeError,
    );
  });

  test.each([{ group: { maxEntries: 0 } }, { queue: { maxBytes: 0.5 } }])(
    'refuses limits that are no limits: %o',
    async (limits) => {
      await using place = await makePlace();
      await expect(place.open(limits)).rejects.toThrow(RangeError);
    },
  );
});

describe('Log.append', () => {
  test('gives receipts that their holders can verify', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const entries = statements(1, 600);
    const receipts = await appendAll(log, entries);
    for (const [i, receipt] of receipts.entries()) verifyReceipt(receipt, entries[i]!);
    expect(receipts.map(({ index }) => index)).toEqual(entries.map((_, i) => i + 1));
    await rederive(log);
  });

  test('signs one note for all that come in one group', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const receipts = await appendAll(log, statements(1, 50));
    expect(new Set(receipts.map(({ note }) => note)).size).toBe(1);
  });

  test('promises an anchor within the hours of entry 0', async () => {
    await using place = await makePlace();
    await using log = await place.open({ create: () => creationOf({ anchorBy: 3 }) });
    const { time, anchorBy } = await log.append(statementOf(1));
    expect(time).toBe(new Date(NOW).toISOString());
    expect(Date.parse(anchorBy) - Date.parse(time)).toBe(3 * 3_600_000);
  });

  test('never gives an earlier time, should the clock be set back', async () => {
    await using place = await makePlace();
    let now = NOW;
    const first = await place.open({ clock: () => now });
    await first.append(statementOf(1));
    now -= 60_000;
    expect((await first.append(statementOf(2))).time).toBe(new Date(NOW).toISOString());
    await first.close();
    await using log = await place.open({ clock: () => now });
    expect((await log.append(statementOf(3))).time).toBe(new Date(NOW).toISOString());
  });

  test('gives the first receipt for the same bytes, byte for byte', async () => {
    await using place = await makePlace();
    let now = NOW;
    const log = await place.open({ clock: () => now });
    const receipts = await appendAll(log, statements(1, 30));
    now += 1000;
    await appendAll(log, statements(31, 30));
    expect(await appendAll(log, statements(1, 30))).toEqual(receipts);
    expect(log.size).toBe(61);
    await log.close();
    await using again = await place.open();
    expect(await appendAll(again, statements(1, 30))).toEqual(receipts);
  });

  test('gives one place to the same bytes within one group', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const [a, b, c] = await appendAll(log, [statementOf(1), statementOf(1), statementOf(2)]);
    expect(a).toEqual(b);
    expect([a!.index, c!.index]).toEqual([1, 2]);
  });

  test('gives one place to the same bytes in groups that overtake the store', async () => {
    await using place = await makePlace();
    await using log = await place.open({ group: { maxEntries: 3 } });
    // In every group of three there is one that the group before has, which the store may not show yet.
    const numbers = Array.from({ length: 300 }, (_, i) => 1 + Math.floor((i * 2) / 3));
    const receipts = await appendAll(
      log,
      numbers.map((number) => statementOf(number)),
    );
    expect(receipts.map(({ index }) => index)).toEqual(numbers);
    expect(log.size).toBe(201);
    await rederive(log);
  });

  test('refuses other bytes under one id, in the same group, the next one, and later', async () => {
    await using place = await makePlace();
    await using log = await place.open({ group: { maxEntries: 2 } });
    const other = statementOf(1, { event: 'license.revoke' });
    const results = await Promise.allSettled([
      log.append(statementOf(1)),
      log.append(other),
      log.append(other),
      log.append(statementOf(2)),
    ]);
    const conflict = { status: 'rejected', reason: { code: 'LOG_ID_CONFLICT' } };
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      conflict,
      conflict,
      { status: 'fulfilled' },
    ]);
    await expect(log.append(other)).rejects.toMatchObject({ code: 'LOG_ID_CONFLICT' });
    expect(log.size).toBe(3);
  });

  test('blames no submitter when an address leads to another entry, and takes nothing more', async () => {
    await using place = await makePlace();
    const first = await place.open();
    await appendAll(first, statements(1, 3));
    await first.close();
    const ids = new Level<string, Uint8Array>(join(place.store, 'ids'), { valueEncoding: 'view' });
    await ids.put(formatAddress(addressOf(2)), formatUint64(1));
    await ids.close();
    const log = await place.open();
    for (const entry of [statementOf(2), statementOf(4)]) {
      await expect(log.append(entry)).rejects.toMatchObject({ code: 'LOG_IDS_DAMAGED' });
    }
    await log.close();
    await rm(join(place.store, 'ids'), { recursive: true });
    await using mended = await place.open();
    expect((await mended.append(statementOf(2))).index).toBe(2);
  });

  test('takes the same id from another organisation or system', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    await appendAll(log, [
      statementOf(1),
      statementOf(1, { issuer: { org: '11999999000000002Y', system: 'license-make' } }),
      statementOf(1, { issuer: { org: '11999999000000001X', system: 'license-use' } }),
    ]);
    expect(log.size).toBe(4);
  });

  test('goes on after what it refuses', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const refused = log.append(statementOf(1, { log: 'example.gov/seals' }));
    const taken = log.append(statementOf(2));
    await expect(refused).rejects.toMatchObject({ code: 'LOG_ORIGIN_MISMATCH' });
    expect((await taken).index).toBe(1);
  });

  test('keeps its own copy of the bytes, also of those that it checks later', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const entries = statements(1, 300);
    const appending = entries.slice(0, 200).map((entry) => log.append(entry));
    const batch = log.appendBatch(entries.slice(200));
    for (const entry of entries) entry.fill(0);
    await Promise.all([...appending, batch]);
    expect((await allEntries(log)).slice(1).map((entry) => Uint8Array.from(entry))).toEqual(
      statements(1, 300),
    );
  });

  test('keeps the order of calls, single and in batches, however many turns their checks take', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const entries = statements(1, 500);
    const appending = [
      ...entries.slice(0, 150).map(async (entry) => [await log.append(entry)]),
      log.appendBatch(entries.slice(150, 350)),
      ...entries.slice(350, 400).map(async (entry) => [await log.append(entry)]),
      log.appendBatch(entries.slice(400)),
    ];
    const receipts = (await Promise.all(appending)).flat();
    expect(receipts.map(({ index }) => index)).toEqual(entries.map((_, i) => i + 1));
  });

  test('finishes on closing what is not checked yet', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const appending = Promise.allSettled([
      ...statements(1, 300).map((entry) => log.append(entry)),
      log.append(statementOf(301, { log: 'example.gov/seals' })),
    ]);
    await log.close();
    const results = await appending;
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(300);
    expect(results.at(-1)).toMatchObject({ reason: { code: 'LOG_ORIGIN_MISMATCH' } });
  });

  test('refuses with advice when too many wait, and takes the rest', async () => {
    await using place = await makePlace();
    await using log = await place.open({ queue: { maxEntries: 20 } });
    const results = await Promise.allSettled(statements(1, 30).map((entry) => log.append(entry)));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBe(10);
    expect(refused[0]).toMatchObject({
      reason: {
        code: 'LOG_BUSY',
        context: { entries: 20, retryAfterMs: expect.any(Number) as number },
      },
    });
    expect(log.size).toBe(21);
    expect((await log.append(statementOf(30))).index).toBe(21);
  });

  test('refuses when too many bytes wait, but takes one that is alone', async () => {
    await using place = await makePlace();
    await using log = await place.open({ queue: { maxBytes: 100 } });
    const results = await Promise.allSettled(statements(1, 2).map((entry) => log.append(entry)));
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'LOG_BUSY' } },
    ]);
  });
});

describe('Log.appendBatch', () => {
  test('gives neighbouring places in order', async () => {
    await using place = await makePlace();
    await using log = await place.open({ group: { maxEntries: 10 } });
    const batches = [statements(1, 7), statements(8, 7), statements(15, 10)];
    const receipts = await Promise.all(batches.map((batch) => log.appendBatch(batch)));
    expect(receipts.map((batch) => batch.map(({ index }) => index))).toEqual(
      batches.map((batch, i) => batch.map((_, k) => [1, 8, 15][i]! + k)),
    );
  });

  test('takes all or none: a bad one anywhere refuses the batch', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    await log.append(statementOf(1));
    const other = statementOf(1, { event: 'license.revoke' });
    await expect(log.appendBatch([statementOf(2), other])).rejects.toMatchObject({
      code: 'LOG_ID_CONFLICT',
    });
    const foreign = statementOf(3, { log: 'example.gov/seals' });
    await expect(log.appendBatch([statementOf(2), foreign])).rejects.toMatchObject({
      code: 'LOG_ORIGIN_MISMATCH',
    });
    const twice = [statementOf(2), statementOf(2, { event: 'license.revoke' })];
    await expect(log.appendBatch(twice)).rejects.toMatchObject({ code: 'LOG_ID_CONFLICT' });
    expect(log.size).toBe(2);
    expect((await log.append(statementOf(2))).index).toBe(2);
  });

  test('lets those which the log has already keep their receipts', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const first = await log.append(statementOf(2));
    const batch = await log.appendBatch([statementOf(1), statementOf(2), statementOf(3)]);
    expect(batch.map(({ index }) => index)).toEqual([2, 1, 3]);
    expect(batch[1]).toEqual(first);
  });

  test('refuses a batch without entries, and one larger than a group', async () => {
    await using place = await makePlace();
    await using log = await place.open({ group: { maxEntries: 5 } });
    for (const batch of [[], statements(1, 6)]) {
      await expect(log.appendBatch(batch)).rejects.toMatchObject({ code: 'LOG_BATCH_LENGTH' });
    }
  });
});

describe('Log.receipt', () => {
  test('gives every receipt again, also after the log was opened again', async () => {
    await using place = await makePlace();
    const first = await place.open({ group: { maxEntries: 7 } });
    const receipts = await appendAll(first, statements(1, 300));
    for (const receipt of receipts) expect(await first.receipt(receipt.index)).toEqual(receipt);
    await first.close();
    await using log = await place.open();
    for (const receipt of receipts) expect(await log.receipt(receipt.index)).toEqual(receipt);
    verifyReceipt(await log.receipt(0), creationOf());
    await expect(log.receipt(301)).rejects.toMatchObject({ code: 'LOG_INDEX_RANGE' });
  });
});

describe('Log.find', () => {
  test('finds by organisation, system and id', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    await appendAll(log, statements(1, 20));
    expect(await log.find({ ...ADDRESS, id: idOf(13) })).toBe(13);
    expect(await log.find({ ...ADDRESS, id: idOf(99) })).toBeUndefined();
    expect(await log.find({ ...ADDRESS, system: 'other', id: idOf(13) })).toBeUndefined();
  });
});

describe('Log.entries', () => {
  test('gives any range in order', async () => {
    await using place = await makePlace();
    await using log = await place.open({ group: { maxEntries: 64 } });
    await appendAll(log, statements(1, 600));
    const all = await allEntries(log);
    expect(all.slice(1)).toEqual(statements(1, 600));
    for (const [from, to] of [
      [0, 0],
      [0, 1],
      [63, 66],
      [255, 513],
      [600, 601],
      [601, 601],
    ] as const) {
      const some: Uint8Array[] = [];
      for await (const entry of log.entries({ from, to })) some.push(Uint8Array.from(entry));
      expect(some).toEqual(all.slice(from, to));
    }
    for (const index of [0, 1, 64, 65, 600]) {
      expect(Uint8Array.from(await log.entry(index))).toEqual(all[index]);
    }
  });

  test.each([[{ from: -1 }], [{ from: 3 }], [{ to: 3 }], [{ from: 0.5 }], [{ from: 2, to: 1 }]])(
    'refuses %o in a log of 2',
    async (range) => {
      await using place = await makePlace();
      await using log = await place.open();
      await log.append(statementOf(1));
      expect(() => log.entries(range)).toThrow(
        expect.objectContaining({ code: 'LOG_INDEX_RANGE' }),
      );
      await expect(log.entry(2)).rejects.toMatchObject({ code: 'LOG_INDEX_RANGE' });
    },
  );
});

describe('Log.head and proofs', () => {
  test('hold at every size, as another tree has them', async () => {
    await using place = await makePlace();
    await using log = await place.open({ group: { maxEntries: 50 } });
    const entries = [creationOf(), ...statements(1, 700)];
    await appendAll(log, entries.slice(1));
    const tree = treeOf(entries);
    expect(await log.head(0)).toEqual({ size: 0, rootHash: hasher.empty() });
    for (let size = 1; size <= 701; size += 7) {
      const treeHead = await log.head(size);
      expect(treeHead).toEqual({ size, rootHash: tree.root(size) });
      const index = (size * 31) % size === 0 ? size - 1 : (size * 31) % size;
      const hashes = await log.proveInclusion({ index, size });
      const leafHash = tree.node(0, index);
      verifyInclusion({ index, leafHash, treeHead, hashes }, hasher);
      const newer = await log.head();
      const consistency = await log.proveConsistency({ olderSize: size });
      verifyConsistency({ older: treeHead, newer, hashes: consistency }, hasher);
    }
  });

  test('refuse sizes and indexes that the log does not have', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const range = { code: 'LOG_SIZE_RANGE' };
    await expect(log.head(2)).rejects.toMatchObject(range);
    await expect(log.head(-1)).rejects.toMatchObject(range);
    await expect(log.proveInclusion({ index: 0, size: 2 })).rejects.toMatchObject(range);
    await expect(log.proveInclusion({ index: 1 })).rejects.toMatchObject({
      code: 'LOG_INDEX_RANGE',
    });
    await expect(log.proveConsistency({ olderSize: 0 })).rejects.toMatchObject(range);
    await expect(log.proveConsistency({ olderSize: 2 })).rejects.toMatchObject(range);
    await expect(log.proveConsistency({ olderSize: 1, newerSize: 2 })).rejects.toMatchObject(range);
  });
});

describe('Log.close', () => {
  test('finishes what waits and takes nothing more', async () => {
    await using place = await makePlace();
    const log = await place.open();
    const waiting = appendAll(log, statements(1, 100));
    const closing = log.close();
    await expect(log.append(statementOf(101))).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await expect(log.publish()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    expect((await waiting).length).toBe(100);
    await closing;
    await log.close();
    await using again = await place.open();
    expect(again.size).toBe(101);
  });
});
