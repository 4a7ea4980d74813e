import { tlogError } from './error.ts';
import { checkWidth } from './tile.ts';

/** Bytes of an entry at most: its length is stored in two bytes (C2SP tlog-tiles). */
export const MAX_ENTRY_BYTES = 65_535;

/** Check that an entry can be stored. @throws TLOG_ENTRY_LENGTH */
export function checkEntry(entry: Uint8Array): void {
  if (entry.length > MAX_ENTRY_BYTES) {
    throw tlogError(
      'TLOG_ENTRY_LENGTH',
      `entry: expected at most ${MAX_ENTRY_BYTES} bytes, got ${entry.length}`,
      { length: entry.length },
    );
  }
}

/**
 * Format an entry bundle: each of 1 to 256 entries after its length in two bytes, big endian (C2SP tlog-tiles).
 * @throws TLOG_ENTRY_LENGTH, TLOG_TILE_RANGE
 */
export function formatEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  checkWidth(entries.length);
  let length = 0;
  for (const entry of entries) {
    checkEntry(entry);
    length += 2 + entry.length;
  }
  const bundle = new Uint8Array(length);
  let at = 0;
  for (const entry of entries) {
    bundle[at] = entry.length >>> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** Read an entry bundle of exactly `width` entries; they are views of `bundle`. @throws TLOG_BUNDLE_MALFORMED, TLOG_TILE_RANGE */
export function parseEntryBundle(bundle: Uint8Array, width: number): Uint8Array[] {
  checkWidth(width);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    const begin = at + 2;
    const end = begin + bundle[at]! * 256 + (bundle[at + 1] ?? 0);
    if (end > bundle.length || entries.length === width) {
      throw malformed(`at byte ${at} an entry that ends within the bundle`, width, entries.length);
    }
    entries.push(bundle.subarray(begin, end));
    at = end;
  }
  if (entries.length !== width) throw malformed(`${width} entries`, width, entries.length);
  return entries;
}

function malformed(expected: string, width: number, got: number): Error {
  return tlogError(
    'TLOG_BUNDLE_MALFORMED',
    `entry bundle: expected ${expected}, got ${got} entries`,
    { width, got },
  );
}
