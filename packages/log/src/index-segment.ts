import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { concatBytes, equalBytes, formatUint64, formatUtf8, parseUint64 } from '@anchorlog/core';
import { recordLengthAt } from '@anchorlog/vindex/builder';
import { isAbsent, replaceFile } from './durable-file.ts';

/** Parts of the index that are files of their own: each holds the keys whose paths begin with one byte. */
export const SEGMENTS = 256;
/** As many bits of a path tell which segment it belongs to. */
export const SEGMENT_BITS = 8;

// A segment file (spec/index §8.2): what it covers, the records of its keys, and SHA-256 over all that, so that one which is cut or changed is
// known as such, and made again from the log.
const MAGIC = formatUtf8('alindex1');
const HEADER_BYTES = MAGIC.length + 8 + 8 + 8 + 32;
const DIGEST_AT_END = 32;
const MEGABYTE = 2 ** 20;

/** What a segment says of itself. */
export interface SegmentHead {
  /** Entries of the log whose postings are in it. */
  readonly size: number;
  /** Root of the log at that size. */
  readonly rootHash: Uint8Array;
  readonly keys: number;
}

/** A segment file that is open for reading. */
export interface SegmentFile extends SegmentHead {
  /** Give all its records, joined. */
  body(): Uint8Array;
  /** Give a part of them. */
  read(from: number, to: number): Uint8Array;
  close(): void;
}

/** Open a segment; undefined if there is none, or none that is whole. */
export async function openSegment(dir: string, segment: number): Promise<SegmentFile | undefined> {
  const path = pathOf(dir, segment);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  if (!isWhole(bytes) || parseUint64(bytes, MAGIC.length) !== segment) return undefined;
  return new OpenSegment(path, headOf(bytes), bytes.length);
}

function isWhole(bytes: Uint8Array): boolean {
  const end = bytes.length - DIGEST_AT_END;
  return (
    end >= HEADER_BYTES &&
    equalBytes(bytes.subarray(0, MAGIC.length), MAGIC) &&
    equalBytes(createHash('sha256').update(bytes.subarray(0, end)).digest(), bytes.subarray(end))
  );
}

/** Write a segment so that a crash leaves the one before or this one, and open it. Pauses between its steps. */
export async function writeSegment(
  dir: string,
  of: {
    readonly segment: number;
    readonly head: SegmentHead;
    readonly body: Uint8Array;
    readonly pause: () => Promise<void>;
  },
): Promise<SegmentFile> {
  const { segment, head, body, pause } = of;
  const path = pathOf(dir, segment);
  const numbers = [segment, head.size, head.keys].map(formatUint64);
  const header = concatBytes(MAGIC, ...numbers, head.rootHash);
  const digest = createHash('sha256').update(header);
  for (let at = 0; at < body.length; at += MEGABYTE) {
    digest.update(body.subarray(at, at + MEGABYTE));
    await pause();
  }
  await replaceFile(path, concatBytes(header, body, digest.digest()));
  return new OpenSegment(path, head, HEADER_BYTES + body.length + DIGEST_AT_END);
}

/** Find where the records of each bucket of a segment begin, where buckets are told apart by their first `bits` bits; the last is the end. */
export function offsetsOf(body: Uint8Array, bits: number): Uint32Array {
  const buckets = 2 ** (bits - SEGMENT_BITS);
  const offsets = new Uint32Array(buckets + 1);
  let bucket = 0;
  for (let at = 0; at < body.length; at += recordLengthAt(body, at)) {
    const number = bucketInSegment(body, at, bits);
    while (bucket < number) offsets[++bucket] = at;
  }
  while (bucket < buckets) offsets[++bucket] = body.length;
  return offsets;
}

function bucketInSegment(body: Uint8Array, at: number, bits: number): number {
  const prefix =
    ((body[at]! << 24) | (body[at + 1]! << 16) | (body[at + 2]! << 8) | body[at + 3]!) >>> 0;
  return (prefix % 2 ** (32 - SEGMENT_BITS)) >>> (32 - bits);
}

class OpenSegment implements SegmentFile {
  readonly size: number;
  readonly rootHash: Uint8Array;
  readonly keys: number;
  readonly #length: number;
  readonly #path: string;
  readonly #file: number;

  constructor(path: string, { size, rootHash, keys }: SegmentHead, length: number) {
    this.size = size;
    this.rootHash = rootHash;
    this.keys = keys;
    this.#length = length;
    this.#path = path;
    this.#file = openSync(path, 'r');
  }

  body(): Uint8Array {
    const bytes = readFileSync(this.#path);
    // What is copied from here into a new file gets a new digest.
    if (bytes.length !== this.#length || !isWhole(bytes)) throw changedError(this.#path);
    return bytes.subarray(HEADER_BYTES, bytes.length - DIGEST_AT_END);
  }

  read(from: number, to: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(to - from);
    const length = readSync(this.#file, bytes, 0, bytes.length, HEADER_BYTES + from);
    if (length !== bytes.length) throw changedError(this.#path);
    return bytes;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function changedError(path: string): Error {
  return new Error(`${path}: changed while it was open`);
}

function headOf(bytes: Uint8Array): SegmentHead {
  const at = MAGIC.length + 8;
  return {
    size: parseUint64(bytes, at),
    keys: parseUint64(bytes, at + 8),
    rootHash: new Uint8Array(bytes.subarray(at + 16, at + 48)),
  };
}

function pathOf(dir: string, segment: number): string {
  return join(dir, `segment-${segment.toString(16).padStart(2, '0')}`);
}
