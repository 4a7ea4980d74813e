import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isAbsent, replaceFile, syncFolder } from './durable-file.ts';
import type { PublishedFile, TileSink } from './tiles.ts';

/** Files in flight at a time: each waits for the disk. */
const CONCURRENCY = 8;

/** Publish to, or read from, a folder that any web server can serve. It is made when first written to. */
export function directoryTiles(dir: string): TileSink {
  const root = resolve(dir);
  return {
    async read(path) {
      try {
        return new Uint8Array(await readFile(join(root, path)));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    async write(files) {
      const folders = new Set<string>();
      for (let at = 0; at < files.length; at += CONCURRENCY) {
        const some = files.slice(at, at + CONCURRENCY);
        await Promise.all(some.map((file) => writeOne(root, file, folders)));
      }
      // The names last. A crash before this point may lose files, never show half of one.
      await Promise.all([...folders].map(syncFolder));
    },
    removePartial: async (path) => {
      await rm(join(root, `${path}.p`), { recursive: true, force: true });
    },
  };
}

async function writeOne(root: string, file: PublishedFile, folders: Set<string>): Promise<void> {
  const path = join(root, file.path);
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  await replaceFile(path, file.bytes);
  // Up to the parent of the root, since any of them may have been made now, or by a run that crashed before this point.
  for (let at = folder; ; at = dirname(at)) {
    folders.add(at);
    if (at === dirname(root) || at === dirname(at)) break;
  }
}
