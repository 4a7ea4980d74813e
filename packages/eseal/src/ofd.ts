import { parseBase64 } from '@anchorlog/core';
import { esealError } from './error.ts';
import { parseXml, type XmlElement } from './xml.ts';
import type { Zip } from './zip.ts';

/** GB/T 33190-2016 §7.1 */
const NAMESPACE = 'http://www.ofdspec.org/2016';
const DOCUMENTS_LIMIT = 64;
const SIGNATURES_LIMIT = 256;
const REFERENCES_LIMIT = 20_000;

/** A signature that an OFD lists, as its XML says it; nothing is verified (spec/eseal §5.3). */
export interface OfdSignature {
  readonly id: string;
  readonly type: 'Seal' | 'Sign';
  /** Place of Signature.xml. */
  readonly path: string;
  /** Bytes of Signature.xml. */
  readonly bytes: Uint8Array;
  /** As written; not what is relied on. */
  readonly provider: string | undefined;
  readonly method: string | undefined;
  readonly checkMethod: string;
  readonly references: readonly Reference[];
  /** Place of the seal file, if it names one. */
  readonly sealPath: string | undefined;
  readonly valuePath: string;
}

/** A protected file. */
export interface Reference {
  readonly path: string;
  readonly digest: Uint8Array;
}

/** The signatures of an OFD, and the files that list them. */
export interface OfdIndex {
  readonly signatures: readonly OfdSignature[];
  /** Places of the Signatures.xml of each document. */
  readonly lists: readonly string[];
}

/**
 * Find the signatures of an OFD by its OFD.xml. @throws ESEAL_OFD_SHAPE, ESEAL_OFD_PATH, ESEAL_OFD_MISSING, ESEAL_REFERENCE_TWICE, ESEAL_XML_…,
 * and what `zip.read` throws
 */
export function readOfd(zip: Zip): OfdIndex {
  const root = new Node(parseXml(fileOf(zip, 'OFD.xml')), 'OFD.xml', 'OFD');
  const bodies = root.all('DocBody', DOCUMENTS_LIMIT);
  if (bodies.length === 0) throw root.fault('expected a DocBody');
  const lists = bodies.flatMap((body) => body.optional('Signatures')?.place() ?? []);
  if (new Set(lists).size < lists.length) throw root.fault('one list of signatures named twice');
  const signatures = lists.flatMap((list) => signaturesOf(zip, list));
  const paths = signatures.map(({ path }) => path);
  if (new Set(paths).size < paths.length) throw root.fault('one signature listed twice');
  return { signatures, lists };
}

function signaturesOf(zip: Zip, list: string): readonly OfdSignature[] {
  const root = new Node(parseXml(fileOf(zip, list)), list, 'Signatures');
  return root.all('Signature', SIGNATURES_LIMIT).map((entry) => {
    const type = entry.attribute('Type') ?? 'Seal';
    if (type !== 'Seal' && type !== 'Sign') throw entry.fault('expected Type Seal or Sign');
    const path = entry.placeOf(entry.required('BaseLoc'));
    return signatureOf(zip, path, { id: entry.required('ID'), type });
  });
}

function signatureOf(
  zip: Zip,
  path: string,
  entry: Pick<OfdSignature, 'id' | 'type'>,
): OfdSignature {
  const bytes = fileOf(zip, path);
  const root = new Node(parseXml(bytes), path, 'Signature');
  const info = root.one('SignedInfo');
  const references = info.one('References');
  return {
    ...entry,
    path,
    bytes,
    provider: info.optional('Provider')?.attribute('ProviderName'),
    method: info.optional('SignatureMethod')?.text(),
    // GB/T 33190-2016 table 67: MD5 unless it is said.
    checkMethod: references.attribute('CheckMethod') ?? 'MD5',
    references: referencesOf(references),
    sealPath: info.optional('Seal')?.one('BaseLoc').place(),
    valuePath: root.one('SignedValue').place(),
  };
}

function referencesOf(list: Node): readonly Reference[] {
  const seen = new Set<string>();
  return list.all('Reference', REFERENCES_LIMIT).map((node) => {
    const path = node.placeOf(node.required('FileRef'));
    if (seen.has(path)) {
      throw esealError('ESEAL_REFERENCE_TWICE', 'signature: one file protected twice', { path });
    }
    seen.add(path);
    return { path, digest: node.one('CheckValue').base64() };
  });
}

/** Read a file that the OFD names. @throws ESEAL_OFD_MISSING */
export function fileOf(zip: Zip, path: string): Uint8Array {
  if (zip.has(path)) return zip.read(path);
  throw esealError('ESEAL_OFD_MISSING', `ofd: no file ${path}`, { path });
}

/** An element of one of the OFD's XML files. Elements of other names are left aside, as the standard lets them be there. */
class Node {
  readonly #element: XmlElement;
  readonly #file: string;

  constructor(element: XmlElement, file: string, name: string) {
    this.#element = element;
    this.#file = file;
    if (element.namespace !== NAMESPACE || element.name !== name)
      throw this.fault(`expected ${name}`);
  }

  all(name: string, limit: number): readonly Node[] {
    const found = this.#element.children.filter(
      (child) => child.namespace === NAMESPACE && child.name === name,
    );
    if (found.length > limit) throw this.fault(`expected at most ${limit} of ${name}`);
    return found.map((child) => new Node(child, this.#file, name));
  }

  optional(name: string): Node | undefined {
    return this.all(name, 1)[0];
  }

  one(name: string): Node {
    const found = this.optional(name);
    if (!found) throw this.fault(`expected ${name}`);
    return found;
  }

  attribute(name: string): string | undefined {
    return this.#element.attributes.get(name);
  }

  required(name: string): string {
    const value = this.attribute(name);
    if (value === undefined || value === '') throw this.fault(`expected attribute ${name}`);
    return value;
  }

  /** The text of an element that holds nothing else. */
  text(): string {
    if (this.#element.children.length > 0) throw this.fault('expected text');
    return this.#element.text.trim();
  }

  base64(): Uint8Array {
    try {
      return parseBase64(this.text());
    } catch (error) {
      throw this.fault('expected base64', error);
    }
  }

  /** The text as a place within the OFD. */
  place(): string {
    return this.placeOf(this.text());
  }

  placeOf(text: string): string {
    return placeIn(text, this.#file);
  }

  fault(expected: string, cause?: unknown): Error {
    const at = `${this.#file}, ${this.#element.name}`;
    return esealError('ESEAL_OFD_SHAPE', `${at}: ${expected}`, { at }, { cause });
  }
}

/** Resolve a place: from the root if it begins with `/`, else from the folder of the file that says it. @throws ESEAL_OFD_PATH */
function placeIn(text: string, file: string): string {
  const folder = text.startsWith('/') ? '' : file.slice(0, file.lastIndexOf('/') + 1);
  const place = folder + text.replace(/^\//, '');
  const segments = place.split('/');
  const isPlain =
    !place.includes('\\') && segments.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain)
    throw esealError('ESEAL_OFD_PATH', `${file}: a place that is no plain path`, { file });
  return place;
}
