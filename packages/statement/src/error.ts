import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown (spec/statement §10). */
export const STATEMENT_CODES = {
  STATEMENT_RECORD_SHAPE: 'a record lacks a member, has an unknown one, or one of another kind',
  STATEMENT_RECORD_VALUE:
    'a record handed in as an object holds a value that hashed JSON cannot hold, or too much of it',
  STATEMENT_PROFILE_MISMATCH: 'a record is of another profile than the one it is issued under',
  STATEMENT_EVENT_UNKNOWN: 'the profile has no such event',
  STATEMENT_CLAIM_UNKNOWN: 'the profile has no field for a claim of the record',
  STATEMENT_ISSUER_MISMATCH: 'a record names another organisation or system than it is issued for',
  STATEMENT_FILE_UNRESOLVED: 'the digests given are not those of the files that the record names',
  STATEMENT_LINK_UNRESOLVED: 'the leaves given are not those of the links that the record names',
  STATEMENT_KEY_VALUE: 'the value of a key field is no identifier, is empty or too long',
  STATEMENT_KEY_NAME: 'the name of a key kind or keyspace is not of its form',
  STATEMENT_KEY_REPEATED: 'two keys have the same kind and role',
  STATEMENT_ENTRY_LENGTH: 'an entry is longer than 65,535 bytes',
  STATEMENT_ENTRY_LIMIT: 'the public claims are deeper, longer or more than an entry may hold',
  STATEMENT_SHAPE: 'a statement lacks a member, has an unknown one, or one of another kind',
  STATEMENT_ID_FORM: 'an id is not a UUID of version 8 in lower case',
  STATEMENT_TIME_FORM: 'a time is not an RFC 3339 time with offset',
  STATEMENT_PATH_FORM: 'a commitment or disclosure has a path that is not of its form',
  STATEMENT_PATH_REPEATED: 'a claim stands both in clear and as commitment',
  STATEMENT_SEQUENCE_SOURCE: 'a sequence belongs to a source of another organisation or system',
  STATEMENT_SIGNATURE_ALGORITHM: 'a signature is of an algorithm that is not known here',
  STATEMENT_SIGNATURE_ABSENT: 'a statement has no signature',
  STATEMENT_SIGNATURE_KEY: 'a signature was made by another key than the one given',
  STATEMENT_SIGNATURE_KEY_ALGORITHM: 'a signature says another algorithm than its key has',
  STATEMENT_SIGNATURE_UNSUPPORTED: 'a signature whose algorithm nothing was given to verify by',
  STATEMENT_SIGNATURE_INVALID: 'a signature does not hold',
  STATEMENT_PUBLIC_KEY_FORM: 'a public key is neither 32 bytes nor the SPKI of an Ed25519 key',
  STATEMENT_DISCLOSURE_SHAPE: 'a disclosure is not the array of tag, salt, id, path and value',
  STATEMENT_DISCLOSURE_LENGTH: 'a disclosure is longer than 1,048,576 bytes',
  STATEMENT_DISCLOSURE_ID: 'a disclosure belongs to another statement',
  STATEMENT_DISCLOSURE_UNREFERENCED: 'a statement has no commitment at the path of a disclosure',
  STATEMENT_DISCLOSURE_REPEATED: 'two disclosures open the same commitment',
  STATEMENT_DISCLOSURE_MISMATCH: 'a disclosure does not hash to its commitment',
  STATEMENT_DISCLOSURE_ABSENT: 'a disclosure is asked for that does not exist',
  STATEMENT_OPENING_COUNT: 'the openings given are not exactly one for each key, in order',
} as const;

export type StatementCode = keyof typeof STATEMENT_CODES;

export const statementError: ErrorMaker<StatementCode> = /* @__PURE__ */ errorMaker();
