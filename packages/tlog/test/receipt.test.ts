import { ed25519Signer, formatBase64, nobleEd25519 } from '@anchorlog/core';
import { nodeEd25519 } from '@anchorlog/core/node';
import { describe, expect, test } from 'vitest';
import {
  formatReceiptText,
  noteSigner,
  openReceipt,
  parseNote,
  parseReceiptText,
  parseVerifierKey,
  receiptKeyName,
  sha256Tree,
  signNote,
} from '../src/index.ts';
import { vectorCases, verdictOf, type VectorCase } from './vectors.ts';

interface ReceiptCase extends VectorCase {
  readonly note: string;
  readonly origin: string;
  readonly key: string;
  readonly size: number;
  readonly rootHash: string;
  readonly time: string;
  readonly anchorBy: string;
}

describe.each([
  ['noble', nobleEd25519],
  ['node', nodeEd25519],
])('openReceipt with Ed25519 of %s', (_, ed25519) => {
  test('gives the verdict of every vector', () => {
    for (const c of vectorCases('note/receipts.json') as readonly ReceiptCase[]) {
      const verdict = verdictOf(() => {
        const by = { origin: c.origin, key: parseVerifierKey(c.key) };
        const { rootHash, ...rest } = openReceipt(c.note, by, ed25519);
        const { origin, size, time, anchorBy } = c;
        expect(rest).toEqual({ origin, size, time, anchorBy });
        expect(formatBase64(rootHash)).toBe(c.rootHash);
        const { text } = parseNote(c.note);
        expect(formatReceiptText(parseReceiptText(text))).toBe(text);
      });
      expect(verdict, c.name).toBe(c.accept ? 'accept' : c.code);
    }
  });
});

describe('openReceipt', () => {
  test('provokes each of its codes', () => {
    const codes = vectorCases('note/receipts.json').map(({ code }) => code);
    for (const code of ['TLOG_RECEIPT_MALFORMED', 'TLOG_KEY_NAME', 'TLOG_ORIGIN_MISMATCH']) {
      expect(codes).toContain(code);
    }
  });

  test('opens what a log signed', async () => {
    const receipt = {
      origin: 'a/b',
      size: 7,
      rootHash: sha256Tree.empty(),
      time: '2026-03-12T02:15:02.480Z',
      anchorBy: '2026-03-13T02:15:02.480Z',
    };
    const signer = ed25519Signer(new Uint8Array(32).fill(4));
    const key = noteSigner({ name: receiptKeyName('a/b'), signer });
    const note = await signNote(formatReceiptText(receipt), [key]);
    expect(openReceipt(note, { origin: 'a/b', key: key.key })).toEqual(receipt);
  });
});

describe('formatReceiptText', () => {
  const good = {
    origin: 'a/b',
    size: 7,
    rootHash: sha256Tree.empty(),
    time: '2026-03-12T02:15:02.480Z',
    anchorBy: '2026-03-13T02:15:02.480Z',
  };

  test.each([
    ['an origin of two lines', { origin: 'a\nb' }, 'TLOG_RECEIPT_MALFORMED'],
    ['a time of two lines', { time: `${good.time}\nx` }, 'TLOG_RECEIPT_MALFORMED'],
    [
      'a time with another offset',
      { time: '2026-03-12T10:15:02.480+08:00' },
      'TLOG_RECEIPT_MALFORMED',
    ],
    [
      'a promise before the time',
      { anchorBy: '2026-03-11T02:15:02.480Z' },
      'TLOG_RECEIPT_MALFORMED',
    ],
    ['size 0', { size: 0 }, 'TLOG_SIZE_RANGE'],
    ['a root of 31 bytes', { rootHash: new Uint8Array(31) }, 'TLOG_HASH_LENGTH'],
  ])('refuses %s', (_, change, code) => {
    expect(verdictOf(() => formatReceiptText({ ...good, ...change }))).toBe(code);
  });
});
