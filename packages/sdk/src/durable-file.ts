import { access, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sdkError } from './error.ts';

/**
 * Write a whole file so that after a crash there is either the old one or the new one: temporary file, fsync, rename, fsync of the folder.
 * With `exclusive` an existing file is refused. @throws SDK_ALREADY_INITIALIZED
 */
export async function writeDurably(
  path: string,
  text: string,
  {
    mode = 0o644,
    exclusive = false,
  }: { readonly mode?: number; readonly exclusive?: boolean } = {},
): Promise<void> {
  const temporary = `${path}.new`;
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  if (exclusive) {
    try {
      await link(temporary, path); // unlike rename, fails if the name is taken
    } catch (cause) {
      if (!hasCode(cause, 'EEXIST')) throw cause;
      throw sdkError(
        'SDK_ALREADY_INITIALIZED',
        'a file of this name exists already',
        {},
        { cause },
      );
    } finally {
      await rm(temporary, { force: true });
    }
  } else {
    await rename(temporary, path);
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Tell whether an error is that of the operating system with this code, `ENOENT` for one. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Tell whether there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}
