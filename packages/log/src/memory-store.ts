import { logError } from './error.ts';
import { parseOpenings, type EntryOpenings, type GroupFeed } from './feed.ts';
import {
  behindError,
  closedError,
  fencedError,
  type GroupWrite,
  type LogStore,
  type StoreReader,
  type StoredEntry,
  type StoredGroup,
  type StoredNote,
  type StoredPostings,
} from './store.ts';

/** A store in memory: for tests, and to read the contract from. It lasts as long as the object. */
export interface MemoryStore {
  /** Become its writer, in place of the one before, if there is one. */
  open(): Promise<LogStore>;
  read(): Promise<StoreReader>;
}

/** Make an empty store in memory. */
export function createMemoryStore(): MemoryStore {
  const memory: Memory = {
    epoch: 0,
    groups: [],
    entries: [],
    indexes: new Map(),
    tiles: new Map(),
    receiptNotes: new Map(),
    checkpoints: new Map(),
    sources: undefined,
    feeds: new Map(),
  };
  return {
    open: async () => new MemoryHandle(memory, ++memory.epoch),
    read: async () => new MemoryHandle(memory, undefined),
  };
}

interface Memory {
  /** Of the newest writer. */
  epoch: number;
  readonly groups: StoredGroup[];
  readonly entries: Uint8Array[];
  /** By address. */
  readonly indexes: Map<string, number>;
  /** By level and index. */
  readonly tiles: Map<string, Uint8Array>;
  /** By size. */
  readonly receiptNotes: Map<number, string>;
  readonly checkpoints: Map<number, string>;
  sources: string | undefined;
  /** By size of the group. */
  readonly feeds: Map<number, GroupFeed>;
}

class MemoryHandle implements LogStore {
  readonly #memory: Memory;
  /** Undefined for a handle that only reads. */
  readonly #epoch: number | undefined;
  /** Of the store, as far as this writer knows. */
  #size: number;
  #isClosed = false;

  constructor(memory: Memory, epoch: number | undefined) {
    this.#memory = memory;
    this.#epoch = epoch;
    this.#size = memory.entries.length;
  }

  async last(): Promise<StoredGroup | undefined> {
    this.#checkOpen();
    return this.#memory.groups.at(-1);
  }

  async commit(group: GroupWrite): Promise<void> {
    this.#checkHolds();
    const { from, size, rootHash, time, anchorBy } = group;
    if (from !== this.#size) throw behindError({ size: this.#size, from });
    // Nothing is awaited from here on, so that nobody sees a part of it.
    const { groups, entries, indexes, tiles } = this.#memory;
    entries.push(...group.entries.map(copyOf));
    for (const [i, address] of group.addresses.entries()) indexes.set(address, from + i);
    for (const tile of group.tiles) tiles.set(tileName(tile), copyOf(tile.hashes));
    this.#keepNotes(group.notes);
    this.#memory.sources = group.sources ?? this.#memory.sources;
    groups.push({ from, size, rootHash: copyOf(rootHash), time, anchorBy });
    if (group.feed) {
      const { postings, openings } = group.feed;
      this.#memory.feeds.set(size, { postings: copyOf(postings), openings: copyOf(openings) });
    }
    this.#size = size;
  }

  async entry(index: number): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    return copyIfAny(this.#memory.entries[index]);
  }

  async *entries(range: {
    readonly from: number;
    readonly to: number;
  }): AsyncGenerator<Uint8Array, void, undefined> {
    for (let index = range.from; index < range.to; index++) {
      const entry = await this.entry(index);
      if (!entry) throw logError('LOG_STORE_DAMAGED', `store: expected entry ${index}, got none`);
      yield entry;
    }
  }

  async find(addresses: readonly string[]): Promise<(number | undefined)[]> {
    this.#checkOpen();
    const end = this.#epoch === undefined ? Number.POSITIVE_INFINITY : this.#size;
    return addresses.map((address) => {
      const index = this.#memory.indexes.get(address);
      return index !== undefined && index < end ? index : undefined;
    });
  }

  async group(index: number): Promise<StoredGroup | undefined> {
    this.#checkOpen();
    return this.#memory.groups.find(({ from, size }) => from <= index && index < size);
  }

  async tile(at: {
    readonly level: number;
    readonly index: number;
  }): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    return copyIfAny(this.#memory.tiles.get(tileName(at)));
  }

  async sources(): Promise<string | undefined> {
    this.#checkOpen();
    return this.#memory.sources;
  }

  async *postings(range: {
    readonly from: number;
    readonly to: number;
  }): AsyncGenerator<StoredPostings, void, undefined> {
    for (const { from, size, feed } of this.#feeds(range)) {
      yield { from, size, postings: feed.postings };
    }
  }

  async *openings(range: {
    readonly from: number;
    readonly to: number;
  }): AsyncGenerator<EntryOpenings, void, undefined> {
    for (const { feed } of this.#feeds(range)) {
      for (const each of parseOpenings(feed.openings)) {
        if (each.index >= range.from && each.index < range.to) yield each;
      }
    }
  }

  async receiptNote(size: number): Promise<string | undefined> {
    this.#checkOpen();
    return this.#memory.receiptNotes.get(size);
  }

  async putReceiptNotes(notes: readonly StoredNote[]): Promise<void> {
    this.#checkHolds();
    this.#keepNotes(notes);
  }

  async putCheckpoint({ size, note }: StoredNote): Promise<void> {
    this.#checkHolds();
    if (size > this.#size) throw behindError({ size: this.#size, checkpoint: size });
    const { checkpoints } = this.#memory;
    if (!checkpoints.has(size)) checkpoints.set(size, note);
  }

  async checkpoint(size?: number): Promise<StoredNote | undefined> {
    this.#checkOpen();
    const sizes = [...this.#memory.checkpoints.keys()].toSorted((a, b) => a - b);
    const found = size === undefined ? sizes.at(-1) : sizes.find((each) => each >= size);
    const note = found === undefined ? undefined : this.#memory.checkpoints.get(found);
    return found === undefined || note === undefined ? undefined : { size: found, note };
  }

  async withhold(entries: readonly StoredEntry[]): Promise<void> {
    this.#checkHolds();
    const beyond = entries.find(({ index }) => index >= this.#size);
    if (beyond) throw behindError({ size: this.#size, index: beyond.index });
    for (const { index, bytes } of entries) this.#memory.entries[index] = copyOf(bytes);
  }

  async checkWriter(): Promise<void> {
    this.#checkHolds();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #feeds(range: { readonly from: number; readonly to: number }): {
    readonly from: number;
    readonly size: number;
    readonly feed: GroupFeed;
  }[] {
    this.#checkOpen();
    const groups = this.#memory.groups.filter(
      ({ from, size }) => size > range.from && from < range.to,
    );
    return groups.flatMap(({ from, size }) => {
      const feed = this.#memory.feeds.get(size);
      return feed ? [{ from, size, feed }] : [];
    });
  }

  #keepNotes(notes: readonly StoredNote[]): void {
    for (const { size, note } of notes) this.#memory.receiptNotes.set(size, note);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedError();
  }

  #checkHolds(): void {
    this.#checkOpen();
    if (this.#epoch !== this.#memory.epoch) throw fencedError();
  }
}

function tileName({ level, index }: { readonly level: number; readonly index: number }): string {
  return `${level}/${index}`;
}

function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function copyIfAny(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes && copyOf(bytes);
}
