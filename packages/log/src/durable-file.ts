import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Write a whole file so that a crash at any point leaves the old one, the new one, or none if there was none: temporary file, fsync,
 * rename. The name is durable only after `syncFolder` of its folder.
 */
export async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  // A writer that was paused and replaced may go on with a write of its own: under one name the two would write into one file. What a
  // crash leaves behind is of no use, and of no harm.
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.new`;
  try {
    await writeNew(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Write a file that is not there yet, and fsync it. Its name is not durable by that. */
export async function writeNew(
  path: string,
  bytes: Uint8Array | string,
  mode = 0o666,
): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Make the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Replace a file and make its name durable. */
export async function writeDurably(path: string, bytes: Uint8Array | string): Promise<void> {
  await replaceFile(path, bytes);
  await syncFolder(dirname(path));
}

/** Tell whether a file operation failed because there is no such file or folder. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
