import { randomBytes } from 'node:crypto';
import { copyFile, link, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode, isAbsent } from './durable-file.ts';
import { logError } from './error.ts';
import { copyLevelDatabase } from './level-copy.ts';
import { openLevelStore } from './level-store.ts';
import type { StoreReader } from './store.ts';

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
    await copyLevelDatabase(source, join(root, 'entries'), linkOrCopy);
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
