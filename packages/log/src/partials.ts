import { basename, dirname } from 'node:path/posix';
import { TILE_WIDTH, entryBundlePath, tilePath } from '@anchorlog/tlog';
import { checkSizeOf } from './bounds.ts';
import { logError } from './error.ts';
import { readPublished } from './published-checkpoint.ts';
import type { TileSink } from './tiles.ts';

/** When partial tiles and bundles go. */
export interface PartialsOptions {
  /** How long a checkpoint that was replaced is still served in full: an hour. `Infinity` removes nothing. */
  readonly keepMs?: number | undefined;
  /** Looked for at most so often, after publishing: once a minute. */
  readonly everyMs?: number | undefined;
  /** Told why some could not be removed, which is tried again. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/** Members of a folder of tiles at most: their names are three digits (C2SP tlog-tiles). */
const FOLDER = 1000;
/** Folders looked through after one publishing: a large log is gone through in several turns. */
const FOLDERS_AT_ONCE = 16;

/**
 * Remove the partial tiles and bundles that the full ones of a tree of `size` have replaced, from those that became full after size `from`
 * (0) on, and tell how many there were. Whoever holds a checkpoint of `size` or a larger one needs none of them, so `size` is that of a
 * checkpoint which was published as long ago as readers may be behind. What is interrupted is done again from the beginning (spec/log §13.3).
 * @throws LOG_SIZE_RANGE unless a checkpoint of that size or a larger one is published, LOG_FILE_MISSING when the full form of a tile is not there
 */
export async function collectPartials(options: {
  readonly tiles: TileSink;
  readonly origin: string;
  readonly size: number;
  readonly from?: number | undefined;
}): Promise<number> {
  const { tiles, origin, size, from = 0 } = options;
  const published = await readPublished(tiles, origin);
  checkSizeOf(size, { least: 0, most: published?.size ?? 0 });
  let removed = 0;
  for await (const paths of superseded(tiles, { from, size })) {
    removed += await removeAll(tiles, paths);
  }
  return removed;
}

/** Where a collector works. */
export interface PartialsWorld extends PartialsOptions {
  readonly tiles: TileSink;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Removes partial tiles after publishing, once no checkpoint of the last `keepMs` needs them (spec/log §13.3). */
export class PartialCollector {
  readonly #world: PartialsWorld;
  /** Sizes that this process has published, and when: the first is the newest one that is old enough, or the oldest known. */
  readonly #history: { readonly at: number; readonly size: number }[] = [];
  #lookedAt = -Infinity;
  /** What the full tiles of this size have replaced is gone. */
  #collected = 0;
  #going: { readonly folders: AsyncGenerator<string[]>; readonly size: number } | undefined;

  constructor(world: PartialsWorld) {
    this.#world = world;
  }

  /** Hear that the checkpoint of `size` stands where everybody sees it, and remove some of what it is time for. One call at a time. */
  async published(size: number): Promise<void> {
    const { clock, keepMs = 3_600_000, everyMs = 60_000, onTrouble } = this.#world;
    const now = clock();
    // What another process published before this one began was the newest until now.
    if (this.#history.at(-1)?.size !== size) this.#history.push({ at: now, size });
    while (this.#history[1] && this.#history[1].at <= now - keepMs) this.#history.shift();
    const [oldest] = this.#history;
    if (!oldest || oldest.at > now - keepMs) return;
    if (!this.#going && now < this.#lookedAt + everyMs) return;
    this.#lookedAt = now;
    try {
      await this.#collect(oldest.size);
    } catch (error) {
      // The checkpoint is published, and what stays behind does no harm: no reason to fail. The next turn begins again.
      this.#going = undefined;
      onTrouble?.(error);
    }
  }

  async #collect(size: number): Promise<void> {
    if (!this.#going && size === this.#collected) return;
    const { tiles } = this.#world;
    this.#going ??= { folders: superseded(tiles, { from: this.#collected, size }), size };
    for (let turn = 0; turn < FOLDERS_AT_ONCE; turn++) {
      const folder = await this.#going.folders.next();
      if (folder.done === true) {
        this.#collected = this.#going.size;
        this.#going = undefined;
        return;
      }
      await removeAll(tiles, folder.value);
    }
  }
}

/**
 * Find the tiles and bundles that are full in a tree of `size` and were not in one of `from`, and have partial forms still: folder by
 * folder, the paths of the full ones. @throws LOG_FILE_MISSING for one whose full form is not there: its partial forms are all that there is
 */
async function* superseded(
  tiles: TileSink,
  { from, size }: { readonly from: number; readonly size: number },
): AsyncGenerator<string[], void, undefined> {
  for (let level = 0, span = TILE_WIDTH; span <= size; level++, span *= TILE_WIDTH) {
    const full = { from: Math.floor(from / span), to: Math.floor(size / span) };
    const kinds = [(index: number) => tilePath({ level, index, width: TILE_WIDTH })];
    if (level === 0) kinds.push((index) => entryBundlePath({ index, width: TILE_WIDTH }));
    for (const pathOf of kinds) {
      for (let at = full.from; at < full.to; at = nextFolder(at)) {
        const to = Math.min(full.to, nextFolder(at));
        const paths = Array.from({ length: to - at }, (_, i) => pathOf(at + i));
        yield withPartial(paths, await tiles.list(dirname(paths[0]!)));
      }
    }
  }
}

function nextFolder(index: number): number {
  return (Math.floor(index / FOLDER) + 1) * FOLDER;
}

/** Choose those full ones of a folder that have partial forms beside them. */
function withPartial(paths: readonly string[], names: readonly string[]): string[] {
  const there = new Set(names);
  const chosen = paths.filter((path) => there.has(`${basename(path)}.p/`));
  for (const path of chosen) {
    if (there.has(basename(path))) continue;
    throw logError('LOG_FILE_MISSING', `published: expected ${path}, got its partial forms only`, {
      path,
    });
  }
  return chosen;
}

async function removeAll(tiles: TileSink, paths: readonly string[]): Promise<number> {
  for (const path of paths) await tiles.removePartial(path);
  return paths.length;
}
