import { crc32, deflateRawSync } from 'node:zlib';

/** A file for a ZIP; what is given beside name and content stands there instead of what would be right. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly stored?: boolean;
  readonly packed?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly offset?: number;
  readonly localName?: string;
  /** With a data descriptor, as streaming writers make it; `bare` without its signature. */
  readonly descriptor?: 'signed' | 'bare' | 'wrong';
}

export interface ZipParts {
  readonly before?: Uint8Array;
  readonly between?: Uint8Array;
  readonly comment?: Uint8Array;
  readonly count?: number;
  readonly disk?: number;
}

/** Write a ZIP, byte by byte, so that every part of it can be wrong. */
export function makeZip(entries: readonly ZipEntry[], parts: ZipParts = {}): Uint8Array {
  const { before = new Uint8Array(), between = new Uint8Array(), disk = 0 } = parts;
  const { comment = new Uint8Array(), count = entries.length } = parts;
  const body: Uint8Array[] = [before];
  const directory: Uint8Array[] = [];
  let at = before.length;
  for (const entry of entries) {
    const { local, central } = formOf(entry, at);
    body.push(local);
    directory.push(central);
    at += local.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(disk, 4);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at + between.length, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...body, between, ...directory, end, comment]);
}

function formOf(
  entry: ZipEntry,
  at: number,
): { readonly local: Uint8Array; readonly central: Uint8Array } {
  const { content, stored = false, descriptor } = entry;
  const packed = entry.packed ?? (stored ? content : deflateRawSync(content));
  const { method = stored ? 0 : 8, flags = 0x0800 + (descriptor ? 8 : 0) } = entry;
  const { crc = crc32(content), size = content.length, offset = at } = entry;
  const name = Buffer.from(entry.name);
  const localName = Buffer.from(entry.localName ?? entry.name);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt16LE(flags, 6);
  local.writeUInt16LE(method, 8);
  local.writeUInt32LE(descriptor ? 0 : crc, 14);
  local.writeUInt32LE(descriptor ? 0 : packed.length, 18);
  local.writeUInt32LE(descriptor ? 0 : size, 22);
  local.writeUInt16LE(localName.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 4);
  central.writeUInt16LE(20, 6);
  central.writeUInt16LE(flags, 8);
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(crc, 16);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(size, 24);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt32LE(offset, 42);
  return {
    local: Buffer.concat([local, localName, packed, trailer({ descriptor, crc, packed, size })]),
    central: Buffer.concat([central, name]),
  };
}

function trailer({
  descriptor,
  crc,
  packed,
  size,
}: {
  readonly descriptor: ZipEntry['descriptor'];
  readonly crc: number;
  readonly packed: Uint8Array;
  readonly size: number;
}): Uint8Array {
  if (descriptor === undefined) return new Uint8Array();
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  bytes.writeUInt32LE(packed.length, 8);
  bytes.writeUInt32LE(descriptor === 'wrong' ? size + 1 : size, 12);
  return descriptor === 'bare' ? bytes.subarray(4) : bytes;
}
