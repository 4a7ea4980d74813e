/** An RLP item as mutants take it apart: a string of bytes, or a list. */
export type LooseRlp = Uint8Array | readonly LooseRlp[];

/** Decode one RLP item that is known to be well formed, below 2^31 bytes. */
export function decodeRlp(bytes: Uint8Array): LooseRlp {
  return decodeAt(bytes, 0).item;
}

/** Encode an RLP item. */
export function encodeRlp(item: LooseRlp): Uint8Array {
  if (item instanceof Uint8Array) {
    return item.length === 1 && item[0]! < 0x80 ? item : withPrefix(0x80, item);
  }
  return withPrefix(0xc0, join(item.map(encodeRlp)));
}

function decodeAt(bytes: Uint8Array, at: number): { item: LooseRlp; end: number } {
  const first = bytes[at]!;
  if (first < 0x80) return { item: bytes.slice(at, at + 1), end: at + 1 };
  const base = first < 0xc0 ? 0x80 : 0xc0;
  const short = first - base;
  const lengthBytes = short > 55 ? short - 55 : 0;
  let length = lengthBytes === 0 ? short : 0;
  for (let i = 1; i <= lengthBytes; i++) length = length * 256 + bytes[at + i]!;
  const start = at + 1 + lengthBytes;
  const end = start + length;
  if (base === 0x80) return { item: bytes.slice(start, end), end };
  const items: LooseRlp[] = [];
  for (let next = start; next < end;) {
    const part = decodeAt(bytes, next);
    items.push(part.item);
    next = part.end;
  }
  return { item: items, end };
}

function withPrefix(base: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  if (length < 56) return join([Uint8Array.of(base + length), payload]);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return join([Uint8Array.of(base + 55 + digits.length, ...digits), payload]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
