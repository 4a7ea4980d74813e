import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from './durable-file.ts';
import { openLevelStore } from './level-store.ts';
import { logError } from './error.ts';

/**
 * Compact the embedded store of a folder, which nobody may have open: what was replaced or withheld is gone from its files afterwards. Give the
 * bytes of its files before and after. @throws LOG_STORE_MISSING, LOG_LOCKED, LOG_STORE_DAMAGED
 */
export async function compactLog(
  dir: string,
): Promise<{ readonly before: number; readonly after: number }> {
  const before = await bytesIn(dir);
  if (before === undefined) throw logError('LOG_STORE_MISSING', `${dir} holds no store`);
  const store = await openLevelStore(dir);
  try {
    await store.compact?.();
  } finally {
    await store.close();
  }
  return { before, after: (await bytesIn(dir)) ?? 0 };
}

async function bytesIn(dir: string): Promise<number | undefined> {
  const folder = join(dir, 'entries');
  try {
    let bytes = 0;
    for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
    return bytes;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
