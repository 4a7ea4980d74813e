import { judgeKey, type IssuerKey, type KeyWorth } from '@anchorlog/verify';
import type { KnownHead } from './known-head.ts';

/** Judges keys of issuers by when entries were anchored, as a verifier does. Entries are asked for in order. spec/audit §3.4, spec/verdict §4.4 */
export class KeyCheck {
  readonly #log: string;
  readonly #now: number;
  readonly #office: Times;
  readonly #former: Times;

  constructor({
    log,
    heads,
    now,
  }: {
    readonly log: string;
    /** Heads that are not void, smallest first. One that does not hold is a finding of its own. */
    readonly heads: readonly KnownHead[];
    /** Milliseconds since 1970. */
    readonly now: number;
  }) {
    this.#log = log;
    this.#now = now;
    this.#office = new Times(heads.filter(({ retired }) => retired !== true));
    this.#former = new Times(heads.filter(({ retired }) => retired === true));
  }

  judge(key: IssuerKey, index: number): KeyWorth {
    const anchored = this.#office.of(index);
    const former = this.#former.of(index);
    return judgeKey(key, this.#log, { index, anchored, former, open: false, now: this.#now });
  }
}

/** By when entries existed: the earliest time of a head that covers them. */
class Times {
  /** Sizes ascending, with the earliest time, in milliseconds, of this and all larger ones. */
  readonly #steps: readonly { readonly size: number; readonly time: number }[];
  #at = 0;

  constructor(heads: readonly KnownHead[]) {
    let time = Infinity;
    this.#steps = heads
      .toReversed()
      .flatMap(({ size, block }) => {
        if (!block) return [];
        time = Math.min(time, block.time * 1000);
        return [{ size, time }];
      })
      .toReversed();
  }

  of(index: number): number | undefined {
    while ((this.#steps[this.#at]?.size ?? Infinity) <= index) this.#at++;
    return this.#steps[this.#at]?.time;
  }
}
