import { basename } from 'node:path';
import { hasCode, writeDurably } from '@anchorlog/log/durable-file';
import { sdkError } from './error.ts';

/** Write a file that must not be there yet, all of it or nothing. @throws SDK_ALREADY_INITIALIZED */
export async function writeNewFile(path: string, text: string, mode?: number): Promise<void> {
  try {
    await writeDurably(path, text, { mode, exclusive: true });
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST')) throw cause;
    const message = `${basename(path)}: a file of this name exists already`;
    throw sdkError('SDK_ALREADY_INITIALIZED', message, {}, { cause });
  }
}
