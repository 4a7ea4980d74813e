import { createHash, getHashes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { CodedError, FILE_LIMITS, isCodedError } from '@anchorlog/core';
import { parseTrustPolicy, type TrustPolicy } from '@anchorlog/verify';

/**
 * Read a file, or standard input for `-`, in bounded memory: of one that is longer than a JSON file may be, one byte more than that is read,
 * so that its parser refuses it. Rejects with the error of the operating system.
 */
export async function readJsonFile(path: string): Promise<Uint8Array> {
  const most = FILE_LIMITS.bytes;
  const stream = path === '-' ? process.stdin : createReadStream(path, { end: most });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of named(path, stream)) {
    parts.push(part);
    length += part.length;
    if (length > most) break;
  }
  return Buffer.concat(parts);
}

/** Read a trust policy; what is wrong with it is said with its path. @throws VERIFY_POLICY_…, CORE_JSON_… */
export async function readPolicy(path: string): Promise<TrustPolicy> {
  const bytes = await readJsonFile(path);
  try {
    return parseTrustPolicy(bytes);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const { code, message, context } = error;
    throw new CodedError(code, `${path}: ${message}`, context, { cause: error });
  }
}

/** Hash a file by streaming it, in flat memory: 64 hexadecimal digits each; no SM3 where this Node has none. */
export async function digestFile(
  path: string,
  onProgress?: (bytes: number) => void,
): Promise<{ readonly sha256: string; readonly sm3?: string }> {
  const hash = createHash('sha256');
  const sm3 = getHashes().includes('sm3') ? createHash('sm3') : undefined;
  let length = 0;
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const part of named(path, stream)) {
    hash.update(part);
    sm3?.update(part);
    onProgress?.((length += part.length));
  }
  return { sha256: hash.digest('hex'), ...(sm3 && { sm3: sm3.digest('hex') }) };
}

/** Read a stream of bytes; what the operating system refuses is said with the path, which it leaves out for folders. */
async function* named(path: string, stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream as AsyncIterable<Uint8Array>; // a stream without encoding gives Buffers
  } catch (error) {
    if (error instanceof Error) Object.assign(error, { path });
    throw error;
  }
}
