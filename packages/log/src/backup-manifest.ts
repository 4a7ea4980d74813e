import {
  ShapeReader,
  formatBase64,
  isCodedError,
  parseJson,
  type JsonValue,
  type SuiteName,
} from '@anchorlog/core';
import type { TreeHead } from '@anchorlog/tlog';
import { logError } from './error.ts';

/** A file of a backup: some groups, one after the other, with their notes and the checkpoints after them. */
export interface BackupSegment {
  readonly name: string;
  /** Size of the tree at its end. */
  readonly size: number;
  readonly bytes: number;
  /** Of the whole file, 64 lower-case hexadecimal digits, as `sha256sum` writes it. */
  readonly sha256: string;
}

/** What a backup holds, and by which it is checked (spec/log §15.1). */
export interface BackupManifest extends TreeHead {
  readonly origin: string;
  readonly suite: SuiteName;
  /** Size of the newest checkpoint that it holds, 0 for none. */
  readonly checkpoint: number;
  readonly segments: readonly BackupSegment[];
}

export const MANIFEST_NAME = 'manifest.json';
const FORMAT = 'anchorlog/backup/1';
const LIMITS = { bytes: 2 ** 24, depth: 4, items: 2 ** 19, string: 1024 };
const SEGMENTS = 65_536;
const NAME = /^[0-9]{16}-[0-9a-f]{16}\.segment$/;

const shape = new ShapeReader((at, expected) => {
  throw malformed(`${at}: expected ${expected}`);
});

/** Write a manifest down, as the file has it. */
export function formatManifest(manifest: BackupManifest): string {
  const { origin, suite, size, rootHash, checkpoint, segments } = manifest;
  const root = formatBase64(rootHash);
  const all = { format: FORMAT, origin, suite, size, rootHash: root, checkpoint, segments };
  return `${JSON.stringify(all, undefined, 2)}\n`;
}

/** Read a manifest. @throws LOG_BACKUP_MALFORMED */
export function parseManifest(bytes: Uint8Array): BackupManifest {
  const manifest = shape.object(parsed(bytes), '', {
    required: ['format', 'origin', 'suite', 'size', 'rootHash', 'checkpoint', 'segments'],
  });
  shape.word(manifest['format'], '/format', [FORMAT]);
  const segments = shape.array(manifest['segments'], '/segments', SEGMENTS, parseSegment);
  const size = shape.size(manifest['size'], '/size');
  const checkpoint = shape.size(manifest['checkpoint'], '/checkpoint');
  let before = 0;
  for (const [i, segment] of segments.entries()) {
    if (segment.size <= before)
      throw malformed(`/segments/${i}/size: expected more than ${before}`);
    before = segment.size;
  }
  if (before !== size || size === 0) throw malformed(`/size: expected ${before}, at least 1`);
  if (checkpoint > size) throw malformed('/checkpoint: expected a size that is there');
  return {
    origin: shape.string(manifest['origin'], '/origin'),
    suite: shape.word(manifest['suite'], '/suite', ['sha256', 'sm3']),
    size,
    rootHash: shape.base64(manifest['rootHash'], '/rootHash', 32),
    checkpoint,
    segments,
  };
}

function parseSegment(value: JsonValue, at: string): BackupSegment {
  const segment = shape.object(value, at, { required: ['name', 'size', 'bytes', 'sha256'] });
  return {
    name: shape.string(segment['name'], `${at}/name`, NAME, 'the name of a segment'),
    size: shape.size(segment['size'], `${at}/size`),
    bytes: shape.size(segment['bytes'], `${at}/bytes`),
    sha256: shape.string(segment['sha256'], `${at}/sha256`, /^[0-9a-f]{64}$/, 'a SHA-256'),
  };
}

function parsed(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(bytes, LIMITS);
  } catch (cause) {
    if (isCodedError(cause)) throw malformed(cause.message, cause);
    throw cause;
  }
}

function malformed(what: string, cause?: unknown): Error {
  return logError(
    'LOG_BACKUP_MALFORMED',
    `the manifest of the backup: ${what}: take another backup`,
    {},
    { cause },
  );
}
