import { Inflate } from 'fflate';
import { parseUtf8 } from '@anchorlog/core';
import { esealError } from './error.ts';

/** What a ZIP may be, at most. */
export interface ZipLimits {
  /** Of the ZIP itself. */
  readonly bytes: number;
  readonly files: number;
  /** Of all files once unpacked. */
  readonly total: number;
  /** Unpacked to packed bytes of a file of more than a megabyte. */
  readonly ratio: number;
  readonly depth: number;
}

export const ZIP_LIMITS: ZipLimits = {
  bytes: 268_435_456,
  files: 20_000,
  total: 536_870_912,
  ratio: 200,
  depth: 16,
};

/** A ZIP that was read strictly: every file has one name, one place, and one content. */
export interface Zip {
  /** File names in the order of the directory, without folders. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Unpack a file. @throws ESEAL_ZIP_RATIO, ESEAL_ZIP_LIMIT, ESEAL_ZIP_CHECKSUM, ESEAL_ZIP_FORM */
  read(name: string): Uint8Array;
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  /** Where its packed bytes begin; set when its local header was read. */
  readonly begin: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const [STORED, DEFLATED] = [0, 8];
const [ENCRYPTED, HAS_DESCRIPTOR] = [0x0001, 0x0008];
/** Encrypted, patched, strongly encrypted, with a masked directory: APPNOTE 4.4.4. */
const UNSUPPORTED_FLAGS = ENCRYPTED | 0x0020 | 0x0040 | 0x2000;

/**
 * Read the directory of a ZIP, and hold every local header against it (spec/eseal §5.1). Nothing is unpacked.
 * @throws ESEAL_ZIP_FORM, ESEAL_ZIP_UNSUPPORTED, ESEAL_ZIP_NAME, ESEAL_ZIP_DUPLICATE, ESEAL_ZIP_OVERLAP, ESEAL_ZIP_DEPTH, ESEAL_ZIP_LIMIT, ESEAL_ZIP_RATIO
 */
export function openZip(bytes: Uint8Array, limits: ZipLimits = ZIP_LIMITS): Zip {
  if (bytes.length > limits.bytes) throw tooLarge('bytes', limits.bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { count, begin, end } = directoryOf(view);
  if (count > limits.files) throw tooLarge('files', limits.files);
  const files = new Map<string, Entry>();
  const seen = new Set<string>();
  const spans: Span[] = [];
  let total = 0;
  let at = begin;
  for (let i = 0; i < count; i++) {
    const { entry, next } = centralAt(view, at, end);
    at = next;
    checkName(entry.name, limits);
    const folded = entry.name.replace(/\/$/, '').toLowerCase();
    if (seen.has(folded)) {
      throw esealError('ESEAL_ZIP_DUPLICATE', 'zip: two files of one name', { name: entry.name });
    }
    seen.add(folded);
    const placed = localOf(view, entry, begin);
    spans.push({ begin: entry.offset, end: placed.begin + entry.packed, slack: slackOf(entry) });
    total += entry.size;
    if (total > limits.total) throw tooLarge('unpacked bytes', limits.total);
    if (entry.size > 1_048_576 && entry.size > entry.packed * limits.ratio) throw bomb(entry.name);
    if (!entry.name.endsWith('/')) files.set(entry.name, placed);
    else if (entry.size > 0) throw badForm('a folder with content');
  }
  if (at !== end) throw badForm('bytes between directory and its end');
  checkSpans(spans, begin);
  return {
    names: [...files.keys()],
    has: (name) => files.has(name),
    read(name) {
      const entry = files.get(name);
      if (!entry) throw esealError('ESEAL_OFD_MISSING', 'zip: no such file', { name });
      return unpack(bytes, entry);
    },
  };
}

/** The end record ends the file: no comment, no second reading (APPNOTE 4.3.16). */
function directoryOf(view: DataView): {
  readonly count: number;
  readonly begin: number;
  readonly end: number;
} {
  const at = view.byteLength - 22;
  if (at < 0 || view.getUint32(at, true) !== END) throw badForm('no end record at its end');
  const [disk, first] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  const [here, count] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [size, begin] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  if (disk !== 0 || first !== 0 || here !== count) throw unsupported('split');
  if (count === 0xffff || begin === 0xffffffff) throw unsupported('zip64');
  if (view.getUint16(at + 20, true) !== 0 || begin + size !== at) throw badForm('its end record');
  return { count, begin, end: at };
}

/** APPNOTE 4.3.12 */
function centralAt(
  view: DataView,
  at: number,
  end: number,
): { readonly entry: Entry; readonly next: number } {
  if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) throw badForm('its directory');
  const [nameLength, extra] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
  const next = at + 46 + nameLength + extra + view.getUint16(at + 32, true);
  if (next > end) throw badForm('its directory');
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
  const offset = view.getUint32(at + 42, true);
  if ((flags & UNSUPPORTED_FLAGS) !== 0) throw unsupported('encrypted');
  if (method !== STORED && method !== DEFLATED) throw unsupported(`method ${method}`);
  if ([packed, size, offset].includes(0xffffffff)) throw unsupported('zip64');
  if (method === STORED && packed !== size) throw badForm('sizes of a stored file');
  const crc = view.getUint32(at + 16, true);
  const name = nameAt(view, at + 46, nameLength);
  return { entry: { name, flags, method, crc, packed, size, offset, begin: 0 }, next };
}

function nameAt(view: DataView, at: number, length: number): string {
  try {
    return parseUtf8(new Uint8Array(view.buffer, view.byteOffset + at, length));
  } catch (error) {
    throw esealError('ESEAL_ZIP_NAME', 'zip: a name that is not UTF-8', {}, { cause: error });
  }
}

/** The local header must say what the directory says, so that no reader sees another file (APPNOTE 4.3.7). */
function localOf(view: DataView, entry: Entry, limit: number): Entry {
  const at = entry.offset;
  if (at + 30 > limit || view.getUint32(at, true) !== LOCAL) throw badForm('a local header');
  const [nameLength, extra] = [view.getUint16(at + 26, true), view.getUint16(at + 28, true)];
  const begin = at + 30 + nameLength + extra;
  if (begin + entry.packed > limit) throw badForm('a file beyond its end');
  const isDeferred = (entry.flags & HAS_DESCRIPTOR) !== 0;
  const sizes = [14, 18, 22].map((offset) => view.getUint32(at + offset, true));
  const told = isDeferred ? [0, 0, 0] : [entry.crc, entry.packed, entry.size];
  const isAlike =
    view.getUint16(at + 6, true) === entry.flags &&
    view.getUint16(at + 8, true) === entry.method &&
    sizes.every((value, i) => value === told[i]) &&
    nameAt(view, at + 30, nameLength) === entry.name;
  if (!isAlike) throw badForm('a local header that contradicts the directory');
  if (isDeferred) checkDescriptor(view, entry, begin + entry.packed);
  return { ...entry, begin };
}

/** The data descriptor, with or without its signature (APPNOTE 4.3.9). */
function checkDescriptor(view: DataView, { crc, packed, size }: Entry, at: number): void {
  const begin = view.getUint32(at, true) === DESCRIPTOR ? at + 4 : at;
  const found = [0, 4, 8].map((offset) => view.getUint32(begin + offset, true));
  const isAlike = found[0] === crc && found[1] === packed && found[2] === size;
  if (!isAlike) throw badForm('a data descriptor that contradicts the directory');
}

function slackOf({ flags }: Entry): readonly number[] {
  return (flags & HAS_DESCRIPTOR) === 0 ? [0] : [12, 16];
}

interface Span {
  readonly begin: number;
  readonly end: number;
  /** Bytes that a data descriptor may take after its end. */
  readonly slack: readonly number[];
}

/** Files lie one after the other from the first byte to the directory: nothing is shared, nothing is hidden between. */
function checkSpans(spans: Span[], directory: number): void {
  let end = 0;
  let slack: readonly number[] = [0];
  for (const span of spans.toSorted((a, b) => a.begin - b.begin)) {
    if (span.begin < end) throw esealError('ESEAL_ZIP_OVERLAP', 'zip: files that share bytes');
    if (!slack.includes(span.begin - end)) throw badForm('bytes between its files');
    ({ end, slack } = span);
  }
  if (!slack.includes(directory - end)) throw badForm('bytes before its directory');
}

const NAME_LIMIT = 512;

/** One plain path, the same on every system (spec/eseal §5.1). */
function checkName(name: string, limits: ZipLimits): void {
  const segments = name.replace(/\/$/, '').split('/');
  const isPlain =
    name.length <= NAME_LIMIT &&
    !/[\p{Cc}\\:*?"<>|]/u.test(name) &&
    segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (!isPlain) throw esealError('ESEAL_ZIP_NAME', 'zip: a name that is no plain path', { name });
  if (segments.length > limits.depth) {
    throw esealError('ESEAL_ZIP_DEPTH', `zip: ${segments.length} folders deep`, { name });
  }
}

const CHUNK = 16_384;

function unpack(bytes: Uint8Array, entry: Entry): Uint8Array {
  const packed = bytes.subarray(entry.begin, entry.begin + entry.packed);
  const content = entry.method === STORED ? packed.slice() : inflate(packed, entry);
  if (crc32(content) !== entry.crc) throw badContent(entry.name);
  return content;
}

/** In pieces, so that a file which is larger than it says is refused before it is unpacked. */
function inflate(packed: Uint8Array, { name, size }: Entry): Uint8Array {
  const content = new Uint8Array(size);
  let length = 0;
  const stream = new Inflate((piece) => {
    if (length + piece.length > size) throw badContent(name);
    content.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at < packed.length || at === 0; at += CHUNK) {
      stream.push(packed.subarray(at, at + CHUNK), at + CHUNK >= packed.length);
    }
  } catch (error) {
    throw badContent(name, error);
  }
  if (length !== size) throw badContent(name);
  return content;
}

const CRC_TABLE = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function tooLarge(what: string, limit: number): Error {
  return esealError('ESEAL_ZIP_LIMIT', `zip: more than ${limit} ${what}`, { limit });
}

function bomb(name: string): Error {
  return esealError('ESEAL_ZIP_RATIO', 'zip: a file that unpacks to many times its size', { name });
}

function badForm(what: string): Error {
  return esealError('ESEAL_ZIP_FORM', `zip: ${what}`);
}

function unsupported(what: string): Error {
  return esealError('ESEAL_ZIP_UNSUPPORTED', `zip: ${what}`);
}

function badContent(name: string, cause?: unknown): Error {
  return esealError(
    'ESEAL_ZIP_CHECKSUM',
    'zip: not the content that it should be',
    { name },
    { cause },
  );
}
