import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import { inspectSignature, parseSealSignature, type SesVersion } from '../src/index.ts';
import { generalizedTime, integer, utcTime } from './der-writer.ts';
import {
  makeIdentity,
  makeSeal,
  makeSignature,
  MAKER,
  SIGNER,
  SIGN_TIME,
  sm3,
  type SignatureOptions,
} from './seal-maker.ts';

const VERSIONS: readonly SesVersion[] = [1, 4, 5];
const data = Buffer.from('what is sealed');
const base = { data, property: '/place' };
const make = (options: Partial<SignatureOptions> = {}): Uint8Array =>
  makeSignature({ ...base, ...options });
const codesOf = (options: Partial<SignatureOptions>): readonly (string | undefined)[] =>
  inspectSignature(make(options), { data }).checks.flatMap(({ outcome, code }) =>
    outcome === 'pass' || outcome === 'skip' ? [] : [code],
  );

describe('parseSealSignature', () => {
  test.for(VERSIONS)('reads a signature of version %s', (version) => {
    const signature = parseSealSignature(make({ version }));
    expect(signature).toMatchObject({
      version,
      seal: { version, id: '99990026000045' },
      signer: { serial: SIGNER.serial },
      signTime: Date.parse(SIGN_TIME),
      property: '/place',
      timestamp: undefined,
    });
    expect(Buffer.from(signature.dataHash)).toEqual(sm3(data));
  });

  test('reads the time of version 1 in every form in which it is written', () => {
    const signTime = Date.parse(SIGN_TIME);
    for (const timeBits of [
      utcTime(SIGN_TIME),
      generalizedTime(SIGN_TIME),
      Buffer.from('260415072030Z'),
      Buffer.from('20260415072030Z'),
      Buffer.from('2026-04-15 15:20:30'),
    ]) {
      expect(parseSealSignature(make({ version: 1, timeBits })).signTime).toBe(signTime);
    }
    expect(refusal(() => parseSealSignature(make({ version: 1, timeBits: data })))).toBe(
      'ESEAL_TIME_FORM',
    );
  });

  test('keeps a timestamp token: in the place of the time in version 1, after the signature later', () => {
    const token = Buffer.alloc(100, 1);
    const first = parseSealSignature(make({ version: 1, timeBits: token }));
    expect(first.signTime).toBeUndefined();
    expect(first.timestamp).toHaveLength(100);
    expect(parseSealSignature(make({ version: 4, token })).timestamp).toHaveLength(100);
  });

  test('refuses a signature of one version over a seal of another', () => {
    const seal = makeSeal({ version: 5 });
    expect(refusal(() => parseSealSignature(make({ version: 4, seal })))).toBe(
      'ESEAL_VERSION_UNKNOWN',
    );
    expect(refusal(() => parseSealSignature(make({ tbsVersion: 7 })))).toBe(
      'ESEAL_VERSION_UNKNOWN',
    );
  });

  test.for(VERSIONS)('refuses a member too many in version %s', (version) => {
    const bytes = make({ version, extraSignature: integer(1) });
    expect(refusal(() => parseSealSignature(bytes))).toMatch(/^ESEAL_(SHAPE|VERSION_UNKNOWN)$/);
  });
});

describe('inspectSignature', () => {
  test.for(VERSIONS)('finds a signature of version %s whole', (version) => {
    const { integrity, validity, trust } = inspectSignature(make({ version }), {
      data,
      trusted: new Set([MAKER.fingerprint]),
    });
    expect({ integrity, validity, trust }).toEqual({
      integrity: 'intact',
      validity: 'within',
      trust: 'listed',
    });
  });

  test('cannot tell of the data without it', () => {
    const { integrity, checks } = inspectSignature(make());
    expect(integrity).toBe('unknown');
    expect(checks.find(({ name }) => name === 'data')).toMatchObject({
      outcome: 'unknown',
      code: 'ESEAL_DATA_MISSING',
    });
  });

  test('finds other data', () => {
    const { checks, integrity } = inspectSignature(make(), { data: Buffer.from('other') });
    expect(integrity).toBe('altered');
    expect(checks.find(({ name }) => name === 'data')?.code).toBe('ESEAL_DATA_DIGEST');
  });

  test.for(VERSIONS)('tells apart in version %s what is wrong', (version) => {
    const stranger = makeIdentity('stranger');
    const forger = { ...SIGNER, secret: stranger.secret };
    expect(codesOf({ version })).toEqual([]);
    expect(codesOf({ version, signer: forger })).toEqual(['ESEAL_SIGNATURE_INVALID']);
    expect(codesOf({ version, signer: stranger })).toEqual(['ESEAL_SIGNER_UNLISTED']);
    expect(codesOf({ version, maker: { ...MAKER, secret: stranger.secret } })).toEqual([
      'ESEAL_SEAL_SIGNATURE',
    ]);
    expect(codesOf({ version, time: '2025-06-01T00:00:00Z' })).toEqual(['ESEAL_SEAL_TIME']);
    const brief = makeIdentity('seal signer', { to: '2026-03-31T00:00:00Z' });
    expect(codesOf({ version, signer: brief, signers: [brief] })).toEqual([
      'ESEAL_CERTIFICATE_TIME',
    ]);
    expect(codesOf({ version, signerAlgorithm: '1.2.3' })).toEqual(['ESEAL_ALGORITHM_UNKNOWN']);
  });

  test('finds the signer among digests of certificates, of SM3 only', () => {
    expect(codesOf({ listType: 2 })).toEqual([]);
    expect(codesOf({ listType: 2, digestName: '1.2.156.10197.1.401' })).toEqual([]);
    expect(codesOf({ listType: 2, digestName: 'SHA1' })).toEqual(['ESEAL_SIGNER_UNLISTED']);
  });

  test('does not know critical extensions', () => {
    expect(codesOf({ signatureCritical: true })).toEqual(['ESEAL_EXTENSION_CRITICAL']);
    expect(codesOf({ signatureCritical: false })).toEqual([]);
  });

  test('cannot tell of times that only a token says', () => {
    const found = inspectSignature(make({ version: 1, timeBits: Buffer.alloc(100, 1) }), { data });
    expect(found.integrity).toBe('intact');
    expect(found.validity).toBe('unknown');
    expect(found.checks.map(({ code }) => code)).toContain('ESEAL_SIGN_TIME_UNKNOWN');
  });

  test.for(VERSIONS)('finds any change of what is signed in version %s', (version) => {
    const bytes = make({ version });
    const { signed } = parseSealSignature(bytes);
    const begin = Buffer.from(bytes).indexOf(signed);
    fc.assert(
      fc.property(fc.nat(signed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Uint8Array.from(bytes);
        changed[begin + at]! ^= change;
        const code = refusal(() => parseSealSignature(changed));
        expect(code).toMatch(/^(accepted|ESEAL_[A-Z_]+)$/);
        if (code !== 'accepted') return;
        expect(inspectSignature(changed, { data }).integrity).not.toBe('intact');
      }),
      { numRuns: 60 },
    );
  });
});
