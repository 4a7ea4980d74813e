import type { Log, LogCheckpoint } from '@anchorlog/log';

/** How publishing goes. */
export interface BatchesStatus {
  /** Size of the newest checkpoint that was published since the start, or stood there then. */
  readonly published: number;
  /** Set while publishing fails: why, since when (milliseconds since 1970). */
  readonly problem?: { readonly message: string; readonly since: number } | undefined;
}

/**
 * Closes batches: publishes the log when enough entries wait or enough time has passed, one publication at a time. An idle log makes no
 * heads. What fails is tried again after the interval; nothing is lost, since published files follow from the log.
 */
export class Batches {
  readonly #log: Log;
  readonly #entries: number;
  readonly #clock: () => number;
  readonly #onPublished: (checkpoint: LogCheckpoint) => void;
  readonly #timer: NodeJS.Timeout;
  #published: number;
  /** Whether a publication of this run has ended well: the last of the run before may have been cut off. */
  #isWhole = false;
  #queue: Promise<unknown> = Promise.resolve();
  #isQueued = false;
  #problem: BatchesStatus['problem'];

  constructor(world: {
    readonly log: Log;
    readonly intervalMs: number;
    readonly entries: number;
    /** The checkpoint that the log has, if it has one: it is published at once, in case that a crash had cut that off. */
    readonly checkpoint: LogCheckpoint | undefined;
    readonly clock: () => number;
    readonly onPublished: (checkpoint: LogCheckpoint) => void;
  }) {
    this.#log = world.log;
    this.#entries = world.entries;
    this.#clock = world.clock;
    this.#onPublished = world.onPublished;
    this.#published = world.checkpoint?.size ?? 0;
    this.#timer = setInterval(() => this.#publishSoon(), world.intervalMs);
    if (world.checkpoint) this.#publishSoon();
  }

  get status(): BatchesStatus {
    return { published: this.#published, problem: this.#problem };
  }

  /** Say that entries were appended. */
  appended(): void {
    // While publishing fails the interval is soon enough.
    if (!this.#problem && this.#log.size - this.#published >= this.#entries) this.#publishSoon();
  }

  /** Publish all that is in the log when its turn comes. @throws as `Log.publish` */
  async publish(): Promise<LogCheckpoint> {
    const publication = this.#queue.then(() => this.#publish());
    this.#queue = publication.catch(() => undefined); // its own caller is told
    return publication;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#queue;
  }

  #publishSoon(): void {
    if (this.#isQueued || (this.#isWhole && this.#log.size === this.#published)) return;
    this.#isQueued = true;
    this.publish()
      .catch(() => undefined) // the status tells
      .finally(() => (this.#isQueued = false));
  }

  async #publish(): Promise<LogCheckpoint> {
    try {
      const checkpoint = await this.#log.publish();
      this.#published = checkpoint.size;
      this.#isWhole = true;
      this.#problem = undefined;
      this.#onPublished(checkpoint);
      return checkpoint;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#problem = { message, since: this.#problem?.since ?? this.#clock() };
      throw error;
    }
  }
}
