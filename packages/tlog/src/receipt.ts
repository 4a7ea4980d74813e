import {
  formatBase64,
  formatInstant,
  nobleEd25519,
  parseInstant,
  type Ed25519,
} from '@anchorlog/core';
import { checkOrigin, parseHeadLines } from './checkpoint.ts';
import { tlogError } from './error.ts';
import { checkHash, checkTreeSize, type TreeHead } from './head.ts';
import { openNote } from './note.ts';
import type { Verified } from './verified.ts';
import type { NoteKey } from './verifier-key.ts';

/**
 * What a log promises when it takes an entry (spec/log §6): the tree `size, rootHash` is stored at `time`, and will be a prefix of a head
 * that is anchored by `anchorBy`. Both times are RFC 3339 in UTC with milliseconds.
 */
export interface ReceiptHead extends TreeHead {
  readonly origin: string;
  readonly time: string;
  readonly anchorBy: string;
}

/** Give the name of the key that signs a log's receipts. It is another key than the one of its checkpoints. */
export function receiptKeyName(origin: string): string {
  return `${origin}/receipt`;
}

/** Format the text of a receipt. @throws TLOG_RECEIPT_MALFORMED, TLOG_SIZE_RANGE, TLOG_HASH_LENGTH */
export function formatReceiptText(receipt: ReceiptHead): string {
  const { origin, size, rootHash, time, anchorBy } = receipt;
  checkTreeSize(size, 1);
  checkHash(rootHash, 'root');
  const text = `${origin}\n${size}\n${formatBase64(rootHash)}\ntime ${time}\nanchorBy ${anchorBy}\n`;
  // A newline inside the origin would have made other lines of it.
  if (parseReceiptText(text).origin !== origin) throw malformed('an origin of one line');
  return text;
}

/** Read the text of a receipt, not of the note around it. @throws TLOG_RECEIPT_MALFORMED */
export function parseReceiptText(text: string): ReceiptHead {
  const { origin, size, rootHash, lines } = parseHeadLines(text, malformed);
  const [time, anchorBy] = [
    /^time (.+)$/.exec(lines[0] ?? ''),
    /^anchorBy (.+)$/.exec(lines[1] ?? ''),
  ];
  if (!time || !anchorBy || lines.length !== 2) throw malformed('the lines time and anchorBy');
  if (size === 0) throw malformed('a tree with at least one entry');
  const receipt = { origin, size, rootHash, time: time[1]!, anchorBy: anchorBy[1]! };
  if (parseTime(receipt.anchorBy) < parseTime(receipt.time)) throw malformed('anchorBy after time');
  return receipt;
}

/**
 * Open a log's receipt: the note must be signed by `key`, whose name is `receiptKeyName(origin)`, and name that origin.
 * @throws TLOG_KEY_NAME, TLOG_ORIGIN_MISMATCH, TLOG_RECEIPT_MALFORMED, and as `openNote`
 */
export function openReceipt(
  note: Uint8Array | string,
  by: { readonly origin: string; readonly key: NoteKey },
  ed25519: Ed25519 = nobleEd25519,
): Verified<ReceiptHead> {
  // The name keeps a checkpoint's key from signing receipts, and so one kind of promise from passing for the other.
  if (by.key.name !== receiptKeyName(by.origin) || by.key.algorithm !== 'Ed25519') {
    throw tlogError('TLOG_KEY_NAME', `receipt: expected a key ${receiptKeyName(by.origin)}`, {
      name: by.key.name,
    });
  }
  const { text } = openNote(note, [by.key], ed25519);
  const receipt = parseReceiptText(text);
  checkOrigin(receipt.origin, by.origin);
  return receipt as Verified<ReceiptHead>; // `key` is the only key, and it signed the text
}

/** One instant is written in one way, so that equal promises are equal bytes. */
function parseTime(text: string): number {
  let time: number;
  try {
    time = parseInstant(text);
  } catch (cause) {
    throw malformed('times in RFC 3339', cause);
  }
  if (formatInstant(time) !== text) throw malformed('times in UTC with milliseconds');
  return time;
}

function malformed(expected: string, cause?: unknown): Error {
  return tlogError('TLOG_RECEIPT_MALFORMED', `receipt: expected ${expected}`, {}, { cause });
}
