import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown. */
export const SDK_CODES = {
  SDK_NOT_INITIALIZED: 'the folder holds no notary: run `anchorlog init` or initNotary first',
  SDK_ALREADY_INITIALIZED:
    'the folder holds a notary, or what is left of one, which is never overwritten',
  SDK_CONFIG_MALFORMED: 'notary.json is not of its form, or its parts do not go together',
  SDK_KEY_MALFORMED: 'a key file is not of its form, or is for another use or name',
  SDK_KEY_PASSPHRASE:
    'a key file is encrypted, and there is no passphrase, or it is not the one; or the file was altered',
  SDK_SECRETS_MALFORMED: 'secrets.json is not of its form, or lacks a kind of keys',
  SDK_LOCKED: 'another process, or another notary in this one, has the folder open',
  SDK_VAULT_MISMATCH: 'the vault is of another log, or was filled with another secret of ids',
  SDK_VAULT_BEHIND:
    'the vault lacks the newest entry of the log: an older copy of it was put in its place',
  SDK_VAULT_MISSING: 'the log has entries, but there is no vault, or nothing in it',
  SDK_LOG_BEHIND:
    'the log lacks what the vault knows to be in it: an older copy of the log was put in its place, or it is gone',
  SDK_OPENINGS_LOST:
    'what opens a record was lost with an earlier vault: its statement stands, but can be neither opened nor compared with another record',
  SDK_REFERENCE_MALFORMED:
    'a record is referred to by neither an id nor organisation, system and id',
  SDK_VAULT_DAMAGED: 'what the vault holds of a record is not what the log holds',
  SDK_VAULT_FAILED:
    'the vault could not be opened, read or written, and takes nothing until the notary is opened again',
  SDK_BACKUP_EXISTS: 'a backup of a vault was to be made where there is something already',
  SDK_RECORD_RESERVED:
    'the record creates a log, registers a profile, or opens, fills or seals a source, which notary and emitter do themselves',
  SDK_PROFILE_MALFORMED:
    "the file of a profile of one's own cannot be read, or is not that of a sound profile",
  SDK_PROFILE_CHANGED:
    'a profile has another definition than the one that is in use or on record under its name',
  SDK_ISSUER_UNKNOWN: 'the record names an organisation and system that this notary has no key for',
  SDK_ISSUER_AMBIGUOUS: 'the record names no issuer, and this notary signs for several',
  SDK_ID_CONFLICT: 'another record was notarized under the same id',
  SDK_ID_UNKNOWN: 'no record of this id was notarized here',
  SDK_ID_AMBIGUOUS:
    'several organisations have a record of this id: name the organisation and system too',
  SDK_LINK_UNRESOLVED: 'a link names a record that was not notarized here, or several that were',
  SDK_FILE_UNREADABLE: 'a file that the record names cannot be read, or is no ordinary file',
  SDK_FILE_SIZE: 'a file that the record names is larger than notary.json allows',
  SDK_FILE_CHANGED:
    'a file that the record names changed while it was read: hand the record in again',
  SDK_DISCLOSURE_UNKNOWN: 'the statement has no commitment at this path',
  SDK_NO_CHAIN: 'the notary has no chain to anchor to: nothing can become final',
  SDK_ANCHORING_STOPPED:
    'log and chain contradict each other, or the log was closed on chain: no receipt could keep its promise',
  SDK_WAIT_TIMEOUT: 'the record did not reach the asked stage in the given time',
  SDK_BUSY: 'too many records wait to be taken: try again after `context.retryAfterMs`',
  SDK_CLOSED: 'notary or emitter is closed',
  SDK_SOURCE_MALFORMED:
    'a source is not `<system>/<suffix>` or `<org>/<system>/<suffix>`, or its organisation is not known',
  SDK_SEQUENCE_MISSING: 'a statement was submitted that bears no number of a source',
  SDK_OUTBOX_FULL:
    'as much as may wait for the log waits already: nothing was taken, try again after `context.retryAfterMs`',
  SDK_EMITTER_STOPPED:
    'the emitter has stopped, and a person must see why: `context.reason` is the code, as LOG_SEQUENCE_TAKEN where an older copy of its folder was put back',
  SDK_NO_BUNDLES: 'what the emitter sends to gives no bundles',
  SDK_RECORD_VOID:
    'the log will never take the statement of this record: its number was filled with source.void',
} as const;

export type SdkCode = keyof typeof SDK_CODES;

export const sdkError: ErrorMaker<SdkCode> = /* @__PURE__ */ errorMaker();
