import {
  ed25519Signer,
  parseBase64,
  parseUtf8,
  sha256,
  type JsonObject,
  type SignatureAlgorithm,
} from '@anchorlog/core';
import { es256 } from '@anchorlog/core/es256';
import { nodeEd25519, nodeEs256, nodeSha256, nodeSm3 } from '@anchorlog/core/node';
import { createSm2, sm2 } from '@anchorlog/core/sm2';
import { describe, expect, test } from 'vitest';
import {
  indexKey,
  issue,
  normalizeIdentifier,
  openDisclosures,
  openKeys,
  parseRecord,
  parseStatement,
  recordId,
  signStatement,
  STATEMENT_CODES,
  verifyStatementSignature,
  type IssueContext,
} from '../src/index.ts';
import { profileOf, type FieldSketch } from './sample.ts';
import { refusal, vectors } from './vectors.ts';

interface Issue {
  readonly record: JsonObject;
  readonly context: {
    readonly log: string;
    readonly profile: { name: string; events: string[]; fields: FieldSketch[] };
    readonly issuer: IssueContext['issuer'];
    readonly idSecret: string;
    readonly keyspaces: Readonly<Record<string, { keyspace: string; secret: string }>>;
    readonly recordedTime: string;
    readonly salts: string;
    readonly files?: IssueContext['files'];
    readonly links?: readonly { rel: string; leaf: string; log?: string }[];
    readonly sequence?: IssueContext['sequence'];
    readonly signer?: IssueContext['signer'];
  };
  readonly signingSeed?: string;
  readonly id: string;
  readonly entry: string;
  readonly disclosures: Readonly<Record<string, string>>;
}

const suites = [
  ['sha256', sha256],
  ['nodeSha256', nodeSha256],
] as const;

describe('issue', () => {
  for (const [name, suite] of suites) {
    test(`gives the id, entry and disclosures of every vector, with ${name}`, async () => {
      for (const c of vectors<Issue>('issue').cases) {
        const salts = parseBase64(c.context.salts);
        const context: IssueContext = {
          ...c.context,
          profile: profileOf(c.context.profile),
          suite,
          idSecret: parseBase64(c.context.idSecret),
          keyspaces: (kind) => {
            const { keyspace, secret } = c.context.keyspaces[kind]!;
            return { keyspace, secret: parseBase64(secret) };
          },
          random: () => salts,
          links: c.context.links?.map((link) => ({ ...link, leaf: parseBase64(link.leaf) })),
        };
        const draft = issue(parseRecord(c.record), context);
        const issued =
          c.signingSeed === undefined
            ? draft
            : await signStatement(draft, ed25519Signer(parseBase64(c.signingSeed)));
        expect(issued.id, c.name).toBe(c.id);
        expect(parseUtf8(issued.entry), c.name).toBe(parseUtf8(parseBase64(c.entry)));
        const disclosures = Object.entries(c.disclosures);
        expect([...issued.disclosures.keys()], c.name).toEqual(disclosures.map(([path]) => path));
        for (const [path, encoded] of disclosures) {
          const text = parseUtf8(parseBase64(encoded));
          expect(parseUtf8(issued.disclosures.get(path)!), c.name).toBe(text);
        }
      }
    });
  }

  test('makes entries that parse, and openings that open', () => {
    for (const { name, entry, disclosures } of vectors<Issue>('issue').cases) {
      const statement = parseStatement(parseBase64(entry));
      const all = Object.entries(disclosures);
      const { claims, keys } = openDisclosures(
        statement,
        all.map(([, encoded]) => parseBase64(encoded)),
        sha256,
      );
      expect([...claims.keys()].toSorted(), name).toEqual(Object.keys(statement.commitments));
      expect(keys.size, name).toBe(statement.keys.length);
    }
  });
});

describe('recordId', () => {
  test('gives the id of every vector', () => {
    interface Id {
      readonly secret: string;
      readonly org: string;
      readonly system: string;
      readonly key: string;
      readonly id: string;
    }
    const seen = new Set<string>();
    for (const { name, secret, org, system, key, id } of vectors<Id>('ids').cases) {
      for (const [, suite] of suites) {
        expect(recordId({ suite, secret: parseBase64(secret), org, system, key }), name).toBe(id);
      }
      expect(seen.has(id), name).toBe(false);
      seen.add(id);
    }
  });
});

describe('normalizeIdentifier', () => {
  test('gives the identifier of every vector', () => {
    interface Identifier {
      readonly kind: string;
      readonly identifier: string;
      readonly normalized: string;
    }
    for (const { name, kind, identifier, normalized } of vectors<Identifier>('identifiers').cases) {
      expect(normalizeIdentifier(kind, identifier), name).toBe(normalized);
      expect(normalizeIdentifier(kind, normalized), name).toBe(normalized);
    }
  });
});

describe('indexKey', () => {
  test('gives the key of every vector', () => {
    interface Key {
      readonly secret: string;
      readonly keyspace: string;
      readonly kind: string;
      readonly identifier: string;
      readonly key: string;
    }
    for (const c of vectors<Key>('keys').cases) {
      for (const [, suite] of suites) {
        const made = indexKey({ ...c, suite, secret: parseBase64(c.secret) });
        expect(Uint8Array.from(made), c.name).toEqual(parseBase64(c.key));
      }
    }
  });
});

describe('parseStatement', () => {
  const { cases } = vectors<{ readonly entry: string }>('entries');

  test('accepts every accepted entry and refuses every mutant with its code', () => {
    for (const { name, entry, accept, code } of cases) {
      const verdict = refusal(() => parseStatement(parseBase64(entry)));
      expect(verdict, name).toBe(accept ? 'accepted' : code);
    }
    expect(cases.filter(({ accept }) => !accept).length).toBeGreaterThan(130);
  });

  test('is tried with a mutant for each code of its own', () => {
    const codes = new Set(cases.map(({ code }) => code));
    for (const code of [
      'STATEMENT_ENTRY_LENGTH',
      'STATEMENT_SHAPE',
      'STATEMENT_ID_FORM',
      'STATEMENT_TIME_FORM',
      'STATEMENT_PATH_FORM',
      'STATEMENT_PATH_REPEATED',
      'STATEMENT_KEY_NAME',
      'STATEMENT_KEY_REPEATED',
      'STATEMENT_SEQUENCE_SOURCE',
      'STATEMENT_SIGNATURE_ALGORITHM',
    ]) {
      expect(codes.has(code), code).toBe(true);
      expect(STATEMENT_CODES).toHaveProperty(code);
    }
  });
});

describe('openDisclosures', () => {
  const { entry: common, cases } = vectors<{
    readonly entry?: string;
    readonly disclosures: readonly string[];
    readonly claims?: object;
    readonly keys?: Readonly<Record<string, { key: string } | null>>;
  }>('disclosures');

  for (const [name, suite] of suites) {
    test(`gives the claims and keys of every vector, or its code, with ${name}`, () => {
      for (const c of cases) {
        const statement = parseStatement(parseBase64(c.entry ?? common));
        const disclosures = c.disclosures.map((text) => parseBase64(text));
        const verdict = refusal(() => openDisclosures(statement, disclosures, suite));
        expect(verdict, c.name).toBe(c.accept ? 'accepted' : c.code);
        if (!c.claims || !c.keys) continue;
        const opened = openDisclosures(statement, disclosures, suite);
        expect(Object.fromEntries(opened.claims), c.name).toEqual(c.claims);
        const keys = Object.entries(c.keys).map(([index, key]) => [
          Number(index),
          key && { ...key, key: parseBase64(key.key) },
        ]);
        expect([...opened.keys], c.name).toEqual(keys);
      }
    });
  }

  test('is tried with a mutant for each code of its own', () => {
    const codes = new Set(cases.map(({ code }) => code));
    for (const code of [
      'STATEMENT_DISCLOSURE_SHAPE',
      'STATEMENT_DISCLOSURE_ID',
      'STATEMENT_DISCLOSURE_UNREFERENCED',
      'STATEMENT_DISCLOSURE_REPEATED',
      'STATEMENT_DISCLOSURE_MISMATCH',
    ]) {
      expect(codes.has(code), code).toBe(true);
    }
  });
});

describe('openKeys', () => {
  test('gives the keys of every vector, or its code: STATEMENT_OPENING_COUNT where one is missing or misplaced', () => {
    interface Openings {
      readonly openings: readonly string[];
      readonly keys?: readonly ({ keyspace: string; key: string } | null)[];
    }
    const { entry, cases } = vectors<Openings>('openings');
    const statement = parseStatement(parseBase64(entry));
    for (const c of cases) {
      const openings = c.openings.map((text) => parseBase64(text));
      const verdict = refusal(() => openKeys(statement, openings, sha256));
      expect(verdict, c.name).toBe(c.accept ? 'accepted' : c.code);
      if (!c.keys) continue;
      expect(openKeys(statement, openings, sha256)).toEqual(
        c.keys.map((key, i) => {
          const { kind, role } = statement.keys[i]!;
          return key && { kind, role, keyspace: key.keyspace, key: parseBase64(key.key) };
        }),
      );
    }
  });
});

describe('verifyStatementSignature', () => {
  test('gives the verdict of every vector, in pure JavaScript and on OpenSSL', () => {
    interface Signature {
      readonly entry: string;
      readonly alg?: SignatureAlgorithm;
      readonly publicKey: string;
      readonly userId?: string;
    }
    const onOpenSsl = { ed25519: nodeEd25519, es256: nodeEs256, sm2: createSm2(nodeSm3) };
    const { cases } = vectors<Signature>('signatures');
    for (const c of cases) {
      const statement = parseStatement(parseBase64(c.entry));
      const { alg = 'Ed25519', userId } = c;
      const key = { alg, publicKey: parseBase64(c.publicKey), userId };
      const expected = c.accept ? 'accepted' : c.code;
      expect(
        refusal(() => verifyStatementSignature(statement, key, { es256, sm2 })),
        c.name,
      ).toBe(expected);
      expect(
        refusal(() => verifyStatementSignature(statement, key, onOpenSsl)),
        c.name,
      ).toBe(expected);
    }
    const codes = new Set(cases.map(({ code }) => code));
    for (const code of [
      'STATEMENT_SIGNATURE_ABSENT',
      'STATEMENT_SIGNATURE_KEY',
      'STATEMENT_SIGNATURE_KEY_ALGORITHM',
      'STATEMENT_SIGNATURE_INVALID',
      'STATEMENT_PUBLIC_KEY_FORM',
    ]) {
      expect(codes.has(code), code).toBe(true);
    }
  });
});
