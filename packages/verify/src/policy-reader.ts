import {
  ShapeReader,
  formatHex,
  isCodedError,
  parseInstant,
  type CodedError,
  type JsonValue,
} from '@anchorlog/core';
import { parseVerifierKey, type NoteKey } from '@anchorlog/tlog';
import { verifyError, type VerifyCode } from './error.ts';

export const ORG: RegExp = /^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$/;
export const ORIGIN: RegExp = /^[!-*,-~]{1,255}$/;
export const TITLE: RegExp = /^[^\p{Cc}\p{Surrogate}]{1,200}$/u;

/** Reads the parts of a policy; what is not of its form is VERIFY_POLICY_MALFORMED. */
export const read: ShapeReader = /* @__PURE__ */ new ShapeReader(refuseShape);

/** What may stand only once in a whole policy. */
export class Once {
  readonly #seen = new Set<string>();

  add(what: string, at: string): void {
    if (this.#seen.has(what)) {
      throw refuse('VERIFY_POLICY_REPEATED', at, 'what no other place names');
    }
    this.#seen.add(what);
  }

  addKey(publicKey: Uint8Array, at: string): void {
    this.add(`key ${formatHex(publicKey)}`, at);
  }
}

/** Read a verifier key, which no other place of the policy may name. @throws VERIFY_POLICY_KEY, VERIFY_POLICY_REPEATED */
export function readVkey(value: JsonValue | undefined, at: string, once: Once): NoteKey {
  const text = read.string(value, at);
  let key: NoteKey;
  try {
    key = parseVerifierKey(text);
  } catch (cause) {
    throw refuse('VERIFY_POLICY_KEY', at, 'a sound verifier key', cause);
  }
  once.addKey(key.publicKey, at);
  return key;
}

/** Read an RFC 3339 time as milliseconds since 1970. */
export function instantOf(text: string, at: string): number {
  let instant = 0;
  checked(text, at, 'an RFC 3339 time', (time) => (instant = parseInstant(time)));
  return instant;
}

/** Give a text back that `parse` takes. */
export function checked(
  text: string,
  at: string,
  expected: string,
  parse: (text: string) => number,
): string {
  try {
    parse(text);
    return text;
  } catch (cause) {
    throw refuse('VERIFY_POLICY_MALFORMED', at, expected, cause);
  }
}

/** Refuse what is not of its form. @throws VERIFY_POLICY_MALFORMED */
export function refuseShape(at: string, expected: string): never {
  throw refuse('VERIFY_POLICY_MALFORMED', at, expected);
}

/** Make the refusal of a place of the policy; a cause is named by its code. */
export function refuse(
  code: VerifyCode,
  at: string,
  expected: string,
  cause?: unknown,
): CodedError {
  return isCodedError(cause)
    ? verifyError(code, `policy${at}: expected ${expected}`, { at, cause: cause.code }, { cause })
    : verifyError(code, `policy${at}: expected ${expected}`, { at }, { cause });
}
