export { createLog, type LogOptions } from './create.ts';
export { LOG_CODES, type LogCode } from './error.ts';
export { adoptGuard, fileGuard, type Guard, type GuardClaim } from './guard.ts';
export type { EntryOpenings } from './feed.ts';
export type { Log, LogCheckpoint, LogIndex, LogReceipt } from './log.ts';
export { publishedEntries, refillLog, type RefillOptions } from './refill.ts';
export { migrateLog, type MigrateOptions, type MigrateReport } from './migrate.ts';
export { backupLog, readManifest, type BackupOptions, type BackupReport } from './backup.ts';
export type { BackupManifest, BackupSegment } from './backup-manifest.ts';
export {
  restoreLog,
  verifyBackup,
  type RestoreOptions,
  type RestoreReport,
  type SeenHead,
} from './restore.ts';
export { openLevelSnapshot } from './level-snapshot.ts';
export { compactLog } from './compact.ts';
export { createMemoryStore, type MemoryStore } from './memory-store.ts';
export { idsDamagedError } from './store.ts';
export {
  SourceBook,
  sequenceStepOf,
  type Predecessor,
  type SequenceFault,
  type SequenceStep,
} from './source-book.ts';
export {
  rootOfEntries,
  sizeBefore,
  withholdLog,
  withholdable,
  type WithholdOptions,
  type WithholdReport,
} from './withhold.ts';
export {
  formatWithheld,
  hashEntries,
  parseWithheld,
  parseWithholdingOrder,
  type WithheldEntry,
  type WithholdingOrder,
} from './withheld.ts';
export type {
  GroupWrite,
  LogStore,
  StoreReader,
  StoredEntry,
  StoredGroup,
  StoredNote,
  StoredTile,
} from './store.ts';
export { directoryTiles } from './directory-tiles.ts';
export type { ExchangeOptions } from './exchange.ts';
export { httpTiles, type HttpTilesOptions } from './http-tiles.ts';
export { collectPartials, type PartialsOptions } from './partials.ts';
export { readPublished } from './published-checkpoint.ts';
export { PublishedLog, openPublishedLog, type PublishedLogOptions } from './published-log.ts';
export {
  readEntryBundle,
  readTile,
  type PublishedFile,
  type TileSink,
  type TileSource,
} from './tiles.ts';
