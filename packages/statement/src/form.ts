import { parseInstant } from '@anchorlog/core';
import { statementError } from './error.ts';

// The forms of names and values that records, statements and disclosures share: spec/statement §3.
export const LOG: RegExp = /^[!-*,-~]{1,255}$/;
export const PROFILE: RegExp = /^(?=.{1,64}$)[a-z][a-z0-9.-]*\/[1-9][0-9]{0,3}$/;
export const EVENT: RegExp = /^(?=.{1,64}$)[a-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*$/;
export const ORG: RegExp = /^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$/;
export const SYSTEM: RegExp = /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/;
export const SOURCE_SUFFIX: RegExp = /^[0-9A-Za-z][0-9A-Za-z._-]{0,31}$/;
export const CLAIM: RegExp = /^[A-Za-z][0-9A-Za-z]{0,63}$/;
export const CLAIM_PATH: RegExp = /^\/[A-Za-z][0-9A-Za-z]{0,63}$/;
export const KEY_PATH: RegExp = /^\/keys\/(?:0|[1-9][0-9]?)$/;
/** Of a key kind and of a keyspace: no NUL, so that the input of the HMAC can be read in one way only. */
export const KEY_NAME: RegExp = /^[a-z0-9./-]{1,64}$/;
export const ROLE: RegExp = /^[a-z][0-9A-Za-z-]{0,31}$/;
export const REL: RegExp = /^[a-z][0-9A-Za-z-]{0,63}$/;
/** Of a signature, spec/encoding §5 and §7. */
export const ALGORITHM: RegExp = /^(?:Ed25519|ES256|SM2)$/;
export const UUID_V8: RegExp =
  /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const BASE64URL_32: RegExp = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
export const BASE64URL_16: RegExp = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** Under what a statement is unique for ever (spec/log §8). */
export interface StatementAddress {
  readonly org: string;
  readonly system: string;
  readonly id: string;
}

/** Write an address as `org/system/id`: no part holds a slash. */
export function formatAddress({ org, system, id }: StatementAddress): string {
  return `${org}/${system}/${id}`;
}

/** What stands before the signed bytes, so that no signature made for anything else counts here (spec/statement §7). */
export const SIGNING_TAG = 'anchorlog/statement/1\n';

export const ENTRY_BYTES = 65_535;
export const DISCLOSURE_BYTES = 1_048_576;
export const KEYS_LIMIT = 64;
export const COMMITMENTS_LIMIT = 256;
export const LINKS_LIMIT = 256;
export const FILES_LIMIT = 256;

/** Check an id, which must be a UUID of version 8 (RFC 9562 §5.8) in lower case. @throws STATEMENT_ID_FORM */
export function checkId(text: string, at: string): string {
  if (!UUID_V8.test(text)) {
    throw statementError('STATEMENT_ID_FORM', `${at}: expected a UUID of version 8`, { at });
  }
  return text;
}

/** Check a time, which stays as it is written. @throws STATEMENT_TIME_FORM */
export function checkTime(text: string, at: string, example = ''): string {
  try {
    parseInstant(text);
  } catch (cause) {
    throw statementError(
      'STATEMENT_TIME_FORM',
      `${at}: expected an RFC 3339 time with offset${example}`,
      { at },
      { cause },
    );
  }
  return text;
}

/** Check the name of a key kind or keyspace. @throws STATEMENT_KEY_NAME */
export function checkKeyName(text: string, at: string): string {
  if (!KEY_NAME.test(text)) {
    throw statementError('STATEMENT_KEY_NAME', `${at}: expected [a-z0-9./-]{1,64}`, { at });
  }
  return text;
}
