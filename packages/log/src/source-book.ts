import { ShapeReader, parseJson } from '@anchorlog/core';
import { parseStatement, type Statement } from '@anchorlog/statement';
import { logError } from './error.ts';
import type { StoreReader } from './store.ts';
import { parseWithheld } from './withheld.ts';

/** What a statement says of its source. */
export interface SequenceStep {
  /** `<org>/<system>/<suffix>`. */
  readonly source: string;
  readonly number: number;
  /** Present iff it opens the source. */
  readonly opens?: { readonly predecessor?: Predecessor | undefined } | undefined;
}

/** The source that another one takes the place of, and its last number. */
export interface Predecessor {
  readonly source: string;
  readonly last: number;
}

/** Why a statement does not come next in its source (spec/log §18.2). */
export type SequenceFault = 'unregistered' | 'predecessor' | 'closed' | 'gap' | 'taken';

interface SourceState {
  /** The number that comes next. */
  readonly next: number;
  /** Another source has taken its place. */
  readonly isClosed: boolean;
}

const FORMAT = 'anchorlog/sources/1';
const LOG_PROFILE = 'log/1';
/** How the member stands in canonical JSON: what has no such bytes has no sequence, and is not parsed. */
const SEQUENCE_BYTES = Buffer.from('"sequence":{"number":');
const SNAPSHOT_BYTES = 2 ** 26;

/** Read what a statement says of its source; undefined if it has none. @throws LOG_SOURCE_MISMATCH */
export function sequenceStepOf(statement: Statement): SequenceStep | undefined {
  const { profile, event, claims, sequence } = statement;
  const isOpen = profile === LOG_PROFILE && event === 'source.open';
  const isVoid = profile === LOG_PROFILE && event === 'source.void';
  if (isOpen || isVoid) {
    const number = isOpen ? 0 : claims['number'];
    if (sequence?.source !== claims['source'] || sequence?.number !== number) {
      throw logError(
        'LOG_SOURCE_MISMATCH',
        `${event}: expected the sequence to be that of its claims, ${isOpen ? 'and 0' : 'number too'}`,
      );
    }
  }
  if (!sequence) return undefined;
  const { source, number } = sequence;
  return isOpen
    ? { source, number, opens: { predecessor: predecessorOf(statement) } }
    : { source, number };
}

function predecessorOf({ claims }: Statement): Predecessor | undefined {
  const { predecessorSource: source, predecessorLast: last } = claims;
  if (source === undefined && last === undefined) return undefined;
  if (typeof source === 'string' && typeof last === 'number') return { source, last };
  throw logError('LOG_SOURCE_MISMATCH', 'source.open: expected a predecessor with its last number');
}

/** The sources of a log, and which number comes next in each: a function of its entries alone (spec/log §18). */
export class SourceBook {
  readonly #states = new Map<string, SourceState>();

  get size(): number {
    return this.#states.size;
  }

  /** Give the number that comes next in a source; undefined for one that is not registered. */
  next(source: string): number | undefined {
    return this.#states.get(source)?.next;
  }

  /** Tell why a step cannot be the next one of its source; undefined if it is. */
  judge(step: SequenceStep): SequenceFault | undefined {
    return judge(step, (source) => this.#states.get(source));
  }

  /** Take a step, whatever was judged of it: the source goes on behind it. */
  take(step: SequenceStep): void {
    for (const [source, state] of changesOf(step, (name) => this.#states.get(name))) {
      this.#states.set(source, state);
    }
  }

  /** Begin to take steps of which it is not known yet whether they count. */
  draft(): SourceDraft {
    return new SourceDraft(this.#states);
  }

  /** Write it down as it is at a size of the log. */
  format(size: number): string {
    const sources = [...this.#states].map(([source, { next, isClosed }]) => [
      source,
      next,
      isClosed,
    ]);
    return JSON.stringify({ format: FORMAT, size, sources });
  }

  /** Read what `format` wrote. @throws LOG_STORE_DAMAGED, CORE_JSON_… */
  static parse(text: string): { readonly book: SourceBook; readonly size: number } {
    const limits = { bytes: SNAPSHOT_BYTES, depth: 4, items: SNAPSHOT_BYTES, string: 1000 };
    const file = shape.object(parseJson(text, limits), '', {
      required: ['format', 'size', 'sources'],
    });
    shape.word(file['format'], '/format', [FORMAT]);
    const book = new SourceBook();
    shape.array(file['sources'], '/sources', SNAPSHOT_BYTES, (row, at) => {
      const [source, next, isClosed] = shape.array(row, at, 3, (item) => item);
      const state = { next: shape.size(next, `${at}/1`), isClosed: isClosed === true };
      book.#states.set(shape.string(source, `${at}/0`), state);
    });
    return { book, size: shape.size(file['size'], '/size') };
  }
}

const shape = new ShapeReader((at, expected) => {
  throw logError('LOG_STORE_DAMAGED', `store: sources: expected ${expected} at ${at || '/'}`);
});

/** Steps of one submission: they count together or not at all. */
export class SourceDraft {
  readonly #states: Map<string, SourceState>;
  readonly #changed = new Map<string, SourceState>();

  constructor(states: Map<string, SourceState>) {
    this.#states = states;
  }

  /** Take the next step of a source. Gives the refusal if it is not the next one. */
  take(step: SequenceStep): Error | undefined {
    const fault = judge(step, this.#stateOf);
    if (fault) return faultError(fault, step, this.#stateOf(step.source)?.next ?? 0);
    for (const [source, state] of changesOf(step, this.#stateOf)) this.#changed.set(source, state);
    return undefined;
  }

  /** Give the refusal of a step whose number was given before; undefined if it was not. */
  taken(step: SequenceStep): Error | undefined {
    const next = this.#stateOf(step.source)?.next ?? 0;
    return step.number < next ? faultError('taken', step, next) : undefined;
  }

  /** Let them count. */
  keep(): void {
    for (const [source, state] of this.#changed) this.#states.set(source, state);
  }

  readonly #stateOf = (source: string): SourceState | undefined =>
    this.#changed.get(source) ?? this.#states.get(source);
}

type StateOf = (source: string) => SourceState | undefined;

function judge(
  { source, number, opens }: SequenceStep,
  stateOf: StateOf,
): SequenceFault | undefined {
  const state = stateOf(source);
  if (!state) {
    if (!opens) return 'unregistered';
    const { predecessor } = opens;
    return predecessor && !canFollow(source, predecessor, stateOf) ? 'predecessor' : undefined;
  }
  if (number < state.next) return 'taken';
  if (number > state.next) return 'gap';
  return state.isClosed ? 'closed' : undefined;
}

/** Only a source of the same system: nobody else can close it. */
function canFollow(
  source: string,
  { source: before, last }: Predecessor,
  stateOf: StateOf,
): boolean {
  const state = stateOf(before);
  const isOwn = systemOf(before) === systemOf(source);
  return isOwn && state !== undefined && !state.isClosed && state.next === last + 1;
}

function systemOf(source: string): string {
  return source.slice(0, source.lastIndexOf('/') + 1);
}

function* changesOf(
  { source, number, opens }: SequenceStep,
  stateOf: StateOf,
): Generator<[string, SourceState], void, undefined> {
  const next = Math.max(number + 1, stateOf(source)?.next ?? 0);
  yield [source, { next, isClosed: stateOf(source)?.isClosed ?? false }];
  const before = opens?.predecessor?.source;
  const state = before === undefined ? undefined : stateOf(before);
  if (before !== undefined && state && systemOf(before) === systemOf(source)) {
    yield [before, { ...state, isClosed: true }];
  }
}

function faultError(
  fault: SequenceFault,
  { source, number, opens }: SequenceStep,
  expected: number,
): Error {
  const context = { source, number, expected };
  switch (fault) {
    case 'unregistered':
      return logError(
        'LOG_SOURCE_UNREGISTERED',
        'statement: its source is not registered',
        context,
      );
    case 'predecessor':
      return logError(
        'LOG_SOURCE_PREDECESSOR',
        'source.open: expected the last number of an open source of the same system',
        { ...context, predecessor: opens?.predecessor?.source },
      );
    case 'closed':
      return logError(
        'LOG_SOURCE_CLOSED',
        'statement: another source has taken the place of its own',
        context,
      );
    case 'gap':
      return logError('LOG_SEQUENCE_GAP', `sequence: expected ${expected}, got ${number}`, context);
    case 'taken':
      return logError('LOG_SEQUENCE_TAKEN', `sequence: ${number} is taken by other bytes`, context);
  }
}

/** Read the sources of the first `size` entries of a store: from what it has noted of them, and the entries since. */
export async function readSources(
  store: Pick<StoreReader, 'sources' | 'entries'>,
  size: number,
): Promise<SourceBook> {
  const noted = await store.sources?.();
  const known = noted === undefined ? undefined : SourceBook.parse(noted);
  const { book, size: from } =
    known && known.size <= size ? known : { book: new SourceBook(), size: 0 };
  for await (const entry of store.entries({ from, to: size })) {
    const step = stepOfEntry(entry);
    if (step) book.take(step);
  }
  return book;
}

/** Read what an entry that was admitted before says of its source, also one that is withheld. */
function stepOfEntry(entry: Uint8Array): SequenceStep | undefined {
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.length);
  if (!bytes.includes(SEQUENCE_BYTES)) return undefined;
  const withheld = parseWithheld(entry);
  return withheld ? withheld.sequence : sequenceStepOf(parseStatement(entry));
}
