import { evmError } from './error.ts';
import { keccak256 } from './keccak.ts';
import { formatRlp, isRlpString, parseRlp, parseRlpInteger } from './rlp.ts';

/** A block header. Its hash decides over every field, also over those that this version does not name. */
export interface BlockHeader {
  /** All fields in the order of the header's list, as encoded. */
  readonly fields: readonly Uint8Array[];
  /** 32 bytes. */
  readonly stateRoot: Uint8Array;
  /** 32 bytes. */
  readonly receiptsRoot: Uint8Array;
  readonly number: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly extraData: Uint8Array;
}

/** Where each field stands in the header's list that a verifier reads. */
export const HEADER_FIELD = {
  ommersHash: 1,
  stateRoot: 3,
  receiptsRoot: 5,
  difficulty: 7,
  number: 8,
  timestamp: 11,
  extraData: 12,
  mixHash: 13,
  nonce: 14,
} as const;

const INTEGER = -1;
const ANY = -2;
/** Bytes of each of the first 15 fields. */
// prettier-ignore
const LENGTHS = [
  32, 32, 20, 32, 32, 32, 256, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, ANY, 32, 8,
];
const MOST_FIELDS = 32;
const MOST_BYTES = 131_072;

/**
 * Parse a block header from its raw RLP: 15 fields or more, each a string. spec/evidence §2
 * @throws EVM_HEADER_SHAPE, EVM_RLP_MALFORMED, EVM_RLP_TRAILING, EVM_RLP_LIMIT, EVM_RLP_INTEGER
 */
export function parseHeader(header: Uint8Array): BlockHeader {
  const fields = parseRlp(header, { bytes: MOST_BYTES, depth: 2, items: MOST_FIELDS + 1 });
  if (isRlpString(fields) || fields.length < LENGTHS.length || !fields.every(isRlpString)) {
    throw evmError(
      'EVM_HEADER_SHAPE',
      `header: expected a list of ${LENGTHS.length} or more strings`,
    );
  }
  LENGTHS.forEach((length, i) => {
    const field = fields[i]!;
    const fits =
      length === ANY ||
      (length === INTEGER ? field.length <= 32 && field[0] !== 0 : field.length === length);
    if (!fits) {
      throw evmError('EVM_HEADER_SHAPE', `header: field ${i} has ${field.length} bytes`, {
        field: i,
      });
    }
  });
  const at = HEADER_FIELD;
  return {
    fields,
    stateRoot: fields[at.stateRoot]!,
    receiptsRoot: fields[at.receiptsRoot]!,
    number: parseRlpInteger(fields[at.number]!),
    timestamp: parseRlpInteger(fields[at.timestamp]!),
    extraData: fields[at.extraData]!,
  };
}

/** Hash a header as it is: the block hash of a chain without QBFT seals, and of every genesis block. spec/evidence §2 */
export function headerHash(header: BlockHeader): Uint8Array {
  return keccak256(formatRlp(header.fields));
}

/** Encode the header with other extra data. */
export function formatHeader(header: BlockHeader, extraData: Uint8Array): Uint8Array {
  return formatRlp(header.fields.with(HEADER_FIELD.extraData, extraData));
}
