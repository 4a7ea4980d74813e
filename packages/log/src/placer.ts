import type { TreeHasher } from '@anchorlog/tlog';
import { addressOfEntry, type Admitted } from './admission.ts';
import { grow, type Growth, type TreeEdge } from './edge.ts';
import { logError } from './error.ts';
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
  /** Submissions that hold other bytes under an address that the log has, and the address. */
  readonly conflicts: readonly { readonly submission: S; readonly address: string }[];
}

/** Where an entry stands; its bytes are at hand if it came with this group or the one before. */
interface Place {
  readonly index: number;
  readonly entry?: Uint8Array | undefined;
}

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
    const conflicts: { submission: S; address: string }[] = [];
    for (const submission of group) {
      // What a submission adds counts only when all of it is taken.
      const own = submission.entries.length > 1 ? new Map<string, Place>() : added;
      const next = this.#edge.size + (own === added ? 0 : added.size);
      const indexes: number[] = [];
      for (const { address, entry } of submission.entries) {
        let place = own.get(address) ?? added.get(address) ?? known.get(address);
        if (!place) {
          place = { index: next + own.size, entry };
          own.set(address, place);
        } else if (
          !holdsEntry(place.entry ?? (await this.#entry(place.index)), entry, this.#hasher)
        ) {
          // Before the submitter is blamed.
          if (!place.entry) await this.#checkAddress(place.index, address);
          break;
        }
        indexes.push(place.index);
      }
      const conflict = submission.entries[indexes.length];
      if (conflict) {
        conflicts.push({ submission, address: conflict.address });
        continue;
      }
      placed.push({ submission, indexes });
      if (own !== added) for (const [address, place] of own) added.set(address, place);
    }
    this.#recent = added;
    const fresh = added.size > 0 ? this.#append(added, by) : undefined;
    return { fresh, placed, conflicts };
  }

  #append(
    added: ReadonlyMap<string, Place>,
    { time, notes }: { readonly time: number; readonly notes: readonly StoredNote[] },
  ): { readonly write: GroupWrite; readonly growth: Growth } {
    const from = this.#edge.size;
    const entries = [...added.values()].map(({ entry }) => entry!); // just added, with its bytes
    const leafHashes = new Uint8Array(32 * entries.length);
    this.#hasher.hashLeaves(entries, leafHashes, 0);
    const growth = grow(this.#edge, leafHashes, this.#hasher);
    this.#edge = growth.edge;
    const write: GroupWrite = {
      from,
      ...growth.head,
      time,
      anchorBy: time + this.#anchorByMs,
      entries,
      addresses: [...added.keys()],
      tiles: growth.tiles,
      notes,
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
