import { equalBytes } from './bytes.ts';
import { levelDamage, LevelReader, littleUint32, maskedCrc } from './level-bytes.ts';
import { unpackSnappy } from './snappy.ts';

const FOOTER_BYTES = 48;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
/** Each block is followed by its kind and checksum. */
const TRAILER_BYTES = 5;
const PLAIN = 0;
const SNAPPY = 1;

/** The first and last key of a table, as LevelDB keeps them: the key, then a number and a kind. */
export interface LevelKeyRange {
  readonly smallest: Uint8Array;
  readonly largest: Uint8Array;
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

interface Row {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * Check all bytes of a LevelDB table: every block has its checksum, and the blocks follow one another without a gap up to the footer, which
 * so leaves nothing open but its own form. `range`, if given, must be that of its keys. `what` says in errors which table it is.
 * @throws CORE_LEVEL_DAMAGED
 */
export function checkLevelTable(table: Uint8Array, what: string, range?: LevelKeyRange): void {
  if (table.length < FOOTER_BYTES) throw levelDamage(`${what}: ${table.length} bytes are no table`);
  const end = table.length - FOOTER_BYTES;
  if (!equalBytes(table.subarray(table.length - MAGIC.length), MAGIC)) {
    throw levelDamage(`${what}: does not end as a table does`);
  }
  const footer = new LevelReader(table, `${what}, footer`, end, table.length - MAGIC.length);
  const metaindex = readHandle(footer);
  const index = readHandle(footer);
  if (!footer.take(table.length - MAGIC.length - footer.at).every((byte) => byte === 0)) {
    throw levelDamage(`${what}: the footer holds more than two handles`);
  }
  // From behind, where each block names those before it: an offset is not believed before what it leads to has its checksum.
  checkEnd(index, end, what);
  checkEnd(metaindex, index.offset, what);
  const rows = rowsOf(blockAt(table, index, what), what);
  const filters = rowsOf(blockAt(table, metaindex, what), what).map(handleOf(what));
  const data = rows.map(handleOf(what));
  const blocks = [...data, ...filters];
  let at = 0;
  for (const block of blocks) {
    if (block.offset !== at) throw levelDamage(`${what}: expected a block at ${at}`);
    checkSum(table, block, what);
    at += block.size + TRAILER_BYTES;
  }
  if (at !== metaindex.offset) throw levelDamage(`${what}: expected a block at ${at}`);
  if (range) checkRange(table, data, range, what);
}

function checkRange(
  table: Uint8Array,
  data: readonly Handle[],
  { smallest, largest }: LevelKeyRange,
  what: string,
): void {
  const [first, last] = [data[0], data.at(-1)];
  const from = first && rowsOf(blockAt(table, first, what), what)[0]?.key;
  const to = last && rowsOf(blockAt(table, last, what), what).at(-1)?.key;
  if (!from || !to || !equalBytes(from, smallest) || !equalBytes(to, largest)) {
    throw levelDamage(`${what}: its keys are those of another table`);
  }
}

function readHandle(reader: LevelReader): Handle {
  return { offset: reader.varint(), size: reader.varint() };
}

function handleOf(what: string): (row: Row) => Handle {
  return ({ value }) => {
    const reader = new LevelReader(value, `${what}, index`);
    const handle = readHandle(reader);
    if (!reader.isAtEnd) throw levelDamage(`${what}: the index holds more than handles`);
    return handle;
  };
}

function checkEnd({ offset, size }: Handle, end: number, what: string): void {
  if (offset + size + TRAILER_BYTES !== end) throw levelDamage(`${what}: no block ends at ${end}`);
}

/** Check a block that lies within the table. */
function checkSum(table: Uint8Array, { offset, size }: Handle, what: string): void {
  const end = offset + size;
  const isThere = end + TRAILER_BYTES <= table.length;
  if (isThere && maskedCrc(table, offset, end + 1) === littleUint32(table, end + 1)) return;
  throw levelDamage(`${what}: the block at ${offset} is not as it was written`);
}

function blockAt(table: Uint8Array, handle: Handle, what: string): Uint8Array {
  checkSum(table, handle, what);
  const { offset, size } = handle;
  const bytes = table.subarray(offset, offset + size);
  const kind = table[offset + size];
  if (kind === PLAIN) return bytes;
  if (kind === SNAPPY) return unpackSnappy(bytes, what);
  throw levelDamage(`${what}: the block at ${offset} is of no known kind`);
}

/** Read the rows of a block: keys as what they share with the one before, and the rest; at the end where keys begin that share nothing. */
function rowsOf(block: Uint8Array, what: string): Row[] {
  const starts = block.length < 4 ? 0 : littleUint32(block, block.length - 4);
  const end = block.length - 4 * (starts + 1);
  if (end < 0) throw levelDamage(`${what}: a block is cut`);
  const reader = new LevelReader(block, what, 0, end);
  const rows: Row[] = [];
  let before = new Uint8Array();
  while (!reader.isAtEnd) {
    const [shared, rest, length] = [reader.varint(), reader.varint(), reader.varint()];
    if (shared > before.length) throw levelDamage(`${what}: a key shares more than there is`);
    const key = new Uint8Array(shared + rest);
    key.set(before.subarray(0, shared));
    key.set(reader.take(rest), shared);
    rows.push({ key, value: reader.take(length) });
    before = key;
  }
  return rows;
}
