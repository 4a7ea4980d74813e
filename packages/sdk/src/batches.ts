import type { Log, LogCheckpoint } from '@anchorlog/log';

/** How the last attempt to publish went. */
export interface BatchesStatus {
  /** Size of the newest published checkpoint. */
  readonly published: number;
  /** Set while publishing fails: why, since when (milliseconds since 1970). */
  readonly problem?: { readonly message: string; readonly since: number } | undefined;
}

/**
 * Closes batches: publishes the log when enough entries wait or enough time has passed, one publication at a time. An idle log makes no
 * heads. What fails is tried again with the next batch; nothing is lost, since published files follow from the log.
 */
export class Batches {
  readonly #log: Log;
  readonly #entries: number;
  readonly #clock: () => number;
  readonly #onPublished: (checkpoint: LogCheckpoint) => void;
  readonly #timer: NodeJS.Timeout;
  #published = 0;
  #running: Promise<void> | undefined;
  #problem: BatchesStatus['problem'];

  constructor(world: {
    readonly log: Log;
    readonly intervalMs: number;
    readonly entries: number;
    readonly clock: () => number;
    readonly onPublished: (checkpoint: LogCheckpoint) => void;
  }) {
    this.#log = world.log;
    this.#entries = world.entries;
    this.#clock = world.clock;
    this.#onPublished = world.onPublished;
    this.#timer = setInterval(() => this.#publishSoon(), world.intervalMs);
  }

  get status(): BatchesStatus {
    return { published: this.#published, problem: this.#problem };
  }

  /** Say that entries were appended. */
  appended(): void {
    if (this.#log.size - this.#published >= this.#entries) this.#publishSoon();
  }

  /** Publish all that is in the log now. @throws as `Log.publish` */
  async publish(): Promise<LogCheckpoint> {
    while (this.#running) await this.#running;
    const publication = this.#publish();
    this.#running = publication.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await publication;
    } finally {
      this.#running = undefined;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#running) await this.#running;
  }

  #publishSoon(): void {
    if (this.#running || this.#log.size === this.#published) return;
    this.publish().then(
      () => (this.#problem = undefined),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        this.#problem = { message, since: this.#problem?.since ?? this.#clock() };
      },
    );
  }

  async #publish(): Promise<LogCheckpoint> {
    const checkpoint = await this.#log.publish();
    this.#published = checkpoint.size;
    this.#onPublished(checkpoint);
    return checkpoint;
  }
}
