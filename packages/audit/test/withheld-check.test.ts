import { canonicalBytes, formatBase64, type JsonObject } from '@anchorlog/core';
import { formatWithheld } from '@anchorlog/log';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { describe, expect, test } from 'vitest';
import { Findings } from '../src/finding.ts';
import { WithheldCheck, type WithheldReport } from '../src/withheld-check.ts';

const hasher = nodeTreeHasher();

function entryOf(number: number, change: JsonObject = {}): Uint8Array {
  return canonicalBytes({
    log: 'example.gov/audit',
    profile: 'share.delivery/1',
    id: `5c1f0000-0000-8000-8000-${String(number).padStart(12, '0')}`,
    event: 'share.deliver',
    eventTime: '2026-03-12T10:15:02.120+08:00',
    recordedTime: '2026-03-12T10:15:02.480+08:00',
    issuer: { org: '1199999900000006XQ', system: 'share' },
    claims: {},
    commitments: {},
    keys: [],
    links: [],
    ...change,
  });
}

const LOG = { profile: 'log/1', issuer: { org: '1199999900000006XQ', system: 'log' } };
const CREATE = entryOf(0, { ...LOG, event: 'log.create' });

function orderOf(from: number, to: number, change: JsonObject = {}): Uint8Array {
  const rootHash = formatBase64(hasher.leaf(entryOf(from)));
  const claims = { fromIndex: from, toIndex: to, rootHash, ground: 'order', order: '1号' };
  return entryOf(999, { ...LOG, event: 'entry.withhold', claims, ...change });
}

function withheldOf(number: number, order: number): Uint8Array {
  return formatWithheld({
    address: `a/b/${number}`,
    leafHash: hasher.leaf(entryOf(number)),
    order,
  });
}

function check(entries: readonly Uint8Array[]): WithheldReport & { readonly found: unknown } {
  const findings = new Findings();
  const taker = new WithheldCheck(findings);
  for (const [i, entry] of entries.entries()) taker.take(entry, i);
  const report = taker.report();
  return {
    ...report,
    found: findings.listed.map(({ code, facts }) => [code, facts['from'], facts['to']]),
  };
}

describe('WithheldCheck', () => {
  test('counts entries that a later entry of the operator orders to be withheld', () => {
    const entries = [CREATE, withheldOf(1, 4), withheldOf(2, 4), entryOf(3), orderOf(1, 4)];
    expect(check(entries)).toEqual({ entries: 2, orders: 1, found: [] });
    expect(check([CREATE, withheldOf(1, 2), orderOf(1, 2)])).toMatchObject({
      entries: 1,
      found: [],
    });
    expect(check([CREATE, entryOf(1)])).toEqual({ entries: 0, orders: 0, found: [] });
  });

  test('finds entries that nothing orders to be withheld', () => {
    const found = [['AUDIT_WITHHELD', 1, 2]];
    const lone = withheldOf(1, 2);
    for (const entries of [
      [CREATE, lone],
      [CREATE, lone, entryOf(2)],
      [CREATE, lone, withheldOf(2, 3), orderOf(2, 3)],
      [CREATE, withheldOf(1, 0), orderOf(1, 2)],
      [CREATE, withheldOf(1, 1), orderOf(1, 2)],
      // Of other entries, of itself, with another leaf hash, or of somebody else.
      [CREATE, lone, orderOf(0, 1)],
      [CREATE, lone, orderOf(1, 3)],
      [CREATE, lone, orderOf(2, 3)],
      [CREATE, withheldOf(5, 2), orderOf(1, 2)],
      [CREATE, lone, orderOf(1, 2, { issuer: { org: '1199999900000006XQ', system: 'share' } })],
      [CREATE, lone, orderOf(1, 2, { event: 'erasure' })],
      [canonicalBytes({}), lone, orderOf(1, 2)],
    ]) {
      expect(check(entries).found).toEqual(found);
    }
  });

  test('finds what goes beyond an order, and keeps the rest', () => {
    const entries = [
      CREATE,
      withheldOf(1, 5),
      withheldOf(2, 5),
      entryOf(3),
      withheldOf(4, 5),
      orderOf(3, 5),
    ];
    expect(check(entries)).toEqual({ entries: 1, orders: 1, found: [['AUDIT_WITHHELD', 1, 3]] });
  });
});
