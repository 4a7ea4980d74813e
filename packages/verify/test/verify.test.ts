import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { HashSuite, JsonObject } from '@anchorlog/core';
import { createTreeHasher } from '@anchorlog/tlog';
import {
  STEP_CODES,
  STEP_NAMES,
  isAccepted,
  parseTrustPolicy,
  resultOf,
  verifyBundle,
  type Verdict,
} from '../src/index.ts';
import { allCases, ownCases } from './step-cases.ts';
import {
  INDEX,
  ORG,
  ORIGIN,
  PERMIT_SHA256,
  base64,
  blocks,
  bundleOf,
  codesOf,
  fullBundle,
  judge,
  license,
  log,
  policyOf,
  policyWithLog,
} from './world.ts';

const verdicts = allCases().map((each) => judge(each.bundle, each));

describe('verifyBundle', () => {
  test.for(ownCases())('$name', ({ bundle, codes = [], ...each }) => {
    const verdict = judge(bundle, each);
    const { outcome, reason } = verdict;
    expect({ outcome, reason }).toEqual({ outcome: each.outcome, reason: each.reason });
    expect(codesOf(verdict)).toEqual(expect.arrayContaining([...codes]));
  });

  test('every step code is provoked', () => {
    const seen = new Set(verdicts.flatMap(codesOf));
    expect([...seen].toSorted()).toEqual(Object.keys(STEP_CODES).toSorted());
  });

  test('steps come in their order, each with the result of its code', () => {
    for (const { steps } of verdicts) {
      const places = steps.map(({ step }) => STEP_NAMES.indexOf(step));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      for (const { code, step, result, required } of steps) {
        expect(code.startsWith(`${step}.`)).toBe(true);
        expect(result).toBe(resultOf(code));
        expect(required).toBe(step !== 'receipt' && step !== 'anchor');
      }
    }
  });

  test('outcome follows from the steps alone: refuted, unknown, pending, verified', () => {
    for (const { outcome, reason, steps } of verdicts) {
      const open = steps.filter(({ result, required }) => result === 'unknown' && required);
      const expected = steps.some(({ result }) => result === 'fail')
        ? 'refuted'
        : open.some(({ code }) => code !== 'evidence.pending')
          ? 'unknown'
          : open.length > 0
            ? 'pending'
            : 'verified';
      expect(outcome).toBe(expected);
      expect(reason === undefined).toBe(outcome === 'verified');
    }
  });

  test('tells what the bundle says, and withholds what is withheld', () => {
    const verdict = judge(fullBundle(), { files: [{ sha256: PERMIT_SHA256 }] });
    expect(verdict).toMatchObject({
      outcome: 'verified',
      statement: { profile: 'license.lifecycle/1', event: 'license.issue' },
      issuer: { org: ORG, system: 'license-make', name: { en: 'Example Market Regulator' } },
      log: { origin: ORIGIN, suite: 'sha256' },
      index: INDEX,
      leafHash: base64(log.tree.leaf(BigInt(INDEX))),
      evidenceKinds: ['sealed'],
      status: { state: 'notAsked' },
      times: {
        eventTime: '2026-03-12T10:15:02.120+08:00',
        recordedTime: '2026-03-12T10:15:02.480+08:00',
        receivedTime: '2026-03-12T02:15:02.500Z',
        anchorBy: '2026-03-13T02:15:02.500Z',
        anchoredTime: '2026-03-12T02:15:10.000Z',
        loggedAfter: '2026-03-12T02:15:00.000Z',
      },
    });
    expect(Object.keys(verdict.claims.opened)).toEqual(['holderName', 'files', 'coHolders']);
    expect(verdict.claims.opened['coHolders']).toBeNull();
    expect(verdict.claims.withheld).toEqual(['caseNo', 'certificateNumber', 'holderCode']);
    expect(verdict.anchors).toMatchObject([
      { number: 1, size: 4, covers: false, block: { number: 101 } },
      { number: 2, size: 12, covers: true, signers: 3, quorum: 3, validators: 4, checked: true },
    ]);
    expect(verdict.policy).toEqual({
      name: 'Test policy / 测试策略',
      date: '2026-03-01',
      digest: parseTrustPolicy(policyOf()).digest,
    });
    const hidden = JSON.stringify(verdict);
    for (const value of ['BJ-2026-0000017', 'JY3999900000017', '91999999000000115N']) {
      expect(hidden).not.toContain(value);
    }
  });

  test('keeps the time of the first anchor when newer ones are added', () => {
    const anchors = [blocks.later, blocks.first];
    const { times } = judge(bundleOf({ anchors }), { now: '2028-01-01T00:00:00.000Z' });
    expect(times.anchoredTime).toBe('2026-03-12T02:15:10.000Z');
    expect(times.loggedAfter).toBeUndefined();
  });

  test('proves no time of an entry that does not stand under the checkpoint', () => {
    const bundle = { ...bundleOf(), inclusion: { index: INDEX, hashes: [] } };
    const { times, anchors, evidenceKinds } = judge(bundle);
    expect([times.anchoredTime, anchors, evidenceKinds]).toEqual([undefined, [], []]);
  });

  test('a pending bundle is pending until the last millisecond of the promise', () => {
    const bundle = bundleOf({ anchors: [], receipt: 6 });
    const at = (now: string): string => judge(bundle, { now }).outcome;
    expect(at('2026-03-13T02:15:02.500Z')).toBe('pending');
    expect(at('2026-03-13T02:15:02.501Z')).toBe('unknown');
  });

  test('a clock that is none never helps', () => {
    const policy = parseTrustPolicy(policyOf());
    const pending = bundleOf({ anchors: [], receipt: 6 });
    expect(verifyBundle(pending, policy, { now: new Date(Number.NaN) }).outcome).toBe('unknown');
  });

  test('judges a log of another suite by that suite', () => {
    const sm3: HashSuite = {
      name: 'sm3',
      hash: (data) => createHash('sm3').update(data).digest(),
    };
    const hasher = createTreeHasher(sm3);
    const disclosure = license.disclosures.get('/holderName')!;
    const commitments = { '/holderName': base64(sm3.hash(disclosure)) };
    const entry = Buffer.from(
      JSON.stringify({
        claims: {},
        commitments,
        event: 'license.issue',
        eventTime: license.statement['eventTime'],
        id: license.statement['id'],
        issuer: { org: ORG, system: 'license-make' },
        keys: [],
        links: [],
        log: ORIGIN,
        profile: 'license.lifecycle/1',
        recordedTime: license.statement['recordedTime'],
      }),
    );
    const other = hasher.leaf(Buffer.from('{}'));
    const root = hasher.node(hasher.leaf(entry), other);
    const bundle = {
      ...bundleOf({ anchors: [] }),
      entry: base64(entry),
      disclosures: [base64(disclosure)],
      inclusion: { index: 0, hashes: [base64(other)] },
      checkpoint: log.checkpointKey.note(ORIGIN, `${ORIGIN}\n2\n${base64(root)}\n`),
    };
    const policy = parseTrustPolicy({ ...policyWithLog({ suite: 'sm3' }), issuers: [] });
    const options = { now: new Date(0) };
    const verdict = verifyBundle(bundle, policy, { ...options, crypto: { hash: sm3 } });
    expect(codesOf(verdict)).toEqual(
      expect.arrayContaining(['disclosures.opened', 'inclusion.proven', 'evidence.absent']),
    );
    expect(verdict.leafHash).toBe(base64(hasher.leaf(entry)));
    // A hash of one suite is not taken for another.
    const sha256 = parseTrustPolicy({ ...policyOf(), issuers: [] });
    const wrong = verifyBundle(bundle, sha256, { ...options, crypto: { hash: sm3 } });
    expect(codesOf(wrong)).toEqual(
      expect.arrayContaining(['disclosures.mismatch', 'inclusion.mismatch']),
    );
  });
});

describe('isAccepted', () => {
  const verdict = judge(bundleOf());
  test.for([
    ['verified', 'notAsked', undefined, true],
    ['verified', 'notApplicable', undefined, true],
    ['verified', 'valid', '2026-06-30', true],
    ['verified', 'revoked', '2026-06-30', false],
    ['verified', 'expired', '2026-06-30', false],
    ['verified', 'unknown', '2026-06-30', false],
    ['verified', 'notApplicable', '2026-06-30', false],
    ['pending', 'notAsked', undefined, false],
    ['unknown', 'valid', '2026-06-30', false],
    ['refuted', 'valid', '2026-06-30', false],
  ] as const)('%s, %s on %s: %s', ([outcome, state, on, accepted]) => {
    const other: Verdict = { ...verdict, outcome, status: { state, on } };
    expect(isAccepted(other)).toBe(accepted);
  });
});

test('a bundle handed in is not changed', () => {
  const bundle: JsonObject = fullBundle();
  const before = JSON.stringify(bundle);
  judge(bundle);
  expect(JSON.stringify(bundle)).toBe(before);
});
