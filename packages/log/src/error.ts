import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown (spec/log §7–12). */
export const LOG_CODES = {
  LOG_ORIGIN_MISMATCH: 'a statement was issued for another log',
  LOG_SOURCE_UNREGISTERED: 'a statement carries a sequence, and its source is not registered',
  LOG_SOURCE_MISMATCH:
    'a statement that opens a source or voids a number does not stand at that place of that source itself',
  LOG_SOURCE_PREDECESSOR:
    'a source is opened in place of one that is not there, not of the same system, closed, or at another number',
  LOG_SOURCE_CLOSED: 'the source of a statement has ended: another one has taken its place',
  LOG_SEQUENCE_GAP:
    'a statement does not bear the number that comes next in its source, but a later one',
  LOG_SEQUENCE_TAKEN: 'other bytes stand in the log under the same number of the same source',
  LOG_CREATE_REPEATED: 'a statement creates the log again',
  LOG_ID_CONFLICT: 'other bytes stand in the log under the same organisation, system and id',
  LOG_BATCH_LENGTH: 'a batch without entries, or with more than a group holds',
  LOG_BUSY: 'too many entries wait already: try again after `retryAfterMs`',
  LOG_FAILED:
    'the log could not store a group or its guard, and takes nothing until it is opened again',
  LOG_SIGNER_FAILED: 'the entry is in the log, but its receipt or checkpoint could not be signed',
  LOG_CLOSED: 'the log was closed',
  LOG_INDEX_RANGE: 'an entry, or a range of entries, that the log does not have',
  LOG_SIZE_RANGE: 'a tree size that the log has not reached',
  LOG_CREATE_MISSING: 'a new log was given no entry 0',
  LOG_CREATE_MISMATCH: 'entry 0 is not the log.create of this origin, suite, index and promise',
  LOG_LOCKED: 'another process, or another log in this one, has the store open',
  LOG_STORE_URL_MALFORMED: 'where a store is to be found is not written as it must be',
  LOG_STORE_MISSING: 'there is no store where one was to be read',
  LOG_STORE_UNREACHABLE:
    'the database of the store does not answer, does not let this program in, or has not answered for too long',
  LOG_STORE_VERSION: 'the tables of the store are of another version than this program knows',
  LOG_STORE_NOT_DURABLE: 'the database of the store acknowledges what is not on its disk yet',
  LOG_STORE_DAMAGED: 'the store does not hold what it must, or its tree does not lead to its root',
  LOG_STORE_FAILED:
    'the disk or the system did not do what the store asked of it, which says nothing of what is stored',
  LOG_IDS_DAMAGED:
    'the store does not find an entry that it has by its address, or finds another one, or what finds it is damaged: `ids` of the embedded store is made again when it is removed',
  LOG_STORE_REPLACED:
    'the folder of the store was removed or replaced while the log had it open, or another process has opened it: the log acknowledges nothing more',
  LOG_STORE_BEHIND:
    'a group does not begin where the store ends, or a checkpoint is of a size that it has not: another copy of the store, or somebody else has written to it',
  LOG_FENCED:
    'another process has become the writer of the store, or has opened this log from a copy of it: this one writes no more',
  LOG_OPENINGS_UNWANTED: 'openings of keys were given to a log without index, which keeps none',
  LOG_KEYSPACE_UNREGISTERED: 'a key is opened in a keyspace that no entry of the log registers',
  LOG_KEYSPACE_REFUSED:
    'a keyspace is registered by somebody else than the log, with claims that are not those, or with another custodian than before',
  LOG_WRITER_REFUSED: 'a key is opened in a keyspace that its organisation may not write to',
  LOG_KIND_REFUSED:
    'a key is of a kind that its keyspace does not have, or that is for the statements of a lifecycle alone',
  LOG_KEY_MISSING:
    'a statement of a lifecycle is not filed under the license or seal itself, or under the previous one, or under more than these',
  LOG_INDEX_UNSUPPORTED: 'the store of a log with an index keeps no postings',
  LOG_INDEX_MISMATCH:
    'the entries of the log lead to another index root than the one that it has signed for their number',
  LOG_INDEX_FAILED:
    'the index beside the log could not be read or written: it is taken up again when the log is opened',
  LOG_GUARD_MISSING: 'the store has entries and the guard has nothing',
  LOG_GUARD_MALFORMED: 'the guard does not hold a head, or is no plain file',
  LOG_GUARD_MISMATCH: 'the guard is that of another log',
  LOG_GUARD_EXISTS: 'a guard was to be adopted where there is one',
  LOG_CLOCK_BEHIND:
    'the newest group of the store is more than five minutes ahead of the clock: one of the two times is wrong',
  LOG_CLOCK_DOUBTFUL:
    'the clock gives a time that no receipt can have, or was set by more than five minutes since the log was opened: nothing is taken until it is right',
  LOG_CHECKPOINT_MALFORMED: 'the published checkpoint is not one, or is that of another log',
  LOG_BEHIND_GUARD: 'the store is smaller than the guard has seen it: an older copy was restored',
  LOG_BEHIND_CHECKPOINT: 'the store is smaller than the checkpoint that was published',
  LOG_BEHIND_CHAIN: 'the store is smaller than a head that the chain holds',
  LOG_INCONSISTENT:
    'the store has another tree than the guard, the published checkpoint or the chain',
  LOG_MIGRATE_MISMATCH:
    'a store to copy into holds something else than the one to copy, or the copy is not equal to it',
  LOG_ENTRY_WITHHELD: 'the bytes of an entry are withheld, by an order that the log holds',
  LOG_WITHHOLD_REFUSED:
    'an entry orders nothing to be withheld, or what cannot be: it is not of the log itself, names other entries, or entries of the log itself or after it',
  LOG_BACKUP_MISSING: 'there is no backup where one was to be read',
  LOG_BACKUP_MALFORMED: 'the manifest of a backup is not one',
  LOG_BACKUP_DAMAGED:
    'a file of a backup is not there, is another than the manifest says, or its entries do not lead to their roots',
  LOG_BACKUP_MISMATCH: 'a backup to be added to is of another log, or of another history of it',
  LOG_RESTORE_MISMATCH:
    'a store to restore into holds something else than the backup, or does not hold afterwards what was restored',
  LOG_REFILL_MISMATCH: 'entries to fill up a store end early, or do not lead to the head to reach',
  LOG_TILE_CONFLICT:
    'a file that never changes is published already, with other bytes than those to write',
  LOG_CHECKPOINT_MOVED: 'somebody else replaced the published checkpoint meanwhile',
  LOG_BUCKET_UNCONDITIONAL: 'the bucket does not honour the conditions of a request',
  LOG_REMOTE_UNREACHABLE:
    'a server gave no answer in time, or none but that it cannot: nothing is known',
  LOG_REMOTE_REFUSED:
    'a server answered with a redirect, a refusal, or an encoding that was not asked for',
  LOG_FILE_LIMIT: 'a published file has more bytes than such a file can have',
  LOG_FILE_MISSING: 'a file that the checkpoint demands is not published',
  LOG_TILE_MISMATCH: 'a published tile does not lead to the root of the checkpoint',
  LOG_BUNDLE_MISMATCH: 'a published entry bundle does not lead to the root of the checkpoint',
  LOG_CHECKPOINT_FORKED:
    'two signed checkpoints of a log contradict each other: both together prove that it misbehaved',
} as const;

export type LogCode = keyof typeof LOG_CODES;

export const logError: ErrorMaker<LogCode> = /* @__PURE__ */ errorMaker();
