import { describe, expect, test } from 'vitest';
import { sayIn } from '../src/language.ts';
import { Progress } from '../src/progress.ts';

function watch(
  isTTY: boolean,
  total?: number,
  began = 0,
): { written: string[]; at: (ms: number, done: number) => void; end: () => void } {
  const written: string[] = [];
  let now = began;
  const screen = { isTTY, write: (text: string) => written.push(text) };
  const progress = new Progress({
    what: 'entries',
    total,
    say: sayIn('en'),
    screen,
    clock: () => now,
  });
  const at = (ms: number, done: number): void => {
    now = began + ms;
    progress.update(done);
  };
  return { written, at, end: () => progress.end() };
}

describe('Progress', () => {
  test('says nothing about what takes less than a second', () => {
    const { written, at, end } = watch(true);
    at(500, 10);
    at(999, 20);
    end();
    expect(written).toEqual([]);
  });

  test('draws a bar with rate and time left in a terminal, and clears it', () => {
    const { written, at, end } = watch(true, 4000);
    at(1000, 1000);
    at(1050, 1050); // too soon
    at(2000, 2000);
    end();
    expect(written).toEqual([
      '\r\u001b[K██████░░░░░░░░░░░░░░░░░░ 25 %  entries: 1,000/4,000, 1,000/s, 3 s left',
      '\r\u001b[K████████████░░░░░░░░░░░░ 50 %  entries: 2,000/4,000, 1,000/s, 2 s left',
      '\r\u001b[K',
    ]);
  });

  test.each([0, 9500])(
    'writes a line every ten seconds elsewhere, begun %i ms after the process',
    (began) => {
      const { written, at, end } = watch(false, undefined, began);
      for (let ms = 0; ms <= 25_000; ms += 500) at(ms, ms);
      end();
      expect(written).toEqual(['entries: 10,000, 1,000/s\n', 'entries: 20,000, 1,000/s\n']);
    },
  );
});
