import { equalBytes, formatUtf8 } from '@anchorlog/core';
import { Turnstile } from './ahead.ts';
import { Bucket, type BucketOptions } from './bucket.ts';
import { logError } from './error.ts';
import {
  CHECKPOINT_PATH,
  checkpointMoved,
  maxBytesOf,
  tileConflict,
  type PublishedFile,
  type TileSink,
} from './tiles.ts';

export type { BucketOptions } from './bucket.ts';
export type { BucketCredentials } from './sigv4.ts';

/** Where in a bucket a log is published. */
export interface BucketTilesOptions extends BucketOptions {
  /** In front of `checkpoint` and `tile/`, such as `licenses/2026`; nothing unless given. */
  readonly prefix?: string | undefined;
  /** Requests under way at a time: 16. */
  readonly concurrency?: number | undefined;
}

/** The bytes say who wrote the object that conditions are tried on. */
const PROBE_PATH = 'conditions-probe';
const PROBE = formatUtf8('anchorlog tries here whether this bucket honours conditional writes\n');

const BYTES = 'application/octet-stream';
const TEXT = 'text/plain; charset=utf-8';
// Not `public`: entries that need an authorization must not stay in caches that others share.
const FOR_EVER = 'max-age=31536000, immutable';

/**
 * Publish to, or read from, a bucket of an S3-compatible server. Whatever never changes is written under the condition that it is not there,
 * the checkpoint under the condition that it is the one that was read, so that of two writers neither undoes what the other has done. A bucket
 * that ignores conditions is not written to (spec/log §13.2).
 * Methods throw LOG_REMOTE_UNREACHABLE, LOG_REMOTE_REFUSED, LOG_BUCKET_UNCONDITIONAL. @throws TypeError for an endpoint, bucket or prefix that is none
 */
export function bucketTiles(options: BucketTilesOptions): TileSink {
  const { prefix = '', concurrency = 16 } = options;
  if (!/^(?:[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)?$/.test(prefix) || hasDots(prefix)) {
    throw new TypeError(
      'prefix: expected names of letters, digits, ".", "_" and "-" with slashes between',
    );
  }
  const bucket = new Bucket(options);
  const turnstile = new Turnstile(concurrency);
  const keyOf = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`);
  const get = (path: string, signal?: AbortSignal): ReturnType<Bucket['get']> =>
    bucket.get(keyOf(path), { maxBytes: maxBytesOf(path), signal });

  let probing: Promise<void> | undefined;
  /** Find out once, before the first write, whether conditions are honoured. */
  const probe = async (): Promise<void> => {
    probing ??= probeConditions(bucket, keyOf(PROBE_PATH));
    try {
      await probing;
    } catch (error) {
      probing = undefined; // it could not be found out, perhaps
      throw error;
    }
  };

  const writeOne = async ({ path, bytes }: PublishedFile): Promise<void> => {
    const headers = { 'content-type': BYTES, 'cache-control': FOR_EVER };
    const put = { bytes, headers, condition: { if: 'absent' } } as const;
    const outcome = await bucket.put(keyOf(path), put);
    if (outcome === 'ignored') throw unconditional('a condition was refused as unknown');
    if (outcome === 'written') return;
    // There already: written by a run that crashed, or by this request, whose answer was lost.
    const found = await get(path);
    if (!found || !equalBytes(found.bytes, bytes)) throw tileConflict(path);
  };

  return {
    read: async (path, { signal } = {}) => (await get(path, signal))?.bytes,
    async write(files) {
      await probe();
      await settled(files.map((file) => turnstile.run(() => writeOne(file))));
    },
    async replaceCheckpoint({ from, to }) {
      await probe();
      const found = await get(CHECKPOINT_PATH);
      if (found && equalBytes(found.bytes, to)) return;
      if (!(found && from ? equalBytes(found.bytes, from) : found === from))
        throw checkpointMoved();
      if (found?.etag === '') throw unconditional('an object has no entity tag');
      const outcome = await bucket.put(keyOf(CHECKPOINT_PATH), {
        bytes: to,
        headers: { 'content-type': TEXT, 'cache-control': 'no-cache' },
        condition: found ? { if: 'unchanged', etag: found.etag } : { if: 'absent' },
      });
      if (outcome === 'written') return;
      if (outcome === 'ignored') throw unconditional('a condition was refused as unknown');
      // Somebody else was first, or this very request, whose answer was lost.
      const now = await get(CHECKPOINT_PATH);
      if (!now || !equalBytes(now.bytes, to)) throw checkpointMoved();
    },
    async replaceBundle({ path, bytes }) {
      await probe();
      const found = await get(path);
      if (!found || equalBytes(found.bytes, bytes)) return;
      if (found.etag === '') throw unconditional('an object has no entity tag');
      const headers = { 'content-type': BYTES, 'cache-control': FOR_EVER };
      const condition = { if: 'unchanged', etag: found.etag } as const;
      const outcome = await bucket.put(keyOf(path), { bytes, headers, condition });
      if (outcome === 'written') return;
      if (outcome === 'ignored') throw unconditional('a condition was refused as unknown');
      // By this very request, whose answer was lost, or by somebody else.
      const now = await get(path);
      if (!now || !equalBytes(now.bytes, bytes)) throw tileConflict(path);
    },
    async list(folder) {
      const path = `${keyOf(folder)}/`;
      return (await bucket.list(path)).map((key) => key.slice(path.length));
    },
    async removePartial(path) {
      const keys = await bucket.list(`${keyOf(path)}.p/`);
      await settled(keys.map((key) => turnstile.run(() => bucket.delete(key))));
    },
  };
}

/** Wait for all, so that nothing goes on behind the back of whoever hears that one of them failed. */
async function settled(running: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(running);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function probeConditions(bucket: Bucket, key: string): Promise<void> {
  const headers = { 'content-type': TEXT };
  const put = { bytes: PROBE, headers, condition: { if: 'absent' } } as const;
  await bucket.put(key, put); // now it is there
  if ((await bucket.put(key, put)) !== 'not met') {
    throw unconditional('an object was written again though it was there');
  }
  const changed = { if: 'unchanged', etag: '"00000000000000000000000000000000"' } as const;
  if ((await bucket.put(key, { ...put, condition: changed })) !== 'not met') {
    throw unconditional('an object was replaced though its entity tag was another');
  }
}

function unconditional(how: string): Error {
  return logError(
    'LOG_BUCKET_UNCONDITIONAL',
    `bucket: ${how}: two writers could undo each other's work there, so nothing is written. It takes a server that honours If-None-Match and If-Match of PUT`,
  );
}

function hasDots(prefix: string): boolean {
  return prefix.split('/').some((name) => name === '.' || name === '..');
}
