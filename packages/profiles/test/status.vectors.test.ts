import { readFileSync } from 'node:fs';
import {
  statusOn,
  type StatusAnswer,
  type StatusEntry,
  type StatusQuestion,
} from '@anchorlog/profiles/status';
import { describe, expect, test } from 'vitest';

interface Vectors {
  readonly cases: readonly {
    readonly name: string;
    readonly entries: readonly StatusEntry[];
    readonly question: StatusQuestion;
    readonly answer: StatusAnswer;
  }[];
}

describe.each(['license', 'seal'])('statusOn of a %s', (kind) => {
  const file = new URL(`../../../vectors/status/${kind}.json`, import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as Vectors; // our own file

  test.each(cases)('answers as written: $name', ({ entries, question, answer }) => {
    const { validFrom: _from, validTo: _to, ...given } = statusOn(entries, question);
    expect(given).toEqual(answer);
  });
});
