import { readFileSync, readdirSync } from 'node:fs';
import { concatBytes, parseBase64, parseDecimal } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import {
  MemoryTree,
  entryBundlePath,
  openCheckpoint,
  parseEntryBundle,
  parseTile,
  parseVerifierKey,
  proveConsistency,
  proveInclusion,
  sha256Tree,
  tilePath,
  verifyConsistency,
  verifyInclusion,
  type TreeHead,
} from '../src/index.ts';
import { sharedVector, verdictOf } from './vectors.ts';

// A log of 15 entries that another implementation wrote (transparency-dev/tessera), and proofs from it in C2SP tlog-proof files.
const origin = 'example.com/log/testdata';
const by = {
  origin,
  key: parseVerifierKey(`${origin}+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx`),
};
const log = sharedVector('tessera-testlog/checkpoint');
const fetch = (path: string): Uint8Array => readFileSync(new URL(path, log.url));

describe.skipIf(log.missing)('a log written by tessera', () => {
  const SIZE = 15;
  const heads: TreeHead[] = [];
  const tree = new MemoryTree();
  if (!log.missing) {
    for (let size = 0; size <= SIZE; size++) {
      heads.push(openCheckpoint(fetch(`checkpoint.${size}`), by));
    }
    const bundle = parseEntryBundle(fetch(entryBundlePath({ index: 0, width: SIZE })), SIZE);
    tree.append(concatBytes(...bundle.map((entry) => sha256Tree.leaf(entry))));
  }

  test('has checkpoints whose roots are those of its entries', () => {
    for (const [size, head] of heads.entries()) {
      expect(head.size).toBe(size);
      expect(tree.root(size)).toEqual(head.rootHash);
    }
    expect(openCheckpoint(fetch('checkpoint'), by)).toEqual(heads[SIZE]);
  });

  test('has partial tiles and bundles that agree, at every size', () => {
    for (let width = 1; width <= SIZE; width++) {
      const tile = parseTile(fetch(tilePath({ level: 0, index: 0, width })), width);
      const bundle = parseEntryBundle(fetch(entryBundlePath({ index: 0, width })), width);
      const leaves = concatBytes(...bundle.map((entry) => sha256Tree.leaf(entry)));
      expect(new Uint8Array(tile)).toEqual(leaves);
    }
  });

  test('is proved consistent between all its checkpoints', () => {
    for (const newer of heads.slice(1)) {
      for (const older of heads.slice(1, newer.size + 1)) {
        const sizes = { olderSize: older.size, newerSize: newer.size };
        verifyConsistency({ older, newer, hashes: proveConsistency(sizes, tree.node) });
      }
    }
  });

  test('refuses its checkpoints under another origin and key', () => {
    const other = { ...by, origin: 'example.com/log/other' };
    expect(verdictOf(() => openCheckpoint(fetch('checkpoint'), other))).toBe(
      'TLOG_ORIGIN_MISMATCH',
    );
  });
});

const proofs = sharedVector('c2sp-specs/tlog-proof');
describe.skipIf(proofs.missing || log.missing)('proofs in C2SP tlog-proof files', () => {
  test('are those that we make, and verify against the signed checkpoint', () => {
    const folder = `${proofs.url.pathname}/`;
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(7);
    const bundle = parseEntryBundle(fetch('tile/entries/000.p/15'), 15);
    const tree = new MemoryTree();
    tree.append(concatBytes(...bundle.map((entry) => sha256Tree.leaf(entry))));
    for (const file of files) {
      const [proof, ...note] = readFileSync(folder + file, 'utf8').split('\n\n');
      const [format, indexLine, ...lines] = proof!.split('\n');
      expect(format).toBe('c2sp.org/tlog-proof@v1');
      const index = parseDecimal(indexLine!.replace(/^index /, ''));
      const hashes = lines.map((line) => parseBase64(line, 32));
      const treeHead = openCheckpoint(note.join('\n\n'), by);
      verifyInclusion({ index, leafHash: sha256Tree.leaf(bundle[index]!), treeHead, hashes });
      expect(proveInclusion({ index, size: treeHead.size }, tree.node)).toEqual(hashes);
    }
  });
});
