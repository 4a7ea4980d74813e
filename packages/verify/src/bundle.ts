import {
  DIGEST_BYTES,
  ShapeReader,
  canonicalize,
  formatBase64,
  isCodedError,
  parseJson,
  type JsonObject,
  type JsonValue,
} from '@anchorlog/core';
import {
  formatSealedEvidence,
  parseSealedEvidence,
  type SealedEvidence,
} from '@anchorlog/evm-proof';
import { verifyError } from './error.ts';
import { formatVersion, jsonInput } from './json-input.ts';

/** The format that this version reads and writes. */
export const BUNDLE_FORMAT = 'anchorlog/bundle/1';

/** What a bundle may hold at most. spec/bundle §2 */
export const BUNDLE_LIMITS = {
  entryBytes: 65_535,
  disclosures: 512,
  disclosureBytes: 1_048_576,
  inclusionHashes: 64,
  noteCharacters: 65_536,
  anchors: 16,
  consistencyHashes: 128,
  evidence: 8,
  /** Of all anchors together: each item costs a check of its seals. */
  evidenceTotal: 32,
} as const;

/** One file that verifies offline. spec/bundle §2 */
export interface Bundle {
  /** The entry's exact bytes. */
  readonly entry: Uint8Array;
  /** Disclosures, each as the emitter made it. */
  readonly disclosures: readonly Uint8Array[];
  /** Proof that the entry stands at `index` under the checkpoint: hashes of 32 bytes. */
  readonly inclusion: { readonly index: number; readonly hashes: readonly Uint8Array[] };
  /** Signed note. */
  readonly checkpoint: string;
  readonly anchors: readonly BundleAnchor[];
  /** The log's receipt: signed note, and inclusion of the entry under its head. */
  readonly receipt?: { readonly note: string; readonly hashes: readonly Uint8Array[] } | undefined;
  /** Kept as it is; this version does not evaluate it. spec/bundle §6 */
  readonly status?: JsonObject | undefined;
}

/** A tree head on a chain, what ties it to the checkpoint, and what proves that it is there. spec/bundle §4 */
export interface BundleAnchor {
  readonly head: {
    readonly size: number;
    /** 32 bytes. */
    readonly rootHash: Uint8Array;
    /** 32 bytes; zero where the log has no index. */
    readonly indexRoot: Uint8Array;
  };
  /** Consistency between the checkpoint and this head, the smaller tree first; empty if they have the same size. */
  readonly consistency: readonly Uint8Array[];
  readonly evidence: readonly Evidence[];
}

export type Evidence = SealedEvidence | OtherEvidence;

/** Evidence of a kind that this version does not know: kept as it is, never counted. */
export interface OtherEvidence {
  readonly kind: 'other';
  /** With its own `kind`. */
  readonly json: JsonObject;
}

const read = /* @__PURE__ */ new ShapeReader((at, expected) => {
  throw malformed(`bundle${at}: expected ${expected}`, at);
});

/**
 * Parse a bundle from its bytes, its text, its JSON, or from a `Bundle` that was put together by hand. spec/bundle §2
 * @throws VERIFY_BUNDLE_MALFORMED, VERIFY_BUNDLE_VERSION
 */
export function parseBundle(input: unknown): Bundle {
  try {
    const json = jsonInput(isBundle(input) ? bundleJson(input) : input);
    const version = formatVersion(json, 'bundle');
    if (version !== undefined && version !== 1) {
      throw verifyError('VERIFY_BUNDLE_VERSION', `bundle: expected version 1, got ${version}`, {
        version,
      });
    }
    return readBundle(json);
  } catch (cause) {
    if (isCodedError(cause) && cause.code.startsWith('VERIFY_')) throw cause;
    throw malformed('bundle: is not of its form', '', cause);
  }
}

/** Format a bundle as the text of a `.anchorlog.json` file, ending in a newline. spec/bundle §2 */
export function formatBundle(bundle: Bundle): string {
  return `${JSON.stringify(bundleJson(bundle), undefined, 1)}\n`;
}

function readBundle(value: JsonValue): Bundle {
  const json = read.object(value, '', {
    required: ['format', 'entry', 'disclosures', 'inclusion', 'checkpoint', 'anchors'],
    optional: ['receipt', 'status'],
  });
  read.word(json['format'], '/format', [BUNDLE_FORMAT]);
  const { index, hashes } = read.object(json['inclusion'], '/inclusion', {
    required: ['index', 'hashes'],
  });
  const { receipt, status } = json;
  const anchors = read.array(json['anchors'], '/anchors', BUNDLE_LIMITS.anchors, readAnchor);
  if (anchors.flatMap(({ evidence }) => evidence).length > BUNDLE_LIMITS.evidenceTotal) {
    const expected = `at most ${BUNDLE_LIMITS.evidenceTotal} evidence`;
    throw malformed(`bundle/anchors: expected ${expected}`, '/anchors');
  }
  return {
    entry: bytes(json['entry'], '/entry', 1, BUNDLE_LIMITS.entryBytes),
    disclosures: read.array(
      json['disclosures'],
      '/disclosures',
      BUNDLE_LIMITS.disclosures,
      (item, at) => bytes(item, at, 1, BUNDLE_LIMITS.disclosureBytes),
    ),
    inclusion: {
      index: read.size(index, '/inclusion/index'),
      hashes: hashList(hashes, '/inclusion/hashes', BUNDLE_LIMITS.inclusionHashes),
    },
    checkpoint: note(json['checkpoint'], '/checkpoint'),
    anchors,
    ...(receipt === undefined ? {} : { receipt: readReceipt(receipt) }),
    ...(status === undefined ? {} : { status: anyObject(status, '/status') }),
  };
}

function readAnchor(value: JsonValue, at: string): BundleAnchor {
  const anchor = read.object(value, at, { required: ['head', 'consistency', 'evidence'] });
  const head = read.object(anchor['head'], `${at}/head`, {
    required: ['size', 'rootHash', 'indexRoot'],
  });
  const size = read.size(head['size'], `${at}/head/size`);
  if (size === 0) throw malformed(`bundle${at}/head/size: expected 1 or more`, `${at}/head/size`);
  return {
    head: {
      size,
      rootHash: read.base64(head['rootHash'], `${at}/head/rootHash`, DIGEST_BYTES),
      indexRoot: read.base64(head['indexRoot'], `${at}/head/indexRoot`, DIGEST_BYTES),
    },
    consistency: hashList(
      anchor['consistency'],
      `${at}/consistency`,
      BUNDLE_LIMITS.consistencyHashes,
    ),
    evidence: read.array(
      anchor['evidence'],
      `${at}/evidence`,
      BUNDLE_LIMITS.evidence,
      readEvidence,
    ),
  };
}

function readEvidence(value: JsonValue, at: string): Evidence {
  const kind = read.string(read.map(value, at)['kind'], `${at}/kind`, /^[a-z][a-z0-9-]{0,31}$/);
  if (kind !== 'sealed') return { kind: 'other', json: anyObject(value, at) };
  try {
    return parseSealedEvidence(value);
  } catch (cause) {
    throw malformed(`bundle${at}: expected sealed evidence`, at, cause);
  }
}

function readReceipt(value: JsonValue): NonNullable<Bundle['receipt']> {
  const receipt = read.object(value, '/receipt', { required: ['note', 'hashes'] });
  return {
    note: note(receipt['note'], '/receipt/note'),
    hashes: hashList(receipt['hashes'], '/receipt/hashes', BUNDLE_LIMITS.inclusionHashes),
  };
}

function bytes(value: JsonValue | undefined, at: string, least: number, most: number): Uint8Array {
  const decoded = read.base64(value, at);
  if (decoded.length < least || decoded.length > most) {
    throw malformed(`bundle${at}: expected ${least} to ${most} bytes, got ${decoded.length}`, at);
  }
  return decoded;
}

function hashList(value: JsonValue | undefined, at: string, limit: number): Uint8Array[] {
  return read.array(value, at, limit, (item, itemAt) => read.base64(item, itemAt, DIGEST_BYTES));
}

function note(value: JsonValue | undefined, at: string): string {
  const text = read.string(value, at);
  if (text.length > BUNDLE_LIMITS.noteCharacters) {
    throw malformed(`bundle${at}: expected at most ${BUNDLE_LIMITS.noteCharacters} characters`, at);
  }
  return text;
}

/** Any JSON object, by the same rules whether it came as text or as a value. */
function anyObject(value: JsonValue, at: string): JsonObject {
  return read.map(parseJson(canonicalize(read.map(value, at))), at);
}

function isBundle(input: unknown): input is Bundle {
  return (
    typeof input === 'object' &&
    input !== null &&
    'entry' in input &&
    input.entry instanceof Uint8Array
  );
}

function bundleJson(bundle: Bundle): JsonObject {
  const { entry, disclosures, inclusion, checkpoint, anchors, receipt, status } = bundle;
  return {
    format: BUNDLE_FORMAT,
    entry: formatBase64(entry),
    disclosures: disclosures.map(formatBase64),
    inclusion: { index: inclusion.index, hashes: inclusion.hashes.map(formatBase64) },
    checkpoint,
    anchors: anchors.map(({ head, consistency, evidence }) => ({
      head: {
        size: head.size,
        rootHash: formatBase64(head.rootHash),
        indexRoot: formatBase64(head.indexRoot),
      },
      consistency: consistency.map(formatBase64),
      evidence: evidence.map((item) =>
        item.kind === 'other' ? item.json : formatSealedEvidence(item),
      ),
    })),
    ...(receipt
      ? { receipt: { note: receipt.note, hashes: receipt.hashes.map(formatBase64) } }
      : {}),
    ...(status ? { status } : {}),
  };
}

function malformed(message: string, at: string, cause?: unknown): Error {
  return verifyError('VERIFY_BUNDLE_MALFORMED', message, { at }, { cause });
}
