import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseCheckpoint, parseNote } from '@anchorlog/tlog';
import { EMPTY_EDGE, grow } from '../src/edge.ts';
import { directoryTiles, publishedEntries, readEntryBundle, readTile } from '../src/index.ts';
import { hasher } from './support/inspect.ts';

// A log that another implementation (Tessera) wrote. Beside the checkout; skipped where it is absent.
const DIR = fileURLToPath(new URL('../../../../shared/vectors/tessera-testlog', import.meta.url));

describe.skipIf(!existsSync(DIR))('a log of another implementation', () => {
  const source = directoryTiles(DIR);

  test('is read from its bundles and tiles, at every width', async () => {
    for (let width = 1; width <= 15; width++) {
      const entries = await readEntryBundle(source, { index: 0, width });
      const leafHashes = new Uint8Array(32 * width);
      hasher.hashLeaves(entries!, leafHashes, 0);
      expect(await readTile(source, { level: 0, index: 0, width })).toEqual(leafHashes);
    }
    expect(await readTile(source, { level: 0, index: 1, width: 1 })).toBeUndefined();
    expect(await readEntryBundle(source, { index: 0, width: 16 })).toBeUndefined();
  });

  test.each([8, 12, 15])('leads to its checkpoint of size %i', async (size) => {
    const note = parseNote(await readFile(`${DIR}/checkpoint.${size}`));
    const { rootHash } = parseCheckpoint(note.text);
    let edge = EMPTY_EDGE;
    let root = hasher.empty();
    for await (const entry of publishedEntries(source, { from: 0, to: size })) {
      const growth = grow(edge, hasher.leaf(entry), hasher);
      [edge, root] = [growth.edge, growth.head.rootHash];
    }
    expect([edge.size, root]).toEqual([size, rootHash]);
  });
});
