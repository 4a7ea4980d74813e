import { formatInstant, type Signer } from '@anchorlog/core';
import {
  formatReceiptText,
  noteSigner,
  receiptKeyName,
  signNote,
  type NoteSigner,
} from '@anchorlog/tlog';
import type { TreeEdge } from './edge.ts';
import { logError } from './error.ts';
import type { LogReceipt } from './log.ts';
import type { LogStore, StoredGroup, StoredNote } from './store.ts';
import type { TreeReader } from './tree-reader.ts';

/** Signs one note for each group, and gives receipts again, byte for byte (spec/log §8). */
export class Receipts {
  readonly #origin: string;
  readonly #signer: NoteSigner;
  readonly #store: LogStore;
  readonly #reader: TreeReader;
  /** Notes that may have gone out and are not in the store yet, by size. */
  readonly #unstored = new Map<number, string>();

  constructor(world: {
    readonly origin: string;
    readonly signer: Signer;
    readonly store: LogStore;
    readonly reader: TreeReader;
  }) {
    this.#origin = world.origin;
    this.#signer = noteSigner({ name: receiptKeyName(world.origin), signer: world.signer });
    this.#store = world.store;
    this.#reader = world.reader;
  }

  /**
   * Sign the receipt of a group that is stored and guarded. The note goes into the store with a later group: should a crash lose it, it is
   * signed again from what the group itself has stored, and an Ed25519 signature of the same text is the same. @throws LOG_SIGNER_FAILED
   */
  async sign(group: StoredGroup): Promise<string> {
    const { size, rootHash, time, anchorBy } = group;
    const text = formatReceiptText({
      origin: this.#origin,
      size,
      rootHash,
      time: formatInstant(time),
      anchorBy: formatInstant(anchorBy),
    });
    const note = await signAs(this.#signer, text);
    // Whoever asked first for the same note has shown it perhaps.
    const first = this.#unstored.get(size) ?? note;
    this.#unstored.set(size, first);
    return first;
  }

  /** Give the notes that a group written now should take along. */
  unstored(): StoredNote[] {
    return [...this.#unstored].map(([size, note]) => ({ size, note }));
  }

  /** Forget notes that have been stored. */
  stored(notes: readonly StoredNote[]): void {
    for (const { size } of notes) this.#unstored.delete(size);
  }

  /** Give the receipt of entry `index` again. @throws LOG_STORE_DAMAGED, LOG_SIGNER_FAILED */
  async again(index: number, edge: TreeEdge): Promise<LogReceipt> {
    const group = await this.#store.group(index);
    if (!group)
      throw logError('LOG_STORE_DAMAGED', `store: entry ${index} has no group`, { index });
    const { size, rootHash } = group;
    const note =
      this.#unstored.get(size) ?? (await this.#store.receiptNote(size)) ?? (await this.sign(group));
    return {
      index,
      leafHash: await this.#reader.leafHash(index, edge),
      head: { size, rootHash },
      hashes: await this.#reader.proveInclusion({ index, size }, edge),
      note,
      time: formatInstant(group.time),
      anchorBy: formatInstant(group.anchorBy),
    };
  }
}

/** Sign a note. The signer may be far away: what it says is kept as the cause. @throws LOG_SIGNER_FAILED */
export async function signAs(signer: NoteSigner, text: string): Promise<string> {
  try {
    return await signNote(text, [signer]);
  } catch (cause) {
    throw logError(
      'LOG_SIGNER_FAILED',
      `the key ${signer.key.name} did not sign: all is stored, so ask again`,
      { key: signer.key.name },
      { cause },
    );
  }
}
