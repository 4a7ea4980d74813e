import { mkdir, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Anchor } from '../src/anchor.ts';
import { Journal, type HeadRecord } from '../src/journal.ts';
import { TestLog } from './test-log.ts';

const OWNER = { chainId: 1337, contract: `0x${'ab'.repeat(20)}`, logId: `0x${'cd'.repeat(32)}` };
const HASH = `0x${'11'.repeat(32)}`;
const log = new TestLog(5000);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'anchorlog-journal-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function fileOf(part: string): Promise<string> {
  return join(
    dir,
    (await readdir(dir)).find((name) => name.includes(part))!,
  );
}

async function change(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at]! ^= 1;
  await writeFile(path, bytes);
}

function record(size: number): HeadRecord {
  return {
    head: log.headAt(size),
    state: 'mined',
    attempts: [{ nonce: 7, hash: HASH, raw: '0x1234' }],
    mined: { number: 3, txHash: HASH, blockNumber: 9, blockHash: HASH, adopted: true },
  };
}

function anchor(size: number, number: number): Anchor {
  return {
    chainId: 1337,
    contract: OWNER.contract,
    number,
    head: log.headAt(size),
    txHash: HASH,
    blockNumber: 9,
    blockHash: HASH,
    blockTime: 1_700_000_000,
    evidence: undefined,
  };
}

describe('Journal', () => {
  test('gives back what it was told, in order of size, after it was closed', async () => {
    const before = await Journal.open(dir, OWNER);
    const prepared: HeadRecord = { head: log.headAt(300), state: 'prepared', attempts: [] };
    for (const each of [record(4096), prepared, record(20)]) await before.put(each);
    await before.finish(anchor(255, 1));
    await before.finish(anchor(256, 2));
    await before.close();
    const after = await Journal.open(dir, OWNER);
    expect(await after.unfinished()).toEqual([
      record(20),
      { ...prepared, mined: undefined },
      record(4096),
    ]);
    expect(await after.latest()).toEqual(anchor(256, 2));
    const found = [0, 254, 255, 256].map(async (i) => (await after.firstCovering(i))?.number);
    expect(await Promise.all(found)).toEqual([1, 1, 2, undefined]);
    await after.close();
  });

  test('puts an anchor in the place of its record, and a record in that of others, at once', async () => {
    const journal = await Journal.open(dir, OWNER);
    await journal.put(record(10));
    await journal.put(record(20));
    await journal.put(record(30), [10]);
    await journal.finish(anchor(20, 1));
    await journal.drop(99);
    expect((await journal.unfinished()).map(({ head }) => head.size)).toEqual([30]);
    await journal.close();
  });

  test.each([
    ['head/0000000000000005', 'oops'],
    ['head/0000000000000005', '{}'],
    ['head/0000000000000005', JSON.stringify({ head: {}, state: 'sent', attempts: [] })],
    ['final/0000000000000005', '{"number":1}'],
  ])('refuses a row that is not its own: %s %s', async (key, value) => {
    const journal = await Journal.open(dir, OWNER);
    await journal.close();
    const db = new Level(dir);
    await db.put(key, value);
    await db.close();
    const damaged = await Journal.open(dir, OWNER);
    const read = async (): Promise<unknown> => [await damaged.unfinished(), await damaged.latest()];
    await expect(read()).rejects.toMatchObject({ code: 'ANCHOR_JOURNAL_MALFORMED' });
    await damaged.close();
  });

  test('refuses an anchor whose evidence is none', async () => {
    const journal = await Journal.open(dir, OWNER);
    await journal.finish(anchor(255, 1));
    await journal.close();
    const db = new Level(dir);
    const key = 'final/00000000000000ff';
    await db.put(key, (await db.get(key)).replace(/}$/, ',"evidence":{"kind":"x"}}'));
    await db.close();
    const damaged = await Journal.open(dir, OWNER);
    await expect(damaged.latest()).rejects.toMatchObject({ code: 'ANCHOR_JOURNAL_MALFORMED' });
    await damaged.close();
  });

  test.each([
    ['CURRENT is something else', () => writeFile(join(dir, 'CURRENT'), 'nonsense')],
    ['CURRENT is gone', () => rm(join(dir, 'CURRENT'))],
    ['CURRENT names no file', () => writeFile(join(dir, 'CURRENT'), 'MANHFEST-000002\n')],
    ['MANIFEST is gone', async () => rm(await fileOf('MANIFEST'))],
    ['a table is gone', async () => rm(await fileOf('.ldb'))],
    ['a table is cut', async () => truncate(await fileOf('.ldb'), 50)],
    ['a table is empty', async () => truncate(await fileOf('.ldb'))],
    ['a byte of a table is another', async () => change(await fileOf('.ldb'), 40)],
  ])('is damaged where %s', async (_, damage) => {
    const journal = await Journal.open(dir, OWNER);
    await journal.put(record(10));
    await journal.close();
    await (await Journal.open(dir, OWNER)).close(); // its rows come into a table
    await damage();
    const read = async (): Promise<unknown> => {
      const damaged = await Journal.open(dir, OWNER);
      try {
        return await damaged.unfinished();
      } finally {
        await damaged.close();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'ANCHOR_JOURNAL_MALFORMED' });
  });

  test('does not take a system that refuses for damage, nor a journal that was closed', async () => {
    const journal = await Journal.open(dir, OWNER);
    await journal.close();
    const failed = { code: 'ANCHOR_JOURNAL_FAILED' };
    await expect(journal.put(record(10))).rejects.toMatchObject(failed);
    await expect(journal.latest()).rejects.toMatchObject(failed);
    await rm(join(dir, 'LOCK'));
    await mkdir(join(dir, 'LOCK'));
    await expect(Journal.open(dir, OWNER)).rejects.toMatchObject(failed);
  });
});
