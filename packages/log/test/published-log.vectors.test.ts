import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseVerifierKey, verifyInclusion } from '@anchorlog/tlog';
import { directoryTiles, openPublishedLog } from '../src/index.ts';
import { hasher } from './support/inspect.ts';

// A log that another implementation (Tessera) wrote. Beside the checkout; skipped where it is absent.
const TESSERA = fileURLToPath(
  new URL('../../../../shared/vectors/tessera-testlog', import.meta.url),
);

describe.skipIf(!existsSync(TESSERA))('openPublishedLog of another implementation', () => {
  const key = parseVerifierKey(
    'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx',
  );

  test.each([1, 7, 8, 12, 15])('opens it at its checkpoint of size %i', async (size) => {
    const checkpoint = await readFile(`${TESSERA}/checkpoint.${size}`, 'utf8');
    const source = directoryTiles(TESSERA);
    const log = await openPublishedLog({ source, origin: key.name, key, checkpoint });
    expect(log.checkpoint.size).toBe(size);
    const entries: Uint8Array[] = [];
    for await (const entry of log.entries()) entries.push(entry);
    expect(entries.length).toBe(size);
    for (const [index, entry] of entries.entries()) {
      const hashes = await log.proveInclusion({ index });
      const claim = { index, leafHash: hasher.leaf(entry), treeHead: await log.head(), hashes };
      verifyInclusion(claim, hasher);
    }
  });
});
