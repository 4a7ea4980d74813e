import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, open, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createNotary } from '../src/create.ts';
import { FileDigester, digestFile } from '../src/file-digest.ts';
import { Sandbox, license } from './support/sandbox.ts';

const MAX = 4 * 2 ** 20;

describe('FileDigester', () => {
  test.each([0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, MAX])('hashes %d bytes', async (size) => {
    await using sandbox = await Sandbox.make();
    const path = join(sandbox.root, 'file');
    const bytes = Buffer.alloc(size, 'anchor');
    await writeFile(path, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const digests = await new FileDigester({ maxBytes: MAX }).digest([{ name: 'a', path }]);
    expect(digests).toEqual([{ name: 'a', size, sha256 }]);
    const sm3 = createHash('sm3').update(bytes).digest('hex');
    const inSm3 = new FileDigester({ maxBytes: MAX, suite: 'sm3' });
    expect(await inSm3.digest([{ name: 'a', path }])).toEqual([{ name: 'a', size, sha256, sm3 }]);
  });

  test('refuses devices, pipes, folders, links to them, and what is not there', async () => {
    await using sandbox = await Sandbox.make();
    const [pipe, link] = [join(sandbox.root, 'pipe'), join(sandbox.root, 'link')];
    execFileSync('mkfifo', [pipe]);
    await symlink('/dev/zero', link);
    for (const path of ['/dev/zero', pipe, sandbox.root, link, join(sandbox.root, 'none')]) {
      const digest = new FileDigester({ maxBytes: MAX }).digest([{ name: 'a', path }]);
      await expect(digest, path).rejects.toMatchObject({ code: 'SDK_FILE_UNREADABLE' });
    }
  });

  test('refuses a file that is too large, without reading it', async () => {
    await using sandbox = await Sandbox.make();
    const path = join(sandbox.root, 'sparse');
    await writeFile(path, '');
    await truncate(path, 2 ** 42);
    const digest = new FileDigester({ maxBytes: MAX }).digest([{ name: 'a', path }]);
    await expect(digest).rejects.toMatchObject({
      code: 'SDK_FILE_SIZE',
      context: { maxBytes: MAX },
    });
  });

  test.each(['grows', 'shrinks', 'is written'])(
    'refuses a file that %s while it is read',
    async (how) => {
      await using sandbox = await Sandbox.make();
      const path = join(sandbox.root, 'file');
      await writeFile(path, Buffer.alloc(MAX));
      const digest = new FileDigester({ maxBytes: MAX }).digest([{ name: 'a', path }]);
      const late = expect(digest).rejects.toMatchObject({ code: 'SDK_FILE_CHANGED' });
      // Again and again until it is found out, since nobody knows how fast the reading is.
      const reading = { isOver: false };
      const over = late.finally(() => {
        reading.isOver = true;
      });
      const file = await open(path, 'r+');
      while (!reading.isOver) {
        if (how === 'grows') await appendFile(path, 'more');
        else if (how === 'shrinks') await file.truncate(MAX - 1);
        else await file.write('x', 0);
      }
      await over;
      await file.close();
    },
  );

  test('refuses a file of the system that has more than its size says', async () => {
    const digest = new FileDigester({ maxBytes: MAX }).digest([
      { name: 'a', path: '/proc/self/status' },
    ]);
    await expect(digest).rejects.toMatchObject({ code: 'SDK_FILE_CHANGED' });
  });
});

describe('digestFile', () => {
  test('gives both digests of a file in one pass, and tells how far it is', async () => {
    await using sandbox = await Sandbox.make();
    const path = join(sandbox.root, 'file');
    const bytes = Buffer.alloc(5 * 2 ** 20 + 7, 'anchor');
    await writeFile(path, bytes);
    const told: (readonly number[])[] = [];
    const digests = await digestFile(path, { onProgress: (...at) => void told.push(at) });
    expect(digests).toEqual({
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sm3: createHash('sm3').update(bytes).digest('hex'),
    });
    expect(told.length).toBeGreaterThan(4);
    expect(told.every(([, size]) => size === bytes.length)).toBe(true);
    const read = told.map(([at = 0]) => at);
    expect(read).toEqual(read.toSorted((a, b) => a - b));
    expect(read.at(-1)).toBe(bytes.length);
  });

  test('refuses what is too large, and ends when it is told to', async () => {
    await using sandbox = await Sandbox.make();
    const path = join(sandbox.root, 'sparse');
    await writeFile(path, '');
    await truncate(path, 2 ** 33); // more than 32 bits count
    await expect(digestFile(path, { maxBytes: 2 ** 32 })).rejects.toMatchObject({
      code: 'SDK_FILE_SIZE',
    });
    const ending = new AbortController();
    const digest = digestFile(path, {
      signal: ending.signal,
      onProgress: (read) => {
        if (read > 2 ** 22) ending.abort(new Error('enough'));
      },
    });
    await expect(digest).rejects.toThrow('enough');
  });
});

describe('a notary that is closed while it reads files', () => {
  test('does not wait for them, and refuses their records only', async () => {
    await using sandbox = await Sandbox.withNotary();
    const path = join(sandbox.root, 'sparse');
    await writeFile(path, '');
    await truncate(path, 2 ** 30); // a second or more to hash
    const notary = await createNotary({ dir: sandbox.dir });
    const slow = expect(
      notary.notarize(license('A', { files: [{ name: 'license.ofd', path }] })),
    ).rejects.toMatchObject({ code: 'SDK_CLOSED' });
    const behind = notary.notarize(license('B'));
    await notary.close();
    await slow;
    expect((await behind).index).toBe(1);
  });
});
