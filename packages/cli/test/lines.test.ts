import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLines } from '../src/lines.ts';

async function* chunksOf(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text;
}

async function read(chunks: AsyncIterable<Uint8Array>, limit = 100): Promise<[number, string][]> {
  const lines: [number, string][] = [];
  for await (const { number, bytes } of readLines(chunks, limit)) {
    lines.push([number, Buffer.from(bytes).toString()]);
  }
  return lines;
}

describe('readLines', () => {
  test('numbers lines from 1 and leaves out blank ones', async () => {
    expect(await read(chunksOf('a\n\n \t\nb'))).toEqual([
      [1, 'a'],
      [4, 'b'],
    ]);
  });

  test('leaves out a byte order mark and carriage returns, and keeps others inside', async () => {
    expect(await read(chunksOf('\ufeffa\r\n\r\nb\rc\r\n\ufeffd'))).toEqual([
      [1, 'a'],
      [3, 'b\rc'],
      [4, '\ufeffd'],
    ]);
  });

  test('gives of a line that is too long one byte more than the limit', async () => {
    const long = 'x'.repeat(1000);
    expect(await read(chunksOf('a\n', long, long, '\nb'), 10)).toEqual([
      [1, 'a'],
      [2, 'x'.repeat(11)],
      [3, 'b'],
    ]);
  });

  test('gives the same lines however the stream is cut', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '食', '\n', '\r', ' '), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(80)), async (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const ends = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const parts = ends.slice(1).map((end, i) => bytes.subarray(ends[i], end));
        expect(await read(chunksOf(...parts))).toEqual(await read(chunksOf(bytes)));
      }),
    );
  });
});
