import type { SuiteName } from '@anchorlog/core';
import type { RecordWarning } from '@anchorlog/profiles';
import type { Bundle } from '@anchorlog/verify';
import type { BundleOptions } from './notary.ts';

/**
 * Where an emitter sends its statements: a notary in the same process, or whatever reaches a log far away (spec/emitter §4). A `submit` that
 * rejects may have taken effect: the same bytes come again.
 */
export interface EmitterTarget {
  /** Of the log. */
  readonly origin: string;
  /** Of the log: another would give statements that it cannot open. */
  readonly suite: SuiteName;
  /**
   * Append the bytes of statements in their order, all or none; resolves when they are in the log, durably. Rejects with the codes of the log: of
   * LOG_SEQUENCE_GAP and LOG_SOURCE_UNREGISTERED `context.expected` is the number that comes next. With any code that it does not know the
   * emitter tries again. `signal` aborts when the emitter is closed: closing waits for what is under way.
   */
  submit(
    entries: readonly Uint8Array[],
    options: { readonly signal: AbortSignal },
  ): Promise<unknown>;
  /** Give the bundle of a statement that it has, with nothing opened; left out where it cannot. */
  bundle?(
    reference: { readonly org: string; readonly system: string; readonly id: string },
    options: Pick<BundleOptions, 'until' | 'timeoutMs'>,
  ): Promise<Bundle>;
}

/** What who emits gets at once: on disk, with its number for ever. The same record again gives the same. */
export interface Emitted {
  readonly id: string;
  /** In the source. */
  readonly number: number;
  /** What looks wrong in the record and did not stop it; absent if nothing does. */
  readonly warnings?: readonly RecordWarning[] | undefined;
}

/** How far an emitter is behind. */
export interface EmitterLag {
  /** `stopped`: nothing more is taken or sent before a person has seen to it. */
  readonly state: 'idle' | 'sending' | 'retrying' | 'stopped';
  /** Records that are not in the log yet, as far as the emitter knows, and bytes that are kept of them. */
  readonly records: number;
  readonly bytes: number;
  /** When the oldest of them was emitted, RFC 3339, and its age; absent if none waits. */
  readonly oldest?: { readonly time: string; readonly ageMs: number } | undefined;
  /** Numbers that were filled with `source.void`, since the log will never take what stood there. */
  readonly voids: number;
  /** Set while sending fails: why, since when (milliseconds since 1970), and how often in a row. */
  readonly problem?: EmitterProblem | undefined;
}

export interface EmitterProblem {
  readonly code: string;
  readonly message: string;
  readonly since: number;
  readonly times: number;
}

/** `waiting` for the log, `delivered` to it, or `void`: never to be taken, and its number filled. */
export type EmitterStage = 'waiting' | 'delivered' | 'void';

/** A durable outbox for a system that must never wait for a log (spec/emitter). */
export interface Emitter {
  /** `<org>/<system>/<suffix>`. */
  readonly source: string;
  /**
   * Take a record. Resolves when its statement is journalled, whether the log can be reached or not; numbers are given in the order of the calls.
   * @throws SDK_OUTBOX_FULL, SDK_BUSY (both `context.retryAfterMs`), SDK_EMITTER_STOPPED, SDK_RECORD_VOID, SDK_ID_CONFLICT, SDK_LINK_UNRESOLVED, SDK_ISSUER_UNKNOWN,
   * SDK_FILE_…, SDK_RECORD_RESERVED, SDK_VAULT_FAILED, SDK_CLOSED, STATEMENT_…, PROFILES_…
   */
  emit(record: unknown): Promise<Emitted>;
  /** Say how far the emitter is behind. @throws SDK_CLOSED, SDK_VAULT_… */
  lag(): Promise<EmitterLag>;
  /** Say how far a record has come. @throws SDK_ID_UNKNOWN, SDK_CLOSED, SDK_VAULT_… */
  progress(id: string): Promise<EmitterStage>;
  /**
   * Wait until all that was emitted before is in the log, 120 seconds unless given.
   * @throws SDK_WAIT_TIMEOUT, SDK_EMITTER_STOPPED, SDK_CLOSED
   */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<void>;
  /**
   * Give the proof bundle of a record, once the log has it: what the log proves, and what the outbox opens.
   * @throws SDK_ID_UNKNOWN, SDK_WAIT_TIMEOUT, SDK_EMITTER_STOPPED, SDK_RECORD_VOID, SDK_DISCLOSURE_UNKNOWN, SDK_NO_BUNDLES, SDK_CLOSED, SDK_VAULT_…, and as the target
   */
  bundle(id: string, options?: BundleOptions): Promise<Bundle>;
  /** Take nothing more, and close. What is not in the log yet is sent after the next start. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
