import { PROFILES, STATUS_STATES } from '@anchorlog/profiles';
import { statusOn, type StatusEntry, type StatusQuestion } from '@anchorlog/profiles/status';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const AUTHORITY = '1199999900000006XQ';
const DAY = 86_400_000;
const BEGIN = Date.parse('2026-01-01T00:00:00+08:00');
const ASKED: StatusQuestion = {
  kind: 'license',
  on: '2026-02-01',
  authorities: [AUTHORITY],
  knownAt: { size: 100, time: BEGIN + 100 * DAY },
  knownThen: { size: 50 },
  now: BEGIN + 100 * DAY,
  maxStatusAge: 86_400,
};

const leaf = (index: number): string => `leaf ${index}`;
const entryArbitrary: fc.Arbitrary<StatusEntry> = fc
  .record({
    index: fc.nat(119),
    day: fc.nat(60),
    state: fc.constantFrom(
      'valid',
      'suspended',
      'revoked',
      'withdrawn',
      'transferred',
      'cancelled',
    ),
    org: fc.constantFrom(AUTHORITY, AUTHORITY, AUTHORITY, '91999999000003017W'),
    annuls: fc.option(fc.nat(119), { nil: undefined }),
  })
  .map(({ index, day, state, org, annuls }) => ({
    index,
    leafHash: leaf(index),
    role: 'self',
    statement: {
      profile: 'license.lifecycle/1',
      issuer: { org },
      claims: { statusTo: state, effectiveTime: new Date(BEGIN + day * DAY).toISOString() },
      links: annuls === undefined ? [] : [{ rel: 'annuls', leaf: leaf(annuls) }],
    },
  }));
const entriesArbitrary = fc.uniqueArray(entryArbitrary, {
  selector: ({ index }) => index,
  maxLength: 12,
});

describe('statusOn', () => {
  test('gives the validity dates as they are written', () => {
    const claims = {
      statusTo: 'valid',
      effectiveTime: '2026-01-02T00:00:00+08:00',
      validFrom: '2026-01-02',
      validTo: '2031-01-01',
    };
    const statement = { profile: 'license.lifecycle/1', issuer: { org: AUTHORITY }, claims };
    const entry = { index: 1, leafHash: leaf(1), role: 'self', statement };
    expect(statusOn([entry], ASKED)).toEqual({
      asKnownNow: 'valid',
      asKnownThen: 'valid',
      retroactive: false,
      reach: 'covered',
      decidedBy: 1,
      validFrom: '2026-01-02',
      validTo: '2031-01-01',
      findings: [],
    });
  });

  test('does not depend on the order in which entries are handed in', () => {
    const shuffled = entriesArbitrary.chain((entries) =>
      fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
    );
    fc.assert(
      fc.property(shuffled, ([entries, other]) => {
        expect(statusOn(other, ASKED)).toEqual(statusOn(entries, ASKED));
      }),
    );
  });

  test('answers for an older head as one who knew only that head', () => {
    fc.assert(
      fc.property(entriesArbitrary, (entries) => {
        const knownAt = { size: 50, time: ASKED.knownAt.time };
        const then = statusOn(entries, { ...ASKED, knownAt, knownThen: { size: 50 } });
        expect(statusOn(entries, ASKED).asKnownThen).toBe(then.asKnownNow);
      }),
    );
  });

  test('is not moved by entries of anybody but the authorities', () => {
    fc.assert(
      fc.property(entriesArbitrary, (entries) => {
        const own = entries.filter(({ statement }) => statement.issuer.org === AUTHORITY);
        const { findings, ...answer } = statusOn(entries, ASKED);
        const { findings: _, ...expected } = statusOn(own, ASKED);
        expect(answer).toEqual(expected);
        expect(findings.length).toBeGreaterThanOrEqual(
          entries.filter(({ index }) => index < 100).length -
            own.filter(({ index }) => index < 100).length,
        );
      }),
    );
  });

  test('stays terminal without an annulment', () => {
    fc.assert(
      fc.property(entriesArbitrary, fc.nat(60), (entries, day) => {
        const plain = entries.map((entry) => ({
          ...entry,
          statement: { ...entry.statement, links: [] },
        }));
        const on = (text: number): string => new Date(BEGIN + text * DAY).toISOString();
        const first = statusOn(plain, { ...ASKED, on: on(day) }).asKnownNow;
        fc.pre(['revoked', 'withdrawn', 'cancelled'].includes(first));
        expect(statusOn(plain, { ...ASKED, on: on(61) }).asKnownNow).toBe(first);
      }),
    );
  });

  test('refuses a date that is none', () => {
    for (const on of ['2026-02-30', 'today', '', '2026-02-01T10:00:00', '2026']) {
      expect(() => statusOn([], { ...ASKED, on })).toThrow(
        expect.objectContaining({ code: 'PROFILES_STATUS_DATE' }),
      );
    }
  });

  test('is misused with an older head that is larger than the newer', () => {
    expect(() => statusOn([], { ...ASKED, knownThen: { size: 101 } })).toThrow(RangeError);
  });

  test('knows every state that a lifecycle profile can bring about', () => {
    for (const kind of ['license', 'seal'] as const) {
      const profile = PROFILES.find(({ name }) => name === `${kind}.lifecycle/1`)!;
      const type = profile.fields.find(({ name }) => name === 'statusTo')!.type;
      expect(type.kind).toBe('enum');
      for (const state of type.kind === 'enum' ? type.values : []) {
        const claims = { statusTo: state, effectiveTime: '2026-01-02T00:00:00+08:00' };
        const statement = { profile: profile.name, issuer: { org: AUTHORITY }, claims };
        const entry = { index: 1, leafHash: leaf(1), role: 'self', statement };
        const { asKnownNow } = statusOn([entry], { ...ASKED, kind });
        expect(STATUS_STATES).toContain(asKnownNow);
        expect(asKnownNow).not.toBe('unknown');
      }
    }
  });
});
