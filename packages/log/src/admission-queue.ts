import { setImmediate as turn } from 'node:timers';
import type { Admitted } from './admission.ts';

/** Entries that wait to be checked together. */
export interface Candidate {
  /** Bytes that nobody writes to any more. */
  readonly bytes: readonly Uint8Array[];
  /** By entry: the openings of its keys, if any came with them. */
  readonly openings?: readonly (readonly Uint8Array[])[] | undefined;
  /** Those checked so far, in their order. */
  readonly entries: Admitted[];
}

/**
 * So many entries are checked in one turn of the event loop, about a millisecond of work: a whole group at once would keep the groups before
 * it from taking their next step, and disk and processor would work in turn instead of side by side.
 */
const TURN_ENTRIES = 64;

/** Checks entries in the order of their arrival, the first ones at once, and what is too much for one turn of the event loop in the next ones. */
export class AdmissionQueue<T extends Candidate> {
  readonly #check: (bytes: Uint8Array, openings?: readonly Uint8Array[]) => Admitted;
  readonly #pass: (candidate: T) => void;
  readonly #refuse: (candidate: T, error: unknown) => void;
  #waiting: T[] = [];
  /** Where in `waiting` the first stands. */
  #first = 0;
  #room = TURN_ENTRIES;
  #isScheduled = false;
  #drain: (() => void) | undefined;

  /** `check` throws for an entry that may not be appended, and its candidate is refused as a whole. */
  constructor(world: {
    readonly check: (bytes: Uint8Array, openings?: readonly Uint8Array[]) => Admitted;
    readonly pass: (candidate: T) => void;
    readonly refuse: (candidate: T, error: unknown) => void;
  }) {
    this.#check = world.check;
    this.#pass = world.pass;
    this.#refuse = world.refuse;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  push(candidate: T): void {
    this.#waiting.push(candidate);
    this.#work();
  }

  /** Resolve once nothing waits. One call at a time. */
  async drained(): Promise<void> {
    if (this.isEmpty) return;
    await new Promise<void>((resolve) => {
      this.#drain = resolve;
    });
  }

  #work(): void {
    while (this.#room > 0 && this.#first < this.#waiting.length) {
      if (this.#advance(this.#waiting[this.#first]!)) this.#first++;
    }
    if (this.#first === this.#waiting.length) {
      this.#waiting = [];
      this.#first = 0;
      this.#drain?.();
    }
    if (this.#room < TURN_ENTRIES && !this.#isScheduled) {
      this.#isScheduled = true;
      turn(() => this.#begin());
    }
  }

  #begin(): void {
    this.#isScheduled = false;
    this.#room = TURN_ENTRIES;
    this.#work();
  }

  /** Check as many entries of a candidate as there is room for; true if it is done with. */
  #advance(candidate: T): boolean {
    const { bytes, openings, entries } = candidate;
    try {
      for (; entries.length < bytes.length; this.#room--) {
        if (this.#room === 0) return false;
        entries.push(this.#check(bytes[entries.length]!, openings?.[entries.length]));
      }
    } catch (error) {
      this.#room--;
      this.#refuse(candidate, error);
      return true;
    }
    this.#pass(candidate);
    return true;
  }
}
