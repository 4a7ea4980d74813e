import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { sdkError } from './error.ts';

/** Digest of a file's bytes: what a statement commits to for each file of a record. */
export interface FileDigest {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** 32 bytes. */
  readonly sha256: Uint8Array;
}

/** Hash a file by streaming it, in flat memory. @throws SDK_FILE_UNREADABLE */
export async function digestFile(file: {
  readonly name: string;
  readonly path: string;
}): Promise<FileDigest> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(file.path, { highWaterMark: 1 << 20 })) {
      // A stream without encoding gives Buffers.
      const bytes = chunk as Uint8Array;
      size += bytes.length;
      hash.update(bytes);
    }
  } catch (cause) {
    throw sdkError('SDK_FILE_UNREADABLE', `cannot read a file of the record`, {}, { cause });
  }
  return { name: file.name, size, sha256: new Uint8Array(hash.digest()) };
}
