import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { FileDigest, RecordFile } from '@anchorlog/statement';
import { sdkError } from './error.ts';

/** Files read at a time: more would only wait for the same disk, and each holds a descriptor. */
const AT_ONCE = 4;
const CHUNK_BYTES = 2 ** 20;

/** Hashes the files of records by streaming them, in flat memory, a few at a time. */
export class FileDigester {
  #free = AT_ONCE;
  readonly #waiting: (() => void)[] = [];

  /** Give the digests of a record's files in their order; those that came with one keep it. @throws SDK_FILE_UNREADABLE */
  async digest(files: readonly RecordFile[]): Promise<FileDigest[]> {
    const digests: FileDigest[] = [];
    for (const file of files) digests.push('path' in file ? await this.#inTurn(file) : file);
    return digests;
  }

  async #inTurn(file: { readonly name: string; readonly path: string }): Promise<FileDigest> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    try {
      return await digestFile(file);
    } finally {
      // The turn goes to the next, or is free.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

async function digestFile({
  name,
  path,
}: {
  readonly name: string;
  readonly path: string;
}): Promise<FileDigest> {
  let handle: FileHandle | undefined;
  try {
    // Not blocking: opening a pipe would wait for its writer, and a device may never end. Both are refused.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) throw new TypeError('not an ordinary file');
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      hash.update(chunk.subarray(0, bytesRead));
      size += bytesRead;
    }
    return { name, size, sha256: hash.digest('hex') };
  } catch (cause) {
    throw sdkError('SDK_FILE_UNREADABLE', 'cannot read a file of the record', {}, { cause });
  } finally {
    await handle?.close();
  }
}
