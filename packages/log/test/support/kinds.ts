import type { PostgresServer } from '@anchorlog/testkit';
import { addressOfEntry } from '../../src/admission.ts';
import { createMemoryStore, type MemoryStore } from '../../src/index.ts';
import { openLevelStore } from '../../src/level-store.ts';
import { openPostgresStore } from '../../src/postgres.ts';
import type { Kind } from './fault-table.ts';
import { makePlace } from './fixture.ts';
import { newStoreUrl } from './postgres.ts';

type Store = Pick<Kind, 'place' | 'open'>;

/** Stores in memory, one for each place. */
export function inMemory(): Store {
  const stores = new Map<string, MemoryStore>();
  return {
    place: () => makePlace(),
    open: async ({ dir }) => {
      const memory = stores.get(dir) ?? createMemoryStore();
      stores.set(dir, memory);
      return memory.open();
    },
  };
}

export const EMBEDDED: Store = {
  place: () => makePlace(),
  open: ({ store }) => openLevelStore(store, addressOfEntry),
};

export function inPostgres(server: () => PostgresServer): Store {
  return {
    place: async () => makePlace(newStoreUrl(server())),
    open: ({ store }) => openPostgresStore({ url: store, whenHeld: 'takeOver', leaseMs: 300 }),
  };
}
