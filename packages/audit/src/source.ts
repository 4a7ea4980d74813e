import { DIGEST_BYTES, isCodedError, parseUtf8 } from '@anchorlog/core';
import {
  directoryTiles,
  httpTiles,
  publishedEntries,
  type HttpTilesOptions,
  type Log,
  type TileSource,
} from '@anchorlog/log';
import { parseStatement } from '@anchorlog/statement';
import {
  TILE_WIDTH,
  parseCheckpoint,
  parseNote,
  tilePath,
  type TileCoordinate,
} from '@anchorlog/tlog';
import { auditError } from './error.ts';

/** Where an audit reads a log from. Nothing that it gives is believed. spec/audit §1 */
export interface AuditSource {
  /** Entries that the source claims to have. */
  readonly size: number;
  /** The published checkpoint, a signed note; absent if none was published. */
  readonly checkpoint: string | undefined;
  /** The entries from `begin` to `end`, in order; fewer if the source has fewer. */
  entries(begin: number, end: number): AsyncIterable<Uint8Array>;
  /** The bytes of a hash tile as they are stored, or undefined if it is absent; of a full tile that has come in its place, the beginning. */
  tile(tile: TileCoordinate): Promise<Uint8Array | undefined>;
}

/** Bundles that are read ahead of the replay: over a network, each waits. */
const AHEAD = 8;

/**
 * Read a published log from a folder of static files (C2SP tlog-tiles). The checkpoint is read once: what the log publishes later is not
 * seen. @throws AUDIT_SOURCE_UNREADABLE, TLOG_NOTE_…, TLOG_CHECKPOINT_MALFORMED
 */
export function directorySource(dir: string): Promise<AuditSource> {
  return publishedSource(directoryFiles(dir));
}

/**
 * Read a published log from a web server below `url`, as `directorySource` does from a folder. When the server cannot be reached, or answers with
 * something else than the files, that is an error and never a finding.
 * @throws LOG_REMOTE_UNREACHABLE, LOG_REMOTE_REFUSED, and as `directorySource`; TypeError for another URL than http or https
 */
export async function httpSource(
  url: string | URL,
  options: HttpTilesOptions = {},
): Promise<AuditSource> {
  return publishedSource(httpTiles(url, options));
}

/** Read a published log from any place. @throws AUDIT_SOURCE_UNREADABLE if no checkpoint is there, and as `directorySource` */
export async function publishedSource(files: TileSource): Promise<AuditSource> {
  const bytes = await files.read('checkpoint');
  if (!bytes) throw auditError('AUDIT_SOURCE_UNREADABLE', 'no published checkpoint is there');
  const { size } = parseCheckpoint(parseNote(bytes).text);
  return {
    size,
    checkpoint: parseUtf8(bytes), // parsed as a note, which is UTF-8
    tile: (tile) => storedTile(files, tile),
    async *entries(begin, end) {
      let left = Math.min(end, size) - begin;
      if (left <= 0) return;
      const range = { from: begin, to: size, concurrency: AHEAD };
      for await (const entry of publishedEntries(files, range)) {
        if (left-- <= 0) return;
        yield entry;
      }
    },
  };
}

/**
 * Read the entries of a log from its own store, and checkpoint and tiles from what it published: finds what was changed in the database
 * after it was published. @throws AUDIT_SOURCE_UNREADABLE
 */
export async function storeSource(
  log: Pick<Log, 'entries' | 'size'>,
  published: string,
): Promise<AuditSource> {
  const source = await directorySource(published);
  return {
    ...source,
    entries: (from, to) => log.entries({ from, to: Math.min(to, log.size) }),
  };
}

/** Give the files of a folder; what the disk refuses has a code. */
export function directoryFiles(dir: string): TileSource {
  const tiles = directoryTiles(dir);
  return {
    async read(path) {
      try {
        return await tiles.read(path);
      } catch (cause) {
        if (isCodedError(cause)) throw cause;
        const message = 'a file of the log cannot be read';
        throw auditError('AUDIT_SOURCE_UNREADABLE', message, {}, { cause });
      }
    },
  };
}

/**
 * Give the name under which a source presents itself, in its checkpoint if it has one and in entry 0; undefined if they differ or there is
 * none, which a replay then finds out about.
 */
export async function presentedOrigin(source: AuditSource): Promise<string | undefined> {
  const names = new Set<string>();
  try {
    if (source.checkpoint !== undefined) {
      names.add(parseCheckpoint(parseNote(source.checkpoint).text).origin);
    }
    for await (const entry of source.entries(0, 1)) names.add(parseStatement(entry).log);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return undefined;
  }
  const [name, ...others] = names;
  return others.length === 0 ? name : undefined;
}

/** Read a tile as it is stored, to compare it to the last byte. One that is longer than tiles can be is given as an empty one, which is none either. */
async function storedTile(
  files: TileSource,
  tile: TileCoordinate,
): Promise<Uint8Array | undefined> {
  try {
    const exact = await files.read(tilePath(tile));
    if (exact || tile.width === TILE_WIDTH) return exact;
    // Once a tile is full, the partial one may be gone (C2SP tlog-tiles).
    const full = await files.read(tilePath({ ...tile, width: TILE_WIDTH }));
    const isTile = full?.length === TILE_WIDTH * DIGEST_BYTES;
    return isTile ? full.subarray(0, tile.width * DIGEST_BYTES) : full;
  } catch (error) {
    if (isCodedError(error) && isMalformed(error.code)) return new Uint8Array(0);
    throw error;
  }
}

/** Tell whether a file is there and is not of its form: something that an audit finds, not something that keeps it from reading. */
export function isMalformed(code: string): boolean {
  return code.startsWith('TLOG_') || code === 'LOG_FILE_LIMIT';
}
