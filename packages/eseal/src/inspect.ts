import { equalBytes, formatHex, sha256, type HashSuite } from '@anchorlog/core';
import { sm3 } from '@anchorlog/core/sm3';
import { check, checkData, checkSeal, checkSignature, checkTimes, isSm3Name } from './check.ts';
import type { Check } from './check.ts';
import { DerReader, parseDer, TAG } from './der.ts';
import { esealError } from './error.ts';
import { fileOf, readOfd, type OfdIndex, type OfdSignature } from './ofd.ts';
import {
  integrityOf,
  reportSeal,
  reportSignature,
  trustOf,
  validityOf,
  worst,
  type Integrity,
  type SealReport,
  type SignatureReport,
  type Trust,
  type Validity,
} from './report.ts';
import { limited, parseSeal } from './seal.ts';
import { parseSealSignature, type SealSignature } from './signature.ts';
import { pureSm2, type Sm2 } from './sm2.ts';
import { openZip, type Zip, type ZipLimits } from './zip.ts';

export interface InspectOptions {
  /** Verifies SM2; the one in pure JavaScript unless given. */
  readonly sm2?: Sm2 | undefined;
  /** SHA-256 of the certificates of seal makers that the caller trusts, in lower-case hexadecimal; not asked unless given. */
  readonly trusted?: ReadonlySet<string> | undefined;
  /** SM3 for whole files, which may be large; the one in pure JavaScript unless given. */
  readonly hash?: HashSuite | undefined;
  readonly limits?: ZipLimits | undefined;
}

/** What is to be said of one seal or signature: integrity, validity and trust are three answers, and none stands for another. */
export interface Judgement {
  readonly integrity: Integrity;
  readonly validity: Validity;
  readonly trust: Trust;
  readonly checks: readonly Check[];
}

export interface SealInspection extends Judgement {
  readonly kind: 'seal';
  readonly seal: SealReport;
}

export interface SignatureInspection extends Judgement {
  readonly kind: 'signature';
  readonly signature: SignatureReport;
}

export interface OfdInspection extends Omit<Judgement, 'checks'> {
  readonly kind: 'ofd';
  /** Digests of the whole file, in hexadecimal. */
  readonly digests: { readonly sm3: string; readonly sha256: string };
  readonly files: number;
  readonly signatures: readonly OfdSignatureInspection[];
}

/** A signature that an OFD lists. */
export interface OfdSignatureInspection extends Judgement {
  readonly id: string;
  readonly type: 'Seal' | 'Sign';
  /** Place of its Signature.xml. */
  readonly path: string;
  readonly provider: string | undefined;
  /** None where it could not be read. */
  readonly signature: SignatureReport | undefined;
  readonly protectedFiles: readonly ProtectedFile[];
  /** Files of the document that it does not protect. */
  readonly unprotected: readonly string[];
}

export interface ProtectedFile {
  readonly path: string;
  /** As the signature has it, in hexadecimal. */
  readonly digest: string;
  readonly outcome: 'pass' | 'fail' | 'unknown';
  readonly code?: string | undefined;
}

/** Inspect a file by what it is: an OFD, a seal, or a seal signature without its data. @throws ESEAL_INPUT_UNKNOWN, and what the three throw */
export function inspectFile(
  bytes: Uint8Array,
  options: InspectOptions = {},
): OfdInspection | SealInspection | SignatureInspection {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return inspectOfd(bytes, options);
  if (bytes[0] !== TAG.sequence) {
    throw esealError('ESEAL_INPUT_UNKNOWN', 'neither an OFD file nor a seal');
  }
  return beginsAsSignature(bytes) ? inspectSignature(bytes, options) : inspectSeal(bytes, options);
}

/** The first member of a signature begins with its version, that of a seal with a header. */
function beginsAsSignature(bytes: Uint8Array): boolean {
  const first = new DerReader(parseDer(limited(bytes, 'file')), 'file').take(TAG.sequence);
  return first.items[0]?.tag === TAG.integer;
}

/** Inspect a seal (`.esl`). @throws what `parseSeal` throws */
export function inspectSeal(bytes: Uint8Array, options: InspectOptions = {}): SealInspection {
  const { sm2 = pureSm2, trusted } = options;
  const read = parseSeal(bytes);
  const seal = reportSeal(read, trusted);
  const checks = checkSeal(read, sm2);
  return { kind: 'seal', ...judge(checks, seal), seal };
}

/** Inspect a seal signature and, if given, the data that it is over. @throws what `parseSealSignature` throws */
export function inspectSignature(
  bytes: Uint8Array,
  options: InspectOptions & { readonly data?: Uint8Array | undefined } = {},
): SignatureInspection {
  const { sm2 = pureSm2, trusted, data } = options;
  const read = parseSealSignature(bytes);
  const signature = reportSignature(read, trusted);
  const checks = [...checkSignature(read, sm2), checkData(read, data), ...checkTimes(read)];
  return { kind: 'signature', ...judge(checks, signature.seal), signature };
}

/**
 * Inspect an OFD file: every signature in it, and every file that each protects (spec/eseal §6). What makes the file unsafe or
 * ambiguous as a whole is thrown; what is wrong with one signature stands at its checks.
 * @throws ESEAL_ZIP_…, ESEAL_XML_…, ESEAL_OFD_…, ESEAL_REFERENCE_TWICE
 */
export function inspectOfd(bytes: Uint8Array, options: InspectOptions = {}): OfdInspection {
  const { hash = sm3, limits } = options;
  const zip = openZip(bytes, limits);
  const index = readOfd(zip);
  const digests = digestsOf(zip, index, hash);
  const signatures = index.signatures.map((entry) =>
    inspectEntry({ zip, index, digests }, entry, options),
  );
  const parts = <T extends 'integrity' | 'validity' | 'trust'>(name: T): Judgement[T][] =>
    signatures.map((signature) => signature[name]);
  return {
    kind: 'ofd',
    integrity: worst(['altered', 'unknown', 'partial', 'intact'], parts('integrity')) ?? 'unsigned',
    validity: worst(['outside', 'unknown', 'within'], parts('validity')) ?? 'notAsked',
    trust: worst(['unlisted', 'listed'], parts('trust')) ?? 'notAsked',
    digests: { sm3: formatHex(hash.hash(bytes)), sha256: formatHex(sha256.hash(bytes)) },
    files: zip.names.length,
    signatures,
  };
}

interface Opened {
  readonly zip: Zip;
  readonly index: OfdIndex;
  /** Digest of each file that a signature protects: a file is unpacked once, however many protect it. */
  readonly digests: ReadonlyMap<string, Uint8Array>;
}

function digestsOf(
  zip: Zip,
  { signatures }: OfdIndex,
  hash: HashSuite,
): ReadonlyMap<string, Uint8Array> {
  const digests = new Map<string, Uint8Array>();
  for (const { references } of signatures) {
    for (const { path } of references) {
      if (zip.has(path) && !digests.has(path)) digests.set(path, hash.hash(zip.read(path)));
    }
  }
  return digests;
}

function inspectEntry(
  opened: Opened,
  entry: OfdSignature,
  { sm2 = pureSm2, trusted }: InspectOptions,
): OfdSignatureInspection {
  const { id, type, path, provider } = entry;
  const protectedFiles = entry.references.map((reference) => fileCheck(opened, entry, reference));
  const unprotected = unprotectedBy(opened, entry);
  const { read, form } = readValue(opened.zip, entry);
  const signature = read && reportSignature(read, trusted);
  const checks = [
    form,
    ...(read ? checkSignature(read, sm2) : []),
    ...(read ? [sealFileCheck(opened.zip, entry, read), placeCheck(entry, read)] : []),
    ...(read ? [checkData(read, entry.bytes)] : []),
    filesCheck(protectedFiles),
    coverageCheck(unprotected),
    ...(read ? checkTimes(read) : []),
  ];
  return {
    id,
    type,
    path,
    provider,
    ...judge(checks, signature?.seal, trusted),
    signature,
    protectedFiles,
    unprotected,
  };
}

function judge(
  checks: readonly Check[],
  seal: SealReport | undefined,
  trusted?: ReadonlySet<string>,
): Judgement {
  const unread = trusted ? 'unlisted' : 'notAsked';
  return {
    integrity: integrityOf(checks),
    validity: validityOf(checks),
    trust: seal ? trustOf(seal.maker, checks) : unread,
    checks,
  };
}

/** Read the signature value of an entry. What is no seal signature at all, a bare one or CMS, cannot be judged here. */
function readValue(
  zip: Zip,
  entry: OfdSignature,
): { readonly read: SealSignature | undefined; readonly form: Check } {
  let read: SealSignature | undefined;
  const form = check('form', () => {
    if (entry.type === 'Sign') {
      throw esealError('ESEAL_SIGNATURE_KIND', 'signature: of type Sign', { type: entry.type });
    }
    read = parseSealSignature(fileOf(zip, entry.valuePath));
  });
  return { read, form };
}

/** The seal file that is shown must be the seal that signed. */
function sealFileCheck(zip: Zip, { sealPath }: OfdSignature, { seal }: SealSignature): Check {
  if (sealPath === undefined) return { name: 'sealFile', outcome: 'skip' };
  return check('sealFile', () => {
    if (!equalBytes(fileOf(zip, sealPath), seal.bytes)) {
      throw esealError('ESEAL_SEAL_FILE', `signature: another seal in ${sealPath}`, { sealPath });
    }
  });
}

function placeCheck({ path }: OfdSignature, { property }: SealSignature): Check {
  return check('place', () => {
    if (property.replace(/^\//, '') !== path) {
      throw esealError('ESEAL_PROPERTY_PATH', 'signature: made for another place', { property });
    }
  });
}

function fileCheck(
  { digests }: Opened,
  { checkMethod }: OfdSignature,
  reference: OfdSignature['references'][number],
): ProtectedFile {
  const { path } = reference;
  const digest = formatHex(reference.digest);
  const found = digests.get(path);
  if (!found) return { path, digest, outcome: 'fail', code: 'ESEAL_REFERENCE_MISSING' };
  if (!isSm3Name(checkMethod)) {
    return { path, digest, outcome: 'unknown', code: 'ESEAL_CHECK_METHOD' };
  }
  return equalBytes(found, reference.digest)
    ? { path, digest, outcome: 'pass' }
    : { path, digest, outcome: 'fail', code: 'ESEAL_REFERENCE_DIGEST' };
}

function filesCheck(files: readonly ProtectedFile[]): Check {
  const bad =
    files.find(({ outcome }) => outcome === 'fail') ??
    files.find(({ outcome }) => outcome === 'unknown');
  const facts = { files: files.length, path: bad?.path };
  const outcome = bad?.outcome ?? 'pass';
  return { name: 'protectedFiles', outcome, code: bad?.code, facts };
}

/**
 * Files that a reader would show and the signature does not protect. Its own files are held to it by other checks; those of signatures
 * that were added later, and the lists, may stay open (spec/eseal §6.2).
 */
function unprotectedBy({ zip, index }: Opened, entry: OfdSignature): readonly string[] {
  const covered = new Set([...entry.references.map(({ path }) => path), ...index.lists]);
  for (const signature of index.signatures) {
    const named = signature === entry ? filesOf(signature) : addedFilesOf(signature, index);
    for (const name of named) covered.add(name);
  }
  return zip.names.filter((name) => !covered.has(name));
}

function filesOf({ path, valuePath, sealPath }: OfdSignature): readonly string[] {
  return [path, valuePath, ...(sealPath === undefined ? [] : [sealPath])];
}

/** A listed signature cannot free a file of the document by naming it as its own: only what lies in its folder, below a list's, is. */
function addedFilesOf(signature: OfdSignature, { lists }: OfdIndex): readonly string[] {
  const folder = folderOf(signature.path);
  const isBelow = lists.some((list) => {
    const place = folderOf(list);
    return place !== '' && folder !== place && folder.startsWith(place);
  });
  return isBelow ? filesOf(signature).filter((name) => folderOf(name) === folder) : [];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function coverageCheck(unprotected: readonly string[]): Check {
  return unprotected.length === 0
    ? { name: 'coverage', outcome: 'pass' }
    : {
        name: 'coverage',
        outcome: 'fail',
        code: 'ESEAL_UNPROTECTED',
        facts: { files: unprotected.length, path: unprotected[0] },
      };
}
