import type { AnchorProblem } from './anchor.ts';
import type { AnchoringWorld } from './anchoring.ts';
import { within } from './deadline.ts';
import { anchorError } from './error.ts';
import { proveFinality } from './evidence.ts';
import type { HeadRecord, MinedAt } from './journal.ts';
import { equalHeads } from './prefix.ts';
import { problemOf } from './problem.ts';

/** Heads whose evidence is collected in one step: many wait only after a journal was lost. */
const MOST_AT_ONCE = 16;

/** Trouble with the evidence of one head. */
interface Trouble {
  readonly problem: AnchorProblem;
  /** When it is tried again at the earliest. */
  readonly notBefore: number;
}

interface FinishingPace {
  /** Milliseconds before the next attempt, after so many. */
  readonly backoff: (times: number) => number;
  /** Milliseconds that one head may take. */
  readonly stepMs: number;
}

/** Collects the evidence of mined heads. Each head has its own pace: none holds up another. spec/anchor §8 */
export class Finishing {
  readonly #world: AnchoringWorld;
  readonly #pace: FinishingPace;
  /** By the head's size. */
  readonly #troubles = new Map<number, Trouble>();

  constructor(world: AnchoringWorld, pace: FinishingPace) {
    this.#world = world;
    this.#pace = pace;
  }

  /** What is wrong with the smallest head that has trouble. */
  get problem(): AnchorProblem | undefined {
    const [smallest] = [...this.#troubles.keys()].toSorted((a, b) => a - b);
    return smallest === undefined ? undefined : this.#troubles.get(smallest)?.problem;
  }

  /** Try those heads whose time has come, smallest first, so many at most. Throws only when aborted. */
  async step(signal: AbortSignal): Promise<void> {
    const { book, clock } = this.#world;
    const mined = book.in('mined');
    const sizes = new Set(mined.map(({ head }) => head.size));
    for (const size of this.#troubles.keys()) if (!sizes.has(size)) this.#troubles.delete(size);
    const now = clock.elapsed();
    const due = mined.filter(
      ({ head }) => now >= (this.#troubles.get(head.size)?.notBefore ?? now),
    );
    const until = clock.elapsed() + this.#pace.stepMs;
    for (const record of due.slice(0, MOST_AT_ONCE)) {
      await this.#try(record, signal);
      if (clock.elapsed() >= until) return;
    }
  }

  async #try(record: HeadRecord, signal: AbortSignal): Promise<void> {
    const { clock } = this.#world;
    const { size } = record.head;
    try {
      await within(this.#pace.stepMs, signal, (until) => this.#finish(record, until));
      this.#troubles.delete(size);
    } catch (error) {
      signal.throwIfAborted();
      const problem = problemOf(this.#troubles.get(size)?.problem, error, clock);
      const notBefore = clock.elapsed() + this.#pace.backoff(problem.times);
      this.#troubles.set(size, { problem, notBefore });
    }
  }

  async #finish(record: HeadRecord, signal: AbortSignal): Promise<void> {
    const { chain, book, finality } = this.#world;
    const { head, mined, attempts } = record;
    if (!mined) return;
    const { txHash } = mined;
    const answer = await proveFinality({ chain, txHash, head, finality, signal });
    // A crash before the write: the evidence is collected again.
    if (answer.kind === 'final') await book.finish(answer.anchor);
    if (answer.kind !== 'gone') return;
    // Our own bytes go on.
    if (attempts.length > 0) await book.unmine(record);
    else await this.#lookAgain(record, mined, signal);
  }

  /**
   * Someone else's transaction is not there: the node lies now, lied then, or is behind. Of a head that the contract does not have nothing
   * is kept; of one that it has, the place may be another. spec/anchor §8
   */
  async #lookAgain({ head }: HeadRecord, mined: MinedAt, signal: AbortSignal): Promise<void> {
    const { chain, book } = this.#world;
    const { number } = mined;
    if (!(await chain.isHead(number, head, signal))) {
      await book.drop(head.size);
      return;
    }
    const log = await chain.log(signal);
    const { blockNumber: fromBlock } = book.knownBelow(head.size);
    for await (const found of chain.heads(log, { after: number - 1, fromBlock }, signal)) {
      const { txHash, blockNumber, blockHash } = found;
      if (!equalHeads(found, head) || txHash === mined.txHash) break;
      const place = { number, txHash, blockNumber, blockHash, adopted: true };
      await book.put({ head, state: 'mined', attempts: [], mined: place });
      return;
    }
    throw anchorError('ANCHOR_RPC_MALFORMED', 'the node has the head and not its transaction', {
      number,
    });
  }
}
