import {
  canonicalize,
  formatBase64,
  formatBase64Url,
  encodeUtf8,
  type HashSuite,
  type JsonValue,
} from '@anchorlog/core';
import { statementError } from './error.ts';
import { DISCLOSURE_BYTES } from './form.ts';

/** The first item of every disclosure: nothing else that anchorlog hashes begins like it. */
export const COMMITMENT_TAG = 'anchorlog/commitment/1';

export const SALT_BYTES = 16;

/** A commitment of 32 bytes in base64, and the bytes that open it (a view: those of one statement share a buffer). */
export interface Commitment {
  readonly commitment: string;
  readonly disclosure: Uint8Array;
}

const NEWLINE = 0x0a;

/**
 * Commit to the value at each path of the statement at `address`: `H(JCS([tag, salt, address, path, value]))` with `salts` of 16 bytes each,
 * one after the other (spec/statement §5). Addresses and paths need no escapes. @throws STATEMENT_DISCLOSURE_LENGTH
 */
export function makeCommitments(input: {
  readonly address: string;
  readonly suite: HashSuite;
  readonly salts: Uint8Array;
  readonly values: readonly { readonly path: string; readonly value: JsonValue }[];
}): Commitment[] {
  const { address, suite, salts, values } = input;
  let text = '';
  let offset = 0;
  for (const { path, value } of values) {
    const salt = formatBase64Url(salts.subarray(offset, (offset += SALT_BYTES)));
    text += `["${COMMITMENT_TAG}","${salt}","${address}","${path}",${canonicalize(value)}]\n`;
  }
  // Encoded in one go, which is three times faster than one by one; canonical JSON never holds a newline, so they can be told apart again.
  const bytes = encodeUtf8(text);
  let begin = 0;
  return values.map(() => {
    const end = bytes.indexOf(NEWLINE, begin);
    checkDisclosureLength(end - begin);
    const disclosure = bytes.subarray(begin, end);
    begin = end + 1;
    return { commitment: formatBase64(suite.hash(disclosure)), disclosure };
  });
}

/** Check the length of a disclosure in bytes. @throws STATEMENT_DISCLOSURE_LENGTH */
export function checkDisclosureLength(length: number): void {
  if (length <= DISCLOSURE_BYTES) return;
  throw statementError(
    'STATEMENT_DISCLOSURE_LENGTH',
    `disclosure: expected at most ${DISCLOSURE_BYTES} bytes, got ${length}`,
    { length },
  );
}
