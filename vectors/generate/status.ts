import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  at,
  license,
  OTHER_AUTHORITY,
  AUTHORITY,
  seal,
  statusCase,
  STRANGER,
  type Answer,
  type Asking,
} from './status-cases.ts';

// Cases of the status of licenses and seals on a date (spec/profiles §7). The answers are written by hand, from the rules alone.

type Case = readonly [
  name: string,
  entries: readonly ReturnType<typeof license>[],
  on: string,
  answer: Answer,
  asking?: Asking,
];

const issued = license(10, 'valid', '2026-04-15T15:20', { from: '2026-04-15', to: '2031-04-14' });
const BOTH: Asking = { authorities: [AUTHORITY, OTHER_AUTHORITY] };
/** A head that is anchored after the license has run out. */
const LATER: Asking = { headTime: '2032-01-01', then: 900 };

// prettier-ignore
const LICENSES: readonly Case[] = [
  ['issued and in force', [issued], '2026-06-30', { now: 'valid', then: 'valid', by: 10 }, { then: 500 }],
  ['a date before the first effective time', [issued], '2026-04-14', { now: 'notYetValid', then: 'unknown' }, { then: 5 }],
  ['the civil date of issue means its last millisecond', [issued], '2026-04-15', { now: 'valid', then: 'valid', by: 10 }, { then: 11 }],
  ['one millisecond before the effective time', [issued], '2026-04-15T15:19:59.999+08:00', { now: 'notYetValid', then: 'notYetValid' }, { then: 11 }],
  ['exactly the effective time', [issued], '2026-04-15T15:20:00.000+08:00', { now: 'valid', then: 'valid', by: 10 }, { then: 11 }],
  ['the same instant in another offset', [issued], '2026-04-15T07:20:00Z', { now: 'valid', then: 'valid', by: 10 }, { then: 11 }],
  ['issued with an effective time before it was logged', [issued], '2026-04-15', { now: 'valid', then: 'unknown', retroactive: true, by: 10 }, { then: 10 }],
  ['no head known for that time', [issued], '2026-06-30', { now: 'valid', then: 'unknown', by: 10 }],
  ['the last day of validity is inclusive', [issued], '2031-04-14', { now: 'valid', then: 'valid', by: 10 }, LATER],
  ['its last millisecond at +08:00', [issued], '2031-04-14T23:59:59.999+08:00', { now: 'valid', then: 'valid', by: 10 }, LATER],
  ['the millisecond after it, in UTC', [issued], '2031-04-14T16:00:00.000Z', { now: 'expired', then: 'expired', by: 10 }, LATER],
  ['the day after the last day', [issued], '2031-04-15', { now: 'expired', then: 'expired', by: 10 }, LATER],
  ['effective before its first day of validity', [license(10, 'valid', '2026-04-15', { from: '2026-07-01', to: '2031-06-30' })], '2026-06-30', { now: 'notYetValid', then: 'notYetValid', by: 10 }, { then: 500 }],
  ['the first day of validity', [license(10, 'valid', '2026-04-15', { from: '2026-07-01', to: '2031-06-30' })], '2026-07-01T00:00:00.000+08:00', { now: 'valid', then: 'valid', by: 10 }, { then: 500 }],
  ['long-term validity', [license(10, 'valid', '2026-04-15', { from: '2026-04-15', to: '9999-12-31' })], '2031-04-15', { now: 'valid', then: 'valid', by: 10 }, LATER],
  ['no validity dates at all', [license(10, 'valid', '2026-04-15')], '2031-04-15', { now: 'valid', then: 'valid', by: 10 }, LATER],
  ['a later entry moves the last day', [issued, license(20, 'valid', '2030-01-01', { to: '2036-04-14' })], '2031-04-15', { now: 'valid', then: 'valid', by: 20 }, LATER],
  ['suspended', [issued, license(20, 'suspended', '2026-05-10')], '2026-05-10', { now: 'suspended', then: 'suspended', by: 20 }, { then: 30 }],
  ['before the suspension', [issued, license(20, 'suspended', '2026-05-10')], '2026-05-09', { now: 'valid', then: 'valid', by: 10 }, { then: 15 }],
  ['resumed', [issued, license(20, 'suspended', '2026-05-10'), license(30, 'valid', '2026-06-10')], '2026-06-10', { now: 'valid', then: 'valid', by: 30 }, { then: 40 }],
  ['suspended when validity ran out', [issued, license(20, 'suspended', '2026-05-10')], '2031-04-15', { now: 'expired', then: 'expired', by: 20 }, LATER],
  ['revoked, and resumed in vain', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'valid', '2026-06-10')], '2026-07-01', { now: 'revoked', then: 'revoked', by: 20, findings: [[30, 'afterTerminal']] }, { then: 40 }],
  ['revoked, and revoked again', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'revoked', '2026-06-10')], '2026-07-01', { now: 'revoked', then: 'revoked', by: 20 }, { then: 40 }],
  ['revocation does not reach back', [issued, license(20, 'revoked', '2026-05-10')], '2026-05-09', { now: 'valid', then: 'valid', by: 10 }, { then: 15 }],
  ['withdrawn back to the issue', [issued, license(20, 'withdrawn', '2026-04-15T15:20')], '2026-05-09', { now: 'withdrawn', then: 'valid', retroactive: true, by: 20 }, { then: 15 }],
  ['withdrawn back to the issue, no head known for that time', [issued, license(20, 'withdrawn', '2026-04-15T15:20')], '2026-05-09', { now: 'withdrawn', then: 'unknown', by: 20 }],
  ['cancelled, and past its last day', [issued, license(20, 'cancelled', '2026-05-10')], '2031-04-15', { now: 'cancelled', then: 'cancelled', by: 20 }, LATER],
  ['expired by an entry', [issued, license(20, 'expired', '2026-05-10')], '2026-05-11', { now: 'expired', then: 'expired', by: 20 }, { then: 40 }],
  ['effective time orders, not the place in the log', [issued, license(20, 'valid', '2026-06-10'), license(30, 'suspended', '2026-05-10')], '2026-07-01', { now: 'valid', then: 'valid', by: 20 }, { then: 40 }],
  ['at one effective time the later place wins', [issued, license(20, 'suspended', '2026-05-10'), license(30, 'valid', '2026-05-10')], '2026-07-01', { now: 'valid', then: 'valid', by: 30 }, { then: 40 }],
  ['the order in which entries are handed in says nothing', [license(30, 'valid', '2026-05-10'), issued, license(20, 'suspended', '2026-05-10')], '2026-07-01', { now: 'valid', then: 'valid', by: 30 }, { then: 40 }],
  ['a revocation annulled', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'valid', '2026-08-01', { annuls: 20 })], '2026-08-02', { now: 'valid', then: 'valid', by: 30 }, { then: 40 }],
  ['between revocation and annulment', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'valid', '2026-08-01', { annuls: 20 })], '2026-07-31', { now: 'revoked', then: 'revoked', by: 20 }, { then: 25 }],
  ['a revocation annulled from its beginning', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'valid', '2026-05-10', { annuls: 20 })], '2026-07-31', { now: 'valid', then: 'revoked', retroactive: true, by: 30 }, { then: 25 }],
  ['annulled with an effective time before the revocation', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'valid', '2026-05-01', { annuls: 20 })], '2026-07-31', { now: 'valid', then: 'revoked', retroactive: true, by: 30 }, { then: 25 }],
  ['annulled by another authority', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'valid', '2026-08-01', { annuls: 20, org: OTHER_AUTHORITY })], '2026-08-02', { now: 'valid', then: 'valid', by: 30, findings: [[30, 'foreignAnnulment']] }, { ...BOTH, then: 40 }],
  ['annulled by nobody who may', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'valid', '2026-08-01', { annuls: 20, org: STRANGER })], '2026-08-02', { now: 'revoked', then: 'revoked', by: 20, findings: [[30, 'notAuthority']] }, { then: 40 }],
  ['an annulment of something else lifts nothing', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'valid', '2026-08-01', { annuls: 11 })], '2026-08-02', { now: 'revoked', then: 'revoked', by: 20, findings: [[30, 'afterTerminal']] }, { then: 40 }],
  ['revoked and then cancelled', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'cancelled', '2026-06-10')], '2026-07-01', { now: 'revoked', then: 'revoked', by: 20, findings: [[30, 'afterTerminal']] }, { then: 40 }],
  ['the revocation annulled, the cancellation stands', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'cancelled', '2026-06-10'), license(40, 'valid', '2026-08-01', { annuls: 20 })], '2026-08-02', { now: 'cancelled', then: 'cancelled', by: 30, findings: [[30, 'afterTerminal']] }, { then: 50 }],
  ['an annulment annulled in time is no annulment', [issued, license(20, 'revoked', '2026-05-10'), license(30, 'valid', '2026-08-01', { annuls: 20 }), license(40, 'revoked', '2026-07-01', { annuls: 30 })], '2026-08-02', { now: 'revoked', then: 'revoked', by: 20 }, { then: 50 }],
  ['succeeded by a changed license', [issued, license(20, 'superseded', '2026-08-11', { role: 'previous', from: '2020-01-01', to: '2020-12-31' })], '2026-08-11', { now: 'superseded', then: 'superseded', by: 20, successor: 20 }, { then: 40 }],
  ['before it is succeeded, in its own dates', [issued, license(20, 'superseded', '2026-08-11', { role: 'previous', from: '2020-01-01', to: '2020-12-31' })], '2026-08-10', { now: 'valid', then: 'valid', by: 10 }, { then: 15 }],
  ['a successor may leave it valid, and its dates do not move', [issued, license(20, 'valid', '2026-08-11', { role: 'previous', from: '2020-01-01', to: '2020-12-31' })], '2026-08-12', { now: 'valid', then: 'valid', by: 20 }, { then: 40 }],
  ['the successor itself', [license(20, 'valid', '2026-08-11', { from: '2026-04-15', to: '2031-04-14' })], '2026-08-12', { now: 'valid', then: 'valid', by: 20 }, { then: 40 }],
  ['transferred out', [issued, license(20, 'transferred', '2026-05-10')], '2026-05-10', { now: 'transferred', then: 'transferred', by: 20 }, { then: 40 }],
  ['a transfer undone', [issued, license(20, 'transferred', '2026-05-10'), license(30, 'valid', '2026-05-20')], '2026-05-20', { now: 'valid', then: 'valid', by: 30 }, { then: 40 }],
  ['a revocation by nobody who may', [issued, license(20, 'revoked', '2026-05-10', { org: STRANGER })], '2026-07-01', { now: 'valid', then: 'valid', by: 10, findings: [[20, 'notAuthority']] }, { then: 40 }],
  ['all authorities that the log admits', [issued, license(20, 'revoked', '2026-05-10', { org: STRANGER })], '2026-07-01', { now: 'revoked', then: 'revoked', by: 20 }, { authorities: 'any', then: 40 }],
  ['a trail filed under the status key', [issued, license(20, 'valid', '2026-05-10', { profile: 'license.use/1' })], '2026-07-01', { now: 'valid', then: 'valid', by: 10, findings: [[20, 'otherProfile']] }, { then: 40 }],
  ['a version of the profile that is not known', [issued, license(20, 'valid', '2026-05-10', { profile: 'license.lifecycle/2' })], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[20, 'unreadable']] }, { then: 40 }],
  ['unknown now, known then', [issued, license(20, 'valid', '2026-05-10', { profile: 'license.lifecycle/2' })], '2026-05-01', { now: 'unknown', then: 'valid', findings: [[20, 'unreadable']] }, { then: 15 }],
  ['a state that is not known', [issued, license(20, 'lost', '2026-05-10')], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[20, 'unreadable']] }, { then: 40 }],
  ['no effective time', [issued, license(20, '', '', { claims: { statusTo: 'revoked' } })], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[20, 'unreadable']] }, { then: 40 }],
  ['a last day that does not exist', [license(10, 'valid', '2026-04-15', { to: '2031-02-29' })], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[10, 'unreadable']] }, { then: 40 }],
  ['a successor that does not say what becomes of it', [issued, license(20, '', '', { role: 'previous', claims: { statusTo: 'valid', effectiveTime: at('2026-05-10') } })], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[20, 'unreadable']] }, { then: 40 }],
  ['a role that is not known', [issued, license(20, 'valid', '2026-05-10', { role: 'parent' })], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[20, 'unreadable']] }, { then: 40 }],
  ['what nobody who may wrote needs no reading', [issued, license(20, '', '', { org: STRANGER, claims: {} })], '2026-07-01', { now: 'valid', then: 'valid', by: 10, findings: [[20, 'notAuthority']] }, { then: 40 }],
  ['an entry after the head', [issued, license(20, 'revoked', '2026-05-10')], '2026-07-01', { now: 'valid', then: 'valid', by: 10 }, { size: 20, then: 15 }],
  ['suspended before its first day of validity', [license(10, 'suspended', '2026-04-15', { from: '2026-07-01' })], '2026-06-30', { now: 'suspended', then: 'suspended', by: 10 }, { then: 500 }],
  ['a later entry that states only the last day leaves the first', [license(10, 'valid', '2026-04-15', { from: '2026-07-01', to: '2031-06-30' }), license(20, 'valid', '2026-05-01', { to: '2032-06-30' })], '2026-06-30', { now: 'notYetValid', then: 'notYetValid', by: 20 }, { then: 500 }],
  ['superseded, and resumed in vain', [issued, license(20, 'superseded', '2026-08-11', { role: 'previous' }), license(30, 'valid', '2026-09-01')], '2026-09-02', { now: 'superseded', then: 'superseded', by: 20, successor: 20, findings: [[30, 'afterTerminal']] }, { then: 40 }],
  ['expired by an entry, and resumed in vain', [issued, license(20, 'expired', '2026-05-10'), license(30, 'valid', '2026-06-01')], '2026-07-01', { now: 'expired', then: 'expired', by: 20, findings: [[30, 'afterTerminal']] }, { then: 40 }],
  ['a first day that does not exist', [license(10, 'valid', '2026-04-15', { from: '2026-02-29' })], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[10, 'unreadable']] }, { then: 40 }],
  ['exactly the time of the head, which is old', [issued], '2026-11-01T00:00:00.000+08:00', { now: 'valid', then: 'valid', by: 10 }, { now: '2028-01-01', then: 1000 }],
  ['no entries', [], '2026-07-01', { now: 'unknown', then: 'unknown' }, { then: 40 }],
  ['none by an authority', [license(10, 'valid', '2026-04-15', { org: STRANGER })], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[10, 'notAuthority']] }, { then: 40 }],
  ['after the head, which is fresh', [issued], '2026-11-02', { now: 'valid', then: 'valid', reach: 'fresh', by: 10 }, { now: '2026-11-02' }],
  ['after the head, which is too old', [issued], '2026-11-02', { now: 'unknown', then: 'unknown', reach: 'stale' }, { now: '2026-11-02T00:01' }],
  ['revoked, after the head, which is too old', [issued, license(20, 'revoked', '2026-05-10')], '2026-11-02', { now: 'unknown', then: 'unknown', reach: 'stale' }, { now: '2026-11-02T00:01' }],
  ['before the head, however old it is', [issued], '2026-10-31', { now: 'valid', then: 'valid', by: 10 }, { now: '2028-01-01', then: 500 }],
  ['the last millisecond of today, at +08:00', [issued], '2026-11-01T23:59:59.999+08:00', { now: 'valid', then: 'valid', reach: 'fresh', by: 10 }, { now: '2026-11-01T10:00' }],
  ['the first millisecond of tomorrow', [issued], '2026-11-02T00:00:00.000+08:00', { now: 'unknown', then: 'unknown', reach: 'future' }, { now: '2026-11-01T10:00' }],
  ['years ahead', [issued], '2030-07-02', { now: 'unknown', then: 'unknown', reach: 'future' }, { now: '2026-11-01T10:00' }],
  ['a head a little ahead of the clock', [issued], '2026-11-01', { now: 'valid', then: 'valid', reach: 'fresh', by: 10 }, { now: '2026-10-31T23:55' }],
  ['a head far ahead of the clock', [issued], '2026-11-02', { now: 'unknown', then: 'unknown', reach: 'clockBehind' }, { now: '2026-10-31T23:54' }],
];

const ask = (asking: Asking = {}): Asking => ({ kind: 'seal', ...asking });
const PERIOD = { from: at('2026-04-01'), to: '2031-03-31T23:59:59.999+08:00' };
const made = seal(5, 'made', '2026-03-20', PERIOD);
const filed = seal(6, 'filed', '2026-03-25', PERIOD);
const active = seal(7, 'active', '2026-04-01T09:30', PERIOD);

// prettier-ignore
const SEALS: readonly Case[] = [
  ['activated', [made, filed, active], '2026-06-30', { now: 'valid', then: 'valid', by: 7 }, ask({ then: 100 })],
  ['made and filed, not activated', [made, filed, active], '2026-03-31', { now: 'pendingActivation', then: 'pendingActivation', by: 6 }, ask({ then: 100 })],
  ['applied for', [seal(3, 'applied', '2026-03-01', PERIOD)], '2026-03-02', { now: 'pendingActivation', then: 'pendingActivation', by: 3 }, ask({ then: 100 })],
  ['approved', [seal(3, 'approved', '2026-03-01', PERIOD)], '2026-03-02', { now: 'pendingActivation', then: 'pendingActivation', by: 3 }, ask({ then: 100 })],
  ['before anything', [made, filed, active], '2026-03-01', { now: 'notYetValid', then: 'unknown' }, ask({ then: 1 })],
  ['activated before its period begins', [seal(7, 'active', '2026-03-30', PERIOD)], '2026-03-31', { now: 'notYetValid', then: 'notYetValid', by: 7 }, ask({ then: 100 })],
  ['the last millisecond of its period', [active], '2031-03-31T23:59:59.999+08:00', { now: 'valid', then: 'valid', by: 7 }, ask({ ...LATER })],
  ['the millisecond after', [active], '2031-04-01T00:00:00.000+08:00', { now: 'expired', then: 'expired', by: 7 }, ask({ ...LATER })],
  ['renewed', [active, seal(20, 'active', '2031-01-05', { to: '2036-03-31T23:59:59.999+08:00' })], '2031-06-30', { now: 'valid', then: 'valid', by: 20 }, ask({ ...LATER })],
  ['valid when it signed, cancelled later', [active, seal(20, 'cancelled', '2026-09-01')], '2026-08-31T10:00:00.000+08:00', { now: 'valid', then: 'valid', by: 7 }, ask({ then: 15 })],
  ['cancelled', [active, seal(20, 'cancelled', '2026-09-01')], '2026-09-01', { now: 'cancelled', then: 'cancelled', by: 20 }, ask({ then: 25 })],
  ['reported lost as of a day before', [active, seal(20, 'lost', '2026-08-28T18:00')], '2026-08-29', { now: 'lost', then: 'valid', retroactive: true, by: 20 }, ask({ then: 15 })],
  ['lost and then resumed in vain', [active, seal(20, 'lost', '2026-08-28'), seal(30, 'active', '2026-09-10')], '2026-10-01', { now: 'lost', then: 'lost', by: 20, findings: [[30, 'afterTerminal']] }, ask({ then: 40 })],
  ['found again: the report annulled', [active, seal(20, 'lost', '2026-08-28'), seal(30, 'active', '2026-09-10', { annuls: 20 })], '2026-10-01', { now: 'valid', then: 'valid', by: 30 }, ask({ then: 40 })],
  ['suspended and resumed', [active, seal(20, 'suspended', '2026-06-01'), seal(30, 'active', '2026-06-15')], '2026-06-14', { now: 'suspended', then: 'suspended', by: 20 }, ask({ then: 25 })],
  ['withdrawn', [active, seal(20, 'withdrawn', '2026-06-01')], '2026-06-01', { now: 'withdrawn', then: 'withdrawn', by: 20 }, ask({ then: 25 })],
  ['revoked', [active, seal(20, 'revoked', '2026-06-01')], '2026-06-01', { now: 'revoked', then: 'revoked', by: 20 }, ask({ then: 25 })],
  ['expired by an entry', [active, seal(20, 'expired', '2026-06-01')], '2026-06-01', { now: 'expired', then: 'expired', by: 20 }, ask({ then: 25 })],
  ['a seal has no successor', [active, seal(20, 'cancelled', '2026-06-01', { role: 'previous' })], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[20, 'unreadable']] }, ask({ then: 25 })],
  ['a license state that no seal has', [active, seal(20, 'transferred', '2026-06-01')], '2026-07-01', { now: 'unknown', then: 'unknown', findings: [[20, 'unreadable']] }, ask({ then: 25 })],
  ['an entry of a license', [active, license(20, 'revoked', '2026-06-01')], '2026-07-01', { now: 'valid', then: 'valid', by: 7, findings: [[20, 'otherProfile']] }, ask({ then: 25 })],
];

function table(description: string, cases: readonly Case[]): string {
  const written = cases.map(([name, entries, on, answer, asking = {}]) =>
    statusCase({ name, entries, on, answer, asking }),
  );
  return `${JSON.stringify({ description, cases: written }, null, 1)}\n`;
}

/** Make the vectors of status answers: path under vectors/ → text. */
export function generateStatus(): Record<string, string> {
  return {
    'status/license.json': table(
      'Status of a license on a date, as known at a head (spec/profiles §7). Times in the question are milliseconds since 1970 UTC, maximum ages seconds.',
      LICENSES,
    ),
    'status/seal.json': table(
      'Status of a seal on a date, as known at a head (spec/profiles §7). Times in the question are milliseconds since 1970 UTC, maximum ages seconds.',
      SEALS,
    ),
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(generateStatus())) {
    const file = new URL(`../${path}`, import.meta.url);
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, text);
  }
}
