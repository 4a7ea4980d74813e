export { createLog, type LogOptions } from './create.ts';
export { LOG_CODES, type LogCode } from './error.ts';
export { adoptGuard, fileGuard, type Guard } from './guard.ts';
export type { Log, LogCheckpoint, LogReceipt } from './log.ts';
export { publishedEntries, refillLog, type RefillOptions } from './refill.ts';
export { migrateLog, type MigrateOptions, type MigrateReport } from './migrate.ts';
export { createMemoryStore, type MemoryStore } from './memory-store.ts';
export type {
  GroupWrite,
  LogStore,
  StoreReader,
  StoredGroup,
  StoredNote,
  StoredTile,
} from './store.ts';
export { directoryTiles } from './directory-tiles.ts';
export {
  readEntryBundle,
  readTile,
  type PublishedFile,
  type TileSink,
  type TileSource,
} from './tiles.ts';
