import { ed25519Signer, formatBase64, nobleEd25519 } from '@anchorlog/core';
import { nodeEd25519 } from '@anchorlog/core/node';
import { describe, expect, test } from 'vitest';
import {
  cosignatureMessage,
  formatCheckpoint,
  formatCosignature,
  formatNote,
  noteKey,
  noteSigner,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  sha256Tree,
  signNote,
  verifyCosignature,
} from '../src/index.ts';
import { vectorCases, verdictOf, type VectorCase } from './vectors.ts';

interface CheckpointCase extends VectorCase {
  readonly note: string;
  readonly origin: string;
  readonly key: string;
  readonly witnesses: readonly string[];
  readonly size: number;
  readonly rootHash: string;
  readonly indexRoot?: string;
  readonly extensions: readonly string[];
  readonly cosignatures: readonly object[];
}

describe.each([
  ['noble', nobleEd25519],
  ['node', nodeEd25519],
])('openCheckpoint with Ed25519 of %s', (_, ed25519) => {
  test('gives the verdict of every vector', () => {
    for (const c of vectorCases('note/checkpoints.json') as readonly CheckpointCase[]) {
      const verdict = verdictOf(() => {
        const by = {
          origin: c.origin,
          key: parseVerifierKey(c.key),
          witnesses: c.witnesses.map(parseVerifierKey),
        };
        const { rootHash, indexRoot, ...rest } = openCheckpoint(c.note, by, ed25519);
        expect(rest).toEqual({
          origin: c.origin,
          size: c.size,
          extensions: c.extensions,
          cosignatures: c.cosignatures,
        });
        expect(formatBase64(rootHash)).toBe(c.rootHash);
        expect(indexRoot && formatBase64(indexRoot)).toBe(c.indexRoot);
        const { text } = parseNote(c.note);
        expect(formatCheckpoint(parseCheckpoint(text))).toBe(text);
      });
      expect(verdict, c.name).toBe(c.accept ? 'accept' : c.code);
    }
  });
});

describe('openCheckpoint', () => {
  test('provokes each of its codes', () => {
    const codes = vectorCases('note/checkpoints.json').map(({ code }) => code);
    for (const code of ['TLOG_CHECKPOINT_MALFORMED', 'TLOG_ORIGIN_MISMATCH']) {
      expect(codes).toContain(code);
    }
  });
});

describe('parseCheckpoint', () => {
  test('refuses a text whose last line does not end', () => {
    const text = `a/b\n7\n${formatBase64(sha256Tree.empty())}`;
    expect(verdictOf(() => parseCheckpoint(`${text}\n`))).toBe('accept');
    expect(verdictOf(() => parseCheckpoint(text))).toBe('TLOG_CHECKPOINT_MALFORMED');
    expect(verdictOf(() => parseCheckpoint(`${text}\nx`))).toBe('TLOG_CHECKPOINT_MALFORMED');
    expect(verdictOf(() => parseCheckpoint(''))).toBe('TLOG_CHECKPOINT_MALFORMED');
  });
});

const rootHash = sha256Tree.leaf(new Uint8Array(0));

describe('formatCheckpoint', () => {
  test('writes origin, size, root, index root and extensions', () => {
    const checkpoint = { origin: 'a/b', size: 7, rootHash, indexRoot: rootHash, extensions: ['x'] };
    const root = formatBase64(rootHash);
    expect(formatCheckpoint(checkpoint)).toBe(`a/b\n7\n${root}\nindex ${root}\nx\n`);
  });

  test.each([
    ['an empty origin', { origin: '' }, 'TLOG_CHECKPOINT_MALFORMED'],
    [
      'an origin of two lines',
      { origin: `a\n1\n${formatBase64(rootHash)}` },
      'TLOG_CHECKPOINT_MALFORMED',
    ],
    ['an extension of two lines', { extensions: ['a\nb'] }, 'TLOG_CHECKPOINT_MALFORMED'],
    ['an empty extension', { extensions: [''] }, 'TLOG_CHECKPOINT_MALFORMED'],
    ['an index line as extension', { extensions: ['index x'] }, 'TLOG_CHECKPOINT_MALFORMED'],
    ['a size of 2^53', { size: 2 ** 53 }, 'TLOG_SIZE_RANGE'],
    ['a size of 0.5', { size: 0.5 }, 'TLOG_SIZE_RANGE'],
    ['a root of 31 bytes', { rootHash: new Uint8Array(31) }, 'TLOG_HASH_LENGTH'],
    ['an index root of 31 bytes', { indexRoot: new Uint8Array(31) }, 'TLOG_HASH_LENGTH'],
  ])('refuses %s', (_, change, code) => {
    const checkpoint = { origin: 'a/b', size: 7, rootHash, ...change };
    expect(verdictOf(() => formatCheckpoint(checkpoint))).toBe(code);
  });

  test('refuses an index root line disguised as the first extension', () => {
    const extensions = [`index ${formatBase64(rootHash)}`];
    const checkpoint = { origin: 'a/b', size: 7, rootHash, extensions };
    expect(verdictOf(() => formatCheckpoint(checkpoint))).toBe('TLOG_CHECKPOINT_MALFORMED');
  });
});

describe('verifyCosignature', () => {
  const signer = ed25519Signer(new Uint8Array(32).fill(3));
  const { publicKey } = signer;
  const text = formatCheckpoint({ origin: 'a/b', size: 7, rootHash });

  test('gives the time at which the witness signed', async () => {
    const time = 1_780_000_000;
    const signature = formatCosignature(time, await signer.sign(cosignatureMessage(text, time)));
    expect(verifyCosignature({ text, signature, publicKey }, nobleEd25519)).toBe(time);
    for (let at = 0; at < signature.length; at++) {
      const changed = signature.slice();
      changed[at]! ^= 1;
      const of = { text, signature: changed, publicKey };
      expect(verifyCosignature(of, nobleEd25519)).toBeUndefined();
    }
    const short = { text, signature: signature.subarray(1), publicKey };
    expect(verifyCosignature(short, nobleEd25519)).toBeUndefined();
    const other = { text: `${text}x\n`, signature, publicKey };
    expect(verifyCosignature(other, nobleEd25519)).toBeUndefined();
  });

  test('is listed by openCheckpoint when it is added to a note', async () => {
    const log = noteSigner({ name: 'a/b', signer: ed25519Signer(new Uint8Array(32).fill(4)) });
    const witness = noteKey({ name: 'w', publicKey, algorithm: 'Ed25519-cosignature' });
    const note = parseNote(await signNote(text, [log]));
    const signature = formatCosignature(5, await signer.sign(cosignatureMessage(text, 5)));
    const line = { name: 'w', keyId: witness.keyId, signature };
    const cosigned = formatNote({ text, signatures: [...note.signatures, line] });
    const by = { origin: 'a/b', key: log.key, witnesses: [witness] };
    expect(openCheckpoint(cosigned, by).cosignatures).toEqual([
      { name: 'w', keyId: witness.keyId, time: 5 },
    ]);
  });
});
