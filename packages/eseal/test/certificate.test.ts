import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import { parseCertificate } from '../src/index.ts';
import { explicit, integer, sequence } from './der-writer.ts';
import { makeIdentity, SIGNER } from './seal-maker.ts';

const { certificate } = SIGNER;

describe('parseCertificate', () => {
  test('reads what the platform reads', () => {
    const read = parseCertificate(certificate);
    const known = new X509Certificate(certificate);
    expect(read.serial).toBe(known.serialNumber);
    expect(read.fingerprint.toUpperCase()).toBe(known.fingerprint256.replaceAll(':', ''));
    expect(read.notAfter).toBe(Date.parse(known.validTo));
    expect(read.subject).toBe('C=CN, O=测试机构(虚构), CN=seal signer');
    expect(Buffer.from(read.publicKey!).toString('hex')).toBe(SIGNER.publicKey);
  });

  test('gives no key of another curve or form', () => {
    const other = makeIdentity('x', { curve: '1.2.840.10045.3.1.7' });
    expect(parseCertificate(other.certificate).publicKey).toBeUndefined();
    const short = makeIdentity('x', { key: Buffer.alloc(33, 2) });
    expect(parseCertificate(short.certificate).publicKey).toBeUndefined();
  });

  test('refuses another structure, and more bytes than a certificate has', () => {
    const wrong = sequence(sequence(explicit(0, integer(2)), integer(1)), sequence());
    expect(refusal(() => parseCertificate(wrong))).toBe('ESEAL_CERTIFICATE_SHAPE');
    expect(refusal(() => parseCertificate(new Uint8Array(65_537)))).toBe('ESEAL_INPUT_LIMIT');
    expect(refusal(() => parseCertificate(certificate.subarray(1)))).toMatch(/^ESEAL_DER_/);
  });

  test('refuses one with two algorithms of its signature', () => {
    const text = Buffer.from(certificate).toString('hex');
    const oid = '06082a811ccf55018375';
    const changed = Buffer.from(
      text.slice(0, text.lastIndexOf(oid)) +
        text.slice(text.lastIndexOf(oid)).replace('8375', '8376'),
      'hex',
    );
    expect(refusal(() => parseCertificate(changed))).toBe('ESEAL_CERTIFICATE_SHAPE');
  });
});
