import { describe, expect, test } from 'vitest';
import { canonicalBytes, type JsonObject, type JsonValue } from '@anchorlog/core';
import { parseStatement } from '@anchorlog/statement';
import {
  SourceBook,
  readSources,
  sequenceStepOf,
  type Predecessor,
  type SequenceStep,
} from '../src/source-book.ts';
import { formatWithheld } from '../src/withheld.ts';
import { SOURCE, numbered, opening, statementOf, voiding } from './support/fixture.ts';

const OTHER = SOURCE.replace(/1$/, '2');
const FOREIGN = '11999999000000001X/seal-make/1';

function open(source = SOURCE, predecessor?: Predecessor): SequenceStep {
  return { source, number: 0, opens: { predecessor } };
}

function bookOf(...steps: readonly SequenceStep[]): SourceBook {
  const book = new SourceBook();
  for (const step of steps) {
    expect(book.judge(step)).toBeUndefined();
    book.take(step);
  }
  return book;
}

const five = [1, 2, 3, 4].map((number) => ({ source: SOURCE, number }));

describe('sequenceStepOf', () => {
  test('reads the number of a statement, and what it opens', () => {
    expect(sequenceStepOf(parseStatement(statementOf(1)))).toBeUndefined();
    expect(sequenceStepOf(parseStatement(numbered(7)))).toEqual({ source: SOURCE, number: 7 });
    expect(sequenceStepOf(parseStatement(opening()))).toEqual(open());
    const predecessor = { source: SOURCE, last: 4 };
    expect(sequenceStepOf(parseStatement(opening(OTHER, predecessor)))).toEqual(
      open(OTHER, predecessor),
    );
  });

  test.each<[string, Uint8Array]>([
    ['an opening without number', changed(opening(), { sequence: undefined })],
    [
      'an opening at another number',
      changed(opening(), { sequence: { source: SOURCE, number: 1 } }),
    ],
    [
      'an opening of another source',
      changed(opening(), { sequence: { source: OTHER, number: 0 } }),
    ],
    [
      'an opening with half a predecessor',
      changed(opening(), { claims: { source: SOURCE, predecessorLast: 1 } }),
    ],
    ['a void of another number', changed(voiding(3), { sequence: { source: SOURCE, number: 4 } })],
    ['a void without number', changed(voiding(3), { sequence: undefined })],
  ])('refuses %s', (_, entry) => {
    expect(() => sequenceStepOf(parseStatement(entry))).toThrow(
      expect.objectContaining({ code: 'LOG_SOURCE_MISMATCH' }),
    );
  });
});

describe('SourceBook', () => {
  test('takes the numbers of a source from its opening on, one after the other', () => {
    const book = bookOf(open(), ...five);
    expect([book.next(SOURCE), book.next(OTHER), book.size]).toEqual([5, undefined, 1]);
  });

  test.each<[string, SequenceStep, string]>([
    ['a source that was not opened', { source: OTHER, number: 0 }, 'unregistered'],
    ['a number that was given', { source: SOURCE, number: 4 }, 'taken'],
    ['a second opening', open(), 'taken'],
    ['a number after the next', { source: SOURCE, number: 6 }, 'gap'],
    ['a predecessor that is not there', open(OTHER, { source: FOREIGN, last: 0 }), 'predecessor'],
    ['a predecessor at a smaller number', open(OTHER, { source: SOURCE, last: 3 }), 'predecessor'],
    ['a predecessor at a larger number', open(OTHER, { source: SOURCE, last: 5 }), 'predecessor'],
    [
      'the end of a source of another system',
      open(FOREIGN, { source: SOURCE, last: 4 }),
      'predecessor',
    ],
    ['itself as predecessor', open(OTHER, { source: OTHER, last: 0 }), 'predecessor'],
  ])('refuses %s', (_, step, fault) => {
    expect(bookOf(open(), ...five).judge(step)).toBe(fault);
  });

  test('closes a source whose place another one takes', () => {
    const book = bookOf(open(), ...five, open(OTHER, { source: SOURCE, last: 4 }));
    expect(book.judge({ source: SOURCE, number: 5 })).toBe('closed');
    expect(book.judge(open(`${SOURCE}0`, { source: SOURCE, last: 4 }))).toBe('predecessor');
    expect(book.judge({ source: OTHER, number: 1 })).toBeUndefined();
  });

  test('goes on behind a gap once it is taken, and not back for a repeat', () => {
    const book = bookOf(open());
    book.take({ source: SOURCE, number: 9 });
    book.take({ source: SOURCE, number: 2 });
    expect(book.next(SOURCE)).toBe(10);
  });

  test('takes the steps of a draft when it is kept', () => {
    const book = bookOf(open());
    const lost = book.draft();
    expect(lost.take({ source: SOURCE, number: 1 })).toBeUndefined();
    expect(lost.take({ source: SOURCE, number: 1 })).toMatchObject({ code: 'LOG_SEQUENCE_TAKEN' });
    expect(book.next(SOURCE)).toBe(1);
    const kept = book.draft();
    for (const number of [1, 2]) expect(kept.take({ source: SOURCE, number })).toBeUndefined();
    kept.keep();
    expect(book.next(SOURCE)).toBe(3);
  });

  test('is the same when it was written down and read', () => {
    const book = bookOf(open(), ...five, open(OTHER, { source: SOURCE, last: 4 }));
    const read = SourceBook.parse(book.format(77));
    expect(read.size).toBe(77);
    expect(read.book.format(77)).toBe(book.format(77));
    expect(read.book.judge({ source: SOURCE, number: 5 })).toBe('closed');
  });

  test.each([
    '',
    '{}',
    '[]',
    '{"format":"anchorlog/sources/1","size":-1,"sources":[]}',
    '{"format":"anchorlog/sources/1","size":1,"sources":[["a"]]}',
  ])('refuses to read %s', (text) => {
    expect(() => SourceBook.parse(text)).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^(LOG_STORE_DAMAGED|CORE_JSON_)/) as unknown,
      }),
    );
  });
});

describe('readSources', () => {
  const entries = [
    statementOf(0),
    opening(),
    numbered(1),
    statementOf(9),
    numbered(2),
    withheld(3),
  ];

  test('derives them from the entries, also from those that are withheld', async () => {
    const book = await readSources(storeOf(entries), entries.length);
    expect(book.next(SOURCE)).toBe(4);
    expect((await readSources(storeOf(entries), 3)).next(SOURCE)).toBe(2);
  });

  test('begins where they were noted, unless that is beyond', async () => {
    const noted = SourceBook.parse(bookOf(open(), ...five).format(5));
    noted.book.take({ source: OTHER, number: 0, opens: {} });
    const text = noted.book.format(5);
    expect((await readSources(storeOf(entries, text), 6)).next(OTHER)).toBe(1);
    expect((await readSources(storeOf(entries, text), 4)).next(OTHER)).toBeUndefined();
  });
});

function changed(
  entry: Uint8Array,
  change: { readonly [name: string]: JsonObject | undefined },
): Uint8Array {
  const members = Object.entries({ ...parseStatement(entry), ...change });
  const kept = members.filter(([, value]) => value !== undefined);
  return canonicalBytes(Object.fromEntries<JsonValue>(kept as [string, JsonValue][])); // a statement is JSON
}

function withheld(number: number): Uint8Array {
  const sequence = { source: SOURCE, number };
  return formatWithheld({ address: 'a/b/c', leafHash: new Uint8Array(32), order: 9, sequence });
}

function storeOf(
  entries: readonly Uint8Array[],
  noted?: string,
): Parameters<typeof readSources>[0] {
  return {
    sources: async () => noted,
    async *entries({ from, to }) {
      yield* entries.slice(from, to);
    },
  };
}
