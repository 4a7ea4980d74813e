import { isCodedError } from '@anchorlog/core';
import { SourceBook, sequenceStepOf, type SequenceStep, type WithheldEntry } from '@anchorlog/log';
import type { Statement } from '@anchorlog/statement';
import type { Findings } from './finding.ts';

/** What the gapless sources of a log came to. */
export interface SourceReport {
  /** Sources that were opened. */
  readonly opened: number;
  /** Statements that bear a number of a source. */
  readonly numbered: number;
  /** Numbers that `source.void` fills: what was to stand there could never be accepted. */
  readonly voided: number;
}

/**
 * Derives from the entries which sources there are and which number comes next in each, and demands that every statement of a source bears it.
 * After a fault the source goes on behind it, so that each gap is found once. Memory grows with the number of sources. spec/audit §3.8
 */
export class SourceCheck {
  readonly #findings: Findings;
  readonly #book = new SourceBook();
  #numbered = 0;
  #voided = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Take the statement at `index`, in order. */
  take(statement: Statement, index: number): void {
    try {
      const step = sequenceStepOf(statement);
      if (!step) return;
      this.#step(step, index);
      if (statement.profile === 'log/1' && statement.event === 'source.void') this.#voided++;
    } catch (error) {
      if (!isCodedError(error)) throw error;
      this.#findings.add('AUDIT_SEQUENCE', { index, cause: error.code });
    }
  }

  /** Take the number of a statement whose bytes are withheld. */
  takeWithheld({ sequence }: WithheldEntry, index: number): void {
    if (sequence) this.#step(sequence, index);
  }

  report(): SourceReport {
    return { opened: this.#book.size, numbered: this.#numbered, voided: this.#voided };
  }

  #step(step: SequenceStep, index: number): void {
    this.#numbered++;
    const { source, number } = step;
    const cause = this.#book.judge(step);
    const expected = this.#book.next(source) ?? 0;
    if (cause) this.#findings.add('AUDIT_SEQUENCE', { index, source, number, expected, cause });
    this.#book.take(step);
  }
}
