import { randomBytes } from 'node:crypto';
import { access, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How a file is written. */
export interface FileOptions {
  /** Permissions of a new file, before the process's mask: 0o666 unless given. */
  readonly mode?: number | undefined;
  /** Refuse to replace a file: fails with EEXIST. */
  readonly exclusive?: boolean | undefined;
}

/**
 * Write a whole file so that a crash at any point leaves the old one, the new one, or none if there was none: temporary file, fsync,
 * rename. The name is durable only after `syncFolder` of its folder.
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array | string,
  { mode, exclusive = false }: FileOptions = {},
): Promise<void> {
  // A writer that was paused and replaced may go on with a write of its own: under one name the two would write into one file. What a
  // crash leaves behind is of no use, and of no harm.
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.new`;
  try {
    await writeNew(temporary, bytes, mode);
    if (exclusive) {
      await link(temporary, path); // unlike rename, fails if the name is taken
      await rm(temporary);
    } else await rename(temporary, path);
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

/** Replace a file, or with `exclusive` make it, and make its name durable. */
export async function writeDurably(
  path: string,
  bytes: Uint8Array | string,
  options: FileOptions = {},
): Promise<void> {
  await replaceFile(path, bytes, options);
  await syncFolder(dirname(path));
}

/** Tell whether there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isAbsent(error) || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/** Tell whether a file operation failed because there is no such file or folder. */
export function isAbsent(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

/** Tell whether an error is that of the operating system with this code, `ENOENT` for one. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
