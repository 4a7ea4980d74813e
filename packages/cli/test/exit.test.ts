import { readFile } from 'node:fs/promises';
import { STEP_CODES, resultOf, troubleOf, type StepCode, type Verdict } from '@anchorlog/verify';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../src/exit.ts';
import { exitOfVerdict } from '../src/verdict-exit.ts';

describe('EXIT', () => {
  test('gives every meaning its own code', () => {
    const codes = Object.values(EXIT).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('is the table of the README', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const rows = [...readme.matchAll(/^\| +(\d+) \| `(\w+)` +\| (.+?) +\|$/gm)].map(
      ([, code, name, when]) => [Number(code), name, when],
    );
    expect(rows).toEqual(
      Object.entries(EXIT).map(([name, { code, when }]) => [code, name, when[1]]),
    );
  });
});

describe('exitOfVerdict', () => {
  const verdict = (parts: Partial<Verdict>): Verdict => ({
    outcome: 'verified',
    steps: [],
    claims: { public: {}, opened: {}, withheld: [] },
    times: {},
    anchors: [],
    evidenceKinds: [],
    status: { state: 'notAsked' },
    policy: { name: '', date: '', digest: '' },
    ...parts,
  });

  test('is 0 for verified where no date was asked, and where it was valid on the date', () => {
    expect(exitOfVerdict(verdict({}))).toBe('ok');
    expect(exitOfVerdict(verdict({ status: { state: 'valid', on: '2026-06-30' } }))).toBe('ok');
  });

  test.for(['revoked', 'expired', 'suspended', 'notApplicable', 'unknown'] as const)(
    'is not 0 for verified and %s on the asked date',
    (state) => {
      expect(exitOfVerdict(verdict({ status: { state, on: '2026-06-30' } }))).toBe('notValid');
    },
  );

  test('tells refuted from pending', () => {
    expect(exitOfVerdict(verdict({ outcome: 'refuted', reason: 'inclusion.mismatch' }))).toBe(
      'refuted',
    );
    expect(exitOfVerdict(verdict({ outcome: 'pending', reason: 'evidence.pending' }))).toBe(
      'pending',
    );
  });

  test('says of every unknown whether trust, the program or a part of the proof is lacking', () => {
    const codes = Object.keys(STEP_CODES) as StepCode[]; // the keys of the table
    const unknown = codes.filter((code) => resultOf(code) === 'unknown');
    expect(unknown.length).toBeGreaterThan(10);
    for (const reason of unknown) {
      const exit = { untrusted: 'untrusted', unsupported: 'unsupported' }[
        String(troubleOf(reason))
      ];
      expect(exitOfVerdict(verdict({ outcome: 'unknown', reason }))).toBe(exit ?? 'unknown');
    }
  });
});
