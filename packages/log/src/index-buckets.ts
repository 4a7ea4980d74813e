import { recordLengthAt, type BucketStore, type Halves } from '@anchorlog/vindex/builder';
import {
  SEGMENTS,
  SEGMENT_BITS,
  offsetsOf,
  openSegment,
  writeSegment,
  type SegmentFile,
} from './index-segment.ts';

const NOTHING = new Uint8Array(0);

/** A segment: its file, if there is one, and the buckets that were changed since. */
interface Segment {
  file: SegmentFile | undefined;
  /** Where each bucket lies in the file; undefined without one. */
  offsets: Uint32Array | undefined;
  changed: Map<number, Uint8Array>;
}

/** The buckets of an index as its builder knows them, at one of its heads. */
export interface BucketsAtHead {
  bucket(bucket: number, size: number): Uint8Array;
  hasChanged(bucket: number, size: number): boolean;
}

/**
 * Keeps buckets in segment files, and in memory those that were changed since their segment was written (spec/index §8.2). A file is at a head that
 * is still kept, or before; what came later is made again from the log after a crash.
 */
export class SegmentBuckets implements BucketStore {
  readonly #dir: string;
  #bits: number;
  #segments: Segment[];
  /** The records of a segment that is being read as a whole. */
  #whole: { readonly segment: number; readonly body: Uint8Array } | undefined;
  #isScanning = false;

  private constructor(dir: string, bits: number, segments: Segment[]) {
    this.#dir = dir;
    this.#bits = bits;
    this.#segments = segments;
  }

  /** Open the segments of a folder. Those that `isOf` refuses count as absent: they are of another log, or cover more than it has. */
  static async open(
    dir: string,
    by: {
      readonly keysABucket: number;
      readonly isOf: (file: SegmentFile) => Promise<boolean>;
    },
  ): Promise<SegmentBuckets> {
    const files: (SegmentFile | undefined)[] = [];
    for (let segment = 0; segment < SEGMENTS; segment++) {
      const file = await openSegment(dir, segment);
      const isOf = file !== undefined && (await by.isOf(file));
      if (!isOf) file?.close();
      files.push(isOf ? file : undefined);
    }
    const keys = files.reduce((sum, file) => sum + (file?.keys ?? 0), 0);
    let bits = SEGMENT_BITS;
    while (keys > by.keysABucket * 2 ** bits) bits++;
    const segments = files.map((file) => {
      const offsets = file && offsetsOf(file.body(), bits);
      return { file, offsets, changed: new Map<number, Uint8Array>() };
    });
    return new SegmentBuckets(dir, bits, segments);
  }

  get bits(): number {
    return this.#bits;
  }

  /** Keys in the files. */
  get keys(): number {
    return this.#segments.reduce((sum, { file }) => sum + (file?.keys ?? 0), 0);
  }

  /** Entries that a segment's file covers. */
  covered(segment: number): number {
    return this.#segments[segment]!.file?.size ?? 0;
  }

  read(bucket: number): Uint8Array {
    const number = this.#segmentOf(bucket);
    const segment = this.#segments[number]!;
    return segment.changed.get(bucket) ?? this.#stored(segment, number, bucket);
  }

  write(bucket: number, bytes: Uint8Array): void {
    this.#segments[this.#segmentOf(bucket)]!.changed.set(bucket, bytes);
  }

  *grow(_count: number, split: (bytes: Uint8Array) => Halves): Generator<Halves, void, void> {
    const grown: Segment[] = [];
    const perSegment = 2 ** (this.#bits - SEGMENT_BITS);
    for (const [number, { file, offsets, changed }] of this.#segments.entries()) {
      const body = file?.body() ?? NOTHING;
      const halves = new Map<number, Uint8Array>();
      const borders = offsets && new Uint32Array(2 * perSegment + 1);
      for (let i = 0; i < perSegment; i++) {
        const bucket = number * perSegment + i;
        const stored = body.subarray(offsets?.[i] ?? 0, offsets?.[i + 1] ?? 0);
        const inFile = split(stored);
        if (borders) {
          borders[2 * i + 1] = borders[2 * i]! + inFile[0].length;
          borders[2 * i + 2] = borders[2 * i + 1]! + inFile[1].length;
        }
        const bytes = changed.get(bucket);
        const now = bytes ? split(bytes) : inFile;
        if (bytes) for (const [half, each] of now.entries()) halves.set(2 * bucket + half, each);
        yield now;
      }
      grown.push({ file, offsets: borders, changed: halves });
    }
    this.#segments = grown;
    this.#bits++;
  }

  /** Do something that reads all buckets in order, segment by segment. */
  async scan(work: () => Promise<void>): Promise<void> {
    this.#isScanning = true;
    try {
      await work();
    } finally {
      this.#isScanning = false;
      this.#whole = undefined;
    }
  }

  /**
   * Write a segment as it was at a head of the index, and forget the changes that are in the file then. A crash leaves the file before or this one.
   */
  async flush(
    segment: number,
    of: {
      readonly head: { readonly size: number; readonly rootHash: Uint8Array };
      readonly index: BucketsAtHead;
      readonly pause: () => Promise<void>;
    },
  ): Promise<void> {
    const { head, index, pause } = of;
    const perSegment = 2 ** (this.#bits - SEGMENT_BITS);
    const first = segment * perSegment;
    const place = this.#segments[segment]!;
    const parts: Uint8Array[] = [];
    this.#whole = { segment, body: place.file?.body() ?? NOTHING };
    for (let bucket = first; bucket < first + perSegment; bucket++) {
      parts.push(index.bucket(bucket, head.size));
      if (bucket % 256 === 255) await pause();
    }
    const body = Buffer.concat(parts);
    this.#whole = undefined;
    await pause();
    let keys = 0;
    for (let at = 0; at < body.length; at += recordLengthAt(body, at)) keys++;
    await pause();
    const file = await writeSegment(this.#dir, { segment, head: { ...head, keys }, body, pause });
    place.file?.close();
    place.file = file;
    place.offsets = offsetsOf(body, this.#bits);
    for (const bucket of place.changed.keys()) {
      if (!index.hasChanged(bucket, head.size)) place.changed.delete(bucket);
    }
  }

  close(): void {
    for (const { file } of this.#segments) file?.close();
  }

  #segmentOf(bucket: number): number {
    return Math.floor(bucket / 2 ** (this.#bits - SEGMENT_BITS));
  }

  #stored({ file, offsets }: Segment, segment: number, bucket: number): Uint8Array {
    if (!file || !offsets) return NOTHING;
    const at = bucket % 2 ** (this.#bits - SEGMENT_BITS);
    const [from, to] = [offsets[at]!, offsets[at + 1]!];
    if (from === to) return NOTHING;
    if (this.#isScanning && this.#whole?.segment !== segment) {
      this.#whole = { segment, body: file.body() };
    }
    if (this.#whole?.segment === segment) return this.#whole.body.subarray(from, to);
    return file.read(from, to);
  }
}
