import { makeSeal, makeSignature, sm3, type SignatureOptions } from './seal-maker.ts';
import { makeZip, type ZipEntry } from './zip-writer.ts';

// Makes OFD files with seal signatures for tests.

export type Files = Map<string, Uint8Array>;

export interface OfdOptions extends Partial<SignatureOptions> {
  readonly checkMethod?: string;
  readonly type?: string;
  /** Changes the files before their digests are taken. */
  readonly before?: (files: Files) => void;
  /** Changes Signature.xml before it is signed. */
  readonly beforeSigning?: (xml: string) => string;
  /** Changes the files after all was signed. */
  readonly after?: (files: Files) => void;
  /** Where the signature lies. */
  readonly folder?: string;
  /** Leaves files unprotected. */
  readonly leaveOut?: readonly string[];
}

const NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"';
export const LIST = 'Doc_0/Signs/Signatures.xml';
const FOLDER = 'Doc_0/Signs/Sign_0/';
export const SIGNATURE = `${FOLDER}Signature.xml`;
export const SEAL = `${FOLDER}Seal.esl`;
export const VALUE = `${FOLDER}SignedValue.dat`;
export const CONTENT = 'Doc_0/Pages/Page_0/Content.xml';

export function xml(root: string, content: string): Uint8Array {
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<ofd:${root} ${NAMESPACE}>${content}</ofd:${root}>`,
  );
}

/** The files of a document with one page, not signed yet. */
export function documentFiles(): Files {
  return new Map([
    [
      'OFD.xml',
      xml(
        'OFD',
        '<ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>' +
          `<ofd:Signatures>/${LIST}</ofd:Signatures></ofd:DocBody>`,
      ),
    ],
    ['Doc_0/Document.xml', xml('Document', '<ofd:CommonData/>')],
    [CONTENT, xml('Page', '<ofd:Content>食品经营许可证(虚构)</ofd:Content>')],
    ['Doc_0/Res/image.png', Buffer.alloc(200, 'not really a picture ')],
  ]);
}

/** The files of a sealed document. */
export function sealedFiles(options: OfdOptions = {}): Files {
  const { checkMethod = 'SM3', type = 'Seal', leaveOut = [], folder = FOLDER } = options;
  const [place, value] = [`${folder}Signature.xml`, `${folder}SignedValue.dat`];
  const files = documentFiles();
  options.before?.(files);
  const seal = options.seal ?? makeSeal(options);
  files.set(`${folder}Seal.esl`, seal);
  const references = Array.from(files, ([name, content]) =>
    leaveOut.includes(name)
      ? ''
      : `<ofd:Reference FileRef="/${name}"><ofd:CheckValue>${sm3(content).toString('base64')}</ofd:CheckValue></ofd:Reference>`,
  );
  const method = checkMethod === '' ? '' : ` CheckMethod="${checkMethod}"`;
  const unsigned = Buffer.from(
    xml(
      'Signature',
      '<ofd:SignedInfo><ofd:Provider ProviderName="anchorlog-test"/><ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>' +
        `<ofd:References${method}>${references.join('')}</ofd:References>` +
        '<ofd:StampAnnot ID="2" Boundary="50 50 40 40" PageRef="1"/>' +
        `<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo><ofd:SignedValue>/${value}</ofd:SignedValue>`,
    ),
  ).toString();
  const data = Buffer.from(options.beforeSigning?.(unsigned) ?? unsigned);
  files.set(place, data);
  files.set(value, makeSignature({ data, property: `/${place}`, ...options, seal }));
  files.set(LIST, xml('Signatures', `<ofd:Signature ID="1" Type="${type}" BaseLoc="/${place}"/>`));
  options.after?.(files);
  return files;
}

export function zipOf(files: Files): Uint8Array {
  return makeZip(Array.from(files, ([name, content]): ZipEntry => ({ name, content })));
}

/** A sealed OFD file. */
export function makeOfd(options: OfdOptions = {}): Uint8Array {
  return zipOf(sealedFiles(options));
}

/** Change one text in a file, which must have it. */
export function replaceIn(files: Files, name: string, from: string, to: string): void {
  const text = Buffer.from(files.get(name)!).toString();
  if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
  files.set(name, Buffer.from(text.replace(from, to)));
}
