import { ANCHOR_CODES } from '@anchorlog/anchor';
import { AUDIT_CODES } from '@anchorlog/audit';
import { CORE_CODES, CodedError } from '@anchorlog/core';
import { ESEAL_CODES } from '@anchorlog/eseal';
import { LOG_CODES } from '@anchorlog/log';
import { PROFILES_CODES } from '@anchorlog/profiles';
import { SDK_CODES } from '@anchorlog/sdk';
import { STATEMENT_CODES } from '@anchorlog/statement';
import { TLOG_CODES } from '@anchorlog/tlog';
import { VERIFY_CODES } from '@anchorlog/verify';
import { describe, expect, test } from 'vitest';
import { sayIn } from '../src/language.ts';
import { UsageError, troubleLines, troubleOf } from '../src/trouble.ts';
import { TROUBLES } from '../src/trouble-table.ts';

const codes = Object.keys({
  ...ANCHOR_CODES,
  ...AUDIT_CODES,
  ...CORE_CODES,
  ...ESEAL_CODES,
  ...LOG_CODES,
  ...PROFILES_CODES,
  ...SDK_CODES,
  ...STATEMENT_CODES,
  ...TLOG_CODES,
  ...VERIFY_CODES,
});

describe('troubleOf', () => {
  test('knows only codes that exist', () => {
    expect(Object.keys(TROUBLES).filter((code) => !codes.includes(code))).toEqual([]);
  });

  test('has words in both languages and an exit other than 0 for every code', () => {
    expect(codes.length).toBeGreaterThan(100);
    for (const code of codes) {
      const { exit, what } = troubleOf(new CodedError(code, 'x'));
      expect(exit).not.toBe('ok');
      expect(what[0]).toMatch(/\p{Script=Han}/u);
      expect(what[1]).not.toMatch(/\p{Script=Han}/u);
    }
  });

  test('blames no record and no settings for what a store or the machine did', () => {
    const ofStores = codes.filter((code) =>
      /^(SDK|LOG)_.*_(FAILED|BEHIND|DAMAGED|STOPPED|BUSY)$/.test(code),
    );
    expect(ofStores.length).toBeGreaterThanOrEqual(8);
    for (const code of ofStores) {
      expect(troubleOf(new CodedError(code, 'x')).exit, code).not.toBe('usage');
    }
  });

  test('tells the first trouble where closing failed after it', () => {
    const first = new CodedError('SDK_VAULT_FAILED', 'x');
    const error = new SuppressedError(new CodedError('LOG_FAILED', 'y'), first);
    expect(troubleOf(error).exit).toBe('internal');
    expect(troubleOf(error)).toEqual(troubleOf(first));
    // As the compiler makes it where Node has no such class.
    const made = Object.assign(new Error('x'), { name: 'SuppressedError', suppressed: first });
    expect(troubleOf(made)).toEqual(troubleOf(first));
  });

  test('takes what nobody has foreseen for a fault of the program', () => {
    expect(troubleOf(new TypeError('x is undefined')).exit).toBe('internal');
    expect(troubleOf('text').exit).toBe('internal');
  });

  test('finds a locked database behind the error of who opened it', () => {
    const locked = Object.assign(new Error('locked'), { code: 'LEVEL_LOCKED' });
    const error = Object.assign(new Error('not open', { cause: locked }), {
      code: 'LEVEL_DATABASE_NOT_OPEN',
    });
    expect(troubleOf(error).exit).toBe('unknown');
  });
});

describe('troubleLines', () => {
  const lines = (error: unknown, language: 'zh-CN' | 'en'): string[] =>
    troubleLines(error, troubleOf(error), sayIn(language));

  test('says what happened, what to do, and the code with its own words', () => {
    const error = new CodedError('SDK_ID_UNKNOWN', 'no record of this id was notarized here');
    expect(lines(error, 'en')).toEqual([
      'no such record was notarized here',
      '  compare the id with the one on the receipt',
      '  SDK_ID_UNKNOWN: no record of this id was notarized here',
    ]);
    expect(lines(error, 'zh-CN')[0]).toBe('这里没有存证过这条记录');
  });

  test('says once what needs no more words', () => {
    expect(lines(new UsageError(['甲', 'a']), 'en')).toEqual(['a']);
    const missing = Object.assign(new Error('ENOENT: …'), { code: 'ENOENT', path: 'x.json' });
    expect(lines(missing, 'en')).toEqual(['not found: x.json']);
  });

  test('tells a disk that is full or fails from a fault of the program', () => {
    for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE']) {
      const error = Object.assign(new Error(`${code}: …`), { code, path: 'x' });
      const trouble = troubleOf(error);
      expect(trouble.exit).toBe('internal');
      expect(trouble.todo).toBeDefined();
      expect(lines(error, 'en').at(-1)).toBe(`  ${code}: ${code}: …`);
    }
  });

  test('shows the words of a fault of the program', () => {
    expect(lines(new TypeError('x is undefined'), 'en')).toEqual([
      'an unforeseen fault',
      '  x is undefined',
    ]);
  });
});
