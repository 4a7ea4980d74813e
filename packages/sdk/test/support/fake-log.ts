import { CodedError } from '@anchorlog/core';
import { parseStatement } from '@anchorlog/statement';
import type { EmitterTarget } from '../../src/emitter.ts';

/** A log far away, as far as one source is concerned: it takes numbers in their order, and can be made to go wrong. */
export class FakeLog implements EmitterTarget {
  readonly origin: string;
  readonly suite = 'sha256';
  /** The numbers that it has. */
  readonly numbers: number[] = [];
  /** By number: the bytes that were ever sent. */
  readonly seen: Map<number, Set<string>> = new Map();
  readonly #taken = new Map<number, string>();
  /** Numbers of which it will never take what is not source.void. */
  readonly refused: Set<number> = new Set();
  attempts = 0;
  isAway = false;
  /** Takes everything, and does not say so. */
  isMute = false;
  refusal: Error | undefined;

  constructor(origin: string) {
    this.origin = origin;
  }

  async submit(entries: readonly Uint8Array[]): Promise<void> {
    this.attempts++;
    const statements = entries.map((entry) => {
      const { sequence, event } = parseStatement(entry);
      const number = sequence?.number ?? -1;
      const text = Buffer.from(entry).toString('latin1');
      this.seen.set(number, (this.seen.get(number) ?? new Set()).add(text));
      return { number, text, event };
    });
    if (this.isAway) throw Object.assign(new Error('nobody answers'), { code: 'ECONNREFUSED' });
    if (this.refusal) throw this.refusal;
    let expected = this.numbers.length;
    for (const { number, text, event } of statements) {
      if (this.refused.has(number) && event !== 'source.void') {
        throw new CodedError('LOG_ID_CONFLICT', 'refused', {});
      }
      if (number < expected && this.#taken.get(number) === text) continue;
      if (number !== expected) {
        const code = number < expected ? 'LOG_SEQUENCE_TAKEN' : 'LOG_SEQUENCE_GAP';
        const isUnknown = expected === 0 && number > 0;
        throw new CodedError(isUnknown ? 'LOG_SOURCE_UNREGISTERED' : code, 'refused', { expected });
      }
      expected++;
    }
    for (const { number, text } of statements) {
      if (number === this.numbers.length) this.numbers.push(number);
      this.#taken.set(number, text);
    }
    if (this.isMute) throw new Error('the connection broke');
  }
}
