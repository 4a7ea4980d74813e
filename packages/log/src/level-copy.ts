import { copyFile, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from './durable-file.ts';
import { logError } from './error.ts';

const ATTEMPTS = 20;

/** Copies a table, which never changes once it is there. */
export type CopyTable = (from: string, to: string) => Promise<void>;

/**
 * Copy the LevelDB database in a folder as it is at this moment, whether or not somebody writes it. What was acknowledged before the call is in
 * the copy. @throws LOG_STORE_DAMAGED if it has no manifest
 */
export async function copyLevelDatabase(
  source: string,
  target: string,
  copyTable: CopyTable = copyFile,
): Promise<void> {
  // It is reorganised once in some megabytes of what is written, and copying so much takes far less time than writing it.
  while (!(await take(source, target, copyTable)));
}

/**
 * Copy a database that may be written meanwhile; false if it was reorganised on the way. LevelDB changes which files make it up only by
 * adding to its manifest, and removes a file only after that. So while the manifest is the same, all files that it names are there, tables
 * are never changed, and of the journals, which only grow, any beginning is one that a crash could have left. What was acknowledged before
 * the call is in them.
 */
async function take(source: string, target: string, copyTable: CopyTable): Promise<boolean> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { mode: 0o700 });
  const before = await manifestOf(source);
  try {
    await copyFile(before.path, join(target, before.name));
    await copyFile(join(source, 'CURRENT'), join(target, 'CURRENT'));
    const names = (await readdir(source)).toSorted();
    for (const name of names.filter((each) => /\.(?:ldb|sst)$/.test(each))) {
      await copyTable(join(source, name), join(target, name));
    }
    // In the order in which they were written: of the last one a part, of those before all.
    for (const name of names.filter((each) => /^[0-9]+\.log$/.test(each))) {
      await copyFile(join(source, name), join(target, name));
    }
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
  const after = await manifestOf(source);
  return after.name === before.name && after.bytes === before.bytes;
}

interface Manifest {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

async function manifestOf(source: string): Promise<Manifest> {
  for (let attempt = 1; ; attempt++) {
    const name = (await readFile(join(source, 'CURRENT'), 'utf8')).trim();
    if (!/^MANIFEST-[0-9]+$/.test(name)) {
      throw logError('LOG_STORE_DAMAGED', 'store: CURRENT names no manifest');
    }
    const path = join(source, name);
    try {
      return { name, path, bytes: (await stat(path)).size };
    } catch (error) {
      if (!isAbsent(error) || attempt === ATTEMPTS) throw error; // else somebody opened it just now
    }
  }
}
