import {
  canonicalBytes,
  formatUtf8,
  parseUtf8,
  sha256,
  type JsonObject,
  type JsonValue,
} from '@anchorlog/core';
import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  issue,
  openDisclosures,
  openKeys,
  parseDisclosure,
  parseRecord,
  parseStatement,
  type IssueContext,
  type LogRecord,
} from '../src/index.ts';
import { contextOf, PROFILE, profileOf, RECORD } from './sample.ts';
import { refusal } from './vectors.ts';

const LEAF = new Uint8Array(32).fill(9);
const FILE = { name: 'a.ofd', size: 7, sha256: '0a'.repeat(32) };
const withClaims = (claims: JsonObject): LogRecord => ({ ...RECORD, claims });
const refusedIssue = (record: LogRecord, more: Partial<IssueContext> = {}): string =>
  refusal(() => issue(record, contextOf(more)));

const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger().map((n) => n + 0),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 5 }), tie('value'), { maxKeys: 3 }),
  ),
}));
const anyIdentifier = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.record({ kind: fc.string(), id: fc.string({ minLength: 1, maxLength: 30 }) }),
  fc.constant(null),
);

describe('issue', () => {
  test('for any values: the entry parses to the statement, and the disclosures open to the values', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            number: anyIdentifier,
            holderName: anyValue,
            holder: anyIdentifier,
            statusTo: anyValue,
            sealId: anyIdentifier,
            details: anyValue,
          },
          { requiredKeys: [] },
        ),
        fc.uint8Array({ minLength: 96, maxLength: 96 }),
        (claims, salts) => {
          const record = parseRecord(withClaims(claims));
          const issued = issue(record, contextOf({ random: () => salts }));
          const statement = parseStatement(issued.entry);
          expect(statement).toEqual(issued.statement);
          expect(canonicalBytes(issued.statement as unknown as JsonObject)).toEqual(issued.entry);
          const { claims: opened } = openDisclosures(
            statement,
            [...issued.disclosures.values()],
            sha256,
          );
          expect(opened.get('/number')).toEqual(record.claims['number'] ?? null);
          expect(opened.get('/holderName')).toEqual(record.claims['holderName'] ?? null);
          expect(opened.get('/files')).toBe(null);
          expect(statement.claims['statusTo']).toEqual(record.claims['statusTo']);
          const keys = openKeys(statement, issued.openings, sha256);
          expect(keys.map((key) => key !== null)).toEqual(
            ['number', 'holder', 'sealId'].map((name) => (record.claims[name] ?? null) !== null),
          );
        },
      ),
    );
  });

  test('makes commitments and keys that node:crypto makes too', () => {
    const { statement, disclosures, openings } = issue(RECORD, contextOf());
    for (const [path, commitment] of Object.entries(statement.commitments)) {
      const text = JSON.stringify(JSON.parse(parseUtf8(disclosures.get(path)!)));
      expect(createHash('sha256').update(text).digest('base64')).toBe(commitment);
    }
    const key = createHmac('sha256', Buffer.alloc(32, 0x0b))
      .update('anchorlog/key/1\0city/1\0holder\x0091999999000000115N')
      .digest('base64');
    expect(parseDisclosure(openings[1]!)).toMatchObject({
      path: '/keys/1',
      value: { keyspace: 'city/1', key },
    });
  });

  test('commits to the fixed set: presence shows neither in names, order nor lengths', () => {
    const shapeOf = (claims: JsonObject): unknown => {
      const { statement } = issue(withClaims(claims), contextOf());
      return [
        Object.entries(statement.commitments).map(([path, hash]) => [path, hash.length]),
        statement.keys.map(({ kind, role, commitment }) => [kind, role, commitment.length]),
        statement.claims,
      ];
    };
    expect(shapeOf({})).toEqual(shapeOf({ number: 'JY1', holderName: '示例', holder: 'a' }));
    expect(shapeOf({})).toEqual(shapeOf({ holderName: null }));
  });

  test('keeps what opens out of the entry, so that destroying the disclosures is erasure', () => {
    const { entry, disclosures } = issue(RECORD, contextOf());
    const text = parseUtf8(entry);
    for (const bytes of disclosures.values()) {
      const { salt, value } = parseDisclosure(bytes);
      expect(text).not.toContain(salt);
      if (typeof value === 'string') expect(text).not.toContain(value);
      if (typeof value === 'object' && value) {
        for (const part of Object.values(value as JsonObject))
          expect(text).not.toContain(JSON.stringify(part).slice(1, -1));
      }
    }
    for (const secret of ['JY1', '91999999000000115N', '示例', 'ZZ-0001', 'city/1']) {
      expect(text).not.toContain(secret);
    }
  });

  test('is the same for the same random bytes, and shares no commitment for others', () => {
    const [a, b] = [issue(RECORD, contextOf()), issue(RECORD, contextOf())];
    expect(a).toEqual(b);
    const c = issue(RECORD, contextOf({ random: (n) => new Uint8Array(n).fill(200) }));
    expect(c.id).toBe(a.id);
    const hashes = new Set(Object.values(a.statement.commitments));
    for (const hash of Object.values(c.statement.commitments)) expect(hashes.has(hash)).toBe(false);
  });

  test('draws all salts at once, 16 bytes for each commitment and key, none twice', () => {
    const draws: number[] = [];
    const { random } = contextOf();
    const { disclosures } = issue(
      RECORD,
      contextOf({
        random: (bytes) => {
          draws.push(bytes);
          return random(bytes);
        },
      }),
    );
    expect(draws).toEqual([16 * (3 + 3)]);
    const salts = [...disclosures.values()].map((bytes) => parseDisclosure(bytes).salt);
    expect(new Set(salts).size).toBe(6);
  });

  test('does not depend on the order of claims', () => {
    const claims = Object.fromEntries(Object.entries(RECORD.claims).toReversed());
    expect(issue(withClaims(claims), contextOf()).entry).toEqual(issue(RECORD, contextOf()).entry);
  });

  test('logs what the log says itself: public claims, no commitment, no randomness asked for', () => {
    const profile = profileOf({
      name: 'log/1',
      events: ['log.create'],
      fields: ['origin', 'suite', 'index', 'anchorBy'].map((name) => ({
        name,
        disclosure: 'public',
      })),
    });
    const record: LogRecord = {
      ...RECORD,
      profile: 'log/1',
      event: 'log.create',
      claims: { origin: 'example.gov/licenses', suite: 'sha256', index: 'none', anchorBy: 24 },
    };
    const { statement, disclosures, openings } = issue(
      record,
      contextOf({
        profile,
        random: () => {
          throw new Error('no salt is needed');
        },
      }),
    );
    expect(statement).toMatchObject({
      commitments: {},
      keys: [],
      links: [],
      claims: record.claims,
    });
    expect([disclosures.size, openings.length]).toEqual([0, 0]);
  });

  test('files the digests of files under the field files, from the context or the record', () => {
    const byPath = { ...RECORD, files: [{ name: 'a.ofd', path: '/a.ofd' }] };
    const byDigest = { ...RECORD, files: [FILE] };
    const both = { ...FILE, sm3: '0c'.repeat(32) };
    for (const [record, more, value] of [
      [byPath, { files: [FILE] }, [FILE]],
      [byDigest, {}, [FILE]],
      [byDigest, { files: [FILE] }, [FILE]],
      [byPath, { files: [both] }, [both]],
      [{ ...RECORD, files: [both] }, {}, [both]],
    ] as const) {
      const { disclosures } = issue(record, contextOf(more));
      expect(parseDisclosure(disclosures.get('/files')!).value).toEqual(value);
    }
  });

  test('refuses files whose digests are missing, too many, or of others', () => {
    const byPath = { ...RECORD, files: [{ name: 'a.ofd', path: '/a.ofd' }] };
    for (const files of [undefined, [], [FILE, FILE], [{ ...FILE, name: 'b.ofd' }]]) {
      expect(refusedIssue(byPath, { files })).toBe('STATEMENT_FILE_UNRESOLVED');
    }
    expect(refusedIssue(RECORD, { files: [FILE] })).toBe('STATEMENT_FILE_UNRESOLVED');
    const other = { ...FILE, sha256: '0b'.repeat(32) };
    expect(refusedIssue({ ...RECORD, files: [FILE] }, { files: [other] })).toBe(
      'STATEMENT_FILE_UNRESOLVED',
    );
    const both = { ...FILE, sm3: '0c'.repeat(32) };
    expect(refusedIssue({ ...RECORD, files: [both] }, { files: [FILE] })).toBe(
      'STATEMENT_FILE_UNRESOLVED',
    );
    const profile = profileOf({ ...PROFILE, events: ['permit.issue'], fields: [] });
    const bare = { ...RECORD, claims: {}, files: [FILE] };
    expect(refusedIssue(bare, { profile })).toBe('STATEMENT_CLAIM_UNKNOWN');
  });

  test('refuses links that are not resolved one by one', () => {
    const record: LogRecord = { ...RECORD, links: [{ rel: 'sealedBy', key: 'a' }] };
    expect(
      issue(record, contextOf({ links: [{ rel: 'sealedBy', leaf: LEAF }] })).statement.links,
    ).toEqual([{ rel: 'sealedBy', leaf: 'CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=' }]);
    const two = { rel: 'sealedBy', leaf: LEAF };
    for (const links of [undefined, [], [two, two], [{ rel: 'reads', leaf: LEAF }]]) {
      expect(refusedIssue(record, { links })).toBe('STATEMENT_LINK_UNRESOLVED');
    }
    expect(refusedIssue(RECORD, { links: [two] })).toBe('STATEMENT_LINK_UNRESOLVED');
  });

  test('refuses a record of another profile, event, issuer, or with claims that the profile has not', () => {
    expect(refusedIssue({ ...RECORD, profile: 'sample.permit/2' })).toBe(
      'STATEMENT_PROFILE_MISMATCH',
    );
    expect(refusedIssue({ ...RECORD, event: 'permit.change' })).toBe('STATEMENT_EVENT_UNKNOWN');
    expect(refusedIssue(withClaims({ holderCode: 'a' }))).toBe('STATEMENT_CLAIM_UNKNOWN');
    expect(refusedIssue(withClaims({ files: [] }))).toBe('STATEMENT_CLAIM_UNKNOWN');
    expect(refusedIssue(withClaims({ constructor: 1 }))).toBe('STATEMENT_CLAIM_UNKNOWN');
    const org = '1199999900000006XQ';
    for (const issuer of [
      { org, system: 'other' },
      { org: '91999999000000115N', system: 'permit-make' },
    ]) {
      expect(refusedIssue({ ...RECORD, issuer })).toBe('STATEMENT_ISSUER_MISMATCH');
    }
    expect(refusedIssue({ ...RECORD, issuer: { org, system: 'permit-make', name: '虚构' } })).toBe(
      'accepted',
    );
  });

  test('refuses key fields that hold no identifier', () => {
    for (const holder of [
      '',
      'a'.repeat(513),
      1,
      true,
      [],
      {},
      { id: 'a' },
      { kind: 'uscc' },
      { kind: 'uscc', id: '' },
      { kind: 'uscc', id: 1 },
      { kind: 1, id: 'a' },
      { kind: 'uscc', id: 'a', name: 'b' },
    ]) {
      expect(refusedIssue(withClaims({ holder })), JSON.stringify(holder)).toBe(
        'STATEMENT_KEY_VALUE',
      );
    }
  });

  test('refuses a keyspace with a name of another form', () => {
    const secret = new Uint8Array(32);
    for (const keyspace of ['', 'City', 'a\u0000b', 'a b', 'a'.repeat(65)]) {
      expect(refusedIssue(RECORD, { keyspaces: () => ({ keyspace, secret }) })).toBe(
        'STATEMENT_KEY_NAME',
      );
    }
  });

  test('refuses a sequence of another source, before anything is drawn', () => {
    const sequence = { source: '1199999900000006XQ/other/1', number: 0 };
    const random = (): never => expect.unreachable();
    expect(refusedIssue(RECORD, { sequence, random })).toBe('STATEMENT_SEQUENCE_SOURCE');
  });

  test('refuses times and ids of another form', () => {
    expect(refusedIssue(RECORD, { recordedTime: '2026-03-12' })).toBe('STATEMENT_TIME_FORM');
    expect(refusedIssue({ ...RECORD, eventTime: 'now' })).toBe('STATEMENT_TIME_FORM');
    expect(refusedIssue({ ...RECORD, id: 'a' })).toBe('STATEMENT_ID_FORM');
  });

  test('refuses an entry of 65,536 bytes and accepts one of 65,535, the signature counted in', () => {
    const sized = (more: Partial<IssueContext>): [number, (length: number) => string] => {
      const claims = (length: number): JsonObject => ({
        details: [
          ...Array<string>(Math.floor(length / 10_000)).fill('a'.repeat(10_000)),
          'a'.repeat(length % 10_000),
        ],
      });
      const base = issue(withClaims(claims(50_000)), contextOf(more)).entry.length - 50_000;
      return [base, (length) => refusedIssue(withClaims(claims(length)), more)];
    };
    const [base, refused] = sized({});
    expect(refused(65_535 - base - 3)).toBe('accepted');
    expect(refused(65_535 - base + 1 - 3)).toBe('STATEMENT_ENTRY_LENGTH');
    const signer = { alg: 'Ed25519', keyId: 'A'.repeat(43) } as const;
    const [signedBase, signedRefused] = sized({ signer });
    expect(signedRefused(65_535 - signedBase - 3 - 99)).toBe('accepted');
    expect(signedRefused(65_535 - signedBase - 3 - 98)).toBe('STATEMENT_ENTRY_LENGTH');
  });

  test('refuses public claims that parsing would refuse, and accepts the largest that it accepts', () => {
    const nest = (levels: number): JsonValue => (levels === 0 ? 1 : [nest(levels - 1)]);
    const fits: JsonValue[] = ['a'.repeat(16_384), nest(14), Array<number>(2000).fill(0)];
    for (const details of fits) {
      parseStatement(issue(withClaims({ details }), contextOf()).entry);
    }
    const exceeds = [
      'a'.repeat(16_385),
      nest(15),
      Array<number>(2048).fill(0),
      { ['a'.repeat(16_385)]: 1 },
    ];
    for (const details of exceeds) {
      expect(refusedIssue(withClaims({ details }))).toBe('STATEMENT_ENTRY_LIMIT');
    }
  });

  test('refuses a committed value whose disclosure would be over 1,048,576 bytes', () => {
    const long = (count: number): JsonValue => ['a'.repeat(500_000), 'a'.repeat(count)];
    const { disclosures } = issue(withClaims({ holderName: long(548_000) }), contextOf());
    const rest = 1_048_576 - disclosures.get('/holderName')!.length;
    const fits = issue(withClaims({ holderName: long(548_000 + rest) }), contextOf());
    expect(parseDisclosure(fits.disclosures.get('/holderName')!).path).toBe('/holderName');
    expect(refusedIssue(withClaims({ holderName: long(548_001 + rest) }))).toBe(
      'STATEMENT_DISCLOSURE_LENGTH',
    );
  });

  test('takes a context out of range for a mistake of the caller', () => {
    const short = new Uint8Array(31);
    for (const more of [
      { idSecret: short },
      { keyspaces: () => ({ keyspace: 'city/1', secret: short }) },
      { random: () => short },
      { log: '' },
      { issuer: { org: '', system: 'a' } },
      { issuer: { org: 'a', system: 'a/b' } },
      { signer: { alg: 'Ed25519', keyId: '' } },
    ] satisfies Partial<IssueContext>[]) {
      expect(() => issue(RECORD, contextOf(more))).toThrow(RangeError);
    }
    const linked: LogRecord = { ...RECORD, links: [{ rel: 'a', key: 'a' }] };
    expect(() => issue(linked, contextOf({ links: [{ rel: 'a', leaf: short }] }))).toThrow(
      RangeError,
    );
    const links = [{ rel: 'a', leaf: LEAF, log: 'a b' }];
    expect(() => issue(linked, contextOf({ links }))).toThrow(RangeError);
  });

  test('takes a profile that no statement could follow for a mistake of the caller', () => {
    const key = { kind: 'a', role: 'self' };
    for (const fields of [
      [{ name: 'a-b', disclosure: 'public' }],
      [
        { name: 'a', disclosure: 'public' },
        { name: 'a', disclosure: 'public' },
      ],
      [{ name: 'a', disclosure: 'key' }],
      [{ name: 'a', disclosure: 'public', key: { kind: 'A', role: 'self' } }],
      [{ name: 'a', disclosure: 'public', key: { kind: 'a', role: '' } }],
      [
        { name: 'a', disclosure: 'public', key },
        { name: 'b', disclosure: 'public', key },
      ],
      [{ name: 'files', disclosure: 'public' }],
    ] as const) {
      const profile = profileOf({ name: PROFILE.name, events: ['permit.issue'], fields });
      expect(() => issue(withClaims({}), contextOf({ profile }))).toThrow(TypeError);
    }
    for (const sketch of [
      { name: 'sample', events: ['permit.issue'] },
      { name: PROFILE.name, events: ['permit issue'] },
    ]) {
      const profile = profileOf({ ...sketch, fields: [] });
      expect(() => issue(withClaims({}), contextOf({ profile }))).toThrow(TypeError);
    }
  });

  test('copies only the members that it knows from its context', () => {
    const issued = issue(
      RECORD,
      contextOf({
        issuer: { org: 'a', system: 'b', name: 'c' } as IssueContext['issuer'],
        sequence: { source: 'a/b/1', number: 0, last: 1 } as IssueContext['sequence'],
      }),
    );
    expect(refusal(() => parseStatement(issued.entry))).toBe('accepted');
  });

  test('keeps the commitments of one statement in one buffer, without bytes of others', () => {
    const { disclosures } = issue(RECORD, contextOf());
    for (const bytes of disclosures.values()) {
      expect(parseUtf8(bytes)).toMatch(/^\["anchorlog\/commitment\/1".*\]$/);
      expect(formatUtf8(parseUtf8(bytes))).toEqual(Uint8Array.from(bytes));
    }
  });
});
