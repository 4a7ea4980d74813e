import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../../test/refusal.ts';
import {
  inspectFile,
  inspectOfd,
  type OfdInspection,
  type OfdSignatureInspection,
  type SesVersion,
} from '../src/index.ts';
import {
  CONTENT,
  documentFiles,
  LIST,
  makeOfd,
  replaceIn,
  SEAL,
  SIGNATURE,
  VALUE,
  xml,
  zipOf,
  type OfdOptions,
} from './ofd-maker.ts';
import { makeSeal, makeSignature, MAKER, SIGNER, signWith, sm3 } from './seal-maker.ts';

const VERSIONS: readonly SesVersion[] = [1, 4, 5];
const only = (ofd: OfdInspection): OfdSignatureInspection => {
  expect(ofd.signatures).toHaveLength(1);
  return ofd.signatures[0]!;
};
const codesOf = (options: OfdOptions): readonly (string | undefined)[] =>
  only(inspectOfd(makeOfd(options))).checks.flatMap(({ outcome, code }) =>
    outcome === 'pass' || outcome === 'skip' ? [] : [code],
  );
const thrown = (options: OfdOptions): string => refusal(() => inspectOfd(makeOfd(options)));

describe('inspectOfd', () => {
  test.for(VERSIONS)('finds an OFD with a signature of version %s whole', (version) => {
    const bytes = makeOfd({ version });
    const ofd = inspectOfd(bytes, { trusted: new Set([MAKER.fingerprint]) });
    expect(ofd).toMatchObject({
      integrity: 'intact',
      validity: 'within',
      trust: 'listed',
      files: 8,
    });
    expect(ofd.digests.sm3).toBe(sm3(bytes).toString('hex'));
    const { id, path, signature, protectedFiles, unprotected, checks } = only(ofd);
    expect([id, path, unprotected]).toEqual(['1', SIGNATURE, []]);
    expect(signature).toMatchObject({
      seal: { id: '99990026000045', maker: { serial: MAKER.serial, listed: true } },
      signer: { serial: SIGNER.serial, listed: false },
      signTime: '2026-04-15T07:20:30.000Z',
    });
    expect(protectedFiles.map((file) => file.path)).toEqual([
      'OFD.xml',
      'Doc_0/Document.xml',
      CONTENT,
      'Doc_0/Res/image.png',
      SEAL,
    ]);
    expect(checks.map(({ name }) => name)).toEqual([
      'form',
      'sealSignature',
      'signerListed',
      'extensions',
      'signature',
      'sealFile',
      'place',
      'data',
      'protectedFiles',
      'coverage',
      'sealValidity',
      'certificateValidity',
      'timestamp',
    ]);
  });

  test('keeps the picture of the seal out of what it tells', () => {
    const told = JSON.stringify(inspectOfd(makeOfd()));
    expect(told).not.toContain('a picture of a seal');
    expect(told).toContain('"size":');
  });

  test.for(VERSIONS)(
    'finds each protected file that was altered or is gone, version %s',
    (version) => {
      for (const name of ['OFD.xml', 'Doc_0/Document.xml', CONTENT, 'Doc_0/Res/image.png']) {
        const after: OfdOptions['after'] = (files) =>
          files.set(name, Buffer.concat([files.get(name)!, Buffer.from(' ')]));
        expect(codesOf({ version, after }), name).toEqual(['ESEAL_REFERENCE_DIGEST']);
      }
      const gone: OfdOptions['after'] = (files) => files.delete(CONTENT);
      expect(codesOf({ version, after: gone })).toEqual(['ESEAL_REFERENCE_MISSING']);
      expect(only(inspectOfd(makeOfd({ version, after: gone }))).protectedFiles[2]).toMatchObject({
        path: CONTENT,
        outcome: 'fail',
        code: 'ESEAL_REFERENCE_MISSING',
      });
    },
  );

  test.for(VERSIONS)('finds digests that were made to fit after signing, version %s', (version) => {
    const after: OfdOptions['after'] = (files) => {
      const old = sm3(files.get(CONTENT)!).toString('base64');
      files.set(CONTENT, xml('Page', '<ofd:Content>另一份</ofd:Content>'));
      replaceIn(files, SIGNATURE, old, sm3(files.get(CONTENT)!).toString('base64'));
    };
    expect(codesOf({ version, after })).toEqual(['ESEAL_DATA_DIGEST']);
  });

  test.for(VERSIONS)('finds another seal beside the one that signed, version %s', (version) => {
    const other = makeSeal({ version, id: 'another' });
    const after: OfdOptions['after'] = (files) => files.set(SEAL, other);
    expect(codesOf({ version, after })).toEqual(['ESEAL_SEAL_FILE', 'ESEAL_REFERENCE_DIGEST']);
  });

  test.for(VERSIONS)('finds a signature value that was replaced, version %s', (version) => {
    const data = Buffer.from('other data');
    const value = makeSignature({ version, data, property: `/${SIGNATURE}` });
    const after: OfdOptions['after'] = (files) => files.set(VALUE, value);
    expect(codesOf({ version, after })).toEqual(['ESEAL_DATA_DIGEST']);
  });

  test('says of a signature that cannot be read why, and nothing of it', () => {
    const { signature, checks, integrity, trust } = only(
      inspectOfd(makeOfd({ after: (files) => files.set(VALUE, Buffer.from('x')) }), {
        trusted: new Set(),
      }),
    );
    expect([signature, integrity, trust]).toEqual([undefined, 'altered', 'unlisted']);
    expect(checks[0]).toMatchObject({ name: 'form', outcome: 'fail', code: 'ESEAL_DER_TAG' });
    expect(codesOf({ after: (files) => files.delete(VALUE) })).toEqual(['ESEAL_OFD_MISSING']);
  });

  test('finds a signature that was made for another place', () => {
    expect(codesOf({ property: '/Doc_0/Signs/Sign_9/Signature.xml' })).toEqual([
      'ESEAL_PROPERTY_PATH',
    ]);
    expect(codesOf({ property: SIGNATURE })).toEqual([]);
  });

  test('calls a file partial whose signature leaves files open, and names them', () => {
    const added: OfdOptions['after'] = (files) => files.set('Doc_0/Annots/a.xml', Buffer.from('x'));
    const ofd = inspectOfd(makeOfd({ after: added }));
    expect(ofd.integrity).toBe('partial');
    expect(only(ofd).unprotected).toEqual(['Doc_0/Annots/a.xml']);
    expect(codesOf({ leaveOut: ['OFD.xml'] })).toEqual(['ESEAL_UNPROTECTED']);
  });

  test('knows the files of a signature wherever they lie', () => {
    expect(codesOf({ folder: 'Doc_0/Signs/' })).toEqual([]);
    expect(codesOf({ folder: '' })).toEqual([]);
  });

  test('finds a signature whose value or seal file is one of the document', () => {
    const calls = (from: string): readonly (string | undefined)[] =>
      codesOf({
        leaveOut: ['OFD.xml'],
        beforeSigning: (text) => text.replace(`>${from}<`, '>/OFD.xml<'),
      });
    expect(calls(`/${VALUE}`)).toEqual(['ESEAL_DER_TAG', 'ESEAL_UNPROTECTED']);
    expect(calls('Seal.esl')).toEqual(['ESEAL_SEAL_FILE']);
  });

  test('does not leave a file open because a listed signature calls it its own', () => {
    const after: OfdOptions['after'] = (files) => {
      const text = Buffer.from(files.get(SIGNATURE)!).toString();
      files.set(
        'Doc_0/Signs/Sign_1/Signature.xml',
        Buffer.from(text.replace(`/${VALUE}`, '/OFD.xml')),
      );
      const entry = '<ofd:Signature ID="2" BaseLoc="Sign_1/Signature.xml"/></ofd:Signatures>';
      replaceIn(files, LIST, '</ofd:Signatures>', entry);
    };
    const { signatures } = inspectOfd(makeOfd({ leaveOut: ['OFD.xml'], after }));
    expect(signatures[0]!.unprotected).toEqual(['OFD.xml']);
    expect(signatures[1]!.integrity).toBe('altered');
  });

  test('lets a second signature be added beside the first', () => {
    const second = 'Doc_0/Signs/Sign_1/';
    const after: OfdOptions['after'] = (files) => {
      const text = Buffer.from(files.get(SIGNATURE)!)
        .toString()
        .replaceAll('Sign_0/SignedValue', 'Sign_1/SignedValue');
      const data = Buffer.from(text);
      files.set(`${second}Seal.esl`, files.get(SEAL)!);
      files.set(`${second}Signature.xml`, data);
      const seal = files.get(SEAL)!;
      const value = makeSignature({ data, seal, property: `/${second}Signature.xml` });
      files.set(`${second}SignedValue.dat`, value);
      const entry = `<ofd:Signature ID="2" BaseLoc="/${second}Signature.xml"/></ofd:Signatures>`;
      replaceIn(files, LIST, '</ofd:Signatures>', entry);
    };
    const ofd = inspectOfd(makeOfd({ after }));
    expect(ofd.signatures.map(({ id, integrity }) => [id, integrity])).toEqual([
      ['1', 'intact'],
      ['2', 'intact'],
    ]);
    expect(ofd.integrity).toBe('intact');
  });

  test('cannot tell of digests by another algorithm, nor of a signature that is none of a seal', () => {
    expect(codesOf({ checkMethod: 'MD5' })).toEqual(['ESEAL_CHECK_METHOD']);
    expect(codesOf({ checkMethod: '' })).toEqual(['ESEAL_CHECK_METHOD']);
    expect(codesOf({ checkMethod: '1.2.156.10197.1.401' })).toEqual([]);
    const sign: OfdOptions = {
      type: 'Sign',
      after: (files) => files.set(VALUE, signWith(SIGNER.secret, files.get(SIGNATURE)!)),
    };
    expect(codesOf(sign)).toEqual(['ESEAL_SIGNATURE_KIND']);
    expect(inspectOfd(makeOfd(sign)).integrity).toBe('unknown');
  });

  test('tells integrity, validity and trust apart', () => {
    const { integrity, validity, trust } = inspectOfd(makeOfd({ time: '2025-06-01T00:00:00Z' }), {
      trusted: new Set([SIGNER.fingerprint]),
    });
    expect({ integrity, validity, trust }).toEqual({
      integrity: 'intact',
      validity: 'outside',
      trust: 'unlisted',
    });
  });

  test('says of a file without signatures that it has none', () => {
    const files = documentFiles();
    replaceIn(files, 'OFD.xml', `<ofd:Signatures>/${LIST}</ofd:Signatures>`, '');
    const ofd = inspectOfd(zipOf(files));
    expect([ofd.integrity, ofd.validity, ofd.trust]).toEqual(['unsigned', 'notAsked', 'notAsked']);
  });

  test('verifies with the SM2 that it is given', () => {
    const never = { isPublicKey: () => true, verify: () => false };
    expect(inspectOfd(makeOfd(), { sm2: never }).integrity).toBe('altered');
  });

  test('refuses a file that the OFD names and does not have, or that is not of its form', () => {
    expect(thrown({ after: (files) => files.delete('OFD.xml') })).toBe('ESEAL_OFD_MISSING');
    expect(thrown({ after: (files) => files.delete(LIST) })).toBe('ESEAL_OFD_MISSING');
    expect(thrown({ after: (files) => files.delete(SIGNATURE) })).toBe('ESEAL_OFD_MISSING');
    expect(thrown({ after: (files) => files.set('OFD.xml', xml('Other', '')) })).toBe(
      'ESEAL_OFD_SHAPE',
    );
    const plain = Buffer.from('<OFD/>');
    expect(thrown({ after: (files) => files.set('OFD.xml', plain) })).toBe('ESEAL_OFD_SHAPE');
    const typed = (from: string, to: string): string =>
      thrown({ after: (files) => replaceIn(files, LIST, from, to) });
    expect(typed('Type="Seal"', 'Type="Other"')).toBe('ESEAL_OFD_SHAPE');
    expect(typed('ID="1"', '')).toBe('ESEAL_OFD_SHAPE');
    expect(
      typed(
        '<ofd:Signature ',
        '<ofd:Signature ID="0" BaseLoc="Sign_0/Signature.xml"/><ofd:Signature ',
      ),
    ).toBe('ESEAL_OFD_SHAPE');
    const signed = (from: string | RegExp, to: string): string =>
      thrown({ beforeSigning: (text) => text.replace(from, to) });
    expect(signed(/<ofd:References.*<\/ofd:References>/, '')).toBe('ESEAL_OFD_SHAPE');
    expect(signed(/<ofd:CheckValue>./, '<ofd:CheckValue>*')).toBe('ESEAL_OFD_SHAPE');
    expect(signed(/<ofd:CheckValue>/, '<ofd:CheckValue><ofd:x/>')).toBe('ESEAL_OFD_SHAPE');
  });

  test('refuses places that climb, and a file that is protected twice', () => {
    const placed = (to: string): string =>
      thrown({ after: (files) => replaceIn(files, LIST, `/${SIGNATURE}`, to) });
    expect(placed('Sign_0/Signature.xml')).toBe('accepted');
    for (const place of ['../Signs/Sign_0/Signature.xml', '/./a', '//a', 'a\\b', '/']) {
      expect(placed(place), place).toBe('ESEAL_OFD_PATH');
    }
    const twice = thrown({
      beforeSigning: (text) =>
        text.replace(
          '<ofd:Reference ',
          '<ofd:Reference FileRef="/OFD.xml"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference><ofd:Reference ',
        ),
    });
    expect(twice).toBe('ESEAL_REFERENCE_TWICE');
  });

  test('refuses XML with a document type before it reads any of it', () => {
    const after: OfdOptions['after'] = (files) =>
      replaceIn(files, 'OFD.xml', '<ofd:OFD', '<!DOCTYPE x [<!ENTITY a "aaaa">]><ofd:OFD');
    expect(thrown({ after })).toBe('ESEAL_XML_DOCTYPE');
  });
});

describe('inspectFile', () => {
  test('judges or refuses with a code, whatever is changed in a file or cut off it', () => {
    const sm2 = { isPublicKey: () => true, verify: () => true };
    const files = [makeOfd(), makeSeal(), makeSignature({ data: Buffer.from('x'), property: 'x' })];
    const file = fc.constantFrom(...files);
    fc.assert(
      fc.property(file, fc.nat(), fc.nat(255), fc.boolean(), (bytes, place, value, isCut) => {
        const at = place % bytes.length;
        const changed = isCut
          ? bytes.subarray(0, at)
          : Uint8Array.from(bytes, (byte, i) => (i === at ? value : byte));
        const code = refusal(() => inspectFile(changed, { sm2 }));
        expect(code).toMatch(/^(accepted|ESEAL_[A-Z_]+)$/);
      }),
      { numRuns: 1500 },
    );
  });

  test('knows an OFD, a seal and a signature by what they are', () => {
    const data = Buffer.from('data');
    expect(inspectFile(makeOfd()).kind).toBe('ofd');
    for (const version of VERSIONS) {
      expect(inspectFile(makeSeal({ version })).kind).toBe('seal');
      expect(inspectFile(makeSignature({ version, data, property: 'x' })).kind).toBe('signature');
    }
  });

  test('refuses anything else', () => {
    for (const text of ['', '%PDF-1.7', '<?xml version="1.0"?>']) {
      expect(refusal(() => inspectFile(Buffer.from(text)))).toBe('ESEAL_INPUT_UNKNOWN');
    }
  });
});
