import type { AnchorerStatus } from '@anchorlog/anchor';
import type { LogReceipt } from '@anchorlog/log';
import type { ProfileSet, RecordWarning } from '@anchorlog/profiles';
import type { Statement, StatementAddress } from '@anchorlog/statement';
import type { Bundle } from '@anchorlog/verify';
import type { BatchesStatus } from './batches.ts';
import type { Disclose } from './bundle.ts';
import type { NotaryConfig } from './config.ts';
import type { EmitterTarget } from './emitter.ts';
import type { NotaryLog } from './notary-log.ts';
import type { Stage } from './stage.ts';

/** What a submitter gets at once: on disk, in the log, for ever at this index. The same record again gives the same receipt. */
export interface Receipt {
  readonly id: string;
  readonly index: number;
  /** 32 bytes. */
  readonly leafHash: Uint8Array;
  /** When the log took it, RFC 3339. */
  readonly time: string;
  /** Until when the log promises to have it anchored, RFC 3339. */
  readonly anchorBy: string;
  /** What looks wrong in the record and did not stop it; absent if nothing does. */
  readonly warnings?: readonly RecordWarning[] | undefined;
}

/** A record by the id from its receipt, with its issuer where several have chosen the same id. */
export type RecordReference = string | StatementAddress;

/** What a bundle waits for and opens. */
export interface BundleOptions {
  /** Wait until the record has come so far: `published` unless given. */
  readonly until?: Exclude<Stage, 'appended'> | undefined;
  /** Which claims the bundle opens: none unless given. */
  readonly disclose?: Disclose | undefined;
  /** Milliseconds to wait at most: 120,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

/** What a flush waits for. */
export interface FlushOptions {
  /** `published` unless given. */
  readonly until?: Exclude<Stage, 'appended'> | undefined;
  /** Milliseconds to wait at most: 120,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

/** Is it well? One look at a notary. */
export interface NotaryStatus {
  /** Entries in the log. */
  readonly size: number;
  readonly batches: BatchesStatus;
  /** Absent where the notary has no chain. */
  readonly anchoring?: AnchorerStatus | undefined;
}

/** A system's own notary: log, vault and anchorer in one process. */
export interface Notary extends EmitterTarget {
  /** Its folder. */
  readonly dir: string;
  readonly config: NotaryConfig;
  /** The profiles whose records it takes: those of the package, and those of its settings. */
  readonly profiles: ProfileSet;
  /** The log, for reading: entries, heads, proofs. */
  readonly log: NotaryLog;
  /**
   * Notarize a record. Resolves when it is on disk and has its place; records get their places in the order of the calls.
   * @throws SDK_BUSY, SDK_ID_CONFLICT, SDK_OPENINGS_LOST, SDK_ISSUER_UNKNOWN, SDK_LINK_UNRESOLVED, SDK_FILE_UNREADABLE, SDK_FILE_SIZE, SDK_FILE_CHANGED, SDK_RECORD_RESERVED, SDK_ANCHORING_STOPPED,
   * SDK_VAULT_FAILED, SDK_CLOSED, STATEMENT_…, PROFILES_…, LOG_FAILED
   */
  notarize(record: unknown): Promise<Receipt>;
  /**
   * Append finished statements of a source, as an emitter sends them: in their order, all or none. Their records and what opens them stay with the emitter.
   * @throws SDK_SEQUENCE_MISSING, SDK_ANCHORING_STOPPED, SDK_CLOSED, STATEMENT_…, LOG_SOURCE_…, LOG_SEQUENCE_…, and as `Log.appendBatch`
   */
  submit(entries: readonly Uint8Array[]): Promise<readonly LogReceipt[]>;
  /** Say how far a record has come. @throws SDK_REFERENCE_MALFORMED, SDK_ID_UNKNOWN, SDK_ID_AMBIGUOUS, SDK_CLOSED */
  progress(reference: RecordReference): Promise<Stage>;
  /**
   * Give the proof bundle of a record.
   * @throws SDK_REFERENCE_MALFORMED, SDK_ID_UNKNOWN, SDK_ID_AMBIGUOUS, SDK_DISCLOSURE_UNKNOWN, SDK_OPENINGS_LOST, SDK_NO_CHAIN, SDK_ANCHORING_STOPPED, SDK_WAIT_TIMEOUT, SDK_VAULT_DAMAGED,
   * SDK_CLOSED
   */
  bundle(reference: RecordReference, options?: BundleOptions): Promise<Bundle>;
  /**
   * Publish all that is in the log now, and wait until it has come so far: `published` unless given.
   * @throws SDK_NO_CHAIN, SDK_ANCHORING_STOPPED, SDK_WAIT_TIMEOUT, SDK_CLOSED, and as `Log.publish`
   */
  flush(options?: FlushOptions): Promise<void>;
  status(): NotaryStatus;
  /** Give what opens a statement of this notary, index keys included; undefined if it is not in the vault. For trails. @throws SDK_CLOSED */
  disclosuresOf(statement: Statement): Promise<readonly Uint8Array[] | undefined>;
  /** Compute the index key under which an identifier is filed now, and say in which keyspace. @throws SDK_SECRETS_MALFORMED for an unknown kind */
  indexKeyOf(
    kind: string,
    identifier: string,
  ): { readonly kind: string; readonly keyspace: string; readonly key: Uint8Array };
  /** Finish what was taken, publish it, and close. What is not anchored yet is anchored after the next start. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
