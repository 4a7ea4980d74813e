import {
  concatBytes,
  formatBase64,
  formatHex,
  formatUtf8,
  isEd25519PublicKey,
  parseBase64,
  sha256,
} from '@anchorlog/core';
import { tlogError } from './error.ts';

/** What a key of a note signs: the text itself, or a witness's dated statement about it (C2SP tlog-cosignature). */
export type NoteAlgorithm = 'Ed25519' | 'Ed25519-cosignature';

/** A public key that signs notes under a name. Notes name it by `name` and `keyId`, an unsigned integer of 32 bits. */
export interface NoteKey {
  readonly name: string;
  readonly keyId: number;
  readonly algorithm: NoteAlgorithm;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Signature types of C2SP signed-note. */
const TYPES: Readonly<Record<NoteAlgorithm, number>> = { Ed25519: 1, 'Ed25519-cosignature': 4 };

/** Make a key from its parts, with the id that follows from them. @throws TLOG_KEY_MALFORMED for a bad name or a key that no one should trust */
export function noteKey(parts: {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly algorithm?: NoteAlgorithm | undefined;
}): NoteKey {
  const { name, publicKey, algorithm = 'Ed25519' } = parts;
  if (!isKeyName(name)) throw malformed('a name without spaces, controls and plus signs');
  if (!isEd25519PublicKey(publicKey)) throw malformed('a sound Ed25519 public key of 32 bytes');
  const typed = concatBytes(Uint8Array.of(TYPES[algorithm]), publicKey);
  return { name, keyId: keyIdOf(name, typed), algorithm, publicKey: typed.slice(1) };
}

/** Format a key as C2SP vkey: `name+<8 hex digits of the id>+<base64 of type and key>`. */
export function formatVerifierKey(key: NoteKey): string {
  const typed = concatBytes(Uint8Array.of(TYPES[key.algorithm]), key.publicKey);
  return `${key.name}+${formatKeyId(key.keyId)}+${formatBase64(typed)}`;
}

/** Read a C2SP vkey. @throws TLOG_KEY_MALFORMED, TLOG_KEY_ID, TLOG_KEY_ALGORITHM */
export function parseVerifierKey(vkey: string): NoteKey {
  // The base64 part may hold plus signs itself; the name may not.
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey);
  if (!match || !isKeyName(match[1]!)) throw malformed('name+id+key');
  const name = match[1]!;
  const keyId = Number.parseInt(match[2]!, 16);
  let typed: Uint8Array;
  try {
    typed = parseBase64(match[3]!);
  } catch (cause) {
    throw tlogError('TLOG_KEY_MALFORMED', 'verifier key: expected standard base64', {}, { cause });
  }
  if (keyIdOf(name, typed) !== keyId) {
    throw tlogError('TLOG_KEY_ID', 'verifier key: its id is not that of its name and key', {
      keyId: formatKeyId(keyId),
    });
  }
  const algorithm = (Object.keys(TYPES) as NoteAlgorithm[]).find((a) => TYPES[a] === typed[0]); // the keys of TYPES
  if (!algorithm) {
    throw tlogError('TLOG_KEY_ALGORITHM', `verifier key: unknown signature type ${typed[0]}`, {
      type: typed[0],
    });
  }
  return noteKey({ name, publicKey: typed.slice(1), algorithm });
}

/** Format a key id as in a vkey: 8 hex digits. */
export function formatKeyId(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}

/** Tell whether a name can stand in a vkey and a signature line: not empty, no white space, no control, no plus sign. */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}\p{Surrogate}+]+$/u.test(name) && !hasControl(name);
}

/** Tell whether a text holds an ASCII control character below U+0020 other than a newline. */
export function hasControl(text: string): boolean {
  return /[^\P{Cc}\n\u007f-\u009f]/u.test(text);
}

function keyIdOf(name: string, typed: Uint8Array): number {
  const digest = sha256.hash(concatBytes(formatUtf8(`${name}\n`), typed));
  return Number.parseInt(formatHex(digest.subarray(0, 4)), 16);
}

function malformed(expected: string): Error {
  return tlogError('TLOG_KEY_MALFORMED', `verifier key: expected ${expected}`);
}
