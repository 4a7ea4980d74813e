import { constants } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { equalBytes } from '@anchorlog/core';
import { isAbsent, replaceFile, syncFolder, writeDurably } from './durable-file.ts';
import {
  CHECKPOINT_PATH,
  checkpointMoved,
  fileLimit,
  maxBytesOf,
  tileConflict,
  type PublishedFile,
  type TileSink,
} from './tiles.ts';

/** Files in flight at a time: each waits for the disk. */
const CONCURRENCY = 8;

/** Publish to, or read from, a folder that any web server can serve. It is made when first written to. spec/log §13.1 */
export function directoryTiles(dir: string): TileSink {
  const root = resolve(dir);
  return {
    read: (path) => readOne(root, path),
    async write(files) {
      const folders = new Set<string>();
      for (let at = 0; at < files.length; at += CONCURRENCY) {
        const some = files.slice(at, at + CONCURRENCY);
        await Promise.all(some.map((file) => writeOne(root, file, folders)));
      }
      // The names last. A crash before this point may lose files, never show half of one.
      await Promise.all([...folders].map(syncFolder));
    },
    async replaceCheckpoint({ from, to }) {
      const path = join(root, CHECKPOINT_PATH);
      const found = await readOne(root, CHECKPOINT_PATH);
      if (found && equalBytes(found, to)) return;
      // Not atomic with what follows: a folder has one log, and a writer that was replaced asks before it comes here (spec/log §12.2).
      if (!(found && from ? equalBytes(found, from) : found === from)) throw checkpointMoved();
      await mkdir(root, { recursive: true });
      await writeDurably(path, to);
    },
    replaceBundle: ({ path, bytes }) => writeDurably(join(root, path), bytes),
    async list(folder) {
      try {
        const found = await readdir(join(root, folder), { withFileTypes: true });
        return found.map((each) => (each.isDirectory() ? `${each.name}/` : each.name));
      } catch (error) {
        if (isAbsent(error)) return [];
        throw error;
      }
    },
    removePartial: async (path) => {
      await rm(join(root, `${path}.p`), { recursive: true, force: true });
    },
  };
}

async function readOne(root: string, path: string): Promise<Uint8Array | undefined> {
  const limit = maxBytesOf(path);
  try {
    // A folder from elsewhere may hold a pipe, which nobody writes to: opening it must not wait.
    await using file = await open(join(root, path), constants.O_RDONLY | constants.O_NONBLOCK);
    // Nobody writes into a file that is there: its length stays what it is. A pipe or device has none, and no end.
    const found = await file.stat();
    const isEndless = !found.isFile() && !found.isDirectory();
    if (isEndless || found.size > limit) throw fileLimit(path, limit);
    return new Uint8Array(await file.readFile());
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function writeOne(root: string, file: PublishedFile, folders: Set<string>): Promise<void> {
  const path = join(root, file.path);
  const folder = dirname(path);
  const found = await readOne(root, file.path);
  if (found && !equalBytes(found, file.bytes)) throw tileConflict(file.path);
  if (!found) {
    await mkdir(folder, { recursive: true });
    await replaceFile(path, file.bytes);
  }
  // Up to the parent of the root, since any of them may have been made now, or by a run that crashed before this point.
  for (let at = folder; ; at = dirname(at)) {
    folders.add(at);
    if (at === dirname(root) || at === dirname(at)) break;
  }
}
