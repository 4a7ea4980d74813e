import { formatInstant, isCodedError, type CodedError } from '@anchorlog/core';
import type { TreeHasher, TreeHead } from '@anchorlog/tlog';
import { admit, type AdmissionRules, type Admitted } from './admission.ts';
import { AdmissionQueue } from './admission-queue.ts';
import { CopyRoom } from './copy-room.ts';
import { rootOfEdge, type TreeEdge } from './edge.ts';
import { logError, type LogCode } from './error.ts';
import type { Guard } from './guard.ts';
import type { LogClock } from './log-clock.ts';
import type { LogReceipt } from './log.ts';
import { Placer, type PlacedGroup } from './placer.ts';
import { GroupQueue } from './queue.ts';
import type { Receipts } from './receipts.ts';
import {
  fencedError,
  idsDamagedError,
  isFenced,
  replacedError,
  type GroupWrite,
  type LogStore,
} from './store.ts';

/** What the sequencer works with. `edge` is that of the store, and the guard holds its head. */
export interface SequencerWorld {
  readonly rules: AdmissionRules;
  readonly store: LogStore;
  readonly guard: Pick<Guard, 'write'>;
  readonly receipts: Receipts;
  readonly hasher: TreeHasher;
  readonly clock: LogClock;
  readonly anchorByMs: number;
  readonly edge: TreeEdge;
  readonly limits: SequencerLimits;
  /** Is told what has just been released, before anybody gets a receipt of it. */
  readonly onReleased?: ((group: GroupWrite) => void) | undefined;
}

export interface SequencerLimits {
  /** Entries of a group. */
  readonly groupEntries: number;
  readonly groupDelayMs: number;
  /** Entries, and bytes of them, that may wait for an answer. */
  readonly unansweredEntries: number;
  readonly unansweredBytes: number;
}

/** The newest state that may be shown: stored, and known to the guard. */
export interface Released {
  readonly edge: TreeEdge;
  readonly head: TreeHead;
}

/** What somebody waits for. */
interface Waiting {
  readonly bytes: readonly Uint8Array[];
  readonly openings: readonly (readonly Uint8Array[])[] | undefined;
  /** Those that are admitted: all of them, once it is in a group. */
  readonly entries: Admitted[];
  readonly count: number;
  readonly size: number;
  readonly answer: Answer;
}

/** Takes one receipt, or those of a batch. */
interface Answer {
  readonly one?: (receipt: LogReceipt) => void;
  readonly all?: (receipts: LogReceipt[]) => void;
  readonly reject: (error: Error) => void;
}

interface TimedGroup extends PlacedGroup<Waiting> {
  readonly began: number;
}

/**
 * Takes entries into the log, one group after the other, in a pipeline of three stages: while group g is shown to the guard and answered,
 * g+1 is written to the store, and g+2 is placed and hashed. Groups pass every stage in their order (spec/log §9). Before all that, entries
 * are admitted, some in each turn of the event loop, so that the stages go on meanwhile.
 */
export class Sequencer {
  readonly #world: SequencerWorld;
  readonly #placer: Placer;
  readonly #copies = new CopyRoom();
  readonly #admissions: AdmissionQueue<Waiting>;
  readonly #queue: GroupQueue<Waiting>;
  readonly #unanswered = new Set<Waiting>();
  #entries = 0;
  #bytes = 0;
  /** How long the last group took, for the advice to those who come too fast. */
  #groupMs = 1;
  #released: Released;
  #isStoring = false;
  #isClosed = false;
  #failure: CodedError<LogCode> | undefined;
  #isGuardBroken = false;
  /** Groups that are in the store and wait for the guard. */
  #stored: TimedGroup[] = [];
  #releasing: Promise<void> = Promise.resolve();
  readonly #running: Promise<void>;

  constructor(world: SequencerWorld) {
    this.#world = world;
    this.#placer = new Placer(world);
    const { edge, hasher, limits } = world;
    this.#released = {
      edge,
      head: { size: edge.size, rootHash: rootOfEdge(edge, hasher) },
    };
    this.#queue = new GroupQueue({
      maxCount: limits.groupEntries,
      maxDelayMs: limits.groupDelayMs,
    });
    this.#admissions = new AdmissionQueue<Waiting>({
      check: (bytes, openings) => admit(bytes, world.rules, openings),
      pass: (waiting) => this.#queue.push(waiting),
      refuse: (waiting, error) => this.#answer(waiting, asError(error)),
    });
    this.#running = this.#run();
  }

  get released(): Released {
    return this.#released;
  }

  /** Append an entry that was admitted already: entry 0. @throws as `append` */
  submit(entry: Admitted): Promise<LogReceipt> {
    return new Promise((one, reject) => {
      this.#queue.push(this.#take([entry.entry], undefined, { one, reject }, [entry]));
    });
  }

  /**
   * Admit and append one entry. A promise and next to nothing besides: thousands of calls are on their way at a time, and whatever each of
   * them holds has to be moved about by the garbage collector.
   * @throws LOG_BUSY, LOG_CLOSED, LOG_FAILED, LOG_FENCED, LOG_ID_CONFLICT, LOG_SOURCE_…, LOG_SEQUENCE_…,
   * LOG_SIGNER_FAILED, and as `admit`
   */
  append(entry: Uint8Array, openings?: readonly Uint8Array[]): Promise<LogReceipt> {
    return new Promise((one, reject) => {
      this.#admissions.push(this.#take([entry], openings && [openings], { one, reject }));
    });
  }

  /** Admit entries and append them as one piece of a group. @throws LOG_BATCH_LENGTH, and as `append` */
  appendAll(
    entries: readonly Uint8Array[],
    openings?: readonly (readonly Uint8Array[])[],
  ): Promise<LogReceipt[]> {
    return new Promise((all, reject) => {
      this.#admissions.push(this.#take(entries, openings, { all, reject }));
    });
  }

  /** Take on what somebody hands in, if it can be, with bytes of our own. */
  #take(
    given: readonly Uint8Array[],
    opened: readonly (readonly Uint8Array[])[] | undefined,
    answer: Answer,
    entries: Admitted[] = [],
  ): Waiting {
    if (this.#failure) throw this.#failure;
    if (this.#isClosed) throw logError('LOG_CLOSED', 'the log is closed');
    const count = given.length;
    const limit = this.#world.limits.groupEntries;
    if (count === 0 || count > limit) {
      throw logError('LOG_BATCH_LENGTH', `batch: expected 1 to ${limit} entries, got ${count}`, {
        limit,
        count,
      });
    }
    let size = 0;
    for (const entry of given) size += entry.length;
    for (const each of opened ?? []) for (const opening of each) size += opening.length;
    this.#checkRoom(count, size);
    const bytes = given.map((entry) => this.#copies.copy(entry));
    const openings = opened?.map((each) => each.map((opening) => this.#copies.copy(opening)));
    const waiting: Waiting = { bytes, openings, entries, count, size, answer };
    this.#unanswered.add(waiting);
    this.#entries += count;
    this.#bytes += size;
    return waiting;
  }

  /** Take nothing more and wait until all is answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#admissions.drained();
    this.#queue.close();
    await this.#running;
    await this.#releasing;
    const { store, receipts } = this.#world;
    if (this.#failure) return;
    try {
      await store.putReceiptNotes(receipts.unstored());
    } catch (error) {
      // Another process writes the log: it signs these notes again when they are asked for, the same.
      if (!isFenced(error)) throw error;
    }
  }

  #checkRoom(count: number, bytes: number): void {
    const { groupEntries, unansweredEntries, unansweredBytes } = this.#world.limits;
    const fits =
      this.#entries + count <= unansweredEntries && this.#bytes + bytes <= unansweredBytes;
    // One that is alone is taken whatever its size, or it could never be.
    if (fits || this.#entries === 0) return;
    throw logError('LOG_BUSY', `${this.#entries} entries wait already`, {
      retryAfterMs: Math.ceil((this.#entries / groupEntries) * this.#groupMs),
      entries: this.#entries,
      bytes: this.#bytes,
    });
  }

  async #run(): Promise<void> {
    const { receipts } = this.#world;
    let storing = Promise.resolve();
    try {
      for (;;) {
        const group = await this.#queue.take(
          () => this.#isStoring,
          () => !this.#admissions.isEmpty,
        );
        if (!group || this.#failure) break;
        // Stage 1. All groups but the one that is being stored are in the store here, as the placer demands.
        const began = performance.now();
        const time = this.#timeOf(group);
        if (time === undefined) continue;
        const placed = await this.#placer.place(group, { time, notes: receipts.unstored() });
        for (const { submission, error } of placed.refused) this.#answer(submission, error);
        await storing;
        if (this.#failure) break;
        storing = this.#store({ ...placed, began });
      }
    } catch (cause) {
      await storing;
      this.#failStore(cause);
    }
    await storing;
  }

  /** When a group is closed; undefined if nobody can tell, and it was refused. The clock may be set right again. */
  #timeOf(group: readonly Waiting[]): number | undefined {
    try {
      return this.#world.clock.next();
    } catch (error) {
      for (const waiting of group) this.#answer(waiting, asError(error));
      return undefined;
    }
  }

  /** Stage 2. A crash before it ends loses the group as a whole or nothing of it; none of it was acknowledged. Never rejects. */
  async #store(group: TimedGroup): Promise<void> {
    const { store, receipts } = this.#world;
    if (group.fresh) {
      this.#isStoring = true;
      try {
        await store.commit(group.fresh.write);
      } catch (cause) {
        // It may have taken effect or not: what was appended next would stand on a guess.
        this.#failStore(cause);
        return;
      } finally {
        this.#isStoring = false;
      }
      receipts.stored(group.fresh.write.notes);
    }
    this.#stored.push(group);
    if (this.#stored.length === 1) this.#releasing = this.#releasing.then(() => this.#release());
  }

  /**
   * Stage 3: the guard, then the answers. After a crash before the guard is written the store is ahead of it, which start-up accepts;
   * nothing is shown of a group before. One write serves all groups that were stored meanwhile. Never rejects.
   */
  async #release(): Promise<void> {
    if (this.#isGuardBroken) return;
    const groups = this.#stored;
    this.#stored = [];
    const growth = groups.findLast(({ fresh }) => fresh)?.fresh?.growth;
    if (growth) {
      try {
        await this.#world.guard.write(growth.head);
      } catch (cause) {
        this.#isGuardBroken = true;
        this.#refuse(cause);
        this.#rejectRest();
        return;
      }
      this.#released = { edge: growth.edge, head: growth.head };
    }
    for (const group of groups) {
      if (group.fresh) this.#world.onReleased?.(group.fresh.write);
      await this.#answerGroup(group);
      this.#groupMs = performance.now() - group.began;
    }
  }

  async #answerGroup({ fresh, placed }: TimedGroup): Promise<void> {
    const { receipts } = this.#world;
    let receipt: (index: number) => LogReceipt | undefined = () => undefined;
    try {
      if (fresh) {
        const { write, growth } = fresh;
        const note = await receipts.sign(write);
        const shared = {
          head: growth.head,
          note,
          time: formatInstant(write.time),
          anchorBy: formatInstant(write.anchorBy),
        };
        receipt = (index) => {
          if (index < write.from) return undefined;
          const [leafHash, hashes] = [growth.leafHash(index), growth.inclusion(index)];
          return { index, leafHash, hashes, ...shared };
        };
      }
    } catch (error) {
      // The entries stand; only the answer is owed. Asked again, the log signs again.
      for (const { submission } of placed) this.#answer(submission, asError(error));
      return;
    }
    for (const { submission, indexes } of placed) {
      try {
        const found: LogReceipt[] = [];
        for (const index of indexes) {
          found.push(receipt(index) ?? (await receipts.again(index, this.#released.edge)));
        }
        this.#answer(submission, found);
      } catch (error) {
        this.#answer(submission, asError(error));
      }
    }
  }

  #answer(waiting: Waiting, answer: LogReceipt[] | Error): void {
    if (!this.#unanswered.delete(waiting)) return;
    this.#entries -= waiting.count;
    this.#bytes -= waiting.size;
    const { one, all, reject } = waiting.answer;
    if (answer instanceof Error) reject(answer);
    else if (one)
      one(answer[0]!); // one for each entry
    else all?.(answer);
  }

  /** What is in the store may still be shown to the guard and answered; the rest is rejected. */
  #failStore(cause: unknown): void {
    this.#refuse(cause);
    this.#releasing = this.#releasing.then(() => this.#rejectRest());
  }

  #refuse(cause: unknown): void {
    this.#failure ??= failureOf(cause);
    this.#queue.close();
  }

  #rejectRest(): void {
    for (const waiting of this.#unanswered) this.#answer(waiting, this.#failure!); // set by `#refuse`
  }
}

/** Say why nothing more is taken: what opening again does not mend by its own code. */
function failureOf(cause: unknown): CodedError<LogCode> {
  if (isFenced(cause)) return fencedError();
  const code = isCodedError(cause) ? cause.code : undefined;
  if (code === 'LOG_STORE_REPLACED') return replacedError();
  if (code === 'LOG_IDS_DAMAGED') return idsDamagedError();
  if (code === 'LOG_STORE_DAMAGED') {
    return logError(code, 'the store is damaged: nothing more is taken', {}, { cause });
  }
  return logError(
    'LOG_FAILED',
    'the log could not store: open it again, and append again what was not acknowledged, the same bytes',
    {},
    { cause },
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
