import { hash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Findings } from './finding.ts';

/** A row: 26 bytes of a hash of the address, and 6 of the index. */
const ROW = 32;
const HASH = 26;
const PARTS = 64;
/** Rows in memory: 8 MiB, and what their comparison needs. */
export const ROWS_IN_MEMORY = 1 << 18;

/**
 * Finds entries whose address (organisation, system, id) an earlier entry has. Beyond `ROWS_IN_MEMORY` entries the rows go to files, parted
 * by their hash so that equal ones meet in one file, and each file that is still too long is parted again. spec/audit §3.5
 */
export class DuplicateCheck implements AsyncDisposable {
  readonly #scratch: string;
  readonly #findings: Findings;
  readonly #limit: number;
  // Unknown beforehand, so that nobody can choose addresses that all meet in one file.
  readonly #key = randomBytes(16).toString('latin1');
  #rows: Buffer;
  #count = 0;
  #dir: string | undefined;
  #parts: Parts | undefined;

  /** `scratch`: the folder in which a folder for temporary files is made, if need be. `limit`: rows in memory. */
  constructor(scratch: string, findings: Findings, limit: number = ROWS_IN_MEMORY) {
    this.#scratch = scratch;
    this.#findings = findings;
    this.#limit = limit;
    this.#rows = Buffer.alloc(Math.min(limit, 1024) * ROW);
  }

  /** Take the address of the entry at `index`; true if rows have to be kept away before the next. */
  add(address: string, index: number): boolean {
    const at = this.#count++ * ROW;
    if (at === this.#rows.length) {
      const longer = Buffer.alloc(Math.min(this.#limit * ROW, 2 * this.#rows.length));
      longer.set(this.#rows);
      this.#rows = longer;
    }
    this.#rows.write(hash('sha256', this.#key + address, 'binary'), at, HASH, 'binary');
    this.#rows.writeUIntBE(index, at + HASH, ROW - HASH);
    return this.#count === this.#limit;
  }

  /** Put the rows into files. */
  async spill(): Promise<void> {
    this.#dir ??= await mkdtemp(join(this.#scratch, 'anchorlog-audit-'));
    this.#parts ??= new Parts(join(this.#dir, 'part'), 0);
    await this.#parts.add(this.#rows.subarray(0, this.#count * ROW));
    this.#count = 0;
  }

  /** Report what was met twice. */
  async end(): Promise<void> {
    if (!this.#parts) {
      this.#compare(this.#rows.subarray(0, this.#count * ROW), new Map());
      return;
    }
    await this.spill();
    await this.#compareParts(this.#parts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts?.close();
    if (this.#dir !== undefined) await rm(this.#dir, { recursive: true });
  }

  async #compareParts(parts: Parts): Promise<void> {
    for (const path of await parts.close()) {
      const { size } = await stat(path);
      const depth = parts.depth + 1;
      // Rows that no further byte tells apart are of few addresses: all entries may be the same one.
      if (size <= this.#limit * ROW || depth === HASH) {
        const first = new Map<string, number>();
        for await (const rows of readRows(path, this.#limit * ROW)) this.#compare(rows, first);
      } else {
        const finer = new Parts(path, depth);
        try {
          for await (const rows of readRows(path, this.#limit * ROW)) await finer.add(rows);
          await this.#compareParts(finer);
        } finally {
          await finer.close();
        }
      }
      await rm(path);
    }
  }

  /** `first`: by hash the index that had it first. */
  #compare(rows: Buffer, first: Map<string, number>): void {
    for (let at = 0; at < rows.length; at += ROW) {
      const name = rows.toString('latin1', at, at + HASH);
      const index = rows.readUIntBE(at + HASH, ROW - HASH);
      const earlier = first.get(name);
      if (earlier === undefined) first.set(name, index);
      else this.#findings.add('AUDIT_DUPLICATE', { index, earlier });
    }
  }
}

/** Files of rows, one for each of some values of one byte of the hash. */
class Parts {
  readonly depth: number;
  readonly #path: string;
  readonly #files: (FileHandle | undefined)[] = [];
  readonly #paths: string[] = [];

  constructor(path: string, depth: number) {
    this.#path = path;
    this.depth = depth;
  }

  async add(rows: Buffer): Promise<void> {
    const parted = Array.from({ length: PARTS }, (): Buffer[] => []);
    for (let at = 0; at < rows.length; at += ROW) {
      parted[rows[at + this.depth]! % PARTS]!.push(rows.subarray(at, at + ROW));
    }
    for (const [part, some] of parted.entries()) {
      if (some.length === 0) continue;
      this.#files[part] ??= await this.#open(part);
      await this.#files[part].writeFile(Buffer.concat(some));
    }
  }

  /** Close the files and give their paths. */
  async close(): Promise<readonly string[]> {
    for (const file of this.#files.splice(0)) await file?.close();
    return this.#paths;
  }

  async #open(part: number): Promise<FileHandle> {
    const path = `${this.#path}.${part}`;
    this.#paths.push(path);
    return open(path, 'ax', 0o600);
  }
}

/** Read rows in pieces of at most `limit` bytes. */
async function* readRows(path: string, limit: number): AsyncGenerator<Buffer> {
  const stream = createReadStream(path, { highWaterMark: 1 << 16 });
  let parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    parts.push(part as Buffer); // a stream without encoding gives Buffers
    length += (part as Buffer).length;
    if (length + (1 << 16) <= limit) continue;
    const whole = length - (length % ROW);
    const bytes = Buffer.concat(parts);
    if (whole > 0) yield bytes.subarray(0, whole);
    parts = [bytes.subarray(whole)];
    length -= whole;
  }
  if (length > 0) yield Buffer.concat(parts);
}
