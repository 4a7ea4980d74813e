import { equalBytes, formatUtf8, type Signer } from '@anchorlog/core';
import {
  TILE_WIDTH,
  entryBundlePath,
  formatCheckpoint,
  formatEntryBundle,
  newTiles,
  noteSigner,
  parseCheckpoint,
  parseNote,
  tilePath,
  type NoteSigner,
  type TileCoordinate,
  type TreeHasher,
  type TreeHead,
} from '@anchorlog/tlog';
import type { TreeEdge } from './edge.ts';
import { logError } from './error.ts';
import type { IndexKeeper } from './index-keeper.ts';
import type { LogCheckpoint } from './log.ts';
import type { PartialCollector } from './partials.ts';
import { readPublished } from './published-checkpoint.ts';
import { signAs } from './receipts.ts';
import { compareHead } from './seen-head.ts';
import type { Released } from './sequencer.ts';
import { unlessFenced, type LogStore, type StoredNote } from './store.ts';
import type { PublishedFile, TileSink } from './tiles.ts';
import { rootOfTile, type TreeReader } from './tree-reader.ts';
import { hashEntries } from './withheld.ts';

/** Files are handed to the sink when there are so many, or so many bytes of them. */
const FILES_AT_ONCE = 256;
const BYTES_AT_ONCE = 2 ** 24;

interface PublisherWorld {
  readonly origin: string;
  readonly signer: Signer;
  readonly store: LogStore;
  readonly reader: TreeReader;
  readonly tiles: TileSink;
  readonly hasher: TreeHasher;
  readonly collector: PartialCollector;
  /** Undefined in a log without index. */
  readonly index: Pick<IndexKeeper, 'commit'> | undefined;
}

/**
 * Publishes heads in an order that a crash cannot spoil: entries and tiles, then the signed checkpoint into the store, then the checkpoint
 * where everybody sees it (spec/log §12.1). All it writes depends on the log alone, so that whatever is done again gives the same bytes.
 */
export class Publisher {
  readonly #world: PublisherWorld;
  readonly #signer: NoteSigner;

  constructor(world: PublisherWorld) {
    this.#world = world;
    this.#signer = noteSigner({ name: world.origin, signer: world.signer });
  }

  /** Publish a head; one call at a time. @throws LOG_FENCED, LOG_BEHIND_CHECKPOINT, LOG_INCONSISTENT, LOG_CHECKPOINT_MALFORMED, LOG_STORE_DAMAGED, LOG_SIGNER_FAILED, LOG_TILE_CONFLICT, LOG_CHECKPOINT_MOVED, LOG_INDEX_FAILED, LOG_INDEX_MISMATCH */
  async publish({ edge, head }: Released): Promise<LogCheckpoint> {
    const { store, tiles, reader, collector, index } = this.#world;
    // The index is brought to the head while tiles are written.
    const indexing = index?.commit(head.size);
    indexing?.catch(() => undefined); // awaited below, unless something else fails before
    const published = await readPublished(tiles, this.#world.origin);
    if (published) {
      await unlessFenced(store, () =>
        compareHead(published, { code: 'LOG_BEHIND_CHECKPOINT', edge, reader }),
      );
    }
    await this.#writeTiles(published?.size ?? 0, edge);
    const { rootHash } = await reader.head(head.size, edge);
    if (!equalBytes(rootHash, head.rootHash)) throw damaged(`the root of size ${head.size}`);
    // A crash up to here leaves tiles without checkpoint: nobody reads them, and they are written again, the same.
    const indexRoot = await indexing;
    const note = await this.#signed(head, indexRoot);
    if (published?.note !== note) {
      // What took so long may have been a pause of this process: an older checkpoint must not replace that of another writer.
      await store.checkWriter();
      const from = published && formatUtf8(published.note);
      await unlessFenced(store, () => tiles.replaceCheckpoint({ from, to: formatUtf8(note) }));
    }
    // A crash here, or before the collector has done its work, leaves partial tiles beside full ones: of no harm, and found again.
    await collector.published(head.size);
    return { ...head, note, ...(indexRoot && { indexRoot }) };
  }

  /** Give the note of a head, which a crash or another folder may have seen already: for one size there is one. */
  async #signed(head: TreeHead, indexRoot: Uint8Array | undefined): Promise<string> {
    const { store, origin } = this.#world;
    const stored = await store.checkpoint(head.size);
    if (stored?.size === head.size) {
      checkIndexRoot(stored, indexRoot);
      return stored.note;
    }
    const text = formatCheckpoint({ origin, ...head, indexRoot });
    const note = await signAs(this.#signer, text);
    await store.putCheckpoint({ size: head.size, note });
    return note;
  }

  /** Write what a tree has more than a published one, and check on the way that entries lead to tiles and tiles to tiles above. */
  async #writeTiles(publishedSize: number, edge: TreeEdge): Promise<void> {
    const { tiles, reader, hasher } = this.#world;
    /** By level: the roots of the tiles that became full, from tile `first` on. */
    const roots: { first: number; hashes: Uint8Array[] }[] = [];
    let files: PublishedFile[] = [];
    let bytes = 0;
    for (const tile of newTiles(publishedSize, edge.size)) {
      const hashes = await reader.tile(tile, edge);
      checkParents(tile, hashes, roots[tile.level - 1]);
      const made: PublishedFile[] = [{ path: tilePath(tile), bytes: hashes.slice() }];
      if (tile.level === 0) made.push(await this.#entryBundle(tile, hashes));
      if (tile.width === TILE_WIDTH) {
        roots[tile.level] ??= { first: tile.index, hashes: [] };
        roots[tile.level]!.hashes.push(rootOfTile(hashes, hasher));
      }
      files.push(...made);
      bytes += made.reduce((sum, file) => sum + file.bytes.length, 0);
      if (files.length >= FILES_AT_ONCE || bytes >= BYTES_AT_ONCE) {
        await tiles.write(files);
        [files, bytes] = [[], 0];
      }
    }
    if (files.length > 0) await tiles.write(files);
  }

  async #entryBundle({ index, width }: TileCoordinate, hashes: Uint8Array): Promise<PublishedFile> {
    const { store, hasher } = this.#world;
    const from = index * TILE_WIDTH;
    const entries: Uint8Array[] = [];
    for await (const entry of store.entries({ from, to: from + width })) entries.push(entry);
    if (!equalBytes(hashEntries(entries, hasher), hashes))
      throw damaged(`the leaves from ${from} on`);
    return { path: entryBundlePath({ index, width }), bytes: formatEntryBundle(entries) };
  }
}

/** Equal size means equal index line: a log whose index has gone astray publishes nothing more. */
function checkIndexRoot({ size, note }: StoredNote, indexRoot: Uint8Array | undefined): void {
  const signed = parseCheckpoint(parseNote(note).text).indexRoot;
  if (signed === indexRoot || (signed && indexRoot && equalBytes(signed, indexRoot))) return;
  throw logError(
    'LOG_INDEX_MISMATCH',
    `index: the entries lead to another root than the one signed for size ${size}`,
    { size },
  );
}

/** Check that a tile holds the roots of those tiles below it that became full. */
function checkParents(
  tile: TileCoordinate,
  hashes: Uint8Array,
  below: { readonly first: number; readonly hashes: readonly Uint8Array[] } | undefined,
): void {
  if (!below) return;
  const first = tile.index * TILE_WIDTH;
  for (let place = Math.max(first, below.first); place < first + tile.width; place++) {
    const at = (place - first) * 32;
    const root = below.hashes[place - below.first];
    if (!root || !equalBytes(root, hashes.subarray(at, at + 32))) {
      throw damaged(`node ${place} of tile level ${tile.level}`);
    }
  }
}

function damaged(what: string): Error {
  return logError('LOG_STORE_DAMAGED', `store: its entries and tiles do not lead to ${what}`);
}
