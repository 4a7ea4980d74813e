import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Write a whole file so that a crash at any point leaves the old one, the new one, or none if there was none: temporary file, fsync,
 * rename. The name is durable only after `syncFolder` of its folder.
 */
export async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  // One writer at a time, so one name will do: what a crash leaves behind is overwritten by the next write.
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
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
