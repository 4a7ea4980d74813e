import { errorMaker, type ErrorMaker } from '@anchorlog/core';

/** The codes of this package: code → when it is thrown. */
export const VINDEX_CODES = {
  VINDEX_KEY_NAME: 'a keyspace or kind that is not [a-z0-9./-]{1,64}',
  VINDEX_HASH_LENGTH: 'a key, path, root or leaf hash that is not 32 bytes',
  VINDEX_SIZE_RANGE: 'a size of a log that is not an integer up to 2^53 - 1',
  VINDEX_SIZE_ORDER: 'a list asked for at a later size than its answer is for',
  VINDEX_PROOF_LIMIT: 'an index proof of more bytes, or a page of more entries, than is read',
  VINDEX_PROOF_LENGTH: 'an index proof that ends early, or has bytes after its end',
  VINDEX_FORM_UNKNOWN: 'an index proof of a form that is not known',
  VINDEX_DEPTH_RANGE: 'an index proof deeper than a path has bits',
  VINDEX_BITMAP_PADDING: 'an index proof whose bitmap has bits set beyond its depth',
  VINDEX_SIBLING_ZERO: 'an empty subtree that is written out as a sibling',
  VINDEX_TRIE_COLLAPSE:
    'a lone leaf or an empty subtree below an inner node that has nothing else under it',
  VINDEX_COUNT_RANGE: 'a list of no entries, or of more than the log has',
  VINDEX_PAGE_RANGE: 'a page of no entries, or one that goes beyond its list',
  VINDEX_OTHER_PATH:
    'absence shown by a leaf that is of the key itself, or does not lie in its place',
  VINDEX_ROOT_MISMATCH: 'an index proof that leads to another root than the one given',
  VINDEX_POSITION_RANGE: 'a position that the log or the list has no room for at that place',
  VINDEX_POSITION_ORDER: 'positions that do not ascend',
  VINDEX_BORDER_UNSEEN: 'a page that does not show where its list ended at an older size',
  VINDEX_BATCH_RANGE: 'a batch that does not follow the index, or a posting outside of its batch',
  VINDEX_HEAD_UNKNOWN: 'a size at which the index has no head, or none that is kept',
} as const;

export type VindexCode = keyof typeof VINDEX_CODES;

export const vindexError: ErrorMaker<VindexCode> = /* @__PURE__ */ errorMaker();
