const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A line and its number, from 1. */
export interface Line {
  readonly number: number;
  /** Without its end; at most one byte more than the limit. */
  readonly bytes: Uint8Array;
}

/**
 * Split a stream into lines, in memory that the longest line bounds: of a line beyond `limit` bytes, `limit` + 1 are given, for its parser
 * to refuse. Lines that are empty or blank are left out, and so are a byte order mark and the carriage returns of other systems.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Line> {
  const line = new LineBuffer(limit);
  let number = 1;
  for await (const chunk of chunks) {
    let begin = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, begin);
      line.add(chunk.subarray(begin, end < 0 ? chunk.length : end));
      if (end < 0) break;
      const bytes = line.take(number === 1);
      if (bytes) yield { number, bytes };
      number++;
      begin = end + 1;
    }
  }
  const bytes = line.take(number === 1);
  if (bytes) yield { number, bytes };
}

class LineBuffer {
  readonly #limit: number;
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(part: Uint8Array): void {
    const room = this.#limit + 1 - this.#length;
    if (room <= 0 || part.length === 0) return;
    const kept = part.subarray(0, room);
    this.#parts.push(kept);
    this.#length += kept.length;
  }

  /** Give the line and begin the next; none if it is blank. */
  take(isFirst: boolean): Uint8Array | undefined {
    const whole = Buffer.concat(this.#parts, this.#length);
    this.#parts = [];
    this.#length = 0;
    const hasMark = isFirst && whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf;
    const end = whole.at(-1) === RETURN ? whole.length - 1 : whole.length;
    const bytes = whole.subarray(hasMark ? 3 : 0, end);
    return bytes.every(isBlank) ? undefined : bytes;
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === RETURN;
}
