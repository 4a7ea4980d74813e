import {
  CONTENT,
  replaceIn,
  SEAL,
  sealedFiles,
  SIGNATURE,
  VALUE,
  xml,
  type OfdOptions,
} from '../../packages/eseal/test/ofd-maker.ts';
import {
  makeIdentity,
  makeSeal,
  makeSignature,
  MAKER,
  SIGNER,
  sm3,
} from '../../packages/eseal/test/seal-maker.ts';
import { makeZip, type ZipEntry } from '../../packages/eseal/test/zip-writer.ts';

// OFD files with seal signatures (spec/eseal): keys and names are made up, files are stored unpacked. The answers are written by hand.

type Case = readonly [
  name: string,
  options: OfdOptions,
  integrity: string,
  codes: readonly string[],
];

const STRANGER = makeIdentity('stranger');
const data = Buffer.from('other data');

const CASES: readonly Case[] = ([1, 4, 5] as const).flatMap((version): readonly Case[] => [
  [`whole, version ${version}`, { version }, 'intact', []],
  [
    `a page altered, version ${version}`,
    { version, after: (files) => files.set(CONTENT, xml('Page', '')) },
    'altered',
    ['ESEAL_REFERENCE_DIGEST'],
  ],
  [
    `a page taken away, version ${version}`,
    { version, after: (files) => files.delete(CONTENT) },
    'altered',
    ['ESEAL_REFERENCE_MISSING'],
  ],
  [
    `a page altered and its digest made to fit, version ${version}`,
    {
      version,
      after(files) {
        const old = sm3(files.get(CONTENT)!).toString('base64');
        files.set(CONTENT, xml('Page', ''));
        replaceIn(files, SIGNATURE, old, sm3(files.get(CONTENT)!).toString('base64'));
      },
    },
    'altered',
    ['ESEAL_DATA_DIGEST'],
  ],
  [
    `the signature of other data, version ${version}`,
    {
      version,
      after: (files) =>
        files.set(VALUE, makeSignature({ version, data, property: `/${SIGNATURE}` })),
    },
    'altered',
    ['ESEAL_DATA_DIGEST'],
  ],
  [
    `another seal beside the signature, version ${version}`,
    { version, after: (files) => files.set(SEAL, makeSeal({ version, id: 'another' })) },
    'altered',
    ['ESEAL_SEAL_FILE', 'ESEAL_REFERENCE_DIGEST'],
  ],
  [
    `a seal that its maker did not sign, version ${version}`,
    { version, maker: { ...MAKER, secret: STRANGER.secret } },
    'altered',
    ['ESEAL_SEAL_SIGNATURE'],
  ],
  [
    `signed by another key, version ${version}`,
    { version, signer: { ...SIGNER, secret: STRANGER.secret } },
    'altered',
    ['ESEAL_SIGNATURE_INVALID'],
  ],
  [
    `signed by whom the seal does not list, version ${version}`,
    { version, signer: STRANGER },
    'altered',
    ['ESEAL_SIGNER_UNLISTED'],
  ],
  [
    `a file added, version ${version}`,
    { version, after: (files) => files.set('Doc_0/added.xml', data) },
    'partial',
    ['ESEAL_UNPROTECTED'],
  ],
  [
    `signed before the seal was valid, version ${version}`,
    { version, time: '2025-06-01T00:00:00Z' },
    'intact',
    ['ESEAL_SEAL_TIME'],
  ],
]);

/** Give `eseal/ofd.json`. */
export function generateEseal(): Readonly<Record<string, string>> {
  const cases = CASES.map(([name, options, integrity, codes]) => {
    const entries = Array.from(sealedFiles(options), ([path, content]): ZipEntry => {
      return { name: path, content, stored: true };
    });
    const file = Buffer.from(makeZip(entries)).toString('base64');
    return { name, file, integrity, codes };
  });
  const description = 'OFD files with one seal signature each: what an inspection must answer.';
  const whole = { description, maker: MAKER.fingerprint, cases };
  return { 'eseal/ofd.json': `${JSON.stringify(whole, undefined, 1)}\n` };
}
