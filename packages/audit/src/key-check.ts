import { isKeyBad, type IssuerKey } from '@anchorlog/verify';
import type { KnownHead } from './known-head.ts';

/** What a key is worth at a time and place: `unknown` where nothing says when the entry came to exist. */
export type KeyWorth = 'counts' | 'early' | 'retired' | 'compromised' | 'unknown';

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
    const { from = -Infinity, until = Infinity } = key;
    if (isKeyBad(key, this.#log, index)) return 'compromised';
    const anchored = this.#office.of(index);
    const existed = anchored ?? this.#now;
    if (existed < from) return 'early';
    if (existed <= until) return 'counts';
    // Former validators prove no time, but where they name one, the entry may be as old.
    const mayBeOlder = anchored === undefined || (this.#former.of(index) ?? Infinity) <= until;
    return mayBeOlder ? 'unknown' : 'retired';
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
