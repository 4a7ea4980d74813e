import { readFileSync } from 'node:fs';
import { ed25519Signer, nobleEd25519, parseBase64, parseHex } from '@anchorlog/core';
import { nodeEd25519 } from '@anchorlog/core/node';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_NOTE_BYTES,
  formatKeyId,
  formatNote,
  noteSigner,
  openNote,
  parseNote,
  parseVerifierKey,
  signNote,
} from '../src/index.ts';
import { sharedVector, vectorCases, verdictOf, type VectorCase } from './vectors.ts';

interface NoteCase extends VectorCase {
  readonly note?: string;
  readonly noteBase64?: string;
  readonly keys: readonly string[];
  readonly text?: string;
  readonly signedBy?: readonly string[];
}
const namesOf = (signed: readonly { name: string; keyId: number }[]): string[] =>
  signed.map(({ name, keyId }) => `${name}+${formatKeyId(keyId)}`);

describe.each([
  ['noble', nobleEd25519],
  ['node', nodeEd25519],
])('openNote with Ed25519 of %s', (_, ed25519) => {
  test('gives the verdict of every vector', () => {
    for (const c of vectorCases('note/notes.json') as readonly NoteCase[]) {
      const note = c.note ?? parseBase64(c.noteBase64!);
      const verdict = verdictOf(() => {
        const opened = openNote(note, c.keys.map(parseVerifierKey), ed25519);
        expect(opened.text).toBe(c.text);
        expect(namesOf(opened.signatures)).toEqual(c.signedBy);
      });
      expect(verdict, c.name).toBe(c.accept ? 'accept' : c.code);
    }
  });
});

describe('openNote', () => {
  test('provokes each of its codes', () => {
    const codes = vectorCases('note/notes.json').map(({ code }) => code);
    for (const code of [
      'TLOG_NOTE_MALFORMED',
      'TLOG_NOTE_LIMIT',
      'TLOG_NOTE_UNSIGNED',
      'TLOG_SIGNATURE_INVALID',
      'TLOG_KEY_AMBIGUOUS',
    ]) {
      expect(codes).toContain(code);
    }
  });

  test('takes bytes as well as text', () => {
    for (const c of vectorCases('note/notes.json') as readonly NoteCase[]) {
      if (c.note === undefined || !c.accept) continue;
      const opened = openNote(new Uint8Array(Buffer.from(c.note)), c.keys.map(parseVerifierKey));
      expect(opened.text).toBe(c.text);
    }
  });
});

const xmod = sharedVector('golang-x-mod-sumdb/note-vectors.json');
describe('openNote on the notes of x/mod', () => {
  test.skipIf(xmod.missing)('gives the same verdicts', () => {
    const { cases } = JSON.parse(readFileSync(xmod.url, 'utf8')) as {
      cases: {
        name: string;
        noteHex: string;
        trustedVkeys: string[];
        expect: 'accept' | 'reject';
        text?: string;
        verified?: string[];
      }[];
    };
    for (const c of cases) {
      const verdict = verdictOf(() => {
        const opened = openNote(parseHex(c.noteHex), c.trustedVkeys.map(parseVerifierKey));
        expect(opened.text, c.name).toBe(c.text);
        expect(namesOf(opened.signatures), c.name).toEqual(c.verified);
      });
      expect(verdict === 'accept' ? 'accept' : 'reject', c.name).toBe(c.expect);
    }
  });

  test.skipIf(xmod.missing)('makes the same note with the same key', async () => {
    const { testSigner } = JSON.parse(readFileSync(xmod.url, 'utf8')) as {
      testSigner: { privateKey: string; text: string; signed: string };
    };
    const parts = /^PRIVATE\+KEY\+([^+]+)\+[0-9a-f]{8}\+(.+)$/.exec(testSigner.privateKey);
    const [, name, key] = parts as unknown as [string, string, string]; // matches, or the vector is another
    const signer = ed25519Signer(parseBase64(key).subarray(1));
    expect(await signNote(testSigner.text, [noteSigner({ name, signer })])).toBe(testSigner.signed);
  });
});

const examples = sharedVector('c2sp-specs/examples.json');
describe('openNote on the notes of C2SP', () => {
  test.skipIf(examples.missing)('opens the example and a checkpoint of sum.golang.org', () => {
    const { signedNote, sumdbCheckpoint } = JSON.parse(
      readFileSync(examples.url, 'utf8'),
    ) as Record<'signedNote' | 'sumdbCheckpoint', { vkey: string; note: string }>;
    const opened = openNote(signedNote.note, [parseVerifierKey(signedNote.vkey)]);
    expect(opened.text).toBe('This is an example message.\n');
    const checkpoint = openNote(sumdbCheckpoint.note, [parseVerifierKey(sumdbCheckpoint.vkey)]);
    expect(checkpoint.text).toContain('go.sum database tree\n35225469\n');
  });
});

const alice = noteSigner({ name: 'alice', signer: ed25519Signer(new Uint8Array(32).fill(1)) });
const bob = noteSigner({ name: 'bob', signer: ed25519Signer(new Uint8Array(32).fill(2)) });

describe('signNote', () => {
  test('makes a note that opens, with a line for each signer in order', async () => {
    const note = await signNote('one\n\ntwo\n', [bob, alice]);
    const opened = openNote(note, [alice.key, bob.key]);
    expect(opened).toEqual({
      text: 'one\n\ntwo\n',
      signatures: [
        { name: 'bob', keyId: bob.key.keyId },
        { name: 'alice', keyId: alice.key.keyId },
      ],
    });
  });

  test.each([['no newline'], ['a\tb\n'], ['\r\n'], ['\ud800\n'], ['']])(
    'refuses the text %j',
    async (text) => {
      await expect(signNote(text, [alice])).rejects.toMatchObject({
        code: 'TLOG_NOTE_MALFORMED',
      });
    },
  );

  test('refuses to sign by nobody, and more than a reader would take', async () => {
    await expect(signNote('a\n', [])).rejects.toMatchObject({ code: 'TLOG_NOTE_MALFORMED' });
    const long = `${'a'.repeat(MAX_NOTE_BYTES)}\n`;
    await expect(signNote(long, [alice])).rejects.toMatchObject({ code: 'TLOG_NOTE_LIMIT' });
  });
});

describe('formatNote', () => {
  const signature = { name: 'bob', keyId: 1, signature: Uint8Array.of(1) };

  test.each([
    ['a text without its newline', 'a', 'bob'],
    ['a text that brings its own signature', 'a\n\n— x AAAAAAA=', 'bob'],
    ['a name that brings its own signature', 'a\n', 'x AAAAAAA=\n— bob'],
    ['a name with a space', 'a\n', 'bob b'],
    ['an empty name', 'a\n', ''],
  ])('refuses %s', (_, text, name) => {
    const note = { text, signatures: [{ ...signature, name }] };
    expect(verdictOf(() => formatNote(note))).toBe('TLOG_NOTE_MALFORMED');
  });
});

describe('parseNote', () => {
  test('refuses a note beyond its limit of bytes, not of characters', () => {
    const line = '— bob AAAAAAA=\n';
    const room = MAX_NOTE_BYTES - Buffer.byteLength(line) - 2;
    const fits = `${'a'.repeat(room)}\n\n${line}`;
    expect(verdictOf(() => parseNote(fits))).toBe('accept');
    expect(verdictOf(() => parseNote(`a${fits}`))).toBe('TLOG_NOTE_LIMIT');
    expect(verdictOf(() => parseNote(Buffer.from(fits)))).toBe('accept');
    expect(verdictOf(() => parseNote(Buffer.from(`a${fits}`)))).toBe('TLOG_NOTE_LIMIT');
    expect(verdictOf(() => parseNote(fits.replace('a', 'é')))).toBe('TLOG_NOTE_LIMIT');
  });

  test('and formatNote undo each other', () => {
    const text = fc.string({ unit: 'grapheme' }).map((s) => `${s.replace(/\p{Cc}/gu, '')}\n`);
    const signature = fc.record({
      name: fc.stringMatching(/^[a-z0-9./]{1,20}$/),
      keyId: fc.integer({ min: 0, max: 0xffff_ffff }),
      signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
    });
    fc.assert(
      fc.property(text, fc.array(signature, { minLength: 1, maxLength: 9 }), (t, signatures) => {
        const note = { text: t, signatures };
        expect(parseNote(formatNote(note))).toEqual(note);
      }),
    );
  });

  test('never throws anything but its own refusals', () => {
    const piece = fc.constantFrom(
      '\n',
      '\n\n',
      '— ',
      'a ',
      '+',
      '=',
      'AAAAAAA=',
      '\u0000',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const verdict = verdictOf(() => parseNote(pieces.join('')));
        expect(['accept', 'TLOG_NOTE_MALFORMED']).toContain(verdict);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(['accept', 'TLOG_NOTE_MALFORMED']).toContain(verdictOf(() => parseNote(bytes)));
      }),
    );
  });
});
