import { canonicalBytes } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import { COMMITMENT_TAG, issue, parseDisclosure, selectDisclosures } from '../src/index.ts';
import { contextOf, RECORD } from './sample.ts';
import { refusal } from './vectors.ts';

const { id, statement, disclosures } = issue(RECORD, contextOf());

describe('parseDisclosure', () => {
  test('gives salt, address, path and value', () => {
    expect(parseDisclosure(disclosures.get('/holderName')!)).toEqual({
      salt: 'EBESExQVFhcYGRobHB0eHw',
      address: `${statement.issuer.org}/${statement.issuer.system}/${id}`,
      path: '/holderName',
      value: '示例',
    });
  });

  test('refuses one byte over 1,048,576 before it reads any', () => {
    const sized = (length: number): Uint8Array => {
      const make = (a: number, b: number): Uint8Array =>
        canonicalBytes([
          COMMITMENT_TAG,
          'A'.repeat(22),
          `a/b/${id}`,
          '/a',
          ['a'.repeat(a), 'b'.repeat(b)],
        ]);
      return make(500_000, length - make(500_000, 0).length);
    };
    expect(refusal(() => parseDisclosure(sized(1_048_576)))).toBe('accepted');
    expect(refusal(() => parseDisclosure(sized(1_048_577)))).toBe('STATEMENT_DISCLOSURE_LENGTH');
    expect(refusal(() => parseDisclosure(new Uint8Array(1_048_577)))).toBe(
      'STATEMENT_DISCLOSURE_LENGTH',
    );
  });
});

describe('selectDisclosures', () => {
  test('gives those asked for, in the order asked', () => {
    expect(selectDisclosures(disclosures, ['/keys/0', '/holderName'])).toEqual([
      disclosures.get('/keys/0'),
      disclosures.get('/holderName'),
    ]);
    expect(selectDisclosures(disclosures, [])).toEqual([]);
  });

  test('refuses a path that has none and one asked for twice', () => {
    expect(refusal(() => selectDisclosures(disclosures, ['/statusTo']))).toBe(
      'STATEMENT_DISCLOSURE_ABSENT',
    );
    expect(refusal(() => selectDisclosures(disclosures, ['/number', '/number']))).toBe(
      'STATEMENT_DISCLOSURE_REPEATED',
    );
  });
});
