import {
  DIGEST_BYTES,
  formatBase64,
  nobleEd25519,
  parseBase64,
  parseDecimal,
  type Ed25519,
} from '@anchorlog/core';
import { tlogError } from './error.ts';
import { checkHash, checkTreeSize, type TreeHead } from './head.ts';
import { openNote, type NoteSigned } from './note.ts';
import type { Verified } from './verified.ts';
import type { NoteKey } from './verifier-key.ts';

/** Lines after the root that a checkpoint may have. */
const MAX_EXTENSIONS = 64;
const INDEX_PREFIX = 'index ';

/** A tree head as a log states it (C2SP tlog-checkpoint, spec/log §5). */
export interface Checkpoint extends TreeHead {
  /** The name of the log. */
  readonly origin: string;
  /** Root of the verifiable index at this size, 32 bytes, from the line `index <base64>`. */
  readonly indexRoot?: Uint8Array | undefined;
  /** Further lines, as they stand. */
  readonly extensions: readonly string[];
}

/** A checkpoint and the witnesses who cosigned it, each with the time, in seconds since 1970, that it gave. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly cosignatures: readonly NoteSigned[];
}

/** Format the text of a checkpoint; the index line comes before the extensions. @throws TLOG_CHECKPOINT_MALFORMED, TLOG_SIZE_RANGE, TLOG_HASH_LENGTH */
export function formatCheckpoint(
  checkpoint: Omit<Checkpoint, 'extensions'> & {
    readonly extensions?: readonly string[] | undefined;
  },
): string {
  const { origin, size, rootHash, indexRoot, extensions = [] } = checkpoint;
  checkTreeSize(size, 0);
  checkHash(rootHash, 'root');
  if (indexRoot) checkHash(indexRoot, 'index root');
  const index = indexRoot ? [`${INDEX_PREFIX}${formatBase64(indexRoot)}`] : [];
  const lines = [origin, String(size), formatBase64(rootHash), ...index, ...extensions];
  const text = `${lines.join('\n')}\n`;
  const read = parseCheckpoint(text);
  // A newline inside the origin or an extension would have made other lines of it.
  if (read.origin !== origin || read.extensions.length !== extensions.length) {
    throw malformed('an origin and extensions of one line each');
  }
  return text;
}

/** Read the text of a checkpoint, not of the note around it. @throws TLOG_CHECKPOINT_MALFORMED */
export function parseCheckpoint(text: string): Checkpoint {
  const { origin, size, rootHash, lines } = parseHeadLines(text, malformed);
  if (lines.length > MAX_EXTENSIONS) throw malformed(`at most ${MAX_EXTENSIONS} extensions`);
  const hasIndex = lines[0]?.startsWith(INDEX_PREFIX) === true;
  const extensions = hasIndex ? lines.slice(1) : lines;
  // Two index lines could show two readers two indexes under one signature.
  if (extensions.some((line) => line.startsWith(INDEX_PREFIX))) {
    throw malformed('one index line, before the extensions');
  }
  if (!hasIndex) return { origin, size, rootHash, extensions };
  const indexRoot = parseHash(lines[0]!.slice(INDEX_PREFIX.length), malformed);
  return { origin, size, rootHash, indexRoot, extensions };
}

/**
 * Open a log's checkpoint: the note must be signed by the log's `key` and name its `origin`. Witnesses are optional; each known one that
 * signed is listed, a bad signature by one refuses the note.
 * @throws TLOG_ORIGIN_MISMATCH, TLOG_CHECKPOINT_MALFORMED, and as `openNote`
 */
export function openCheckpoint(
  note: Uint8Array | string,
  by: {
    readonly origin: string;
    readonly key: NoteKey;
    readonly witnesses?: readonly NoteKey[] | undefined;
  },
  ed25519: Ed25519 = nobleEd25519,
): Verified<OpenedCheckpoint> {
  const { text, signatures } = openNote(note, [by.key, ...(by.witnesses ?? [])], ed25519);
  const isLog = (s: NoteSigned): boolean => s.name === by.key.name && s.keyId === by.key.keyId;
  if (by.key.algorithm !== 'Ed25519' || !signatures.some(isLog)) {
    throw tlogError('TLOG_NOTE_UNSIGNED', `checkpoint: expected a signature by ${by.key.name}`);
  }
  const checkpoint = parseCheckpoint(text);
  checkOrigin(checkpoint.origin, by.origin);
  const cosignatures = signatures.filter((s) => s.time !== undefined);
  const opened: OpenedCheckpoint = { ...checkpoint, cosignatures };
  return opened as Verified<OpenedCheckpoint>; // the log's key signed the text
}

/** Check that a text speaks of the log that was asked for. @throws TLOG_ORIGIN_MISMATCH */
export function checkOrigin(got: string, expected: string): void {
  if (got !== expected) {
    throw tlogError('TLOG_ORIGIN_MISMATCH', `expected origin ${expected}, got ${got}`, {
      expected,
      got,
    });
  }
}

/** Read the three first lines that checkpoints and receipts share, and give the rest. */
export function parseHeadLines(
  text: string,
  refuse: (expected: string, cause?: unknown) => Error,
): TreeHead & { readonly origin: string; readonly lines: readonly string[] } {
  const [origin, sizeLine, rootLine, ...lines] = text.split('\n');
  if (lines.pop() !== '') throw refuse('lines of origin, size and root that end in newlines');
  if (!origin || lines.includes('')) throw refuse('no empty line');
  let size: number;
  try {
    size = parseDecimal(sizeLine!);
  } catch (cause) {
    throw refuse('a size', cause);
  }
  return { origin, size, rootHash: parseHash(rootLine!, refuse), lines };
}

function parseHash(text: string, refuse: (expected: string, cause?: unknown) => Error): Uint8Array {
  try {
    return parseBase64(text, DIGEST_BYTES);
  } catch (cause) {
    throw refuse('hashes of 32 bytes in standard base64', cause);
  }
}

function malformed(expected: string, cause?: unknown): Error {
  return tlogError('TLOG_CHECKPOINT_MALFORMED', `checkpoint: expected ${expected}`, {}, { cause });
}
