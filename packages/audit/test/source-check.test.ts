import { formatWithheld, parseWithheld } from '@anchorlog/log';
import type { Statement } from '@anchorlog/statement';
import { describe, expect, test } from 'vitest';
import { Findings } from '../src/finding.ts';
import { SourceCheck, type SourceReport } from '../src/source-check.ts';

const SOURCE = '1199999900000006XQ/share/1';

/** As far as a source is concerned. */
function statement(number: number | undefined, change: Partial<Statement> = {}): Statement {
  return {
    profile: 'access/1',
    event: 'access.read',
    claims: {},
    ...(number !== undefined && { sequence: { source: SOURCE, number } }),
    ...change,
  } as Statement;
}

const OPEN = statement(0, { profile: 'log/1', event: 'source.open', claims: { source: SOURCE } });

function voided(number: number): Statement {
  return statement(number, {
    profile: 'log/1',
    event: 'source.void',
    claims: { source: SOURCE, number },
  });
}

function check(
  statements: readonly (Statement | 'withheld')[],
): SourceReport & { readonly found: unknown } {
  const findings = new Findings();
  const taker = new SourceCheck(findings);
  for (const [i, each] of statements.entries()) {
    if (each === 'withheld') {
      const bytes = formatWithheld({
        address: 'a/b/c',
        leafHash: new Uint8Array(32),
        order: 9,
        sequence: { source: SOURCE, number: i },
      });
      taker.takeWithheld(parseWithheld(bytes)!, i);
    } else {
      taker.take(each, i);
    }
  }
  const found = findings.listed.map(({ facts }) => [
    facts['index'],
    facts['cause'],
    facts['expected'],
  ]);
  return { ...taker.report(), found };
}

describe('SourceCheck', () => {
  test('counts sources, numbers, and those that are void', () => {
    expect(check([OPEN, statement(undefined), statement(1), voided(2)])).toEqual({
      opened: 1,
      numbered: 3,
      voided: 1,
      found: [],
    });
  });

  test('finds each gap once, and goes on behind it', () => {
    const { found } = check([OPEN, statement(1), statement(5), statement(6), statement(9)]);
    expect(found).toEqual([
      [2, 'gap', 2],
      [4, 'gap', 7],
    ]);
  });

  test('finds numbers given twice, and what was taken out of its order', () => {
    const { found } = check([OPEN, statement(2), statement(1), statement(3)]);
    expect(found).toEqual([
      [1, 'gap', 1],
      [2, 'taken', 3],
    ]);
  });

  test('finds a source that was not opened', () => {
    expect(check([statement(0), statement(1)]).found).toEqual([[0, 'unregistered', 0]]);
  });

  test('finds what closes the source of another system, and what comes after an end', () => {
    const claims = { predecessorSource: SOURCE, predecessorLast: 0 };
    const foreign = { source: '1199999900000006XQ/other/1', number: 0 };
    const own = { source: '1199999900000006XQ/share/2', number: 0 };
    const log = { profile: 'log/1', event: 'source.open' };
    const statements = [
      OPEN,
      statement(0, { ...log, sequence: foreign, claims: { ...claims, source: foreign.source } }),
      statement(0, { ...log, sequence: own, claims: { ...claims, source: own.source } }),
      statement(1),
    ];
    expect(check(statements).found).toEqual([
      [1, 'predecessor', 0],
      [3, 'closed', 1],
    ]);
  });

  test('finds an opening that does not stand at the place that it names', () => {
    const findings = check([
      statement(3, { profile: 'log/1', event: 'source.open', claims: { source: SOURCE } }),
    ]);
    expect(findings.found).toEqual([[0, 'LOG_SOURCE_MISMATCH', undefined]]);
  });

  test('counts the number of an entry that is withheld', () => {
    expect(check([OPEN, 'withheld', statement(2)])).toMatchObject({ numbered: 3, found: [] });
  });
});
