import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addressOfEntry } from '../src/admission.ts';
import {
  backupLog,
  directoryTiles,
  fileGuard,
  publishedEntries,
  readManifest,
  refillLog,
  restoreLog,
  verifyBackup,
  type LogReceipt,
  type SeenHead,
} from '../src/index.ts';
import { openLevelStore } from '../src/level-store.ts';
import { DiskError, faulty } from './support/faulty.ts';
import { NOW, ORIGIN, makePlace, statementOf, type Place } from './support/fixture.ts';
import { rederive, verifyReceipt, verifyTiles } from './support/inspect.ts';

interface Backed extends AsyncDisposable {
  readonly place: Place;
  readonly backup: string;
  readonly restored: string;
  readonly receipts: readonly LogReceipt[];
}

/** A log of which a backup was taken at size 31, and `later` entries after it. */
async function makeBacked(later = 0): Promise<Backed> {
  const place = await makePlace();
  const receipts: LogReceipt[] = [];
  const [backup, restored] = [join(place.dir, 'backup'), join(place.dir, 'restored')];
  await using log = await place.open();
  for (let number = 1; number <= 30 + later; number++) {
    receipts.push(await log.append(statementOf(number)));
    if (number === 30) await backupLog({ from: place.store, to: backup, segmentBytes: 8192 });
  }
  await log.publish();
  const end = async (): Promise<void> => place[Symbol.asyncDispose]();
  return { place, backup, restored, receipts, [Symbol.asyncDispose]: end };
}

async function headsSeen({ guard }: Place): Promise<SeenHead[]> {
  const guarded = await fileGuard(guard).read();
  return guarded ? [{ ...guarded, code: 'LOG_BEHIND_GUARD' }] : [];
}

describe('restoreLog', () => {
  test('gives a log that opens with the guard and files that there are, and goes on', async () => {
    await using backed = await makeBacked();
    const { place, backup, restored, receipts } = backed;
    const told: number[] = [];
    const report = await restoreLog({
      from: backup,
      to: restored,
      seen: await headsSeen(place),
      onProgress: (done, of) => told.push(done / of),
    });
    expect(report).toMatchObject({ origin: ORIGIN, size: 31, missing: [] });
    expect(told.at(-1)).toBe(1);
    await using log = await place.open({ store: restored });
    for (const receipt of receipts) expect(await log.receipt(receipt.index)).toEqual(receipt);
    expect((await log.append(statementOf(5))).index).toBe(5);
    expect((await log.append(statementOf(31))).index).toBe(31);
    await verifyTiles(directoryTiles(place.tiles), await log.publish(), await rederive(log));
  });

  test('writes nothing where somebody has seen more, and says who', async () => {
    await using backed = await makeBacked(4);
    const { place, backup, restored } = backed;
    const [guarded] = await headsSeen(place);
    for (const code of ['LOG_BEHIND_GUARD', 'LOG_BEHIND_CHECKPOINT', 'LOG_BEHIND_CHAIN'] as const) {
      const seen = [{ ...guarded!, code }];
      const restoring = restoreLog({ from: backup, to: restored, seen });
      await expect(restoring).rejects.toMatchObject({ code, context: { size: 31, seen: 35 } });
    }
    await expect(openLevelStoreOf(restored)).resolves.toBeUndefined();
  });

  test('restores what is behind if told so, which opens only after it was filled up', async () => {
    await using backed = await makeBacked(4);
    const { place, backup, restored, receipts } = backed;
    const seen = await headsSeen(place);
    const { missing } = await restoreLog({ from: backup, to: restored, seen, behind: true });
    expect(missing).toEqual(seen);
    await expect(place.open({ store: restored })).rejects.toMatchObject({
      code: 'LOG_BEHIND_GUARD',
    });
    const source = directoryTiles(place.tiles);
    await refillLog({
      origin: ORIGIN,
      store: restored,
      head: seen[0]!,
      entries: (from) => publishedEntries(source, { from, to: 35 }),
      clock: () => NOW,
    });
    await using log = await place.open({ store: restored });
    await rederive(log);
    for (const [i, first] of receipts.entries()) {
      const again = await log.receipt(first.index);
      verifyReceipt(again, statementOf(i + 1));
      if (first.index < 31) expect(again).toEqual(first);
    }
  });

  test('writes nothing of a backup with another tree than somebody has seen, also between two groups', async () => {
    await using backed = await makeBacked();
    const { place, backup, restored } = backed;
    await using log = await place.open();
    for (const size of [1, 7, 31]) {
      const { rootHash } = await log.head(size);
      const other = {
        size,
        rootHash: rootHash.with(0, rootHash[0]! ^ 1),
        code: 'LOG_BEHIND_CHAIN',
      } as const;
      const seen = [{ size, rootHash, code: 'LOG_BEHIND_CHAIN' } as const];
      await expect(verifyBackup({ from: backup, seen })).resolves.toMatchObject({ missing: [] });
      for (const behind of [false, true]) {
        await expect(
          restoreLog({ from: backup, to: restored, seen: [...seen, other], behind }),
        ).rejects.toMatchObject({ code: 'LOG_INCONSISTENT' });
      }
    }
    await expect(openLevelStoreOf(restored)).resolves.toBeUndefined();
  });

  test.each(['before', 'after'] as const)(
    'goes on with a store where a group or checkpoint failed %s it took effect',
    async (when) => {
      await using backed = await makeBacked();
      const { place, backup, restored, receipts } = backed;
      for (const call of ['commit', 'putCheckpoint', 'last', 'entries']) {
        const to = faulty(await openLevelStore(restored, addressOfEntry), { call, nth: 0, when });
        const restoring = restoreLog({ from: backup, to, seen: [] });
        // The backup was taken before the first checkpoint.
        if (call === 'putCheckpoint') await restoring;
        else await expect(restoring).rejects.toThrow(DiskError);
      }
      await restoreLog({ from: backup, to: restored, seen: [] });
      await using log = await place.open({ store: restored });
      await rederive(log);
      for (const receipt of receipts) expect(await log.receipt(receipt.index)).toEqual(receipt);
    },
  );

  test('refuses a place that holds something else, or more', async () => {
    await using backed = await makeBacked(3);
    const { place, backup } = backed;
    await expect(restoreLog({ from: backup, to: place.store, seen: [] })).rejects.toMatchObject({
      code: 'LOG_RESTORE_MISMATCH',
    });
    await using other = await makePlace();
    {
      await using log = await other.open();
      await log.append(statementOf(77));
    }
    await expect(restoreLog({ from: backup, to: other.store, seen: [] })).rejects.toMatchObject({
      code: 'LOG_RESTORE_MISMATCH',
    });
  });

  test('refuses a store that does not give what was written into it', async () => {
    await using backed = await makeBacked();
    const real = await openLevelStore(backed.restored, addressOfEntry);
    const to = new Proxy(real, {
      get(target, name) {
        if (name !== 'entries') return (Reflect.get(target, name) as () => unknown).bind(target);
        return async function* (range: { from: number; to: number }) {
          for await (const entry of target.entries(range)) yield Uint8Array.of(...entry, 32);
        };
      },
    });
    await expect(restoreLog({ from: backed.backup, to, seen: [] })).rejects.toMatchObject({
      code: 'LOG_RESTORE_MISMATCH',
    });
  });
});

describe('verifyBackup', () => {
  test('refuses a folder without a backup', async () => {
    await using place = await makePlace();
    await expect(verifyBackup({ from: place.dir, seen: [] })).rejects.toMatchObject({
      code: 'LOG_BACKUP_MISSING',
    });
  });

  test('finds every byte that was changed in any file', async () => {
    await using backed = await makeBacked();
    const { segments } = await readManifest(backed.backup);
    for (const { name, bytes } of segments) {
      const path = join(backed.backup, name);
      const whole = await readFile(path);
      expect(whole.length).toBe(bytes);
      for (const at of new Set([0, 1, 4, 5, 60, 69, 70, Math.floor(bytes / 2), bytes - 1])) {
        await writeFile(path, whole.with(at, whole[at]! ^ 0x41));
        await expect(verifyBackup({ from: backed.backup, seen: [] })).rejects.toMatchObject({
          code: expect.stringMatching(/^LOG_BACKUP_DAMAGED$/) as unknown,
        });
      }
      await writeFile(path, whole);
    }
    await verifyBackup({ from: backed.backup, seen: [] });
  });

  test('finds a file that is cut, longer, gone, or in the place of another', async () => {
    await using backed = await makeBacked();
    const { backup } = backed;
    const { segments } = await readManifest(backup);
    const [first, second] = segments.map(({ name }) => join(backup, name)) as [string, string];
    const whole = await readFile(first);
    const refused = async (): Promise<void> => {
      const verifying = verifyBackup({ from: backup, seen: [] });
      await expect(verifying).rejects.toMatchObject({ code: 'LOG_BACKUP_DAMAGED' });
    };
    for (const bytes of [whole.subarray(0, -1), Buffer.concat([whole, whole]), Buffer.alloc(0)]) {
      await writeFile(first, bytes);
      await refused();
    }
    await rm(first);
    await refused();
    await writeFile(first, whole);
    await rename(first, `${first}.x`);
    await rename(second, first);
    await rename(`${first}.x`, second);
    await refused();
  });

  test('believes no digest: entries that were changed with file and manifest do not lead to their roots', async () => {
    await using backed = await makeBacked();
    const { backup } = backed;
    const { segments } = await readManifest(backup);
    const { name, sha256 } = segments[0]!;
    const bytes = await readFile(join(backup, name));
    const at = bytes.indexOf('食品');
    bytes.set(Buffer.from('药品'), at);
    await writeFile(join(backup, name), bytes);
    const manifest = await readFile(join(backup, 'manifest.json'), 'utf8');
    const digest = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(backup, 'manifest.json'), manifest.replace(sha256, digest));
    await expect(verifyBackup({ from: backup, seen: [] })).rejects.toMatchObject({
      code: 'LOG_BACKUP_DAMAGED',
      message: expect.stringContaining('do not lead to the root') as unknown,
    });
  });

  test('finds a manifest with another root, or another log', async () => {
    await using backed = await makeBacked();
    const path = join(backed.backup, 'manifest.json');
    const manifest = await readFile(path, 'utf8');
    const root = /"rootHash": "(.)/.exec(manifest)![1]!; // the manifest has one
    await writeFile(
      path,
      manifest.replace(`"rootHash": "${root}`, `"rootHash": "${root === 'A' ? 'B' : 'A'}`),
    );
    await expect(verifyBackup({ from: backed.backup, seen: [] })).rejects.toMatchObject({
      code: 'LOG_BACKUP_DAMAGED',
    });
    await writeFile(path, manifest.replace('gov/licenses', 'gov/seals'));
    await expect(verifyBackup({ from: backed.backup, seen: [] })).rejects.toMatchObject({
      code: 'LOG_CREATE_MISMATCH',
    });
  });
});

/** What a folder holds as a store; undefined if nothing was written there. */
async function openLevelStoreOf(dir: string): Promise<unknown> {
  await using store = Object.assign(await openLevelStore(dir), {
    async [Symbol.asyncDispose]() {
      await store.close();
    },
  });
  return store.last();
}
