import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileDigest } from '@anchorlog/statement';
import { sdkError } from './error.ts';

/** Hash a file by streaming it, in flat memory. @throws SDK_FILE_UNREADABLE */
export async function digestFile(file: {
  readonly name: string;
  readonly path: string;
}): Promise<FileDigest> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(file.path, { highWaterMark: 1 << 20 })) {
      const bytes = chunk as Uint8Array; // a stream without encoding gives Buffers
      size += bytes.length;
      hash.update(bytes);
    }
  } catch (cause) {
    throw sdkError('SDK_FILE_UNREADABLE', 'cannot read a file of the record', {}, { cause });
  }
  return { name: file.name, size, sha256: hash.digest('hex') };
}
