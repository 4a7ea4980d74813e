import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatHex } from '@anchorlog/core';
import { refusal } from '../../../test/refusal.ts';
import { sm3 } from '@anchorlog/core/sm3';
import { parseCertificate, parseSm2Signature, pureSm2 } from '../src/index.ts';
import { der, integer, sequence } from './der-writer.ts';
import { SIGNER, signWith } from './seal-maker.ts';

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');
/** The example of GB/T 32918.5-2017 annex A. */
const MESSAGE = Buffer.from('message digest');
const KEY = hex(
  '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
);
const R = 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3';
const S = 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
const ORDER = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('sm3', () => {
  test('gives the digests that the platform gives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        expect(formatHex(sm3.hash(data))).toBe(createHash('sm3').update(data).digest('hex'));
      }),
    );
  });
});

describe('parseSm2Signature', () => {
  test('reads r and s, each to 32 bytes', () => {
    const signature = parseSm2Signature(sequence(integer(5), integer(hex(S))));
    expect(formatHex(signature)).toBe(`${'0'.repeat(63)}5${S}`);
  });

  test.for([
    ['r = 0', sequence(integer(0), integer(hex(S)))],
    ['s = n', sequence(integer(hex(R)), integer(hex(ORDER)))],
    ['r of 33 bytes', sequence(integer(hex(`01${R}`)), integer(hex(S)))],
    ['a negative r', sequence(der(0x02, hex(R)), integer(hex(S)))],
    ['a zero before r', sequence(der(0x02, hex(`0000${R}`)), integer(hex(S)))],
    ['three numbers', sequence(integer(1), integer(1), integer(1))],
    ['one number', sequence(integer(1))],
    ['bytes after it', Buffer.concat([sequence(integer(1), integer(1)), hex('00')])],
    ['r and s without DER', hex(R + S)],
    ['a length in a longer form', hex('308106020101020101')],
  ] as const)('refuses %s', ([, bytes]) => {
    expect(refusal(() => parseSm2Signature(bytes))).toBe('ESEAL_SIGNATURE_FORM');
  });
});

describe('pureSm2', () => {
  const signature = hex(R + S);

  test('verifies the example of the standard, and nothing near it', () => {
    expect(pureSm2.verify({ message: MESSAGE, signature, publicKey: KEY })).toBe(true);
    const other = Buffer.from('message digesT');
    expect(pureSm2.verify({ message: other, signature, publicKey: KEY })).toBe(false);
    for (let i = 0; i < 64; i += 7) {
      const changed = Uint8Array.from(signature, (byte, at) => (at === i ? byte ^ 1 : byte));
      expect(pureSm2.verify({ message: MESSAGE, signature: changed, publicKey: KEY })).toBe(false);
    }
  });

  test('takes no key that is not on the curve, or of another form', () => {
    expect(pureSm2.isPublicKey(KEY)).toBe(true);
    const off = Uint8Array.from(KEY, (byte, at) => (at === 64 ? byte ^ 1 : byte));
    for (const key of [off, KEY.subarray(1), Uint8Array.of(4, ...new Uint8Array(64).fill(255))]) {
      expect(pureSm2.isPublicKey(key)).toBe(false);
      expect(pureSm2.verify({ message: MESSAGE, signature, publicKey: key })).toBe(false);
    }
  });

  test.skipIf(!hasOpenssl)('verifies what OpenSSL signed, and OpenSSL what was signed here', () => {
    const dir = mkdtempSync(join(tmpdir(), 'anchorlog-sm2-'));
    const openssl = (...args: readonly string[]): Buffer => {
      const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: dir });
      if (status !== 0) throw new Error(stderr.toString());
      return stdout;
    };
    try {
      writeFileSync(join(dir, 'message'), MESSAGE);
      openssl('ecparam', '-genkey', '-name', 'SM2', '-noout', '-out', 'key.pem');
      const id = ['-pkeyopt', 'distid:1234567812345678'];
      const raw = ['-rawin', '-digest', 'sm3', ...id];
      openssl('pkeyutl', '-sign', '-inkey', 'key.pem', '-in', 'message', ...raw, '-out', 'signed');
      const spki = openssl('pkey', '-in', 'key.pem', '-pubout', '-outform', 'DER');
      const publicKey = spki.subarray(-65);
      const made = parseSm2Signature(readFileSync(join(dir, 'signed')));
      expect(pureSm2.verify({ message: MESSAGE, signature: made, publicKey })).toBe(true);

      writeFileSync(join(dir, 'signer.cer'), SIGNER.certificate);
      writeFileSync(join(dir, 'ours'), signWith(SIGNER.secret, MESSAGE));
      const certificate = ['x509', '-in', 'signer.cer', '-inform', 'DER'];
      writeFileSync(join(dir, 'public.pem'), openssl(...certificate, '-noout', '-pubkey'));
      const by = ['-pubin', '-inkey', 'public.pem', '-in', 'message', '-sigfile', 'ours'];
      expect(openssl('pkeyutl', '-verify', ...by, ...raw).toString()).toMatch(/Successfully/);
      expect(
        openssl(...certificate, '-noout', '-serial')
          .toString()
          .trim(),
      ).toBe(`serial=${parseCertificate(SIGNER.certificate).serial}`);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
