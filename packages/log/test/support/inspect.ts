import { expect } from 'vitest';
import {
  MemoryTree,
  TILE_WIDTH,
  openReceipt,
  tilesOf,
  verifyInclusion,
  type TreeHead,
} from '@anchorlog/tlog';
import { nodeEd25519 } from '@anchorlog/core/node';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import {
  readEntryBundle,
  readTile,
  type Log,
  type LogReceipt,
  type TileSource,
} from '../../src/index.ts';
import { ORIGIN, RECEIPT_KEY } from './fixture.ts';

export const hasher = nodeTreeHasher();

/** The tree over entries, by another way than the log's own. */
export function treeOf(entries: readonly Uint8Array[]): MemoryTree {
  const tree = new MemoryTree(hasher);
  const leafHashes = new Uint8Array(32 * entries.length);
  hasher.hashLeaves(entries, leafHashes, 0);
  tree.append(leafHashes);
  return tree;
}

export async function allEntries(log: Log): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for await (const entry of log.entries()) entries.push(Uint8Array.from(entry));
  return entries;
}

/** Check that all entries lead to the log's head, and give them. */
export async function rederive(log: Log): Promise<Uint8Array[]> {
  const head = await log.head();
  const entries: Uint8Array[] = [];
  for await (const entry of log.entries({ to: head.size })) entries.push(Uint8Array.from(entry));
  expect(head).toEqual({ size: entries.length, rootHash: treeOf(entries).root() });
  return entries;
}

/** Check a receipt as its holder would: signature, leaf and proof. */
export function verifyReceipt(receipt: LogReceipt, entry: Uint8Array): void {
  const opened = openReceipt(receipt.note, { origin: ORIGIN, key: RECEIPT_KEY }, nodeEd25519);
  expect({ size: opened.size, rootHash: opened.rootHash }).toEqual(receipt.head);
  expect({ time: opened.time, anchorBy: opened.anchorBy }).toEqual({
    time: receipt.time,
    anchorBy: receipt.anchorBy,
  });
  expect(receipt.leafHash).toEqual(hasher.leaf(entry));
  verifyInclusion(
    {
      index: receipt.index,
      leafHash: receipt.leafHash,
      treeHead: receipt.head,
      hashes: receipt.hashes,
    },
    hasher,
  );
}

/** Check that what is published at `head` is exactly the tiles and bundles of these entries. */
export async function verifyTiles(
  source: TileSource,
  head: TreeHead,
  entries: readonly Uint8Array[],
): Promise<void> {
  const tree = treeOf(entries.slice(0, head.size));
  expect(tree.root()).toEqual(head.rootHash);
  for (const tile of tilesOf(head.size)) {
    const nodes = Array.from({ length: tile.width }, (_, i) =>
      tree.node(tile.level * 8, tile.index * TILE_WIDTH + i),
    );
    const hashes = await readTile(source, tile);
    expect(hashes && Buffer.from(hashes)).toEqual(Buffer.concat(nodes));
    if (tile.level > 0) continue;
    const bundle = await readEntryBundle(source, tile);
    const begin = tile.index * TILE_WIDTH;
    expect(bundle?.map((entry) => Uint8Array.from(entry))).toEqual(
      entries.slice(begin, begin + tile.width),
    );
  }
}
