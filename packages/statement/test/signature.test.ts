import {
  ed25519Signer,
  formatDerSignature,
  formatHex,
  isCodedError,
  parseDerSignature,
  parseHex,
  parseUtf8,
  type Signer,
  type VerifyingKey,
} from '@anchorlog/core';
import { es256, es256Signer } from '@anchorlog/core/es256';
import {
  nodeEd25519,
  nodeEd25519Signer,
  nodeEs256,
  nodeEs256PrivateKey,
  nodeEs256Signer,
} from '@anchorlog/core/node';
import { sm2, sm2Signer } from '@anchorlog/core/sm2';
import { createHash, createPublicKey, sign } from 'node:crypto';
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
const KEY: VerifyingKey = { alg: 'Ed25519', publicKey: SIGNER.publicKey };
const named = { alg: 'Ed25519', keyId: keyId(SIGNER.publicKey) } as const;

async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'accepted';
  } catch (error) {
    return isCodedError(error) ? error.code : String(error);
  }
}

const SECRET = new Uint8Array(32).fill(5);
const USER_ID = '1234567812345678';

describe('keyId', () => {
  test.each([
    ['Ed25519', SIGNER, '302a300506032b6570032100'],
    ['ES256', es256Signer(SECRET), '3059301306072a8648ce3d020106082a8648ce3d030107034200'],
    [
      'SM2',
      sm2Signer({ secret: SECRET, userId: USER_ID }),
      '3059301306072a8648ce3d020106082a811ccf5501822d034200',
    ],
  ] as const)(
    'is the base64url SHA-256 of the SPKI that OpenSSL writes: %s',
    (alg, signer, hex) => {
      const key = createPublicKey({
        key: Buffer.concat([parseHex(hex), signer.publicKey]),
        format: 'der',
        type: 'spki',
      });
      const spki = key.export({ format: 'der', type: 'spki' });
      expect(keyId(signer.publicKey, alg)).toBe(
        createHash('sha256').update(spki).digest('base64url'),
      );
    },
  );

  test('refuses other lengths, also those of another algorithm', () => {
    for (const length of [0, 31, 33, 44, 65]) {
      expect(refusal(() => keyId(new Uint8Array(length)))).toBe('STATEMENT_PUBLIC_KEY_FORM');
    }
    for (const length of [0, 32, 33, 64, 66, 91]) {
      for (const alg of ['ES256', 'SM2'] as const) {
        expect(refusal(() => keyId(new Uint8Array(length), alg))).toBe('STATEMENT_PUBLIC_KEY_FORM');
      }
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
      verifyStatementSignature(statement, KEY);
      verifyStatementSignature(statement, KEY, { ed25519: nodeEd25519 });
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
    expect(refusal(() => verifyStatementSignature(draft.statement, KEY))).toBe(
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

  test.each<readonly [string, Signer, { userId?: string }]>([
    ['ES256', es256Signer(SECRET), {}],
    ['ES256', nodeEs256Signer(SECRET), {}],
    ['SM2', sm2Signer({ secret: SECRET, userId: USER_ID }), { userId: USER_ID }],
  ])('signs with %s, which parses and verifies by that alone', async (_, signer, more) => {
    const { alg = 'Ed25519', publicKey } = signer;
    const id = { alg, keyId: keyId(publicKey, alg) };
    const { entry } = await signStatement(issue(RECORD, contextOf({ signer: id })), signer);
    const statement = parseStatement(entry);
    expect(statement.signature).toMatchObject(id);
    const key = { alg, publicKey, ...more };
    for (const p256 of [es256, nodeEs256]) {
      verifyStatementSignature(statement, key, { es256: p256, sm2 });
    }
    // What nothing was given for is not taken for forged.
    expect(refusal(() => verifyStatementSignature(statement, key))).toBe(
      'STATEMENT_SIGNATURE_UNSUPPORTED',
    );
    expect(refusal(() => verifyStatementSignature(statement, KEY, { es256, sm2 }))).toBe(
      'STATEMENT_SIGNATURE_KEY',
    );
  });

  test('takes a device that answers later, in DER, with either s', async () => {
    const { publicKey } = es256Signer(SECRET);
    const key = nodeEs256PrivateKey(SECRET);
    const device: Signer = {
      alg: 'ES256',
      publicKey,
      sign: (message) =>
        new Promise((resolve, reject) => {
          sign('sha256', message, key, (error, der) => {
            if (error) reject(error);
            else resolve(parseDerSignature(der));
          });
        }),
    };
    const id = { alg: 'ES256', keyId: keyId(publicKey, 'ES256') } as const;
    // OpenSSL's s is in the upper half every other time.
    for (let i = 0; i < 16; i++) {
      const issued = await signStatement(issue(RECORD, contextOf({ signer: id })), device);
      verifyStatementSignature(issued.statement, { alg: 'ES256', publicKey }, { es256 });
    }
    expect(formatDerSignature(new Uint8Array(64))).toHaveLength(8);
  });

  test('refuses a signer of another algorithm than the statement was issued for', async () => {
    const signer = sm2Signer({ secret: SECRET, userId: USER_ID });
    const id = { alg: 'ES256', keyId: keyId(signer.publicKey, 'SM2') } as const;
    const draft = issue(RECORD, contextOf({ signer: id }));
    expect(await rejection(signStatement(draft, signer))).toBe('STATEMENT_SIGNATURE_KEY');
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
