import { addressOfEntry } from './admission.ts';
import { openLevelStore } from './level-store.ts';
import type { LogStore } from './store.ts';

/** Give the store of a log: one that is open as it is, of a folder the embedded one. @throws LOG_LOCKED, LOG_STORE_DAMAGED */
export async function openStore(store: string | LogStore): Promise<LogStore> {
  return typeof store === 'string' ? openLevelStore(store, addressOfEntry) : store;
}
