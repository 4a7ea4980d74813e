import { randomBytes } from 'node:crypto';
import { copyFile, link, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode, isAbsent } from './durable-file.ts';
import { logError } from './error.ts';
import { openLevelStore } from './level-store.ts';
import type { StoreReader } from './store.ts';

const ATTEMPTS = 20;
const PREFIX = 'snapshot-';

/**
 * Open the embedded store of a folder as it is at this moment, for reading, whether or not a log has it open; nothing in it is touched.
 * Its tables are linked, its journal and manifest copied, into a folder in `scratch`, which `close` removes. No addresses are read: `find`
 * finds nothing. @throws LOG_STORE_MISSING, LOG_STORE_DAMAGED
 */
export async function openLevelSnapshot(dir: string, scratch = dir): Promise<StoreReader> {
  const source = join(resolve(dir), 'entries');
  if (!(await isThere(join(source, 'CURRENT')))) {
    throw logError('LOG_STORE_MISSING', `${dir} holds no store: name the folder that has one`);
  }
  await sweep(scratch);
  const root = join(resolve(scratch), `${PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(root);
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true });
  try {
    // It is reorganised once in 32 MiB of new entries, and copying so much takes far less time than writing it.
    while (!(await take(source, join(root, 'entries'))));
    const store = await openLevelStore(root);
    const close = async (): Promise<void> => {
      await store.close();
      await remove();
    };
    return new Proxy<StoreReader>(store, {
      get(target, name) {
        if (name === 'close') return close;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Copy a database that may be written meanwhile; false if it was reorganised on the way. LevelDB changes which files make it up only by
 * adding to its manifest, and removes a file only after that. So while the manifest is the same, all files that it names are there, tables
 * are never changed, and of the journals, which only grow, any beginning is one that a crash could have left. What was acknowledged before
 * the call is in them.
 */
async function take(source: string, target: string): Promise<boolean> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target);
  const before = await manifestOf(source);
  try {
    await copyFile(before.path, join(target, before.name));
    await copyFile(join(source, 'CURRENT'), join(target, 'CURRENT'));
    const names = (await readdir(source)).toSorted();
    for (const name of names.filter((each) => /\.(?:ldb|sst)$/.test(each))) {
      await linkOrCopy(join(source, name), join(target, name));
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

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK'].some((code) => hasCode(error, code))) throw error;
    await copyFile(from, to);
  }
}

/** Remove what processes have left that are no more: links keep files on the disk that the store has removed. */
async function sweep(scratch: string): Promise<void> {
  for (const name of await readdir(scratch)) {
    const pid = /^snapshot-([0-9]+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(scratch, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isAbsent(error) || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}
