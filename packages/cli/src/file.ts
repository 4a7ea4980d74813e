import { createHash, getHashes } from 'node:crypto';
import { createReadStream, fstatSync } from 'node:fs';
import { CodedError, FILE_LIMITS, isCodedError, jsonErrorIn, parseJson } from '@anchorlog/core';
import { parseTrustPolicy, type TrustPolicy } from '@anchorlog/verify';
import { UsageError } from './trouble.ts';

/**
 * Read a file, or standard input for `-`, in bounded memory: of one that is longer than a JSON file may be, one byte more than that is read,
 * so that its parser refuses it. Rejects with the error of the operating system.
 */
export async function readJsonFile(path: string): Promise<Uint8Array> {
  const whole = await readBounded(path, FILE_LIMITS.bytes);
  if (whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf) throw marked(path);
  return whole;
}

/** Read a file, or standard input for `-`: of one of more than `most` bytes, one byte more. Rejects as the operating system does. */
export async function readBounded(path: string, most: number): Promise<Uint8Array> {
  const stream = path === '-' ? standardInput() : createReadStream(path, { end: most });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of named(path, stream)) {
    parts.push(part);
    length += part.length;
    if (length > most) break;
  }
  return Buffer.concat(parts);
}

/** Give standard input. A folder in its place would look like one that is empty. @throws UsageError */
export function standardInput(): NodeJS.ReadStream {
  if (fstatSync(0).isDirectory()) {
    throw new UsageError([
      '标准输入应为文件，却是文件夹',
      'expected a file on standard input, got a folder',
    ]);
  }
  return process.stdin;
}

function marked(path: string): UsageError {
  return new UsageError(
    [`开头有字节顺序标记（BOM）：${path}`, `begins with a byte order mark (BOM): ${path}`],
    ['请另存为不带 BOM 的 UTF-8', 'save it as UTF-8 without one'],
  );
}

/** Read a trust policy; what is wrong with it is said with its path. @throws VERIFY_POLICY_…, CORE_JSON_… */
export async function readPolicy(path: string): Promise<TrustPolicy> {
  const bytes = await readJsonFile(path);
  try {
    return parseTrustPolicy(bytes);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    if (error.code.startsWith('CORE_')) throw jsonErrorIn(error, { file: path, text: bytes });
    if (isBundle(bytes)) throw swapped(path);
    const { code, message, context } = error;
    throw new CodedError(code, `${path}: ${message}`, context, { cause: error });
  }
}

function isBundle(bytes: Uint8Array): boolean {
  try {
    const { format } = (parseJson(bytes) ?? {}) as { readonly format?: unknown }; // any JSON has members to ask for
    return typeof format === 'string' && format.startsWith('anchorlog/bundle/');
  } catch {
    return false;
  }
}

function swapped(path: string): UsageError {
  return new UsageError(
    [`这是证明包，不是信任策略：${path}`, `this is a proof bundle, no trust policy: ${path}`],
    [
      '信任策略要从可信的渠道取得；存证器的是 <文件夹>/policy.json',
      'get the trust policy by a way that you trust; that of a notary is <dir>/policy.json',
    ],
  );
}

/** Read the URL of a published log. @throws UsageError */
export function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError(
      ['网址不对', 'this is not the URL of a log'],
      ['不带用户、密码、? 和 #', 'give it without user, password, ? and #'],
    );
  }
  return url;
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
