import { equalBytes, formatUtf8 } from '@anchorlog/core';
import {
  MemoryTree,
  TILE_WIDTH,
  entryBundlePath,
  formatCheckpoint,
  formatEntryBundle,
  noteSigner,
  signNote,
  tilePath,
  tilesOf,
  type Checkpoint,
} from '@anchorlog/tlog';
import {
  checkpointMoved,
  tileConflict,
  type PublishedFile,
  type TileSink,
} from '../../src/tiles.ts';
import { CHECKPOINT_SIGNER, ORIGIN } from './fixture.ts';
import { treeOf } from './inspect.ts';

/** Entries of a few bytes, each its own. */
export function entriesOf(count: number, word = 'entry'): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => formatUtf8(`${word} ${i}`));
}

/** Sign a checkpoint with the key of the tests. */
export function signCheckpoint(
  head: Pick<Checkpoint, 'size' | 'rootHash' | 'indexRoot'>,
  origin: string = ORIGIN,
): Promise<string> {
  const text = formatCheckpoint({ origin, ...head });
  return signNote(text, [noteSigner({ name: ORIGIN, signer: CHECKPOINT_SIGNER })]);
}

/** The files of a log of these entries, made by another way than the publisher's, and its tree. */
export async function publishedFiles(
  entries: readonly Uint8Array[],
): Promise<{ readonly files: Map<string, Uint8Array>; readonly tree: MemoryTree }> {
  const tree = treeOf(entries);
  const files = new Map<string, Uint8Array>();
  for (const tile of tilesOf(entries.length)) {
    const first = tile.index * TILE_WIDTH;
    const hashes = Array.from({ length: tile.width }, (_, i) =>
      tree.node(tile.level * 8, first + i),
    );
    files.set(tilePath(tile), Uint8Array.from(Buffer.concat(hashes)));
    if (tile.level > 0) continue;
    const bundle = formatEntryBundle(entries.slice(first, first + tile.width));
    files.set(entryBundlePath(tile), bundle);
  }
  const note = await signCheckpoint({ size: entries.length, rootHash: tree.root() });
  files.set('checkpoint', formatUtf8(note));
  return { files, tree };
}

/** A place in memory that keeps what is published, and what was asked of it. */
export interface MemoryTiles extends TileSink {
  readonly files: Map<string, Uint8Array>;
  readonly reads: string[];
}

export function memoryTiles(files: Map<string, Uint8Array> = new Map()): MemoryTiles {
  const reads: string[] = [];
  const write = async (given: readonly PublishedFile[]): Promise<void> => {
    for (const { path, bytes } of given) {
      const found = files.get(path);
      if (found && !equalBytes(found, bytes)) throw tileConflict(path);
      files.set(path, bytes);
    }
  };
  return {
    files,
    reads,
    async read(path) {
      reads.push(path);
      return files.get(path);
    },
    write,
    async replaceCheckpoint({ from, to }) {
      const found = files.get('checkpoint');
      if (!(found && from ? equalBytes(found, from) : found === from)) throw checkpointMoved();
      files.set('checkpoint', to);
    },
    async replaceBundle({ path, bytes }) {
      files.set(path, bytes);
    },
    async list(folder) {
      const below = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
      const names = below.map((path) => path.slice(folder.length + 1).replace(/(?<=\/).*$/, ''));
      return [...new Set(names)];
    },
    async removePartial(path) {
      for (const each of files.keys()) if (each.startsWith(`${path}.p/`)) files.delete(each);
    },
  };
}
