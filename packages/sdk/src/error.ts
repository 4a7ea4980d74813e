import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown. */
export const SDK_CODES = {
  SDK_NOT_INITIALIZED: 'the folder holds no notary: run `anchorlog init` or initNotary first',
  SDK_ALREADY_INITIALIZED: 'the folder holds a notary already, which is never overwritten',
  SDK_CONFIG_MALFORMED: 'notary.json is not of its form',
  SDK_KEY_MALFORMED: 'a key file is not of its form, or is for another use or name',
  SDK_SECRETS_MALFORMED: 'secrets.json is not of its form',
  SDK_ISSUER_UNKNOWN: 'the record names an organisation and system that this notary has no key for',
  SDK_ID_CONFLICT: 'another record was notarized under the same id',
  SDK_ID_UNKNOWN: 'no record of this id was notarized here',
  SDK_LINK_UNRESOLVED: 'a link names a record that was not notarized here, or several that were',
  SDK_FILE_UNREADABLE: 'a file that the record names cannot be read',
  SDK_DISCLOSURE_UNKNOWN: 'the statement has no commitment at this path',
  SDK_NO_CHAIN: 'the notary has no chain to anchor to: the bundle cannot become final',
  SDK_WAIT_TIMEOUT: 'the record did not reach the asked stage in the given time',
  SDK_BUSY: 'too many records wait to be taken: try again after `context.retryAfterMs`',
  SDK_CLOSED: 'the notary is closed',
} as const;

export type SdkCode = keyof typeof SDK_CODES;

export const sdkError: ErrorMaker<SdkCode> = /* @__PURE__ */ errorMaker();
