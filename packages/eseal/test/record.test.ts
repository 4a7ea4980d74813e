import { describe, expect, test } from 'vitest';
import { checkRecord, PROFILES } from '@anchorlog/profiles';
import { parseRecord } from '@anchorlog/statement';
import { refusal } from '../../../test/refusal.ts';
import { inspectOfd, sealUseRecord, type SealUse, type SesVersion } from '../src/index.ts';
import { CONTENT, makeOfd, sealedFiles, SIGNATURE, VALUE, type OfdOptions } from './ofd-maker.ts';
import { makeIdentity, SIGNER, sm3 } from './seal-maker.ts';

const profile = PROFILES.find(({ name }) => name === 'seal.use/1')!;
const use: SealUse = {
  event: 'seal.verify',
  key: 'YZ-2026-0001',
  eventTime: '2026-04-16T09:00:00+08:00',
  documentType: 'elicense',
};
const recordOf = (
  options: OfdOptions,
  more: Partial<SealUse> = {},
): ReturnType<typeof sealUseRecord> => {
  const ofd = inspectOfd(makeOfd(options));
  return sealUseRecord({ ofd, signature: ofd.signatures[0]! }, { ...use, ...more });
};

describe('sealUseRecord', () => {
  test.for([1, 4, 5] as readonly SesVersion[])(
    'makes a record that fits its profile, version %s',
    (version) => {
      const bytes = makeOfd({ version });
      const ofd = inspectOfd(bytes);
      const record = parseRecord(
        sealUseRecord(
          { ofd, signature: ofd.signatures[0]! },
          {
            ...use,
            event: 'seal.sign',
            sealStatusAtSigning: 'active',
            claims: { operator: { kind: 'staff', id: 'x/1' }, reason: '许可证制发' },
            links: [{ rel: 'usesSeal', key: 'YZ-1' }],
          },
        ),
      );
      expect(checkRecord(record, profile)).toEqual([]);
      expect(record.claims).toMatchObject({
        sealId: '99990026000045',
        documentDigest: { alg: 'SM3', salted: false, value: sm3(bytes).toString('hex') },
        signedDigest: { value: sm3(sealedFiles({ version }).get(SIGNATURE)!).toString('hex') },
        signatureValueDigest: { value: sm3(sealedFiles({ version }).get(VALUE)!).toString('hex') },
        signTime: '2026-04-15T07:20:30.000Z',
        signerCertSerial: SIGNER.serial,
        sealStatusAtSigning: 'active',
        result: 'success',
      });
      expect(JSON.stringify(record)).not.toContain('市场监督');
    },
  );

  test('names the digest of the timestamp token, if there is one', () => {
    const { claims } = recordOf({ token: Buffer.from('token') });
    expect(claims['tsaTokenDigest']).toMatchObject({
      value: sm3(Buffer.from('token')).toString('hex'),
    });
  });

  test('says what verifying came to, in the words of the profile', () => {
    const brief = makeIdentity('seal signer', { to: '2026-03-31T00:00:00Z' });
    const rows: readonly (readonly [string, OfdOptions])[] = [
      ['valid', {}],
      ['digest-mismatch', { after: (files) => files.set(CONTENT, Buffer.from('other')) }],
      [
        'digest-mismatch',
        {
          after: (files) =>
            files.set(SIGNATURE, Buffer.concat([files.get(SIGNATURE)!, Buffer.from('\n')])),
        },
      ],
      ['sig-invalid', { signer: { ...SIGNER, secret: brief.secret.replace(/^./, '1') } }],
      ['seal-invalid-at-signing', { time: '2025-06-01T00:00:00Z' }],
      ['cert-expired', { signer: brief, signers: [brief] }],
      ['unknown', { leaveOut: [CONTENT] }],
    ];
    for (const [word, options] of rows) {
      const record = recordOf(options);
      expect(record.claims['verifyResult'], word).toBe(word);
      expect(checkRecord(parseRecord(record), profile)).toEqual([]);
    }
  });

  test('refuses to record what was not read, or the sealing of what is altered', () => {
    const after: OfdOptions['after'] = (files) => files.set(CONTENT, Buffer.from('other'));
    expect(refusal(() => recordOf({ after }, { event: 'seal.sign' }))).toBe(
      'ESEAL_RECORD_INCOMPLETE',
    );
    expect(refusal(() => recordOf({ version: 1, timeBits: Buffer.alloc(99, 1) }))).toBe(
      'ESEAL_RECORD_INCOMPLETE',
    );
    expect(refusal(() => recordOf({ type: 'Sign' }))).toBe('ESEAL_RECORD_INCOMPLETE');
    expect(refusal(() => recordOf({}, { eventTime: 'today' }))).toBe('CORE_INSTANT_MALFORMED');
  });
});
