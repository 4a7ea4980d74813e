import {
  canonicalEach,
  hashBase64,
  setBase64Url,
  type HashSuite,
  type JsonValue,
} from '@anchorlog/core';
import { statementError } from './error.ts';
import { DISCLOSURE_BYTES } from './form.ts';

/** The first item of every disclosure: nothing else that anchorlog hashes begins like it. */
export const COMMITMENT_TAG = 'anchorlog/commitment/1';

export const SALT_BYTES = 16;
const SALT_PLACE = ' '.repeat(22);
const SALT_AT = `["${COMMITMENT_TAG}","`.length;
const COMMA = 0x2c;

/** A commitment of 32 bytes in base64, and the bytes that open it (a view: those of one statement share a buffer). */
export interface Commitment {
  readonly commitment: string;
  readonly disclosure: Uint8Array;
}

/**
 * Commit to the value at each path of the statement at `address`: `H(JCS([tag, salt, address, path, value]))` with `salts` of 16 bytes each,
 * one after the other (spec/statement §5). @throws STATEMENT_DISCLOSURE_LENGTH
 */
export function makeCommitments(input: {
  readonly address: string;
  readonly suite: HashSuite;
  readonly salts: Uint8Array;
  readonly values: readonly { readonly path: string; readonly value: JsonValue }[];
}): Commitment[] {
  const { address, suite, salts, values } = input;
  // What all begin with is written once, and copied: most of the bytes of a disclosure.
  const [head, ...tails] = canonicalEach([
    [COMMITMENT_TAG, SALT_PLACE, address],
    ...values.map(({ path, value }) => [path, value]),
  ]) as [Uint8Array, ...Uint8Array[]]; // one for each value
  head[head.length - 1] = COMMA; // for its bracket
  let length = 0;
  for (const tail of tails) length += head.length - 1 + tail.length;
  const bytes = new Uint8Array(length);
  let begin = 0;
  return tails.map((tail, i) => {
    const end = begin + head.length - 1 + tail.length;
    bytes.set(tail, begin + head.length - 1);
    bytes.set(head, begin); // over the bracket with which the tail begins
    setBase64Url(bytes, begin + SALT_AT, salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES));
    const disclosure = bytes.subarray(begin, end);
    begin = end;
    checkDisclosureLength(disclosure.length);
    return { commitment: hashBase64(suite, disclosure), disclosure };
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
