import { describe, expect, test } from 'vitest';
import { canonicalBytes, formatUtf8 } from '@anchorlog/core';
import { admit, checkCreation } from '../src/admission.ts';
import { ORIGIN, creationOf, statementOf } from './support/fixture.ts';

const CONFIG = { origin: ORIGIN, suite: 'sha256' } as const;

const RULES = { origin: ORIGIN, keys: undefined };

describe('admit', () => {
  test('takes a statement for this log and gives its address', () => {
    const bytes = statementOf(7);
    const { entry, address } = admit(bytes, RULES);
    expect(Uint8Array.from(entry)).toEqual(bytes);
    expect(address).toBe('11999999000000001X/license-make/5c1f0000-0000-8000-8000-000000000007');
  });

  test('refuses a statement for another log', () => {
    expect(() => admit(statementOf(7, { log: 'example.gov/seals' }), RULES)).toThrow(
      expect.objectContaining({ code: 'LOG_ORIGIN_MISMATCH' }),
    );
  });

  test('tells which number of which source a statement bears', () => {
    const sequence = { source: '11999999000000001X/license-make/1', number: 3 };
    expect(admit(statementOf(7, { sequence }), RULES).sequence).toEqual(sequence);
    expect(admit(statementOf(7), RULES).sequence).toBeUndefined();
  });

  test('refuses a second log.create', () => {
    expect(() => admit(creationOf(), RULES)).toThrow(
      expect.objectContaining({ code: 'LOG_CREATE_REPEATED' }),
    );
  });

  test('refuses more than 65,535 bytes', () => {
    const claims = Object.fromEntries(
      Array.from({ length: 5 }, (_, i) => [`text${i}`, 'x'.repeat(16_000)]),
    );
    expect(() => admit(statementOf(7, { claims }), RULES)).toThrow(
      expect.objectContaining({ code: 'STATEMENT_ENTRY_LENGTH' }),
    );
  });

  test.each([
    ['JSON that is not canonical', formatUtf8(`${new TextDecoder().decode(statementOf(7))} `)],
    ['an array', formatUtf8('[]')],
    ['nothing', new Uint8Array(0)],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['an object that is no statement', canonicalBytes({ log: ORIGIN })],
  ])('refuses %s', (_, bytes) => {
    expect(() => admit(bytes, RULES)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(STATEMENT|CORE)_/) as unknown }),
    );
  });
});

describe('checkCreation', () => {
  test('takes the log.create of this configuration and gives the promise of its receipts', () => {
    expect(checkCreation(creationOf({ anchorBy: 2 }), CONFIG).anchorByMs).toBe(7_200_000);
  });

  test.each([
    ['another origin claimed', creationOf({ origin: 'example.gov/seals' })],
    ['issued for another log', creationOf({}, { log: 'example.gov/seals' })],
    ['another suite', creationOf({ suite: 'sm3' })],
    ['an index', creationOf({ index: 'index/1' })],
    ['no promise', creationOf({ anchorBy: 0 })],
    ['a promise of more than a year', creationOf({ anchorBy: 8761 })],
    ['another event', creationOf({}, { event: 'erasure' })],
    ['another profile', creationOf({}, { profile: 'license.lifecycle/1' })],
    ['a sequence', creationOf({}, { sequence: { source: '11999999000000001X/log/1', number: 0 } })],
    ['no statement', formatUtf8('{}')],
  ])('refuses %s', (_, bytes) => {
    expect(() => checkCreation(bytes, CONFIG)).toThrow(
      expect.objectContaining({ code: 'LOG_CREATE_MISMATCH' }),
    );
  });
});
