import type { SuiteName } from '@anchorlog/core';
import { nodeSha256, nodeSuite } from '@anchorlog/core/node';
import { simdPairs } from '@anchorlog/tlog/simd';
import { createIndexHasher, type IndexHasher } from '@anchorlog/vindex';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRange } from './bounds.ts';
import type { TreeEdge } from './edge.ts';
import { logError } from './error.ts';
import { storeFeed, type EntryOpenings } from './feed.ts';
import { IndexKeeper } from './index-keeper.ts';
import { KeyAdmission } from './key-admission.ts';
import { Keyspaces } from './keyspaces.ts';
import type { LogIndex } from './log.ts';
import type { GroupWrite, LogStore } from './store.ts';
import type { TreeReader } from './tree-reader.ts';

/** After so many entries what is known of keyspaces is written down, so that they need not be read again. */
const ENTRIES_BETWEEN = 50_000;

/** Where the index of a log begins: at what its store holds. */
export interface LogIndexWorld {
  readonly dir: string;
  readonly store: LogStore;
  readonly reader: TreeReader;
  readonly suite: SuiteName;
  readonly edge: TreeEdge;
  /** `<org>/<system>` of the log itself. */
  readonly registrar: string;
}

/** The index of a log, with what decides who may write to it. */
export class LogIndexRoom implements LogIndex {
  readonly #keeper: IndexKeeper;
  readonly #world: LogIndexWorld;
  readonly admission: KeyAdmission;
  readonly #shown: { edge: () => TreeEdge };
  /** Entries whose registrations of keyspaces are written down. */
  #written: number;

  private constructor(
    world: LogIndexWorld,
    parts: {
      readonly keeper: IndexKeeper;
      readonly admission: KeyAdmission;
      /** The tree as far as it may be shown. */
      readonly shown: { edge: () => TreeEdge };
      readonly written: number;
    },
  ) {
    this.#world = world;
    this.#keeper = parts.keeper;
    this.admission = parts.admission;
    this.#shown = parts.shown;
    this.#written = parts.written;
  }

  /** @throws LOG_LOCKED, LOG_INDEX_UNSUPPORTED, LOG_INDEX_FAILED */
  static async open(world: LogIndexWorld): Promise<LogIndexRoom> {
    const { dir, store, reader, suite, edge, registrar } = world;
    if (!store.postings || !store.openings) {
      throw logError(
        'LOG_INDEX_UNSUPPORTED',
        'the store keeps no postings: a log with an index needs one that does',
      );
    }
    await mkdir(dir, { recursive: true });
    const hasher = indexHasher(suite);
    const keyspaces = new Keyspaces(registrar);
    const written = await readKeyspaces(keyspaces, world);
    const admission = new KeyAdmission({ suite: nodeSuite(suite), hasher, keyspaces });
    const shown = { edge: () => edge };
    const feed = storeFeed({ store, reader, edge: () => shown.edge() });
    const keeper = await IndexKeeper.open({ dir: join(dir, 'trie'), feed, hasher });
    return new LogIndexRoom(world, { keeper, admission, shown, written });
  }

  get heads(): readonly number[] {
    return this.#keeper.heads;
  }

  prove(of: Parameters<LogIndex['prove']>[0]): Promise<Uint8Array> {
    return this.#keeper.prove(of);
  }

  count(path: Uint8Array, size: number): number {
    return this.#keeper.count(path, size);
  }

  keep(sizes: readonly number[]): Promise<void> {
    return this.#keeper.keep(sizes);
  }

  openings(range: { readonly from: number; readonly to: number }): AsyncIterable<EntryOpenings> {
    checkRange(range, this.#shown.edge().size);
    return this.#world.store.openings!(range); // checked at opening
  }

  /** Follow the edge of a log from now on. */
  follow(edge: () => TreeEdge): void {
    this.#shown.edge = edge;
  }

  /** Take up what a group registers. */
  released({ entries }: GroupWrite): void {
    for (const entry of entries) this.admission.keyspaces.take(entry);
  }

  /** Bring the index to a size of the log and give its root there. @throws LOG_INDEX_FAILED, LOG_CLOSED */
  async commit(size: number): Promise<Uint8Array> {
    const root = await this.#keeper.commit(size);
    if (this.#shown.edge().size - this.#written >= ENTRIES_BETWEEN) await this.#writeKeyspaces();
    return root;
  }

  async close(): Promise<void> {
    // What cannot be written down is read from the entries again.
    if (this.#shown.edge().size > this.#written) {
      await this.#writeKeyspaces().catch(() => undefined);
    }
    await this.#keeper.close();
  }

  async #writeKeyspaces(): Promise<void> {
    const edge = this.#shown.edge();
    const { rootHash } = await this.#world.reader.head(edge.size, edge);
    await this.admission.keyspaces.write(keyspaceFile(this.#world.dir), {
      size: edge.size,
      rootHash,
    });
    this.#written = edge.size;
  }
}

/** Learn the keyspaces from what was written down, and from the entries after that. Gives what was. */
async function readKeyspaces(
  keyspaces: Keyspaces,
  { dir, store, reader, edge }: LogIndexWorld,
): Promise<number> {
  const written = await keyspaces.read(keyspaceFile(dir), async (size) =>
    Number.isSafeInteger(size) && size > 0 && size <= edge.size
      ? (await reader.head(size, edge)).rootHash
      : undefined,
  );
  for await (const entry of store.entries({ from: written, to: edge.size })) keyspaces.take(entry);
  return written;
}

function keyspaceFile(dir: string): string {
  return join(dir, 'keyspaces.json');
}

function indexHasher(suite: SuiteName): IndexHasher {
  return suite === 'sha256'
    ? createIndexHasher(nodeSha256, simdPairs())
    : createIndexHasher(nodeSuite(suite));
}
