import { levelDamage, LevelReader } from './level-bytes.ts';

/** A block is some kilobytes, or an index of some megabytes. */
const MAX_BYTES = 2 ** 27;

/** Unpack bytes that LevelDB has packed with Snappy. @throws CORE_LEVEL_DAMAGED */
export function unpackSnappy(packed: Uint8Array, what: string): Uint8Array {
  const reader = new LevelReader(packed, what);
  const length = reader.varint();
  if (length > MAX_BYTES) throw levelDamage(`${what}: unpacks to ${length} bytes`);
  const bytes = new Uint8Array(length);
  let at = 0;
  while (!reader.isAtEnd) {
    const tag = reader.take(1)[0]!;
    if (tag % 4 === 0) {
      const literal = reader.take(literalLength(reader, tag >> 2));
      if (at + literal.length > length) throw levelDamage(`${what}: unpacks to too many bytes`);
      bytes.set(literal, at);
      at += literal.length;
      continue;
    }
    const { count, offset } = copyOf(reader, tag);
    if (offset === 0 || offset > at || at + count > length) {
      throw levelDamage(`${what}: copies what is not there`);
    }
    // Byte by byte: what is copied may begin in what it makes.
    for (const end = at + count; at < end; at++) bytes[at] = bytes[at - offset]!;
  }
  if (at !== length) throw levelDamage(`${what}: unpacks to too few bytes`);
  return bytes;
}

function literalLength(reader: LevelReader, field: number): number {
  return 1 + (field < 60 ? field : little(reader.take(field - 59)));
}

function copyOf(reader: LevelReader, tag: number): { count: number; offset: number } {
  if (tag % 4 === 1) {
    return { count: 4 + ((tag >> 2) & 7), offset: (tag >> 5) * 256 + reader.take(1)[0]! };
  }
  return { count: 1 + (tag >> 2), offset: little(reader.take(tag % 4 === 2 ? 2 : 4)) };
}

function little(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
