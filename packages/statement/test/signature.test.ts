import { ed25519Signer, formatHex, isCodedError, parseHex, parseUtf8 } from '@anchorlog/core';
import { nodeEd25519, nodeEd25519Signer } from '@anchorlog/core/node';
import { createHash, createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  issue,
  keyId,
  parseStatement,
  signingInput,
  signStatement,
  verifyStatementSignature,
} from '../src/index.ts';
import { contextOf, RECORD } from './sample.ts';
import { refusal } from './vectors.ts';

const SIGNER = ed25519Signer(new Uint8Array(32).fill(3));
const OTHER = ed25519Signer(new Uint8Array(32).fill(4));
const named = { alg: 'Ed25519', keyId: keyId(SIGNER.publicKey) } as const;

async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'accepted';
  } catch (error) {
    return isCodedError(error) ? error.code : String(error);
  }
}

describe('keyId', () => {
  test('is the base64url SHA-256 of the SPKI that OpenSSL writes, from 32 bytes or from the SPKI', () => {
    const key = createPublicKey({
      key: Buffer.concat([parseHex('302a300506032b6570032100'), SIGNER.publicKey]),
      format: 'der',
      type: 'spki',
    });
    const spki = key.export({ format: 'der', type: 'spki' });
    const expected = createHash('sha256').update(spki).digest('base64url');
    expect(keyId(SIGNER.publicKey)).toBe(expected);
    expect(keyId(spki)).toBe(expected);
  });

  test('refuses other lengths and other SPKIs', () => {
    const spki = parseHex(`302a300506032b656e032100${'01'.repeat(32)}`);
    for (const key of [
      new Uint8Array(),
      new Uint8Array(31),
      new Uint8Array(33),
      new Uint8Array(44),
      spki,
    ]) {
      expect(refusal(() => keyId(key))).toBe('STATEMENT_PUBLIC_KEY_FORM');
    }
  });
});

describe('signStatement', () => {
  test('gives the final entry, which parses and verifies', async () => {
    for (const signer of [SIGNER, nodeEd25519Signer(new Uint8Array(32).fill(3))]) {
      const draft = issue(RECORD, contextOf({ signer: named }));
      const issued = await signStatement(draft, signer);
      const statement = parseStatement(issued.entry);
      expect(statement).toEqual(issued.statement);
      expect(issued.disclosures).toBe(draft.disclosures);
      expect(issued.openings).toBe(draft.openings);
      expect(issued.signingInput).toBe(undefined);
      verifyStatementSignature(statement, SIGNER.publicKey);
      verifyStatementSignature(statement, SIGNER.publicKey, nodeEd25519);
    }
  });

  test('signs the tag and the statement without signature.value', () => {
    const draft = issue(RECORD, contextOf({ signer: named }));
    const text = parseUtf8(draft.signingInput!);
    expect(text.startsWith('anchorlog/statement/1\n{"claims":')).toBe(true);
    expect(text.endsWith(`"signature":{"alg":"Ed25519","keyId":"${named.keyId}"}}`)).toBe(true);
    expect(formatHex(draft.signingInput!)).toBe(formatHex(signingInput(draft.statement)));
  });

  test('gives nothing that could pass for an entry before it is signed', () => {
    const draft = issue(RECORD, contextOf({ signer: named }));
    expect(refusal(() => parseStatement(draft.entry))).toBe('STATEMENT_SHAPE');
    expect(refusal(() => verifyStatementSignature(draft.statement, SIGNER.publicKey))).toBe(
      'STATEMENT_SIGNATURE_ABSENT',
    );
  });

  test('refuses a statement that was issued unsigned, signed already, or for another key', async () => {
    const unsigned = issue(RECORD, contextOf());
    expect(await rejection(signStatement(unsigned, SIGNER))).toBe('STATEMENT_SIGNATURE_ABSENT');
    const draft = issue(RECORD, contextOf({ signer: named }));
    expect(await rejection(signStatement(draft, OTHER))).toBe('STATEMENT_SIGNATURE_KEY');
    const issued = await signStatement(draft, SIGNER);
    expect(await rejection(signStatement(issued, SIGNER))).toBe('STATEMENT_SIGNATURE_ABSENT');
  });

  test('refuses a signer whose key has changed since it signed', async () => {
    const draft = issue(RECORD, contextOf({ signer: named }));
    const changing = { publicKey: SIGNER.publicKey.slice(), sign: () => new Uint8Array(64) };
    await signStatement(draft, changing);
    changing.publicKey.set(OTHER.publicKey);
    expect(await rejection(signStatement(draft, changing))).toBe('STATEMENT_SIGNATURE_KEY');
  });

  test('takes a signer that gives another length for a mistake of the caller', async () => {
    const draft = issue(RECORD, contextOf({ signer: named }));
    const broken = { publicKey: SIGNER.publicKey, sign: () => new Uint8Array(63) };
    await expect(signStatement(draft, broken)).rejects.toThrow(RangeError);
  });
});
