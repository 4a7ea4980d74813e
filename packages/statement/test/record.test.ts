import { formatUtf8 } from '@anchorlog/core';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRecord } from '../src/index.ts';
import { refusal } from './vectors.ts';

const ID = '5e68cb7b-2baf-83c6-a692-92e4a466f564';
const RECORD = {
  profile: 'sample.permit/1',
  event: 'permit.issue',
  key: 'ZZ-0001',
  eventTime: '2026-03-12T10:15:02.120+08:00',
  claims: { number: 'JY1', details: { a: [1, null, true] } },
};
const DIGEST = { name: 'a.ofd', size: 1, sha256: '0a'.repeat(32) };

describe('parseRecord', () => {
  test('reads the same record from text, bytes and a value', () => {
    expect(parseRecord(JSON.stringify(RECORD))).toEqual(RECORD);
    expect(parseRecord(formatUtf8(JSON.stringify(RECORD, null, 2)))).toEqual(RECORD);
    expect(parseRecord(RECORD)).toEqual(RECORD);
  });

  test('reads every optional member', () => {
    const { key: _, ...rest } = RECORD;
    const full = {
      ...rest,
      id: ID,
      issuer: { org: '1199999900000006XQ', system: 'a', name: '虚构', region: '999900' },
      files: [{ name: 'a.ofd', path: '/a.ofd' }, DIGEST],
      links: [
        { rel: 'sealedBy', key: 'YZ-0001' },
        { rel: 'supersedes', id: ID },
      ],
      traceId: '0af7651916cd43dd8448eb211c80319c',
      retention: 'P30Y',
    };
    expect(parseRecord(full)).toEqual(full);
    expect(parseRecord({ ...RECORD, issuer: { org: 'a', system: 'b' } }).issuer).toEqual({
      org: 'a',
      system: 'b',
    });
  });

  test('copies a value: what its owner changes later changes nothing', () => {
    const input = structuredClone(RECORD);
    const record = parseRecord(input);
    input.claims.details.a.push(2);
    input.claims.number = 'JY2';
    expect(record).toEqual(RECORD);
  });

  test('takes undefined members as absent, and minus zero as zero', () => {
    const record = parseRecord({ ...RECORD, issuer: undefined, claims: { a: undefined, b: -0 } });
    expect(Object.keys(record)).not.toContain('issuer');
    expect(record.claims).toEqual({ b: 0 });
  });

  test('keeps members named __proto__ inside values as ordinary ones', () => {
    const text = JSON.stringify(RECORD).replace('{"a":', '{"__proto__":{"x":1},"a":');
    for (const input of [text, JSON.parse(text) as unknown]) {
      const { details } = parseRecord(input).claims as { details: object };
      expect(Object.keys(details)).toEqual(['__proto__', 'a']);
      expect('x' in details).toBe(false);
    }
  });

  const mutants: Readonly<Record<string, unknown>> = {
    'no record': undefined,
    'a number': 1,
    'an array': [RECORD],
    'no profile': { ...RECORD, profile: undefined },
    'no event': { ...RECORD, event: undefined },
    'no event time': { ...RECORD, eventTime: undefined },
    'no claims': { ...RECORD, claims: undefined },
    'claims that are an array': { ...RECORD, claims: [] },
    'neither key nor id': { ...RECORD, key: undefined },
    'both key and id': { ...RECORD, id: ID },
    'an empty key': { ...RECORD, key: '' },
    'a key of 257 characters': { ...RECORD, key: 'a'.repeat(257) },
    'a key that is a number': { ...RECORD, key: 17 },
    'an unknown member': { ...RECORD, type: 'license' },
    'a statement member': { ...RECORD, recordedTime: RECORD.eventTime },
    'a profile without version': { ...RECORD, profile: 'sample.permit' },
    'an event with a space': { ...RECORD, event: 'permit issue' },
    'an event time that is a number': { ...RECORD, eventTime: 0 },
    'an issuer without system': { ...RECORD, issuer: { org: 'a' } },
    'an issuer with an unknown member': { ...RECORD, issuer: { org: 'a', system: 'b', id: 1 } },
    'an issuer with NUL': { ...RECORD, issuer: { org: 'a\u0000', system: 'b' } },
    'a claim named files': { ...RECORD, claims: { files: [] } },
    'a claim with a name of another form': { ...RECORD, claims: { 'a.b': 1 } },
    'a claim without a name': { ...RECORD, claims: { '': 1 } },
    'files that are an object': { ...RECORD, files: {} },
    'a file with neither path nor digest': { ...RECORD, files: [{ name: 'a' }] },
    'a file with both': { ...RECORD, files: [{ ...DIGEST, path: 'a' }] },
    'a file with a digest in upper case': {
      ...RECORD,
      files: [{ ...DIGEST, sha256: '0A'.repeat(32) }],
    },
    'a file with another SM3 digest than 64 digits': {
      ...RECORD,
      files: [{ ...DIGEST, sm3: '0a'.repeat(31) }],
    },
    'a file with a path and an SM3 digest': {
      ...RECORD,
      files: [{ name: 'a', path: 'a', sm3: '0a'.repeat(32) }],
    },
    'a file with a negative size': { ...RECORD, files: [{ ...DIGEST, size: -1 }] },
    'a file without a name': { ...RECORD, files: [{ ...DIGEST, name: '' }] },
    'over 256 files': { ...RECORD, files: Array.from({ length: 257 }, () => DIGEST) },
    'a link without relation': { ...RECORD, links: [{ key: 'a' }] },
    'a link without key and id': { ...RECORD, links: [{ rel: 'a' }] },
    'a link with both': { ...RECORD, links: [{ rel: 'a', key: 'a', id: ID }] },
    'a link with a leaf': { ...RECORD, links: [{ rel: 'a', leaf: 'a' }] },
    'over 256 links': {
      ...RECORD,
      links: Array.from({ length: 257 }, () => ({ rel: 'a', key: 'a' })),
    },
    'a trace id in upper case': { ...RECORD, traceId: '0AF7651916CD43DD8448EB211C80319C' },
    'a retention that is no duration': { ...RECORD, retention: '30 years' },
  };

  test.each(Object.entries(mutants).slice(2))('refuses %s', (_, mutant) => {
    expect(refusal(() => parseRecord(mutant))).toBe('STATEMENT_RECORD_SHAPE');
    const text = JSON.stringify(mutant);
    expect(refusal(() => parseRecord(text))).toBe('STATEMENT_RECORD_SHAPE');
  });

  test('says of a claim named files where files belong', () => {
    const claims = { ...RECORD.claims, files: [] };
    expect(() => parseRecord({ ...RECORD, claims })).toThrow(
      expect.objectContaining({
        message:
          'record /claims/files: expected no claim named files: files are a member of the record itself',
        context: { at: '/claims/files' },
      }),
    );
  });

  test('refuses values that are no record at all', () => {
    expect(refusal(() => parseRecord(1))).toBe('STATEMENT_RECORD_SHAPE');
    expect(refusal(() => parseRecord(null))).toBe('STATEMENT_RECORD_SHAPE');
    expect(refusal(() => parseRecord(undefined))).toBe('STATEMENT_RECORD_VALUE');
  });

  test('refuses ids and times of another form', () => {
    const id = ID.replace('-8', '-4');
    expect(refusal(() => parseRecord({ ...RECORD, key: undefined, id }))).toBe('STATEMENT_ID_FORM');
    expect(refusal(() => parseRecord({ ...RECORD, links: [{ rel: 'a', id }] }))).toBe(
      'STATEMENT_ID_FORM',
    );
    expect(refusal(() => parseRecord({ ...RECORD, eventTime: '2026-03-12' }))).toBe(
      'STATEMENT_TIME_FORM',
    );
  });

  const nest = (levels: number): unknown => (levels === 0 ? 1 : [nest(levels - 1)]);

  test.each<[string, unknown]>([
    ['a fraction', 1.5],
    ['an integer beyond 2^53 - 1', 2 ** 53],
    ['NaN', Number.NaN],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a date', new Date(0)],
    ['bytes', new Uint8Array(1)],
    ['a map', new Map()],
    ['a class instance', new Error('a')],
    ['undefined in an array', [undefined]],
    ['a hole in an array', Array(1)],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['a string over 1,000,000 characters', 'a'.repeat(1_000_001)],
    ['a value nested to 17 levels', nest(17)],
    ['over 65,536 members and items', Array(65_536).fill(0)],
  ])('refuses a value that hashed JSON cannot hold: %s', (_, value) => {
    const record = { ...RECORD, claims: { a: value } };
    expect(refusal(() => parseRecord(record))).toBe('STATEMENT_RECORD_VALUE');
  });

  test('refuses a cycle by its depth', () => {
    const claims: Record<string, unknown> = {};
    claims['a'] = claims;
    expect(refusal(() => parseRecord({ ...RECORD, claims }))).toBe('STATEMENT_RECORD_VALUE');
  });

  test('accepts a value nested to 16 levels, as text and as value', () => {
    const record = { ...RECORD, claims: { a: nest(16) } };
    expect(parseRecord(record)).toEqual(parseRecord(JSON.stringify(record)));
  });

  test('refuses text with the codes of strict JSON', () => {
    const text = JSON.stringify(RECORD);
    expect(refusal(() => parseRecord(text.replace('"event"', '"event":1,"event"')))).toBe(
      'CORE_JSON_DUPLICATE',
    );
    expect(refusal(() => parseRecord(text.replace('[1,', '[1.5,')))).toBe('CORE_JSON_NUMBER');
    expect(refusal(() => parseRecord(`${text}1`))).toBe('CORE_JSON_TRAILING');
    expect(refusal(() => parseRecord(Uint8Array.of(0xff)))).toBe('CORE_UTF8_MALFORMED');
    expect(refusal(() => parseRecord(text.padEnd(4_194_305)))).toBe('CORE_JSON_LIMIT');
  });

  test('names where, and never a value', () => {
    const secret = 'JY3999900000017';
    try {
      parseRecord({ ...RECORD, claims: { number: secret, a: 0.5 } });
      expect.unreachable();
    } catch (error) {
      expect(String(error)).toContain('/claims/a');
      expect(String(error)).not.toContain(secret);
    }
  });
});

// The sample records beside the checkout.
const SAMPLES = new URL('../../../../shared/profiles/records/', import.meta.url);

describe('the sample records', () => {
  test.skipIf(!existsSync(SAMPLES))('are all records', () => {
    const names = readdirSync(SAMPLES);
    expect(names.length).toBeGreaterThanOrEqual(14);
    for (const name of names) {
      const bytes = readFileSync(new URL(name, SAMPLES));
      expect(parseRecord(bytes), name).toEqual(JSON.parse(bytes.toString()));
    }
  });
});
