import {
  concatBytes,
  formatBase64,
  formatUtf8,
  nobleEd25519,
  parseBase64,
  parseHex,
  parseUtf8,
  type Ed25519,
  type Signer,
} from '@anchorlog/core';
import { verifyCosignature } from './cosignature.ts';
import { tlogError } from './error.ts';
import { formatKeyId, hasControl, isKeyName, noteKey, type NoteKey } from './verifier-key.ts';
import type { Verified } from './verified.ts';

/** Limits of a note, beyond the 16 signatures that C2SP signed-note asks a reader to take. */
export const MAX_NOTE_BYTES = 1_000_000;
export const MAX_NOTE_SIGNATURES = 100;

/** A signature line of a note, not yet checked. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
}

/** A text, which ends in a newline, and signature lines over it (C2SP signed-note). */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Who signed: `time`, in seconds since 1970, only for a cosignature. */
export interface NoteSigned {
  readonly name: string;
  readonly keyId: number;
  readonly time?: number | undefined;
}

/** A note and those of the known keys that signed it, each once, in the order of the lines. */
export interface OpenedNote {
  readonly text: string;
  readonly signatures: readonly NoteSigned[];
}

/** A key that signs notes. */
export interface NoteSigner {
  readonly key: NoteKey;
  readonly signer: Signer;
}

/** Let a signer sign notes under a name. @throws TLOG_KEY_MALFORMED */
export function noteSigner(of: { readonly name: string; readonly signer: Signer }): NoteSigner {
  return { key: noteKey({ name: of.name, publicKey: of.signer.publicKey }), signer: of.signer };
}

/** Sign a text, which must end in a newline, and give the note. @throws TLOG_NOTE_MALFORMED, TLOG_NOTE_LIMIT */
export async function signNote(text: string, signers: readonly NoteSigner[]): Promise<string> {
  // Before signing: a key should not be asked to sign what no reader will take.
  if (!decode(text).endsWith('\n')) throw malformed('a text that ends in a newline');
  const message = formatUtf8(text);
  const signatures: NoteSignature[] = [];
  for (const { key, signer } of signers) {
    const signature = await signer.sign(message);
    signatures.push({ name: key.name, keyId: key.keyId, signature });
  }
  return formatNote({ text, signatures });
}

/** Format a note from its text and signatures. @throws TLOG_NOTE_MALFORMED, TLOG_NOTE_LIMIT for what `parseNote` would refuse */
export function formatNote(note: Note): string {
  const lines = note.signatures.map(
    ({ name, keyId, signature }) =>
      `— ${name} ${formatBase64(concatBytes(parseHex(formatKeyId(keyId)), signature))}\n`,
  );
  const formatted = `${note.text}\n${lines.join('')}`;
  // Newlines in a name, or a text that does not end in one, would have made signature lines of their own.
  if (parseNote(formatted).signatures.length !== lines.length) {
    throw malformed('a text that ends in a newline, and names of keys');
  }
  return formatted;
}

/** Read a note without checking a signature. @throws TLOG_NOTE_MALFORMED, TLOG_NOTE_LIMIT */
export function parseNote(note: Uint8Array | string): Note {
  const whole = decode(note);
  // The text may hold empty lines itself: the last one ends it.
  const split = whole.lastIndexOf('\n\n');
  if (split < 0 || !whole.endsWith('\n')) throw malformed('a text, an empty line and signatures');
  const text = whole.slice(0, split + 1);
  const lines = whole.slice(split + 2).split('\n');
  lines.pop(); // what follows the final newline
  if (lines.length === 0) throw malformed('at least one signature');
  if (lines.length > MAX_NOTE_SIGNATURES) {
    throw tlogError('TLOG_NOTE_LIMIT', `expected at most ${MAX_NOTE_SIGNATURES} signatures`);
  }
  return { text, signatures: lines.map(parseSignatureLine) };
}

/**
 * Open a note: the text, once at least one of `keys` is found to have signed it. Signatures by other keys are ignored; one by a known
 * key that does not verify refuses the note; of several lines by one key the first counts (C2SP signed-note).
 * @throws TLOG_NOTE_MALFORMED, TLOG_NOTE_LIMIT, TLOG_NOTE_UNSIGNED, TLOG_SIGNATURE_INVALID, TLOG_KEY_AMBIGUOUS
 */
export function openNote(
  note: Uint8Array | string,
  keys: readonly NoteKey[],
  ed25519: Ed25519 = nobleEd25519,
): Verified<OpenedNote> {
  const { text, signatures } = parseNote(note);
  const signed: NoteSigned[] = [];
  for (const { name, keyId, signature } of signatures) {
    const known = keys.filter((key) => key.name === name && key.keyId === keyId);
    const [key] = known;
    if (!key || signed.some((s) => s.name === name && s.keyId === keyId)) continue;
    const who = `${name}+${formatKeyId(keyId)}`;
    if (known.length > 1) {
      throw tlogError('TLOG_KEY_AMBIGUOUS', `note: several known keys are ${who}`, { key: who });
    }
    const time = verifySignature({ text, signature, key }, ed25519);
    signed.push(time === undefined ? { name, keyId } : { name, keyId, time });
  }
  if (signed.length === 0) {
    throw tlogError('TLOG_NOTE_UNSIGNED', 'note: expected a signature by a known key, got none');
  }
  const opened: OpenedNote = { text, signatures: signed };
  return opened as Verified<OpenedNote>; // each listed signature was verified above
}

function verifySignature(
  { text, signature, key }: { text: string; signature: Uint8Array; key: NoteKey },
  ed25519: Ed25519,
): number | undefined {
  if (key.algorithm === 'Ed25519-cosignature') {
    const time = verifyCosignature({ text, signature, publicKey: key.publicKey }, ed25519);
    if (time !== undefined) return time;
  } else if (ed25519.verify({ message: formatUtf8(text), signature, publicKey: key.publicKey })) {
    return undefined;
  }
  const who = `${key.name}+${formatKeyId(key.keyId)}`;
  throw tlogError('TLOG_SIGNATURE_INVALID', `note: the signature by ${who} does not verify`, {
    key: who,
  });
}

function parseSignatureLine(line: string): NoteSignature {
  const match = /^— ([^ ]+) ([A-Za-z0-9+/=]+)$/.exec(line);
  if (!match || !isKeyName(match[1]!)) throw malformed('lines of a dash, a name and base64');
  let bytes: Uint8Array;
  try {
    bytes = parseBase64(match[2]!);
  } catch (cause) {
    throw malformed('signatures in standard base64', cause);
  }
  if (bytes.length < 5) throw malformed('signatures of a key id and at least one byte');
  const keyId = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  return { name: match[1]!, keyId, signature: bytes.slice(4) };
}

/** The text of a note given as text or as bytes; the limit holds for bytes. */
function decode(note: Uint8Array | string): string {
  checkLength(note.length); // before any work; a text has no fewer bytes than UTF-16 code units
  const text = typeof note === 'string' ? note : attempt(() => parseUtf8(note));
  if (typeof note === 'string') checkLength(attempt(() => formatUtf8(note)).length);
  if (hasControl(text)) throw malformed('no control characters');
  return text;
}

function checkLength(length: number): void {
  if (length > MAX_NOTE_BYTES) {
    throw tlogError('TLOG_NOTE_LIMIT', `note: expected at most ${MAX_NOTE_BYTES} bytes`);
  }
}

function attempt<T>(decodeUtf8: () => T): T {
  try {
    return decodeUtf8();
  } catch (cause) {
    throw malformed('UTF-8', cause);
  }
}

function malformed(expected: string, cause?: unknown): Error {
  return tlogError('TLOG_NOTE_MALFORMED', `note: expected ${expected}`, {}, { cause });
}
