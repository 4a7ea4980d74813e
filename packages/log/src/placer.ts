import type { CodedError } from '@anchorlog/core';
import type { TreeHasher } from '@anchorlog/tlog';
import { addressOfEntry, type Admitted } from './admission.ts';
import { grow, type Growth, type TreeEdge } from './edge.ts';
import { logError, type LogCode } from './error.ts';
import { formatFeed } from './feed.ts';
import type { IndexedKeys } from './key-admission.ts';
import { readSources, type SourceBook, type SourceDraft } from './source-book.ts';
import { idsDamagedError, type GroupWrite, type LogStore, type StoredNote } from './store.ts';
import { holdsEntry } from './withheld.ts';

/** Entries that get neighbouring places, or none. */
export interface Submission {
  readonly entries: readonly Admitted[];
}

/** A group whose places are given. */
export interface PlacedGroup<S extends Submission> {
  /** What the store has to write; undefined if it had all entries before. */
  readonly fresh?: { readonly write: GroupWrite; readonly growth: Growth } | undefined;
  /** By submission: the indexes of its entries. */
  readonly placed: readonly { readonly submission: S; readonly indexes: readonly number[] }[];
  /** Submissions that cannot be taken, and why: other bytes under an address that the log has, or another number than the next of a source. */
  readonly refused: readonly { readonly submission: S; readonly error: Error }[];
}

/** Where an entry stands; its bytes are at hand if it came with this group or the one before. */
interface Place {
  readonly index: number;
  readonly entry?: Uint8Array | undefined;
  readonly keys?: IndexedKeys | undefined;
}

/** After so many entries the sources are noted again, so that reading them takes no longer than reading these. */
const NOTE_ENTRIES = 10_000;

/**
 * Gives the entries of a group their places in the tree: finds out which are new, which the log has, and which it must refuse, and hashes
 * the new ones (spec/log §8). When a group is placed, all before the last one must be in the store.
 */
export class Placer {
  readonly #store: LogStore;
  readonly #hasher: TreeHasher;
  readonly #anchorByMs: number;
  /** The edge at the end of the group placed last. */
  #edge: TreeEdge;
  /** The new entries of the group placed last, by address: the store may not show them yet. */
  #recent: ReadonlyMap<string, Place> = new Map();
  /** The sources at the end of the group placed last; read when the first statement of one comes. */
  #sources: SourceBook | undefined;
  /** Entries since the sources were noted. */
  #unnoted = 0;

  constructor(world: {
    readonly store: LogStore;
    readonly hasher: TreeHasher;
    readonly anchorByMs: number;
    readonly edge: TreeEdge;
  }) {
    this.#store = world.store;
    this.#hasher = world.hasher;
    this.#anchorByMs = world.anchorByMs;
    this.#edge = world.edge;
  }

  /** Place a group that was closed at `time`; `notes` are to be stored with it. */
  async place<S extends Submission>(
    group: readonly S[],
    by: { readonly time: number; readonly notes: readonly StoredNote[] },
  ): Promise<PlacedGroup<S>> {
    const known = await this.#knownPlaces(group);
    const added = new Map<string, Place>();
    const placed: { submission: S; indexes: number[] }[] = [];
    const refused: { submission: S; error: Error }[] = [];
    if (hasSequence(group)) this.#sources ??= await this.#readSources();
    for (const submission of group) {
      // What a submission adds counts only when all of it is taken.
      const own = submission.entries.length > 1 ? new Map<string, Place>() : added;
      const next = this.#edge.size + (own === added ? 0 : added.size);
      const indexes: number[] = [];
      const draft = this.#sources?.draft();
      let error: Error | undefined;
      for (const admitted of submission.entries) {
        const { address, entry, keys } = admitted;
        let place = own.get(address) ?? added.get(address) ?? known.get(address);
        if (!place) {
          error = stepError(admitted, draft);
          if (error) break;
          place = { index: next + own.size, entry, keys };
          own.set(address, place);
        } else if (
          !holdsEntry(place.entry ?? (await this.#entry(place.index)), entry, this.#hasher)
        ) {
          // Before the submitter is blamed.
          if (!place.entry) await this.#checkAddress(place.index, address);
          // A source whose numbers are given twice is the graver fault.
          error = takenError(admitted, draft) ?? conflictError(address);
          break;
        }
        indexes.push(place.index);
      }
      if (error) {
        refused.push({ submission, error });
        continue;
      }
      draft?.keep();
      placed.push({ submission, indexes });
      if (own !== added) for (const [address, place] of own) added.set(address, place);
    }
    this.#recent = added;
    const fresh = added.size > 0 ? this.#append(added, by) : undefined;
    return { fresh, placed, refused };
  }

  #append(
    added: ReadonlyMap<string, Place>,
    { time, notes }: { readonly time: number; readonly notes: readonly StoredNote[] },
  ): { readonly write: GroupWrite; readonly growth: Growth } {
    const from = this.#edge.size;
    const entries = [...added.values()].map(({ entry }) => entry!); // just added, with its bytes
    const leafHashes = new Uint8Array(32 * entries.length);
    this.#hasher.hashLeaves(entries, leafHashes, 0);
    const feed = formatFeed(
      from,
      [...added.values()].map(({ keys }) => keys),
    );
    const growth = grow(this.#edge, leafHashes, this.#hasher);
    this.#edge = growth.edge;
    this.#unnoted += entries.length;
    const isDue = this.#sources !== undefined && this.#unnoted >= NOTE_ENTRIES;
    if (isDue) this.#unnoted = 0;
    const write: GroupWrite = {
      from,
      ...growth.head,
      time,
      anchorBy: time + this.#anchorByMs,
      entries,
      addresses: [...added.keys()],
      tiles: growth.tiles,
      notes,
      sources: isDue ? this.#sources?.format(growth.head.size) : undefined,
      feed,
    };
    return { write, growth };
  }

  /** Look up where entries of the group stand already. */
  async #knownPlaces(group: readonly Submission[]): Promise<Map<string, Place>> {
    const addresses: string[] = [];
    for (const { entries } of group) for (const { address } of entries) addresses.push(address);
    const indexes = await this.#store.find(addresses);
    const places = new Map<string, Place>();
    for (let i = 0; i < addresses.length; i++) {
      const [address, index] = [addresses[i]!, indexes[i]];
      const place = this.#recent.get(address) ?? (index === undefined ? undefined : { index });
      if (place) places.set(address, place);
    }
    return places;
  }

  /** Only the group placed last may not be in the store yet, and nothing in it is of a source: else they were read before. */
  #readSources(): Promise<SourceBook> {
    this.#unnoted = NOTE_ENTRIES;
    return readSources(this.#store, this.#edge.size - this.#recent.size);
  }

  async #entry(index: number): Promise<Uint8Array> {
    const entry = await this.#store.entry(index);
    if (entry) return entry;
    throw logError('LOG_STORE_DAMAGED', `store: expected entry ${index}, got none`, { index });
  }

  /** @throws LOG_IDS_DAMAGED unless the entry at `index` is of this address */
  async #checkAddress(index: number, address: string): Promise<void> {
    if (addressOfEntry(await this.#entry(index)) !== address) throw idsDamagedError();
  }
}

function hasSequence(group: readonly Submission[]): boolean {
  return group.some(({ entries }) => entries.some(({ sequence }) => sequence));
}

/** Take the step of a new entry, if it is of a source; gives the refusal. */
function stepError({ sequence }: Admitted, draft: SourceDraft | undefined): Error | undefined {
  return sequence && draft?.take(sequence);
}

function takenError({ sequence }: Admitted, draft: SourceDraft | undefined): Error | undefined {
  return sequence && draft?.taken(sequence);
}

function conflictError(address: string): CodedError<LogCode> {
  return logError('LOG_ID_CONFLICT', 'other bytes stand in the log under this id', { address });
}
