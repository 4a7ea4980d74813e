import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Tells whether the folder of a LevelDB database that is open is still the one that stands under its name. Files that are open can be written
 * and fsynced long after their folder was removed or replaced, and nobody would find in it what was acknowledged.
 */
export class FolderWatch {
  readonly #files: readonly Watched[];
  readonly #handles: readonly FileHandle[];

  private constructor(files: readonly Watched[], handles: readonly FileHandle[]) {
    this.#files = files;
    this.#handles = handles;
  }

  /**
   * Watch the folder of a database that was opened just now. What is watched is held open, so that its number is given to no other file; the
   * lock is not, as the database itself holds it open, and closing it anywhere in the process would unlock it.
   */
  static async open(folder: string): Promise<FolderWatch> {
    const held = [folder, join(folder, 'CURRENT')];
    const handles: FileHandle[] = [];
    try {
      const files: Watched[] = [await watchedAt(join(folder, 'LOCK'))];
      for (const path of held) {
        const handle = await open(path, 'r');
        handles.push(handle);
        const { dev, ino } = await handle.stat({ bigint: true });
        files.push({ path, dev, ino });
      }
      return new FolderWatch(files, handles);
    } catch (error) {
      for (const handle of handles) await handle.close();
      throw error;
    }
  }

  /** Whether folder, lock and the pointer to the newest manifest are those that were opened; another process that opens the database replaces this. */
  async isSame(): Promise<boolean> {
    try {
      const now = await Promise.all(this.#files.map(({ path }) => watchedAt(path)));
      return now.every(
        ({ dev, ino }, i) => dev === this.#files[i]!.dev && ino === this.#files[i]!.ino,
      ); // one for each
    } catch {
      return false; // whatever the reason: it cannot be seen to be the same
    }
  }

  async close(): Promise<void> {
    for (const handle of this.#handles) await handle.close();
  }
}

interface Watched {
  readonly path: string;
  readonly dev: bigint;
  readonly ino: bigint;
}

async function watchedAt(path: string): Promise<Watched> {
  const { dev, ino } = await stat(path, { bigint: true });
  return { path, dev, ino };
}
