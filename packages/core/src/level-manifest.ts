import { concatBytes } from './bytes.ts';
import { levelDamage, LevelReader, littleUint32, maskedCrc } from './level-bytes.ts';
import type { LevelKeyRange } from './level-table.ts';

/** A table that a LevelDB database is made of. */
export interface LevelTable extends LevelKeyRange {
  readonly number: number;
  readonly bytes: number;
}

const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

const TAG = {
  comparator: 1,
  logNumber: 2,
  nextFile: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  previousLog: 9,
} as const;

/** Read from a manifest which tables make up a database. What a crash has cut off at the end counts as not written. @throws CORE_LEVEL_DAMAGED */
export function readLevelManifest(manifest: Uint8Array): LevelTable[] {
  const tables = new Map<number, LevelTable>();
  for (const record of records(manifest)) apply(record, tables);
  return [...tables.values()];
}

/** Apply the changes of one record: first what goes, as the database does. */
function apply(record: Uint8Array, tables: Map<number, LevelTable>): void {
  const reader = new LevelReader(record, 'manifest');
  const added: LevelTable[] = [];
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    switch (tag) {
      case TAG.comparator:
        reader.prefixed();
        break;
      case TAG.logNumber:
      case TAG.nextFile:
      case TAG.lastSequence:
      case TAG.previousLog:
        reader.varint();
        break;
      case TAG.compactPointer:
        reader.varint();
        reader.prefixed();
        break;
      case TAG.deletedFile:
        reader.varint();
        tables.delete(reader.varint());
        break;
      case TAG.newFile:
        reader.varint();
        added.push({
          number: reader.varint(),
          bytes: reader.varint(),
          smallest: reader.prefixed(),
          largest: reader.prefixed(),
        });
        break;
      default:
        throw levelDamage(`manifest: ${tag} is no kind of field`);
    }
  }
  for (const table of added) tables.set(table.number, table);
}

/** Read the records of a LevelDB journal: each in one part or several, which do not cross the ends of blocks. */
function* records(journal: Uint8Array): Generator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = [];
  for (let at = 0; at + HEADER_BYTES <= journal.length;) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES);
    if (left < HEADER_BYTES) {
      at += left;
      continue;
    }
    const length = journal[at + 4]! + 256 * journal[at + 5]!;
    const kind = journal[at + 6]!;
    const end = at + HEADER_BYTES + length;
    if (end > journal.length) return; // cut off by a crash
    if (kind === 0 && length === 0 && parts.length === 0) {
      at += left; // room that the system gave and a crash left empty
      continue;
    }
    if (
      length > left - HEADER_BYTES ||
      maskedCrc(journal, at + 6, end) !== littleUint32(journal, at)
    ) {
      throw levelDamage(`manifest: the record at ${at} is not as it was written`);
    }
    const isNext = parts.length > 0 === (kind === MIDDLE || kind === LAST);
    if (!isNext || kind < FULL || kind > LAST) {
      throw levelDamage(`manifest: the record at ${at} has no beginning or no end`);
    }
    parts.push(journal.subarray(at + HEADER_BYTES, end));
    if (kind !== FIRST && kind !== MIDDLE) {
      yield concatBytes(...parts);
      parts = [];
    }
    at = end;
  }
}
