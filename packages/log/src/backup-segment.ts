import { createHash, randomBytes, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { concatBytes, formatUint64, formatUtf8, parseUint64, parseUtf8 } from '@anchorlog/core';
import type { BackupSegment } from './backup-manifest.ts';
import { hasCode } from './durable-file.ts';
import { logError } from './error.ts';
import type { StoredGroup, StoredNote } from './store.ts';

/** What a segment is made of, in its order: a group before its entries, notes and checkpoints behind what they speak of. */
export type BackupRecord =
  | { readonly kind: 'group'; readonly group: StoredGroup }
  | { readonly kind: 'entry'; readonly entry: Uint8Array }
  | { readonly kind: 'receipt' | 'checkpoint'; readonly note: StoredNote };

const KINDS = { group: 'g', entry: 'e', receipt: 'r', checkpoint: 'c' } as const;
const HEADER_BYTES = 5;
const GROUP_BYTES = 64;
/** More than a note or an entry can have. */
const MAX_RECORD_BYTES = 1_000_100;
const BUFFER_BYTES = 2 ** 20;

/** Writes one segment: under its own name, which holds the digest, only when it is whole and on the disk. */
export class SegmentWriter {
  readonly #dir: string;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #digest: Hash = createHash('sha256');
  #buffer: Uint8Array[] = [];
  #buffered = 0;
  #bytes = 0;

  private constructor(dir: string, path: string, file: FileHandle) {
    this.#dir = dir;
    this.#path = path;
    this.#file = file;
  }

  /** Begin a segment in a folder, under a temporary name. */
  static async begin(dir: string): Promise<SegmentWriter> {
    const path = join(dir, `${randomBytes(8).toString('hex')}.segment.new`);
    // Entries are for members only: nobody else reads them from a backup.
    return new SegmentWriter(dir, path, await open(path, 'wx', 0o600));
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(record: BackupRecord): Promise<void> {
    const body = bodyOf(record);
    const header = new Uint8Array(HEADER_BYTES);
    header.set(formatUtf8(KINDS[record.kind]));
    new DataView(header.buffer).setUint32(1, body.length);
    this.#buffer.push(header, body);
    this.#buffered += header.length + body.length;
    this.#bytes += header.length + body.length;
    if (this.#buffered >= BUFFER_BYTES) await this.#flush();
  }

  /** Make it durable; its name is so after the folder was synced. */
  async end(size: number): Promise<BackupSegment> {
    await this.#flush();
    await this.#file.sync();
    await this.#file.close();
    const sha256 = this.#digest.digest('hex');
    const name = `${String(size).padStart(16, '0')}-${sha256.slice(0, 16)}.segment`;
    await rename(this.#path, join(this.#dir, name));
    return { name, size, bytes: this.#bytes, sha256 };
  }

  async abandon(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  async #flush(): Promise<void> {
    const bytes = concatBytes(...this.#buffer);
    [this.#buffer, this.#buffered] = [[], 0];
    this.#digest.update(bytes);
    // Of a full disk a write takes what fits, and says so: `writeFile` goes on until it is told why.
    await this.#file.writeFile(bytes);
  }
}

/** Read a segment, and at its end compare its digest: nothing of it may be believed before. @throws LOG_BACKUP_DAMAGED */
export async function* readSegment(
  dir: string,
  { name, bytes, sha256 }: BackupSegment,
): AsyncGenerator<BackupRecord, void, undefined> {
  const digest = createHash('sha256');
  let [count, rest] = [0, new Uint8Array(0)];
  try {
    for await (const chunk of createReadStream(join(dir, name), { highWaterMark: BUFFER_BYTES })) {
      const piece = chunk as Uint8Array; // without an encoding it gives bytes
      digest.update(piece);
      count += piece.length;
      if (count > bytes) break;
      const row = concatBytes(rest, piece);
      let at = 0;
      for (let end = endOf(row, at, name); end <= row.length; end = endOf(row, at, name)) {
        yield recordOf(row.subarray(at, end), name);
        at = end;
      }
      rest = row.slice(at);
    }
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) throw damaged(name, 'it is not there', cause);
    throw cause;
  }
  if (count !== bytes || rest.length > 0) throw damaged(name, `expected ${bytes} bytes`);
  if (digest.digest('hex') !== sha256) throw damaged(name, 'its digest is another');
}

/** Make the error for a segment that is not what the manifest says. */
export function damaged(name: string, what: string, cause?: unknown): Error {
  return logError(
    'LOG_BACKUP_DAMAGED',
    `${name} of the backup: ${what}: use another backup, or an undamaged copy of this file`,
    { name },
    { cause },
  );
}

function bodyOf(record: BackupRecord): Uint8Array {
  if (record.kind === 'entry') return record.entry;
  if (record.kind === 'group') {
    const { from, size, rootHash, time, anchorBy } = record.group;
    const ends = [formatUint64(time), formatUint64(anchorBy)];
    return concatBytes(formatUint64(from), formatUint64(size), rootHash, ...ends);
  }
  return concatBytes(formatUint64(record.note.size), formatUtf8(record.note.note));
}

/** Where the record that begins at a place ends; beyond the row where there is not enough of it yet. */
function endOf(row: Uint8Array, at: number, name: string): number {
  if (row.length < at + HEADER_BYTES) return Infinity;
  const length = new DataView(row.buffer, row.byteOffset + at + 1, 4).getUint32(0);
  if (length > MAX_RECORD_BYTES) throw damaged(name, `a record of ${length} bytes`);
  return at + HEADER_BYTES + length;
}

function recordOf(bytes: Uint8Array, name: string): BackupRecord {
  const letter = String.fromCharCode(bytes[0]!); // a record has a header
  const body = bytes.slice(HEADER_BYTES);
  if (letter === KINDS.entry) return { kind: 'entry', entry: body };
  if (letter === KINDS.group && body.length === GROUP_BYTES) {
    const [from, size, time, anchorBy] = [0, 8, 48, 56].map((at) => numberAt(body, at, name));
    const group = { from: from!, size: size!, time: time!, anchorBy: anchorBy! }; // four were read
    return { kind: 'group', group: { ...group, rootHash: body.slice(16, 48) } };
  }
  const kind =
    letter === KINDS.receipt ? 'receipt' : letter === KINDS.checkpoint ? 'checkpoint' : undefined;
  if (!kind || body.length < 8) throw damaged(name, 'a record of no known form');
  try {
    return { kind, note: { size: parseUint64(body), note: parseUtf8(body.subarray(8)) } };
  } catch (cause) {
    throw damaged(name, 'a note of no known form', cause);
  }
}

function numberAt(body: Uint8Array, at: number, name: string): number {
  try {
    return parseUint64(body, at);
  } catch (cause) {
    throw damaged(name, 'a number of no known form', cause);
  }
}
