import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { isCodedError, type SuiteName } from '@anchorlog/core';
import type { FileDigest, RecordFile } from '@anchorlog/statement';
import { sdkError } from './error.ts';

/** Files read at a time: more would only wait for the same disk, and each holds a descriptor. */
const AT_ONCE = 4;
const CHUNK_BYTES = 2 ** 20;

const ONE = ['sha256'] as const;
const BOTH = ['sha256', 'sm3'] as const;

/** Hashes the files of records by streaming them, in flat memory, a few at a time. */
export class FileDigester {
  readonly #maxBytes: number;
  readonly #suite: SuiteName;
  readonly #closing = new AbortController();
  #free = AT_ONCE;
  readonly #waiting: (() => void)[] = [];

  /** Files of more than `maxBytes` are refused. In a log of suite `sm3` each has both digests (spec/statement §4). */
  constructor({
    maxBytes,
    suite = 'sha256',
  }: {
    readonly maxBytes: number;
    readonly suite?: SuiteName | undefined;
  }) {
    this.#maxBytes = maxBytes;
    this.#suite = suite;
  }

  /**
   * Give the digests of a record's files in their order; those that came with one keep it.
   * @throws SDK_FILE_UNREADABLE, SDK_FILE_SIZE, SDK_FILE_CHANGED, SDK_CLOSED
   */
  async digest(files: readonly RecordFile[]): Promise<FileDigest[]> {
    const digests: FileDigest[] = [];
    for (const [i, file] of files.entries()) {
      digests.push('path' in file ? await this.#inTurn({ ...file, at: `/files/${i}` }) : file);
    }
    return digests;
  }

  /** End what is under way, however long a disk takes to answer. */
  close(): void {
    this.#closing.abort();
  }

  async #inTurn(file: PlacedFile): Promise<FileDigest> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    const { signal } = this.#closing;
    try {
      const suites = this.#suite === 'sm3' ? BOTH : ONE;
      const reading = readDigests(file, { maxBytes: this.#maxBytes, signal }, suites);
      return { name: file.name, ...(await unlessClosed(reading, signal)) };
    } finally {
      // The turn goes to the next, or is free.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

/** Settle as `work` does, but reject at once when a signal is given: what the work waits for may never come. */
function unlessClosed<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const refuse = (): void => reject(sdkError('SDK_CLOSED', 'notary or emitter is closed'));
    if (signal.aborted) refuse();
    signal.addEventListener('abort', refuse);
    const forget = (): void => signal.removeEventListener('abort', refuse);
    work.then(resolve, reject).then(forget, forget);
  });
}

/** Size in bytes and digests in hexadecimal. */
export interface FileDigests {
  readonly size: number;
  readonly sha256: string;
  readonly sm3: string;
}

/** How a file is read. */
export interface DigestOptions {
  /** Larger ones are refused; none unless given. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after each piece how many bytes of how many have been read. */
  readonly onProgress?: ((read: number, size: number) => void) | undefined;
}

/**
 * Give the digests of a file in both suites, in one pass of bounded memory, however large it is.
 * @throws SDK_FILE_UNREADABLE, SDK_FILE_SIZE, SDK_FILE_CHANGED; the reason of `signal`
 */
export async function digestFile(path: string, options: DigestOptions = {}): Promise<FileDigests> {
  return readDigests({ path, at: path }, options, BOTH);
}

/** A file to read, and where the record names it. */
interface PlacedFile {
  readonly name: string;
  readonly path: string;
  readonly at: string;
}

async function readDigests<Suite extends SuiteName>(
  { path, at }: Pick<PlacedFile, 'path' | 'at'>,
  { maxBytes = Number.MAX_SAFE_INTEGER - 1, signal, onProgress }: DigestOptions,
  suites: readonly Suite[],
): Promise<{ readonly size: number } & Readonly<Record<Suite, string>>> {
  let handle: FileHandle | undefined;
  try {
    // Not blocking: opening a pipe would wait for its writer, and a device may never end. Both are refused.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) throw new TypeError('not an ordinary file');
    if (before.size > BigInt(maxBytes)) {
      throw sdkError('SDK_FILE_SIZE', `a file of the record: expected at most ${maxBytes} bytes`, {
        maxBytes,
      });
    }
    const size = Number(before.size);
    const hashes = suites.map((suite): [Suite, Hash] => [suite, createHash(suite)]);
    const chunk = Buffer.allocUnsafe(Math.min(size + 1, CHUNK_BYTES));
    // Up to one byte beyond its size, which must not be there: what grows while it is read would have no end.
    for (let read = 0; ;) {
      signal?.throwIfAborted();
      const length = Math.min(size + 1 - read, chunk.length);
      const { bytesRead } = length > 0 ? await handle.read(chunk, 0, length) : { bytesRead: 0 };
      for (const [, hash] of hashes) hash.update(chunk.subarray(0, bytesRead));
      read += bytesRead;
      if (bytesRead > 0) onProgress?.(Math.min(read, size), size);
      if (bytesRead > 0 && read <= size) continue;
      const after = await handle.stat({ bigint: true });
      if (read === size && after.size === before.size && after.mtimeNs === before.mtimeNs) break;
      throw sdkError('SDK_FILE_CHANGED', 'a file of the record changed while it was read');
    }
    const digests = Object.fromEntries(hashes.map(([suite, hash]) => [suite, hash.digest('hex')]));
    return { size, ...(digests as Record<Suite, string>) }; // one for each suite
  } catch (cause) {
    if (isCodedError(cause) || signal?.aborted) throw cause;
    throw sdkError('SDK_FILE_UNREADABLE', `${at}: cannot read this file`, { at }, { cause });
  } finally {
    await handle?.close();
  }
}
