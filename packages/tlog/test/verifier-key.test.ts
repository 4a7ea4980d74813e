import { readFileSync } from 'node:fs';
import { ed25519Signer, formatBase64 } from '@anchorlog/core';
import { describe, expect, test } from 'vitest';
import { formatVerifierKey, isKeyName, noteKey, parseVerifierKey } from '../src/index.ts';
import { sharedVector, vectorCases, verdictOf, type VectorCase } from './vectors.ts';

interface KeyCase extends VectorCase {
  readonly vkey: string;
  readonly keyName: string;
  readonly keyId: number;
  readonly algorithm: string;
  readonly publicKey: string;
}

describe('parseVerifierKey', () => {
  test('gives the verdict and the parts of every vector, and formats them back', () => {
    for (const c of vectorCases('note/keys.json') as readonly KeyCase[]) {
      const verdict = verdictOf(() => {
        const key = parseVerifierKey(c.vkey);
        expect(formatVerifierKey(key)).toBe(c.vkey);
        const { name, keyId, algorithm } = key;
        expect({ name, keyId, algorithm }).toEqual({
          name: c.keyName,
          keyId: c.keyId,
          algorithm: c.algorithm,
        });
        expect(formatBase64(key.publicKey)).toBe(c.publicKey);
      });
      expect(verdict, c.name).toBe(c.accept ? 'accept' : c.code);
    }
  });

  test('provokes each of its codes', () => {
    const codes = vectorCases('note/keys.json').map(({ code }) => code);
    for (const code of ['TLOG_KEY_MALFORMED', 'TLOG_KEY_ID', 'TLOG_KEY_ALGORITHM']) {
      expect(codes).toContain(code);
    }
  });
});

const notes = sharedVector('golang-x-mod-sumdb/note-vectors.json');
describe('parseVerifierKey of the keys of x/mod', () => {
  const { valid, invalid } = notes.missing
    ? { valid: [], invalid: [] }
    : (
        JSON.parse(readFileSync(notes.url, 'utf8')) as {
          vkeys: { valid: string[]; invalid: string[] };
        }
      ).vkeys;

  test.skipIf(notes.missing)('takes the good and refuses the bad', () => {
    for (const vkey of valid) expect(formatVerifierKey(parseVerifierKey(vkey))).toBe(vkey);
    for (const vkey of invalid) expect(verdictOf(() => parseVerifierKey(vkey))).not.toBe('accept');
  });

  test.skipIf(notes.missing)('refuses every proper substring', () => {
    for (const vkey of valid) {
      for (let begin = 0; begin < vkey.length; begin++) {
        for (let end = begin; end <= vkey.length; end++) {
          if (end - begin === vkey.length) continue;
          const part = vkey.slice(begin, end);
          expect(
            verdictOf(() => parseVerifierKey(part)),
            part,
          ).not.toBe('accept');
        }
      }
    }
  });

  test.skipIf(notes.missing)('refuses every one with a byte more by one', () => {
    for (const vkey of valid) {
      for (let at = 0; at < vkey.length; at++) {
        const next = String.fromCharCode(vkey.charCodeAt(at) + 1);
        const changed = vkey.slice(0, at) + next + vkey.slice(at + 1);
        expect(
          verdictOf(() => parseVerifierKey(changed)),
          changed,
        ).not.toBe('accept');
      }
    }
  });
});

describe('noteKey', () => {
  const { publicKey } = ed25519Signer(new Uint8Array(32).fill(1));

  test('gives the same key another id under another name and for another use', () => {
    const ids = [
      noteKey({ name: 'a', publicKey }),
      noteKey({ name: 'b', publicKey }),
      noteKey({ name: 'a', publicKey, algorithm: 'Ed25519-cosignature' }),
    ].map(({ keyId }) => keyId);
    expect(new Set(ids).size).toBe(3);
  });

  test.each(['', ' ', 'a b', 'a+b', 'a\n', 'a\u2003b', '\ud800', 'a\u0000'])(
    'refuses the name %j',
    (name) => {
      expect(isKeyName(name)).toBe(false);
      expect(verdictOf(() => noteKey({ name, publicKey }))).toBe('TLOG_KEY_MALFORMED');
    },
  );

  test('refuses keys that no one should trust', () => {
    for (const bad of [new Uint8Array(32), new Uint8Array(31), new Uint8Array(33).fill(1)]) {
      expect(verdictOf(() => noteKey({ name: 'a', publicKey: bad }))).toBe('TLOG_KEY_MALFORMED');
    }
  });
});
