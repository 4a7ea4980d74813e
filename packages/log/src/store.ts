/** A group as it was committed. */
export interface StoredGroup {
  /** Index of its first entry. */
  readonly from: number;
  /** Size of the tree at its end. */
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly anchorBy: number;
}

/** A signed note of the head at `size`. */
export interface StoredNote {
  readonly size: number;
  readonly note: string;
}

/** A full tile: 256 hashes of tree level `level * 8`. */
export interface StoredTile {
  readonly level: number;
  readonly index: number;
  readonly hashes: Uint8Array;
}

/** All that one group writes. */
export interface GroupWrite extends StoredGroup {
  readonly entries: readonly Uint8Array[];
  /** By entry: under what `find` finds it. */
  readonly addresses: readonly string[];
  /** Tiles that the group made full. */
  readonly tiles: readonly StoredTile[];
  /** Receipt notes of earlier groups that are not in the store yet. */
  readonly notes: readonly StoredNote[];
}

/** What a log needs of a store (spec/log §12). One writer; reads may come at any time. */
export interface LogStore {
  /** Give the group committed last, undefined for an empty store. */
  last(): Promise<StoredGroup | undefined>;
  /** Write a group, all or nothing, durable when it resolves. @throws LOG_STORE_BEHIND unless `from` is the size of the store */
  commit(group: GroupWrite): Promise<void>;
  entry(index: number): Promise<Uint8Array | undefined>;
  /** Give entries `from` to before `to` in order, a bounded number of them at a time. */
  entries(range: { readonly from: number; readonly to: number }): AsyncIterable<Uint8Array>;
  /** Find the indexes of addresses; sees every group committed before the call. */
  find(addresses: readonly string[]): Promise<(number | undefined)[]>;
  /** Give the group that holds entry `index`. */
  group(index: number): Promise<StoredGroup | undefined>;
  /** Give a full tile. */
  tile(at: { readonly level: number; readonly index: number }): Promise<Uint8Array | undefined>;
  /** Give the receipt note of the group that ends at `size`; may be undefined for the last groups. */
  receiptNote(size: number): Promise<string | undefined>;
  /** Keep receipt notes; need not be durable. */
  putReceiptNotes(notes: readonly StoredNote[]): Promise<void>;
  /** Keep a signed checkpoint, durable when it resolves. */
  putCheckpoint(checkpoint: StoredNote): Promise<void>;
  /** Give the signed checkpoint with the least size from `size` on; that with the greatest without `size`. */
  checkpoint(size?: number): Promise<StoredNote | undefined>;
  close(): Promise<void>;
}
