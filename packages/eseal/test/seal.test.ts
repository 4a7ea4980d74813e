import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import { inspectSeal, parseSeal, type SesVersion } from '../src/index.ts';
import { integer, octets, sequence } from './der-writer.ts';
import {
  makeIdentity,
  makeSeal,
  MAKER,
  PICTURE,
  SIGNER,
  sm3,
  type SealOptions,
} from './seal-maker.ts';

const VERSIONS: readonly SesVersion[] = [1, 4, 5];
const read = (options: SealOptions): string => refusal(() => parseSeal(makeSeal(options)));
const codeOf = (options: SealOptions, trusted?: ReadonlySet<string>): string | undefined =>
  inspectSeal(makeSeal(options), { trusted }).checks.find(({ outcome }) => outcome !== 'pass')
    ?.code;

describe('parseSeal', () => {
  test.for(VERSIONS)('reads a seal of version %s', (version) => {
    const bytes = makeSeal({ version });
    const seal = parseSeal(bytes);
    expect(seal).toMatchObject({
      version,
      id: '99990026000045',
      vendor: 'TestVendor',
      name: '示例市市场监督管理局(虚构)',
      type: 1,
      created: Date.parse('2026-01-01T00:00:00Z'),
      validTo: Date.parse('2028-12-31T23:59:59Z'),
      picture: { type: 'GIF', size: PICTURE.length, width: 40, height: 40 },
      maker: { serial: MAKER.serial },
      signers: [{ certificate: { serial: SIGNER.serial } }],
    });
    expect(seal.picture.digest).toBe(sm3(PICTURE).toString('hex'));
    expect(Buffer.from(seal.bytes)).toEqual(Buffer.from(bytes));
  });

  test.for([4, 5] as const)('reads digests of certificates in version %s', (version) => {
    const { signers } = parseSeal(makeSeal({ version, listType: 2 }));
    expect(signers).toEqual([
      { algorithm: 'SM3', digest: new Uint8Array(sm3(SIGNER.certificate)) },
    ]);
  });

  test('keeps the timestamp that version 5 may have, and that version 4 has not', () => {
    const timestamp = Buffer.from('token');
    expect(parseSeal(makeSeal({ version: 5, timestamp })).timestamp).toHaveLength(5);
    expect(read({ version: 4, timestamp })).toBe('ESEAL_SHAPE');
  });

  test('refuses a version that is not known, or not that of its form', () => {
    expect(read({ version: 4, headerVersion: 6 })).toBe('ESEAL_VERSION_UNKNOWN');
    expect(read({ version: 4, headerVersion: 1 })).toBe('ESEAL_VERSION_UNKNOWN');
    expect(read({ version: 1, headerVersion: 4 })).toBe('ESEAL_VERSION_UNKNOWN');
  });

  test.for(VERSIONS)('refuses another structure of version %s', (version) => {
    expect(read({ version, header: 'XX' })).toBe('ESEAL_SHAPE');
    expect(read({ version, extra: integer(1) })).toMatch(/^ESEAL_(SHAPE|VERSION_UNKNOWN)$/);
    expect(refusal(() => parseSeal(sequence(octets(Buffer.alloc(3)), integer(1))))).toBe(
      'ESEAL_SHAPE',
    );
  });

  test('refuses bytes after it, and more than are read', () => {
    const longer = Buffer.concat([makeSeal(), Buffer.alloc(1)]);
    expect(refusal(() => parseSeal(longer))).toBe('ESEAL_DER_TRAILING');
    expect(refusal(() => parseSeal(new Uint8Array(16_777_217)))).toBe('ESEAL_INPUT_LIMIT');
  });

  test('refuses a validity of times that there are not', () => {
    expect(read({ to: '2028-02-30T00:00:00Z' })).toBe('ESEAL_TIME_FORM');
  });
});

describe('inspectSeal', () => {
  test.for(VERSIONS)(
    'finds a seal of version %s whole, and says nothing of trust unasked',
    (version) => {
      const { integrity, validity, trust, checks } = inspectSeal(makeSeal({ version }));
      expect({ integrity, validity, trust }).toEqual({
        integrity: 'intact',
        validity: 'notAsked',
        trust: 'notAsked',
      });
      expect(checks.every(({ outcome }) => outcome === 'pass')).toBe(true);
    },
  );

  test.for(VERSIONS)('finds any change of a seal of version %s', (version) => {
    const bytes = makeSeal({ version });
    // Version 4 and later do not sign the maker's certificate: what its key does not need can change, and its fingerprint tells.
    const own = Buffer.from(bytes).indexOf(MAKER.certificate);
    const end = version === 1 ? own : own + MAKER.certificate.length;
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        fc.pre(at < own || at >= end);
        const changed = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ change : byte));
        const code = refusal(() => parseSeal(changed));
        expect(code).toMatch(/^(accepted|ESEAL_[A-Z_]+)$/);
        if (code === 'accepted') expect(inspectSeal(changed).integrity).not.toBe('intact');
      }),
      { numRuns: 80 },
    );
  });

  test('tells a foreign signature, an unknown algorithm, another kind of key and a key off the curve apart', () => {
    const foreign = { ...MAKER, secret: SIGNER.secret };
    expect(codeOf({ maker: foreign })).toBe('ESEAL_SEAL_SIGNATURE');
    expect(codeOf({ algorithm: '1.2.840.10045.4.3.2' })).toBe('ESEAL_ALGORITHM_UNKNOWN');
    const nist = makeIdentity('x', { curve: '1.2.840.10045.3.1.7' });
    expect(codeOf({ maker: nist })).toBe('ESEAL_KEY_UNSUPPORTED');
    const off = makeIdentity('x', { key: Buffer.concat([Buffer.of(4), Buffer.alloc(64, 9)]) });
    expect(codeOf({ maker: off })).toBe('ESEAL_KEY_POINT');
    expect(codeOf({ critical: true })).toBe('ESEAL_EXTENSION_CRITICAL');
    expect(codeOf({ critical: false })).toBeUndefined();
  });

  test('refuses a signature in another form than its own', () => {
    const padded = (signature: Uint8Array): Uint8Array => {
      const r = signature.subarray(4, 4 + signature[3]!);
      const rest = signature.subarray(4 + r.length);
      const body = Buffer.concat([Buffer.of(2, r.length + 1, 0), r, rest]);
      return Buffer.concat([Buffer.of(0x30, body.length), body]);
    };
    expect(codeOf({ resign: padded })).toBe('ESEAL_SIGNATURE_FORM');
    const longer = (signature: Uint8Array): Uint8Array => Buffer.concat([signature, Buffer.of(0)]);
    expect(codeOf({ resign: longer })).toBe('ESEAL_SIGNATURE_FORM');
  });

  test('trusts a seal only of a listed maker, and only as signed', () => {
    const bytes = makeSeal();
    const trust = (fingerprint: string): string =>
      inspectSeal(bytes, { trusted: new Set([fingerprint]) }).trust;
    expect(trust(MAKER.fingerprint)).toBe('listed');
    expect(trust(SIGNER.fingerprint)).toBe('unlisted');
    const forged = makeSeal({ maker: { ...MAKER, secret: SIGNER.secret } });
    expect(inspectSeal(forged, { trusted: new Set([MAKER.fingerprint]) }).trust).toBe('unlisted');
  });
});
