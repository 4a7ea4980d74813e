import { canonicalize, type JsonObject, type JsonValue } from '@anchorlog/core';
import { decodeRlp, encodeRlp, type LooseRlp } from './rlp.ts';

/** A bundle as its JSON stands (spec/bundle), open to be spoilt. */
export interface BundleJson {
  format: string;
  entry: string;
  disclosures: string[];
  inclusion: { index: number; hashes: string[] };
  checkpoint: string;
  anchors: AnchorJson[];
  receipt?: { note: string; hashes: string[] };
  status?: JsonObject;
}

export interface AnchorJson {
  head: { size: number; rootHash: string; indexRoot: string };
  consistency: string[];
  evidence: SealedJson[];
}

export interface SealedJson {
  kind: string;
  chainId: number;
  contract: string;
  header: string;
  txReceipt: { index: number; logIndex: number; nodes: string[] };
}

/** Flip the lowest bit of a byte of base64 data. */
export function flip64(text: string, at = 0): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[at]! ^= 1;
  return bytes.toString('base64');
}

/** Flip the lowest bit of a byte of `0x` hexadecimal. */
export function flipHex(text: string, at = 0): string {
  const bytes = Buffer.from(text.slice(2), 'hex');
  bytes[at]! ^= 1;
  return `0x${bytes.toString('hex')}`;
}

/** A statement as its JSON stands (spec/statement), as far as mutants care. */
export type StatementJson = JsonObject & {
  readonly claims: JsonObject;
  readonly issuer: JsonObject;
  readonly signature?: { readonly alg: string; readonly keyId: string; readonly value: string };
};

/** Change the statement inside an entry, and keep it canonical. */
export function editEntry(entry: string, change: (statement: StatementJson) => JsonObject): string {
  return canonical64(change(parse64(entry) as StatementJson)); // an entry of a good bundle
}

/** A disclosure as its JSON stands (spec/statement). */
export type DisclosureJson = [
  tag: string,
  salt: string,
  address: string,
  path: string,
  value: JsonValue,
];

/** Change the array inside a disclosure, and keep it canonical. */
export function editDisclosure(
  disclosure: string,
  change: (parts: DisclosureJson) => DisclosureJson,
): string {
  return canonical64(change(parse64(disclosure) as DisclosureJson)); // a disclosure of a good bundle
}

function parse64(text: string): unknown {
  return JSON.parse(Buffer.from(text, 'base64').toString());
}

function canonical64(value: JsonValue): string {
  return Buffer.from(canonicalize(value)).toString('base64');
}

/** Replace line `at` of a note. */
export function editLine(note: string, at: number, change: (line: string) => string): string {
  return note
    .split('\n')
    .map((line, i) => (i === at ? change(line) : line))
    .join('\n');
}

/** Change the bytes of the first signature line of a note: key id (4 bytes) and signature. */
export function editSignature(note: string, change: (bytes: Buffer) => Buffer): string {
  return note.replace(
    /^(— [^ ]+ )(.+)$/m,
    (_, name: string, text: string) =>
      name + change(Buffer.from(text, 'base64')).toString('base64'),
  );
}

const EXTRA_DATA = 12;

/** A sealed header taken apart, as far as mutants care. */
export interface HeaderParts {
  readonly fields: LooseRlp[];
  readonly validators: Uint8Array[];
  readonly seals: Uint8Array[];
}

/** Change a sealed header given as `0x` hexadecimal; its hash is not kept. */
export function editHeader(header: string, change: (parts: HeaderParts) => void): string {
  const fields = [...(decodeRlp(Buffer.from(header.slice(2), 'hex')) as readonly LooseRlp[])]; // a header is a list
  const [vanity, validators, vote, round, seals] = decodeRlp(
    fields[EXTRA_DATA] as Uint8Array,
  ) as readonly LooseRlp[]; // QBFT's extra data is a list in a string
  const parts: HeaderParts = {
    fields,
    validators: [...(validators as readonly Uint8Array[])], // a list of strings
    seals: [...(seals as readonly Uint8Array[])], // a list of strings
  };
  change(parts);
  fields[EXTRA_DATA] = encodeRlp([vanity!, parts.validators, vote!, round!, parts.seals]);
  return `0x${Buffer.from(encodeRlp(fields)).toString('hex')}`;
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The second encoding of a seal: (r, n − s) with the other parity recovers the same signer. */
export function malleate(seal: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(seal.subarray(32, 64)).toString('hex')}`);
  const twin = (ORDER - s).toString(16).padStart(64, '0');
  return Buffer.concat(
    [seal.subarray(0, 32), Buffer.from(twin, 'hex'), [seal[64]! ^ 1]].map((part) =>
      Buffer.from(part),
    ),
  );
}
